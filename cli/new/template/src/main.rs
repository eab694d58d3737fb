//! The whole of seedbed over this store: `cargo run -- --help`.

use seedbed::{Allocator, cli::Served};
use std::process::ExitCode;
use {{crate}}::{{Type}};

/// With that of the system, a hunt takes longer.
#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

fn main() -> ExitCode {
    seedbed::cli::main::<(Served<{{Type}}>,)>()
}
