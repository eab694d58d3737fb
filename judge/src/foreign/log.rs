//! Operations in columns, a line each: a log of Jepsen's among other lines, or `history.txt`.
//!
//! What a line is, its shape decides: a process, a type such as `:invoke`, a function and a
//! value. Lines without anything of the kind are noise; one that begins like an operation
//! and does not go on like one is a mistake.

use super::{
    Limits, Mistake, Place,
    edn::{Datum, Reader, shortened},
    event::{Event, Function, Kind, listed},
    jepsen::is_of_store,
    source::Source,
};
use scenarios::nearest;
use std::io::Read;

/// The logger that tells of operations.
const LOGGER: &str = "jepsen.util";

/// Gives every event of a log to `take`. Tells how many are those of others than clients.
pub(super) fn events<R: Read>(
    source: &mut Source<R>,
    mut take: impl FnMut(Event) -> Result<(), Mistake>,
) -> Result<usize, Mistake> {
    let mut others = 0;
    let limits = source.limits;
    let mut bytes = Vec::new();
    loop {
        let start = source.place();
        if !source.line(&mut bytes)? {
            return Ok(others);
        }
        // The source gives text, and a line of it is text.
        let text = String::from_utf8_lossy(&bytes);
        match event(&text, start, limits)? {
            Line::Client(event) => take(*event)?,
            Line::Other => others += 1,
            Line::Noise => {}
        }
    }
}

/// Whether one of these lines has the shape of an operation.
pub(super) fn is_log(text: &str) -> bool {
    text.lines().any(|line| operation(line, Place::START).is_some())
}

/// The part of a line that is an operation.
struct Operation<'a> {
    process: &'a str,
    /// What follows the process.
    rest: &'a str,
    /// Where the process stands.
    place: Place,
}

/// Finds the operation in a line: after the name of the logger, at the start of the line,
/// or where a number is followed by a type.
fn operation(line: &str, start: Place) -> Option<Operation<'_>> {
    let of = |at: usize| {
        let (process, rest) = word(&line[at..])?;
        let at = line.len() - rest.len() - process.len();
        Some(Operation { process, rest, place: within(line, at, start) })
    };
    if let Some(at) = line.find(LOGGER) {
        let after = at + LOGGER.len();
        let rest = line[after..].trim_start();
        let dash = rest.strip_prefix("- ").or(rest.strip_prefix("-\t")).unwrap_or(rest);
        // Other loggers have longer names, and this one says other things too.
        let told = of(line.len() - dash.len()).filter(|_| line[after..].starts_with([' ', '\t']));
        return told.filter(|told| is_client(told.process) || kind_follows(told.rest));
    }
    let first = of(0)?;
    if is_client(first.process) && word(first.rest).is_some_and(|(word, _)| word.starts_with(':')) {
        return Some(first);
    }
    if first.process.starts_with(':') && kind_follows(first.rest) {
        return Some(first);
    }
    let mut rest = line;
    while let Some((process, after)) = word(rest) {
        if is_client(process) && kind_follows(after) {
            return of(line.len() - after.len() - process.len());
        }
        rest = after;
    }
    None
}

fn is_client(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn kind_follows(rest: &str) -> bool {
    let next = word(rest).and_then(|(word, _)| word.strip_prefix(':'));
    next.is_some_and(|name| Kind::named(name).is_some())
}

/// The first word, and what follows it.
fn word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// The place of a byte of a line.
fn within(line: &str, at: usize, start: Place) -> Place {
    let columns = line[..at].chars().count() as u64;
    Place { line: start.line, column: start.column + columns, offset: start.offset + at as u64 }
}

/// What a line tells of.
enum Line {
    Client(Box<Event>),
    /// A nemesis.
    Other,
    Noise,
}

fn event(line: &str, start: Place, limits: Limits) -> Result<Line, Mistake> {
    let Some(Operation { process, rest, place }) = operation(line, start) else {
        return Ok(Line::Noise);
    };
    if process.starts_with(':') {
        return Ok(Line::Other);
    }
    let at = |rest: &str| within(line, line.len() - rest.trim_start().len(), start);
    let process = process.parse().map_err(|_| {
        let process = shortened(process);
        broken(place, format!("`{process}` names no client"), "a process is a whole number")
    })?;
    let (said, after) = word(rest).ok_or_else(|| missing(at(rest), "type"))?;
    let kind = said.strip_prefix(':').and_then(Kind::named).ok_or_else(|| {
        let help = match nearest(said.trim_start_matches(':'), &Kind::NAMES) {
            Some(nearest) => format!("did you mean `:{nearest}`?"),
            None => format!("after the process stands one of {}", listed(&Kind::NAMES)),
        };
        broken(at(rest), format!("`{}` is no type of an operation", shortened(said)), help)
    })?;
    let (said, value) = word(after).ok_or_else(|| missing(at(after), "function"))?;
    let name = said.trim_start_matches(':');
    let function = Function::named(name).ok_or_else(|| Function::unknown(name, at(after)))?;
    let (value, error) = value_and_error(value, at(value), kind, limits)?;
    let is_of_store = is_of_store(name);
    let event = Event { place, process, kind, function, key: None, value, error, is_of_store };
    Ok(Line::Client(Box::new(event)))
}

/// The last columns. That of errors holds anything, and is there after a failure only.
fn value_and_error(
    text: &str,
    place: Place,
    kind: Kind,
    limits: Limits,
) -> Result<(Datum, Option<Datum>), Mistake> {
    let text = text.trim();
    let mut source = Source::within(text, place, limits);
    let mut reader = Reader::new(&mut source);
    let value = reader.datum()?.ok_or_else(|| missing(place, "value"))?;
    let next = reader.blanks()?;
    let rest = reader.source.place();
    match (next, kind) {
        (None, _) => Ok((value, None)),
        (Some(_), Kind::Fail | Kind::Info) => {
            let at = usize::try_from(rest.offset - place.offset).unwrap_or(text.len());
            let mut source = Source::within(&text[at..], rest, limits);
            let error = Reader::new(&mut source).datum().ok().flatten();
            let error = error.unwrap_or_else(|| Datum::Text(shortened(&text[at..]).into()));
            Ok((value, Some(error)))
        }
        (Some(_), Kind::Invoke | Kind::Ok) => Err(broken(
            rest,
            "something follows the value of an operation".to_owned(),
            "a line holds a process, a type, a function and a value",
        )),
    }
}

fn missing(place: Place, what: &str) -> Mistake {
    broken(
        place,
        format!("an operation has no {what}"),
        "was the line cut off? it holds a process, a type, a function and a value: \
         `0 :invoke :read nil`",
    )
}

fn broken(place: Place, message: String, help: impl Into<String>) -> Mistake {
    Mistake::new(place, message, "this looks like an operation", help)
}
