//! `seedbed completions`: completion scripts.

use crate::{
    args::{Args, CompletionsArgs},
    failure::Failure,
    output,
};
use clap::CommandFactory;
use std::process::ExitCode;

/// Prints the completion script of a shell.
pub(crate) fn completions(args: &CompletionsArgs) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "seedbed", &mut script);
    output::print(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::SUCCESS)
}
