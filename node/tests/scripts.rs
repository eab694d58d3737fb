//! Every golden script of every system; see `tests/script/mod.rs` for the commands.

mod script;

use node::{
    Node,
    systems::{self, Visitor},
};
use script::Script;
use std::{fs, path::PathBuf};

/// The scripts of one system, in order of their names.
fn scripts_of(system: &str) -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/scripts")
        .join(system);
    let Ok(files) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut scripts: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    scripts.sort();
    scripts
}

struct Play(Vec<PathBuf>);

impl Visitor for Play {
    type Output = ();

    fn visit<N: Node>(self) {
        for path in self.0 {
            println!("script {}", path.display());
            goldenscript::run(&mut Script::<N>::default(), &path).unwrap();
        }
    }
}

fn play(system: &str) {
    let scripts = scripts_of(system);
    assert!(!scripts.is_empty(), "{system} has scripts");
    systems::visit(system, Play(scripts)).expect("the system is in the registry");
}

#[test]
fn async_leader() {
    play("async-leader");
}

#[test]
fn sync_leader() {
    play("sync-leader");
}

#[test]
fn every_flaw_and_setting_of_a_system_with_scripts_is_used_in_one() {
    for system in systems::ALL {
        let scripts = scripts_of(system.name);
        if scripts.is_empty() {
            continue;
        }
        let texts: Vec<_> = scripts
            .iter()
            .map(|path| fs::read_to_string(path).unwrap())
            .collect();
        let used = |argument: &str| texts.iter().any(|text| text.contains(argument));
        for flaw in system.flaws {
            let argument = format!("flaw={}", flaw.name);
            assert!(
                used(&argument),
                "no script of {} says {argument}",
                system.name
            );
        }
        for setting in system.settings {
            let argument = format!(" {}=", setting.name);
            assert!(
                used(&argument),
                "no script of {} says {argument}",
                system.name
            );
        }
    }
}
