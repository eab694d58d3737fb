//! The whole of seedbed over this store: `cargo run -- --help`.

use seedbed::cli::Served;
use std::process::ExitCode;
use {{crate}}::{{Type}};

fn main() -> ExitCode {
    seedbed::cli::main::<(Served<{{Type}}>,)>()
}
