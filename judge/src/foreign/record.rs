//! Histories in our own records: the lines that `seedbed run --record` writes.

use super::{Asked, Fail, Format, History, Lines, Meaning, Mistake, Model, NilRead, Place};
use super::{format, limits, source::Source};
use crate::{
    consistency::Calls,
    record::{self, OperationRecord, lines::VERSION},
};
use node::{ClientId, Time};
use serde::Deserialize;
use std::{collections::BTreeMap, io::Read};

const HELP: &str = "`seedbed run <scenario> --record FILE` writes such a file; is it whole?";

/// What tells a record from other files.
#[derive(Deserialize)]
struct Header {
    seedbed: String,
    version: u64,
}

/// A line after the header, of which only operations matter here.
#[derive(Deserialize)]
struct Line {
    operation: Option<OperationRecord>,
    end: Option<End>,
}

#[derive(Deserialize)]
struct End {
    lines: u64,
}

/// What has been read so far.
#[derive(Default)]
struct Reader {
    history: record::History,
    lines: Vec<Lines>,
    bytes: usize,
    /// When each client was done with its last operation.
    done: BTreeMap<ClientId, Time>,
}

/// Reads the operations of a record. It says itself what they mean, so that nothing can be
/// asked of them.
pub(super) fn read<R: Read>(source: &mut Source<R>, asked: &Asked) -> Result<History, Mistake> {
    let is_asked = asked.model.is_some()
        || asked.fail.is_some()
        || asked.nil_read.is_some()
        || asked.initial.is_some();
    if is_asked {
        return Err(Mistake::new(
            Place::START,
            "a record says itself what its operations mean",
            "it begins here",
            "leave out `--model`, `--fail`, `--nil-read` and `--initial`",
        ));
    }
    let mut reader = Reader::default();
    let mut bytes = Vec::new();
    header(source, &mut bytes)?;
    loop {
        let place = source.place();
        if !source.line(&mut bytes)? {
            return Err(mistake(place, "the record ends here without its last line"));
        }
        let line: Line = parse(&bytes, place)?;
        if let Some(operation) = line.operation {
            reader.take(operation, bytes.len(), place, source)?;
        }
        match line.end {
            Some(End { lines }) if lines + 1 == place.line => break,
            Some(_) => return Err(mistake(place, "lines of the record are missing, or too many")),
            None => {}
        }
    }
    if source.peek()?.is_some() {
        return Err(mistake(source.place(), "the record has ended before this line"));
    }
    reader.finish(source.place())
}

fn header<R: Read>(source: &mut Source<R>, bytes: &mut Vec<u8>) -> Result<(), Mistake> {
    let place = source.place();
    source.line(bytes)?;
    let header: Header = parse(bytes, place)?;
    match header.version {
        _ if header.seedbed != "record" => Err(mistake(place, "this is no record of seedbed")),
        1..=VERSION => Ok(()),
        other => {
            let said = format!("the record has version {other}, and {VERSION} is the latest known");
            Err(mistake(place, said))
        }
    }
}

fn parse<'b, T: Deserialize<'b>>(bytes: &'b [u8], place: Place) -> Result<T, Mistake> {
    serde_json::from_slice(bytes)
        .map_err(|error| mistake(place, format!("this is no line of a record: {error}")))
}

fn mistake(place: Place, message: impl Into<String>) -> Mistake {
    Mistake::new(place, message, "this line", HELP)
}

impl Reader {
    fn take<R>(
        &mut self,
        operation: OperationRecord,
        bytes: usize,
        place: Place,
        source: &Source<R>,
    ) -> Result<(), Mistake> {
        if operation.completed < operation.invoked {
            return Err(mistake(place, "the operation was completed before it was invoked"));
        }
        let done = self.done.insert(operation.client, operation.completed);
        // It was asked for when it was due, and may have had to wait for the one before.
        if done.is_some_and(|done| operation.completed < done) {
            let client = operation.client;
            return Err(mistake(place, format!("two operations of {client} are open at once")));
        }
        self.bytes += bytes;
        let limits = source.limits;
        if self.lines.len() == limits.operations || self.bytes > limits.value_bytes {
            let (most, size) = (limits.operations, limits::bytes(limits.value_bytes as u64));
            let said = format!("the record has more than {most} operations, or {size} of them");
            return Err(mistake(place, said));
        }
        // What was never answered has a line like the others, and no answer on it.
        let returned = operation.is_answered().then_some(place.line);
        self.lines.push(Lines { invoked: place.line, returned });
        self.history.operations.push(operation);
        Ok(())
    }

    fn finish(self, end: Place) -> Result<History, Mistake> {
        let operations = self.lines.len();
        if operations == 0 {
            return Err(format::empty(end));
        }
        let calls = Calls::of(&self.history, Time::MAX);
        let silent = operations - calls.calls.len();
        let meaning = Meaning {
            model: Model::Map,
            fail: Fail::Constrains,
            nil_read: NilRead::Absent,
            initial: None,
        };
        let lines = self.lines;
        Ok(History { format: Format::Record, meaning, calls, lines, operations, silent })
    }
}
