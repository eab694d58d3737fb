//! Starts the benchmark of the package `seedbed-bench`, so that `cargo bench` does it from the root.
//!
//! The benchmark itself is no part of this package: what it compares Seedbed with would
//! otherwise be built with every `cargo test`.

use std::{
    env,
    process::{Command, ExitCode},
};

fn main() -> ExitCode {
    // Cargo adds `--bench` of its own accord, here and again below.
    let arguments = env::args_os().skip(1).filter(|argument| argument != "--bench");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let bench = Command::new(cargo)
        .args(["bench", "--quiet", "--package", "seedbed-bench", "--bench", "bench", "--"])
        .args(arguments)
        .status();
    match bench {
        Ok(status) => status.code().map_or(ExitCode::FAILURE, |code| ExitCode::from(code as u8)),
        Err(error) => {
            eprintln!("error: cannot start cargo: {error}");
            ExitCode::FAILURE
        }
    }
}
