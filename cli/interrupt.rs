//! Ctrl-C: at once, but never with half a folder written.

use std::{
    process,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// Held while files are written; an interrupt waits for it.
static WRITING: Mutex<()> = Mutex::new(());

/// Whether the first Ctrl-C only asks for an end.
static POLITE: AtomicBool = AtomicBool::new(false);

/// Whether it has asked.
static ASKED: AtomicBool = AtomicBool::new(false);

/// Makes Ctrl-C end the command with exit code 130, as shells expect.
pub(crate) fn install() {
    let end = || {
        if POLITE.load(Ordering::Relaxed) && !ASKED.swap(true, Ordering::Relaxed) {
            eprintln!("ending with what there is; once more ends at once");
            return;
        }
        let _nothing_half_written = while_writing();
        eprintln!("interrupted");
        process::exit(130);
    };
    if let Err(error) = ctrlc::set_handler(end) {
        // The command works without it; an interrupt is then as abrupt as the system has it.
        eprintln!("warning: Ctrl-C cannot be handled: {error}");
    }
}

/// From now on the first Ctrl-C only asks for an end, which [`was_asked`] tells of.
pub(crate) fn ask_politely() {
    POLITE.store(true, Ordering::Relaxed);
}

/// Whether Ctrl-C has asked for an end.
pub(crate) fn was_asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}

/// Holds an interrupt back until the guard is dropped.
pub(crate) fn while_writing() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}
