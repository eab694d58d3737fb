//! The whole of seedbed over this store: `cargo run -- --help`.

use std::process::ExitCode;
use {{crate}}::{{Type}};

fn main() -> ExitCode {
    seedbed::cli::main::<({{Type}},)>()
}
