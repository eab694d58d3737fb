//! Where output goes, and how it may look there.

use std::io::{self, IsTerminal, Write};

/// Prints text to standard output; a reader that has gone is an error, not a panic.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Whether standard output takes colours.
pub(crate) fn stdout_has_colour() -> bool {
    io::stdout().is_terminal() && colours_are_welcome()
}

/// Whether standard error takes colours.
pub(crate) fn stderr_has_colour() -> bool {
    io::stderr().is_terminal() && colours_are_welcome()
}

/// As <https://no-color.org> has it: any value but an empty one forbids colours.
fn colours_are_welcome() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// How many columns there are: those of the terminal, between 60 and 120, or 100.
pub(crate) fn width() -> usize {
    let terminal = terminal_size::terminal_size();
    terminal.map_or(100, |(columns, _)| usize::from(columns.0).clamp(60, 120))
}
