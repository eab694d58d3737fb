//! Why the command did not do as it was asked, and the exit code that says so.

use crate::output;
use miette::{GraphicalReportHandler, GraphicalTheme, Report, ThemeCharacters, ThemeStyles};
use std::{io, process::ExitCode};
use textwrap::{WordSeparator, WordSplitter};

/// Something that ends the command early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The user's input cannot be used: exit code 2.
    Input(Report),
    /// Seedbed itself, or a node under test, failed: exit code 3.
    Harness(Report),
    /// Whoever read the output has gone: that is no failure of ours.
    ClosedPipe,
}

impl Failure {
    /// Bad input in one sentence, with its mend.
    pub(crate) fn input(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Input(plain(message.into(), Some(help.into())))
    }

    /// A failure of the harness in one sentence.
    pub(crate) fn harness(message: impl Into<String>) -> Self {
        Self::Harness(plain(message.into(), None))
    }

    /// A run that could not be had. `again` is the command that gives the same run,
    /// for a run that panicked.
    pub(crate) fn of_run(error: sim::Error, again: &str) -> Self {
        let message = error.to_string();
        match error {
            sim::Error::UnknownSystem(_) | sim::Error::CannotCarryOut { .. } => {
                Self::Input(plain(message, None))
            }
            sim::Error::Panicked { .. } | sim::Error::BodyPanicked { .. } => {
                Self::Harness(plain(message, Some(format!("the same again: {again}"))))
            }
            sim::Error::NeedsMadsim | sim::Error::Thread(_) => Self::harness(message),
        }
    }

    /// Tells the user, and gives the exit code.
    pub(crate) fn report(self) -> ExitCode {
        let (report, code) = match self {
            Self::Input(report) => (report, 2),
            Self::Harness(report) => (report, 3),
            Self::ClosedPipe => return ExitCode::SUCCESS,
        };
        let colour = output::stderr_has_colour();
        let styles = if colour { ThemeStyles::ansi() } else { ThemeStyles::none() };
        let theme = GraphicalTheme { characters: ThemeCharacters::unicode(), styles };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(output::width())
            // Names hold hyphens and paths slashes, and are to be copied whole.
            .with_word_splitter(WordSplitter::NoHyphenation)
            .with_word_separator(WordSeparator::AsciiSpace)
            .with_show_related_as_nested(true);
        let mut text = String::new();
        if handler.render_report(&mut text, report.as_ref()).is_err() {
            text = report.to_string();
        }
        eprintln!("{}", text.trim_end());
        ExitCode::from(code)
    }
}

fn plain(message: String, help: Option<String>) -> Report {
    let diagnostic = miette::MietteDiagnostic::new(message);
    Report::new(match help {
        Some(help) => diagnostic.with_help(help),
        None => diagnostic,
    })
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::harness(format!("could not write the output: {error}")),
        }
    }
}

impl From<reports::ReportError> for Failure {
    fn from(error: reports::ReportError) -> Self {
        match error {
            reports::ReportError::Chart(_) => Self::harness(error.to_string()),
            _ => Self::Input(plain(error.to_string(), None)),
        }
    }
}
