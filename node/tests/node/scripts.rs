//! Every golden script of every system; see `script/mod.rs` beside this for the commands.

use crate::script::{Cluster, Script};
use node::{
    Node, Operation,
    systems::{self, Visitor, peer_to_peer::PeerToPeer},
};
use std::{collections::BTreeMap, fs, path::PathBuf};

/// The scripts of one system, in order of their names.
fn scripts_of(system: &str) -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scripts").join(system);
    let Ok(files) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut scripts: Vec<_> =
        files.map(|file| file.expect("the folder can be read").path()).collect();
    scripts.sort();
    scripts
}

struct Play(Vec<PathBuf>);

impl Visitor for Play {
    type Output = ();

    fn visit<N: Node>(self) {
        for path in self.0 {
            println!("script {}", path.display());
            goldenscript::run(&mut Script::<N>::default(), &path).expect("the script runs");
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
fn peer_to_peer() {
    play("peer-to-peer");
}

/// Puts forty values at each of three nodes, lets every message arrive, and reads
/// once from each node: how many of the 123 requests were answered, and what is under way.
fn forty_puts_at_each_node(flaws: &[&str]) -> Result<(usize, String), String> {
    let flaws = flaws.iter().map(|&flaw| flaw.to_owned()).collect();
    let (mut cluster, _) = Cluster::<PeerToPeer>::boot(3, flaws, BTreeMap::new())?;
    cluster.deliver_all()?;
    let mut told = String::new();
    for round in 0..40 {
        for node in cluster.nodes() {
            let put = Operation::put(format!("key{round}"), format!("{node}-{round}"));
            told += &cluster.request(node, round, put)?;
        }
    }
    for node in cluster.nodes() {
        // With `await-peers` there is no push: what peers are told, requests wait for.
        let _ = cluster.fire(node, "push");
    }
    told += &cluster.deliver_all()?;
    for node in cluster.nodes() {
        told += &cluster.request(node, 40, Operation::get("key0"))?;
    }
    Ok((told.matches(" reply ").count(), cluster.pending()))
}

#[test]
fn forty_puts_at_each_of_three_nodes_wedge_peers_that_await_each_other() {
    let nothing = String::new();
    assert_eq!(forty_puts_at_each_node(&[]), Ok((123, nothing.clone())));
    // Not a message is under way, not a timer is armed, and not even a read is served.
    assert_eq!(forty_puts_at_each_node(&["await-peers"]), Ok((0, nothing)));
}

#[test]
fn anti_entropy() {
    play("anti-entropy");
}

#[test]
fn quorum() {
    play("quorum");
}

#[test]
fn every_flaw_and_setting_of_a_system_with_scripts_is_used_in_one() {
    for system in systems::all() {
        let scripts = scripts_of(system.name);
        if scripts.is_empty() {
            continue;
        }
        let texts: Vec<_> = scripts.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
        let used = |argument: &str| texts.iter().any(|text| text.contains(argument));
        for flaw in system.flaws {
            let argument = format!("flaw={}", flaw.name);
            assert!(used(&argument), "no script of {} says {argument}", system.name);
        }
        for setting in system.settings {
            // `n=` alone is the number of nodes.
            let prefix = if setting.name == "n" { "system." } else { "" };
            let argument = format!(" {prefix}{}=", setting.name);
            assert!(used(&argument), "no script of {} says {argument}", system.name);
        }
    }
}
