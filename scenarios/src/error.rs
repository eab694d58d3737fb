//! What can be wrong with a scenario, said so that its author can mend it.

mod excerpt;

use crate::suggest;
use excerpt::Source;
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, SourceSpan};
use std::{
    fmt, io,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};
use thiserror::Error;

/// So many mistakes are told of one text.
const MOST_TOLD: usize = 20;

/// A text that is not a valid scenario, with the first mistakes that were found in it.
///
/// Its `Debug` is the whole report, each mistake with its line and a caret: that is what a `main` or a
/// test that returns it prints.
///
/// ```no_run
/// use scenarios::{InvalidScenario, Scenario};
///
/// fn main() -> Result<(), InvalidScenario> {
///     let scenario = Scenario::parse("my.toml", "name = 3", &[])?;
///     Ok(())
/// }
/// ```
#[derive(Error, Diagnostic)]
#[error("{} in the scenario {file_name}{}", count(*found), more(*found, mistakes.len()))]
pub struct InvalidScenario {
    file_name: String,
    #[related]
    mistakes: Vec<Mistake>,
    found: usize,
}

impl fmt::Debug for InvalidScenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Who prints it with `{:?}`, as `unwrap` does, is in the middle of a line.
        writeln!(f)?;
        let plain = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor());
        plain.render_report(f, self)
    }
}

impl InvalidScenario {
    /// Pairs the first mistakes with the text they were found in, in its order. So many were found.
    pub(crate) fn new(file_name: &str, text: &str, mut drafts: Vec<Draft>, found: usize) -> Self {
        drafts.sort_by_key(|draft| (draft.span.start, draft.span.end));
        drafts.truncate(MOST_TOLD);
        let shared: Arc<str> = text.into();
        let place = |draft: Draft| {
            let start = draft.span.start.min(text.len());
            let end = draft.span.end.clamp(start, text.len());
            let text = Source::new(file_name, Arc::clone(&shared));
            Mistake {
                message: draft.message,
                shown: text.shown(start..end).into(),
                text,
                span: start..end,
                label: draft.label,
                help: draft.help,
            }
        };
        let mistakes = drafts.into_iter().map(place).collect();
        Self { file_name: file_name.to_owned(), mistakes, found }
    }

    /// The name under which the text was read.
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// The first mistakes, at least one and at most 20, in the order of the text.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    /// How many mistakes there are in all.
    pub fn found(&self) -> usize {
        self.found
    }
}

/// Says that not all mistakes are told, if that is so.
fn more(found: usize, told: usize) -> String {
    match found.saturating_sub(told) {
        0 => String::new(),
        more => format!("; here are the first {told}, and there are {more} more"),
    }
}

fn count(mistakes: usize) -> String {
    match mistakes {
        1 => "1 mistake".to_owned(),
        many => format!("{many} mistakes"),
    }
}

/// One mistake: what is wrong, where, and how to mend it.
#[derive(Debug, Error, Diagnostic)]
#[error("{message}")]
pub struct Mistake {
    message: String,
    #[source_code]
    text: Source,
    #[label("{label}")]
    shown: SourceSpan,
    span: Range<usize>,
    label: String,
    #[help]
    help: String,
}

impl Mistake {
    /// What is wrong, in one sentence.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What stands beside the caret.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// How to mend it.
    pub fn help(&self) -> &str {
        &self.help
    }

    /// Which bytes of the text are concerned.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }
}

/// A mistake that does not know its file yet.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) span: Range<usize>,
    pub(crate) message: String,
    pub(crate) label: String,
    pub(crate) help: String,
}

/// Why a scenario could not be loaded from a file.
#[derive(Debug, Error, Diagnostic)]
pub enum LoadError {
    /// There is no such file.
    #[error("there is no file {}", path.display())]
    #[diagnostic(help(
        "check the path, or name a built-in scenario without `.toml`: the nearest are {}",
        near(path)
    ))]
    Missing {
        /// The path that was asked for.
        path: PathBuf,
    },
    /// The path names a folder.
    #[error("{} is a folder, not a scenario", path.display())]
    #[diagnostic(help("{}", file_in(path, files)))]
    Folder {
        /// The path that was asked for.
        path: PathBuf,
        /// The first three scenario files in it, by name.
        files: Vec<PathBuf>,
    },
    /// The file is there and cannot be read.
    #[error("the file {} cannot be read", path.display())]
    #[diagnostic(help("check that you may read it"))]
    Unreadable {
        /// The path that was asked for.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The file is larger than any scenario.
    #[error("the file {} is too large for a scenario: more than {} MiB", path.display(), most >> 20)]
    #[diagnostic(help(
        "a scenario is a TOML file, of some kilobytes; a plan with every operation has some megabytes"
    ))]
    TooLarge {
        /// The path that was asked for.
        path: PathBuf,
        /// How many bytes a file may have.
        most: u64,
    },
    /// The file is not text.
    #[error("the file {} is not UTF-8 text: byte {offset} does not fit", path.display())]
    #[diagnostic(help("a scenario is a TOML file; save it as UTF-8"))]
    NotText {
        /// The path that was asked for.
        path: PathBuf,
        /// The first byte that does not fit, counted from 0.
        offset: usize,
    },
    /// The text is not a valid scenario.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Invalid(#[from] InvalidScenario),
}

/// The built-in scenarios whose names are most like that of a file or folder.
fn near(path: &Path) -> String {
    let stem = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into());
    let names: Vec<_> = crate::library().map(|embedded| embedded.name).collect();
    suggest::listed(&suggest::nearest_few(&stem, &names, 3))
}

/// What to name instead of a folder.
fn file_in(path: &Path, files: &[PathBuf]) -> String {
    let names: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    match &names[..] {
        [] => format!(
            "no file in it ends in .toml: name such a file, or a built-in scenario; the nearest \
             are {}",
            near(path)
        ),
        [only] => format!("name the file in it: `{only}`"),
        several => format!("name a file in it, such as {}", suggest::listed(several)),
    }
}

/// No scenario of the library has this name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no scenario is called `{name}`")]
pub struct NotFound {
    /// The name that was asked for.
    pub name: String,
    /// The nearest name that exists, if one is near.
    pub nearest: Option<&'static str>,
    /// The three names that are most like it, best first.
    pub near: Vec<&'static str>,
}

impl Diagnostic for NotFound {
    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        let search = "`seedbed list --all` shows them all";
        Some(Box::new(match (self.nearest, &self.near[..]) {
            (Some(nearest), [_, others @ ..]) if !others.is_empty() => {
                let others = suggest::listed(others);
                format!("did you mean `{nearest}`? The next nearest are {others}; {search}")
            }
            (_, near) => format!("the nearest are {}; {search}", suggest::listed(near)),
        }))
    }
}
