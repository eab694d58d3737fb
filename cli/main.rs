//! The `seedbed` command.

use seedbed::Allocator;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

fn main() -> ExitCode {
    seedbed::cli::main::<()>()
}
