//! `seedbed new`: a crate of one's own, with a small store in it that has one bug.

mod place;
mod template;

use crate::{failure::Failure, interrupt, output};
use clap::{Args, ValueHint};
use place::Place;
use std::{fs, path::PathBuf, process::ExitCode};

#[derive(Args)]
#[command(after_help = "Examples:\n  \
    seedbed new ../my-store\n  \
    seedbed new my-store --seedbed 'git = \"https://example.org/seedbed\"'\n\n\
    What is written: a store in src/lib.rs, the whole command over it in src/main.rs, three scenarios, five\n\
    labs, a test with 200 seeds of each scenario, a file for CI, and a README. `cargo test` there finds the\n\
    store's bug and says how to go on. Nothing but seedbed is needed, and no setting of the compiler.\n\n\
    Exit codes: 0 it is written, 2 bad input.")]
pub(crate) struct NewArgs {
    /// The folder, whose name becomes that of the crate and of the system.
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    folder: PathBuf,
    /// Where cargo finds seedbed, as in a Cargo.toml; by default the path of the sources that this
    /// program was built from.
    #[arg(long, value_name = "TOML")]
    seedbed: Option<String>,
    /// Print nothing.
    #[arg(long, short)]
    quiet: bool,
}

/// Writes the crate, whole or not at all.
pub(crate) fn new(args: &NewArgs) -> Result<ExitCode, Failure> {
    let place = Place::of(&args.folder)?;
    let seedbed = match &args.seedbed {
        Some(given) => template::checked(given)?,
        None => place.path_of_sources()?,
    };
    let files = template::files(&place.name, &seedbed);
    {
        let _whole_or_not_at_all = interrupt::while_writing();
        let part = place.beside()?;
        for (name, text) in files {
            let path = part.path().join(name);
            let parent = path.parent().expect("a file is in a folder");
            let written = fs::create_dir_all(parent).and_then(|()| fs::write(&path, text));
            written.map_err(|error| place.unwritable(&error))?;
        }
        place.put(part)?;
    }
    if !args.quiet {
        let folder = args.folder.display();
        output::print(&format!(
            "{folder} is there: a store with one bug, three scenarios, five labs and a test.\n\n  \
             cd {folder}\n  cargo test              # finds the bug, and says how to go on\n  \
             cargo run -- list       # what else it can be put through\n"
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}
