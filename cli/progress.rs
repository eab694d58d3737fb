//! What moves while long work is done.

use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

/// A bar that fills; nothing where nobody would see it.
pub(crate) fn bar(quiet: bool, runs: usize) -> ProgressBar {
    if quiet {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(runs as u64).with_style(style)
}

/// Moves a bar on by one. The message is made only where somebody sees it: there may be more runs
/// a second than messages are worth.
pub(crate) fn step(bar: &ProgressBar, message: impl FnOnce() -> String) {
    if !bar.is_hidden() {
        bar.set_message(message());
        bar.inc(1);
    }
}

/// Something that turns while one run takes its time; nothing where nobody would see it.
pub(crate) fn spinner(quiet: bool, message: String) -> ProgressBar {
    if quiet {
        return ProgressBar::hidden();
    }
    let spinner = ProgressBar::new_spinner().with_message(message);
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}
