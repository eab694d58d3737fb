//! Why the command did not do as it was asked, and the exit code that says so.

mod json;

use crate::{limits, output};
use judge::text::program;
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
    /// The words of the command line cannot be used, or ask for help.
    Usage(Box<clap::Error>),
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
            sim::Error::OverLimit { over, .. } => limits::over(message, &over, again),
            sim::Error::UnknownSystem(_) | sim::Error::CannotCarryOut { .. } => {
                Self::Input(plain(message, None))
            }
            sim::Error::Panicked { .. } | sim::Error::BodyPanicked { .. } => {
                Self::Harness(plain(message, Some(format!("the same again: {again}"))))
            }
            sim::Error::Outage { .. } => Self::harness(message),
            sim::Error::NeedsMadsim | sim::Error::Thread(_) => Self::harness(message),
        }
    }

    /// Tells the user, as JSON on standard output where that was asked for and else in words on
    /// standard error, and gives the exit code.
    pub(crate) fn report(self) -> ExitCode {
        let Some((report, code)) = self.as_report() else {
            return match self {
                Self::Usage(error) => report_usage(&error),
                _ => ExitCode::SUCCESS,
            };
        };
        let is_told =
            output::is_json() && output::print(&json::document(report.as_ref(), code)).is_ok();
        if !is_told {
            output::tell(&in_words(report));
        }
        ExitCode::from(code)
    }

    /// Tells the user in words on standard error, whatever was asked for.
    pub(crate) fn tell(&self) {
        if let Some((report, _)) = self.as_report() {
            output::tell(&in_words(report));
        }
    }

    /// For a command that tells it beside what it found.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        self.as_report().map(|(report, _)| json::error(report.as_ref())).into()
    }

    /// The exit code, of what was told otherwise.
    pub(crate) fn code(&self) -> ExitCode {
        self.as_report().map_or(ExitCode::SUCCESS, |(_, code)| ExitCode::from(code))
    }

    fn as_report(&self) -> Option<(&Report, u8)> {
        match self {
            Self::Input(report) => Some((report, 2)),
            Self::Harness(report) => Some((report, 3)),
            Self::Usage(_) | Self::ClosedPipe => None,
        }
    }
}

/// Help goes to standard output, which may be full or gone; what is wrong with a command line is told like any
/// bad input.
fn report_usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        return match error.print() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => Failure::from(error).report(),
        };
    }
    if !(output::is_json() && output::print(&json::of_usage(error)).is_ok()) {
        let _ = error.print();
    }
    ExitCode::from(2)
}

fn in_words(report: &Report) -> String {
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
    text.trim_end().to_owned()
}

/// Commands in the help begin with what has them: in an author's own program that is not `seedbed`.
fn plain(message: String, help: Option<String>) -> Report {
    let diagnostic = miette::MietteDiagnostic::new(message);
    Report::new(match help {
        Some(help) => diagnostic.with_help(help.replace("`seedbed ", &format!("`{} ", program()))),
        None => diagnostic,
    })
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        Self::Usage(Box::new(error))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::input(
                format!("could not write the output: {error}"),
                "let standard output go where there is room",
            ),
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
