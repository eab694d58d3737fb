//! Where output goes, and how it may look there.

use std::{
    env,
    io::{self, IsTerminal, Write},
    sync::OnceLock,
};

/// Prints text to standard output; a reader that has gone is an error, not a panic.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Whether what is printed was asked for as JSON. The words are read as they stand, since also what is wrong
/// with a command line is told so.
pub(crate) fn is_json() -> bool {
    static IS_JSON: OnceLock<bool> = OnceLock::new();
    *IS_JSON.get_or_init(|| {
        let words: Vec<_> = env::args_os().skip(1).take_while(|word| word != "--").collect();
        words.iter().any(|word| word == "--format=json")
            || words.windows(2).any(|two| two[0] == "--format" && two[1] == "json")
    })
}

/// Tells something beside the output, on standard error; if nobody can hear it, nothing is lost that could
/// be helped.
pub(crate) fn tell(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
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
    env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// How many columns there are: those of the terminal, between 60 and 120, or 100.
pub(crate) fn width() -> usize {
    let terminal = terminal_size::terminal_size();
    terminal.map_or(100, |(columns, _)| usize::from(columns.0).clamp(60, 120))
}
