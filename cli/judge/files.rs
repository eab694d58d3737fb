//! From paths to histories.

use crate::failure::Failure;
use judge::foreign::{self, Asked, History, Limits, Mistake};
use miette::{LabeledSpan, MietteDiagnostic, MietteError, MietteSpanContents, Report};
use miette::{SourceCode, SourceSpan, SpanContents};
use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// How the names of histories end that are taken from a folder.
const ENDINGS: [&str; 4] = ["edn", "log", "txt", "jsonl"];

/// Why a file gave no history.
pub(super) struct Refusal {
    pub(super) file: Box<Path>,
    pub(super) message: String,
    pub(super) help: Box<str>,
    /// Where in the file, if it could be read at all.
    pub(super) place: Option<foreign::Place>,
    label: Box<str>,
}

/// The files that are meant: a folder stands for the histories in it, sorted.
pub(super) fn all(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        let folder = folder(path);
        if !folder.is_dir() {
            files.push(path.clone());
            continue;
        }
        let before = files.len();
        within(folder, &mut files).map_err(|error| unreadable(folder, &error))?;
        files[before..].sort();
        if files.len() == before {
            return Err(Failure::input(
                format!("there is no history in the folder {}", folder.display()),
                format!("a history in a folder ends in one of .{}", ENDINGS.join(", .")),
            ));
        }
    }
    Ok(files)
}

/// The folder that is meant; `folder/...` is another way to say that all in it is.
fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if path.ends_with("...") && !path.exists() => match parent.as_os_str() {
            here if here.is_empty() => Path::new("."),
            _ => parent,
        },
        _ => path,
    }
}

fn within(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        // A link to a folder above would never end.
        if kind.is_dir() {
            within(&path, files)?;
        } else if path.extension().is_some_and(|e| ENDINGS.iter().any(|known| e == *known)) {
            files.push(path);
        }
    }
    Ok(())
}

/// Reads a history.
pub(super) fn read(path: &Path, asked: &Asked) -> Result<History, Refusal> {
    let limits = Limits::default();
    let of_mistake = |mistake: Mistake| Refusal {
        file: path.into(),
        message: mistake.message().to_owned(),
        help: mistake.help().into(),
        place: Some(mistake.place()),
        label: mistake.label().into(),
    };
    if path == Path::new("-") {
        return foreign::read(io::stdin().lock(), asked, limits).map_err(of_mistake);
    }
    let file = File::open(path).map_err(|error| not_opened(path, &error))?;
    let length = file.metadata().map_err(|error| not_opened(path, &error))?.len();
    if length > limits.bytes {
        let (length, limit) = (length as f64 / f64::from(1 << 30), limits.bytes >> 30);
        return Err(refusal(
            path,
            format!("{} holds {length:.1} GiB, and at most {limit} GiB are read", path.display()),
            "judge a part of it: the operations of some keys, or the first minutes",
        ));
    }
    foreign::read(file, asked, limits).map_err(of_mistake)
}

fn refusal(path: &Path, message: String, help: impl Into<Box<str>>) -> Refusal {
    let (file, help, label) = (path.into(), help.into(), Box::default());
    Refusal { file, message, help, place: None, label }
}

fn not_opened(path: &Path, error: &io::Error) -> Refusal {
    let name = path.display();
    match error.kind() {
        io::ErrorKind::NotFound => {
            refusal(path, format!("there is no file {name}"), "check the path")
        }
        io::ErrorKind::PermissionDenied => {
            refusal(path, format!("the file {name} cannot be read"), "check that you may read it")
        }
        _ => refusal(path, format!("the file {name} cannot be read: {error}"), "check the path"),
    }
}

fn unreadable(folder: &Path, error: &io::Error) -> Failure {
    Failure::input(
        format!("the folder {} cannot be read: {error}", folder.display()),
        "check that you may read it, or name the files",
    )
}

impl Refusal {
    /// What to tell the user, with the line where there is one.
    pub(super) fn failure(&self) -> Failure {
        let name = self.file.display();
        let Some(place) = self.place else {
            return Failure::input(&self.message, &*self.help);
        };
        let message = format!("{name}, {place}: {}", self.message);
        let diagnostic = MietteDiagnostic::new(message).with_help(&*self.help);
        match Excerpt::of(&self.file, place) {
            None => Failure::Input(Report::new(diagnostic)),
            Some(excerpt) => {
                let at = excerpt.at;
                let label = LabeledSpan::at(at..at + excerpt.width, &*self.label);
                Failure::Input(Report::new(diagnostic.with_label(label)).with_source_code(excerpt))
            }
        }
    }
}

/// So many bytes on either side of a place are shown.
const AROUND: u64 = 70;

/// The part of a line around a place. The rest of the file may be large.
#[derive(Debug)]
struct Excerpt {
    name: String,
    text: String,
    /// Where in `text` the place is, and how many bytes its first letter has.
    at: usize,
    width: usize,
    line: usize,
    column: usize,
}

impl Excerpt {
    /// `None` if the file cannot be read once more, as a pipe cannot.
    fn of(path: &Path, place: foreign::Place) -> Option<Self> {
        let mut file = File::open(path).ok()?;
        if !file.metadata().ok()?.is_file() {
            return None;
        }
        let start = place.offset.saturating_sub(AROUND);
        file.seek(SeekFrom::Start(start)).ok()?;
        let mut bytes = Vec::new();
        file.take(2 * AROUND).read_to_end(&mut bytes).ok()?;
        let middle = usize::try_from(place.offset - start).ok()?.min(bytes.len());
        let (before, after) = bytes.split_at(middle);
        let before = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let after = after.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let (before, after) = (printable(before), printable(after));
        let (at, width) = (before.len(), after.chars().next().map_or(0, char::len_utf8));
        Some(Self {
            name: path.display().to_string(),
            text: before + &after,
            at,
            width,
            line: usize::try_from(place.line).ok()? - 1,
            column: usize::try_from(place.column).ok()? - 1,
        })
    }
}

/// Bytes as they may be shown on a terminal.
fn printable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let shown = |letter: char| match letter {
        '\t' => ' ',
        letter if letter.is_control() => char::REPLACEMENT_CHARACTER,
        letter => letter,
    };
    text.chars().map(shown).collect()
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        _span: &SourceSpan,
        _lines_before: usize,
        _lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            self.text.as_bytes(),
            (0, self.text.len()).into(),
            self.line,
            self.column,
            1,
        )))
    }
}
