//! Histories from elsewhere: Jepsen's, Knossos', Maelstrom's, porcupine's, and our own.
//!
//! What flows in: bytes, of which one piece at a time is held. What flows out: [`Calls`],
//! how they were understood, and where in the file each stands. What cannot be understood
//! is a [`Mistake`] with its line; nothing is guessed, and nothing is passed over that looks
//! like an operation.
//!
//! ```
//! use judge::foreign::{Asked, Limits, read};
//!
//! let text = "{:process 0, :type :invoke, :f :write, :value 1}
//!             {:process 0, :type :ok,     :f :write, :value 1}";
//! let history = read(text.as_bytes(), &Asked::default(), Limits::default())?;
//! assert_eq!(history.calls.calls.len(), 1);
//! # Ok::<(), judge::foreign::Mistake>(())
//! ```

mod edn;
mod event;
mod format;
mod jepsen;
mod limits;
mod log;
mod meaning;
mod mistake;
mod pairs;
mod record;
mod source;
#[cfg(test)]
mod tests;

pub use format::Format;
pub use limits::Limits;
pub use meaning::{Asked, Fail, Meaning, Model, NilRead};
pub use mistake::{Mistake, Place};

use crate::consistency::Calls;
use edn::{Datum, Reader};
use pairs::Pairs;
use source::Source;
use std::io::Read;

/// A history that was read.
#[derive(Clone, Debug)]
pub struct History {
    /// In which format.
    pub format: Format,
    /// How it was understood.
    pub meaning: Meaning,
    /// What its operations asked, and what was answered.
    pub calls: Calls,
    /// Where each call stands, by its position.
    pub lines: Vec<Lines>,
    /// How many operations of clients there are.
    pub operations: usize,
    /// How many of them are no calls, since they had no effect and tell nothing.
    pub silent: usize,
}

/// The lines on which an operation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lines {
    /// That of its invocation, counted from 1.
    pub invoked: u64,
    /// That of its completion, if there is one.
    pub returned: Option<u64>,
}

/// Reads a history.
///
/// # Errors
///
/// The first mistake in it, which may be that it exceeds the limits.
pub fn read(input: impl Read, asked: &Asked, limits: Limits) -> Result<History, Mistake> {
    let initial = asked.initial.as_deref().map(initial).transpose()?;
    let mut source = Source::new(input, limits)?;
    let format = match asked.format {
        Some(format) => format,
        None => Format::of(source.ahead()?)?,
    };
    if format == Format::Record {
        return record::read(&mut source, asked);
    }
    let mut pairs = Pairs::new(limits, asked.model.and_then(Model::is_one_register));
    let others = match format {
        Format::Edn => jepsen::events(&mut source, |event| pairs.take(event))?,
        Format::Log | Format::Record => log::events(&mut source, |event| pairs.take(event))?,
    };
    let operations = pairs.operations.len();
    if operations + others == 0 {
        return Err(format::empty(source.place()));
    }
    let meaning = Meaning::of(asked, initial.as_ref(), format, &pairs.seen);
    let told = meaning::calls(pairs, &meaning)?;
    let (calls, lines, silent) = (told.calls, told.lines, told.silent);
    Ok(History { format, meaning, calls, lines, operations, silent })
}

/// The initial value that is asked for.
fn initial(text: &str) -> Result<Datum, Mistake> {
    let mut source = Source::within(text, Place::START, Limits::default());
    let mut reader = Reader::new(&mut source);
    let datum = reader.datum()?.unwrap_or(Datum::Text("".into()));
    if let Some(_more) = reader.blanks()? {
        return Ok(Datum::Text(text.into()));
    }
    Ok(match datum {
        // Who writes a bare word means a text.
        Datum::Word(word) if word.starts_with('\'') => Datum::Text(word[1..].into()),
        other => other,
    })
}
