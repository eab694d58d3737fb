//! Processes that end when the one that started them does, however that ends.
//!
//! Such a process holds the reading end of a pipe of which the other one holds the writing end. The operating system
//! closes that when the other one is gone, be it killed.

use crate::now;
use std::{
    env, io,
    process::{Command, Stdio, exit},
};

/// Says to a process that it is on the leash.
const ON_LEASH: &str = "SEEDBED_ENDS_WITH_PARENT";

/// Has a process, which is about to be started and [looks](end_with_parent), end with this one: it does once the
/// standard input that it is given here is closed.
pub fn leash(command: &mut Command) {
    command.env(ON_LEASH, "1").stdin(Stdio::piped());
}

/// If this process is on the leash, lets it end when the one that started it does.
///
/// # Errors
///
/// If there is no thread to look on.
pub fn end_with_parent() -> io::Result<()> {
    if env::var_os(ON_LEASH).is_none() {
        return Ok(());
    }
    let wait = || {
        // Nobody writes anything: it comes to an end when the other end is gone.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        exit(2);
    };
    now::thread("seedbed-parent".to_owned(), wait).map(drop)
}
