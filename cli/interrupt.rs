//! Ctrl-C: at once, but never with half a folder written.

use std::{
    process,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Held while files are written; an interrupt waits for it.
static WRITING: Mutex<()> = Mutex::new(());

/// Makes Ctrl-C end the command with exit code 130, as shells expect.
pub(crate) fn install() {
    let end = || {
        let _nothing_half_written = while_writing();
        eprintln!("interrupted");
        process::exit(130);
    };
    if let Err(error) = ctrlc::set_handler(end) {
        // The command works without it; an interrupt is then as abrupt as the system has it.
        eprintln!("warning: Ctrl-C cannot be handled: {error}");
    }
}

/// Holds an interrupt back until the guard is dropped.
pub(crate) fn while_writing() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}
