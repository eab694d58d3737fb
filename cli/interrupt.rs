//! Ctrl-C and `--timeout`: at once, but never with half a folder written.

use crate::{limits, output};
use std::{
    process,
    sync::{
        Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// Held while files are written; an interrupt waits for it.
static WRITING: Mutex<()> = Mutex::new(());

/// Whether the first Ctrl-C only asks for an end.
static POLITE: AtomicBool = AtomicBool::new(false);

/// Whether it has asked.
static ASKED: AtomicBool = AtomicBool::new(false);

/// The time that was over, if it was.
static TIME_WAS_OVER: OnceLock<Duration> = OnceLock::new();

/// What is undone first.
static UNDO: OnceLock<fn()> = OnceLock::new();

/// So long a command may take to end with what it has.
const GRACE: Duration = Duration::from_secs(15);

/// Makes Ctrl-C end the command with exit code 130, as shells expect.
pub(crate) fn install() {
    let end = || {
        undo();
        if POLITE.load(Ordering::Relaxed) && !ASKED.swap(true, Ordering::Relaxed) {
            output::tell("ending with what there is; once more ends at once");
            return;
        }
        let _nothing_half_written = while_writing();
        output::tell("interrupted");
        process::exit(130);
    };
    if let Err(error) = ctrlc::set_handler(end) {
        // The command works without it; an interrupt is then as abrupt as the system has it.
        output::tell(&format!("warning: Ctrl-C cannot be handled: {error}"));
    }
}

/// Ends the command after this time: one that [ends politely](ask_politely) with what it has, another at
/// once, both with exit code 2.
pub(crate) fn end_after(time: Duration) {
    let end = move || {
        thread::sleep(time);
        let _ = TIME_WAS_OVER.set(time);
        undo();
        if POLITE.load(Ordering::Relaxed) && !ASKED.swap(true, Ordering::Relaxed) {
            output::tell(&format!("{time:?} are over: ending with what there is"));
            thread::sleep(GRACE);
        }
        let _nothing_half_written = while_writing();
        let _ = limits::too_long(time).report();
        process::exit(2);
    };
    let started = thread::Builder::new().name("seedbed-timeout".to_owned()).spawn(end);
    if let Err(error) = started {
        output::tell(&format!("warning: no time can be taken: {error}"));
    }
}

/// The time that the command had, if it was over.
pub(crate) fn time_that_was_over() -> Option<Duration> {
    TIME_WAS_OVER.get().copied()
}

/// Says what is undone before an interrupt, or the end of the time, tells of itself: a screen that is shown,
/// say. Only the first to say so counts.
pub(crate) fn undo_first(undo: fn()) {
    let _ = UNDO.set(undo);
}

fn undo() {
    if let Some(undo) = UNDO.get() {
        undo();
    }
}

/// From now on the first Ctrl-C only asks for an end, which [`was_asked`] tells of.
pub(crate) fn ask_politely() {
    POLITE.store(true, Ordering::Relaxed);
}

/// Whether Ctrl-C, or the end of the time, has asked for an end.
pub(crate) fn was_asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}

/// Holds an interrupt back until the guard is dropped.
pub(crate) fn while_writing() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}
