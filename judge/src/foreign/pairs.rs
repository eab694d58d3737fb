//! From events to operations: each completion meets its invocation.

use super::{
    Limits, Mistake, Place,
    edn::{Datum, shortened},
    event::{Event, Function, Kind},
    limits,
};
use smol_str::{SmolStr, ToSmolStr};
use std::collections::BTreeMap;

/// Where an operation's key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keys {
    /// Nowhere: there is one register.
    None,
    /// Before the value, in a vector of two.
    InValue,
    /// In a field of its own.
    InField,
}

/// What came of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Nobody knows.
    Unknown,
    /// It took effect, and this is what it said.
    Ok(Datum),
    /// It failed.
    Failed(Failure),
}

/// What a failure says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// Nothing but that there was no effect.
    NoEffect,
    /// That it was compared, and did not match.
    Mismatch,
    /// That the key holds nothing.
    Absent,
}

/// An operation with what came of it.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) process: u64,
    pub(super) function: Function,
    pub(super) key: Option<SmolStr>,
    /// What was given along: the value to write, the pair of a compare-and-set.
    pub(super) value: Datum,
    pub(super) answer: Answer,
    /// Its place among the events, and that of its completion.
    pub(super) invoked: u64,
    pub(super) returned: Option<u64>,
    /// Where its invocation stands, and the line of its completion.
    pub(super) place: Place,
    pub(super) returned_line: Option<u64>,
}

/// What occurs in a history.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    pub(super) keys: Option<Keys>,
    pub(super) compares: bool,
    pub(super) appends: bool,
    pub(super) words_of_store: bool,
    /// A read was answered with nil.
    pub(super) nil_reads: bool,
    /// A value is a number, or something else.
    pub(super) numbers: bool,
    pub(super) others: bool,
}

/// Operations as they are put together.
pub(super) struct Pairs {
    limits: Limits,
    /// Whether values may be vectors, since there are no keys in them.
    one_register: Option<bool>,
    pub(super) operations: Vec<Operation>,
    open: BTreeMap<u64, usize>,
    pub(super) seen: Seen,
    events: u64,
    held: usize,
}

impl Pairs {
    /// No operations yet. `one_register` says whether there is one, if that is known.
    pub(super) fn new(limits: Limits, one_register: Option<bool>) -> Self {
        let (operations, open, seen) = (Vec::new(), BTreeMap::new(), Seen::default());
        Self { limits, one_register, operations, open, seen, events: 0, held: 0 }
    }

    /// Takes the next event.
    pub(super) fn take(&mut self, event: Event) -> Result<(), Mistake> {
        self.events += 1;
        match event.kind {
            Kind::Invoke => self.invoke(event),
            Kind::Ok | Kind::Fail | Kind::Info => self.complete(event),
        }
    }

    fn invoke(&mut self, event: Event) -> Result<(), Mistake> {
        if let Some(open) = self.open.get(&event.process) {
            let (process, since) = (event.process, self.operations[*open].place.line);
            return Err(Mistake::new(
                event.place,
                format!("process {process} has two open operations, the other since line {since}"),
                "this one begins before that one has ended",
                "a process does one thing at a time: give each client a number of its own, \
                 or add the `:ok`, `:fail` or `:info` that is missing",
            ));
        }
        if self.operations.len() == self.limits.operations {
            let limit = self.limits.operations;
            return Err(Mistake::new(
                event.place,
                format!("the history has more than {limit} operations"),
                "this one is too many",
                "judge a part of it: the operations of some keys, or the first minutes",
            ));
        }
        let (place, process, function) = (event.place, event.process, event.function);
        self.seen.compares |= function == Function::Cas;
        self.seen.appends |= function == Function::Append;
        self.seen.words_of_store |= event.is_of_store;
        let (key, value) = self.split(event)?;
        self.hold(key.as_ref().map_or(0, SmolStr::len) + value.size(), place)?;
        check(function, &value, place)?;
        self.see(&value);
        self.open.insert(process, self.operations.len());
        self.operations.push(Operation {
            process,
            function,
            key,
            value: if function == Function::Read { Datum::Nil } else { value },
            answer: Answer::Unknown,
            invoked: self.events,
            returned: None,
            place,
            returned_line: None,
        });
        Ok(())
    }

    fn complete(&mut self, event: Event) -> Result<(), Mistake> {
        let Some(open) = self.open.remove(&event.process) else {
            return Err(Mistake::new(
                event.place,
                format!("process {} completes an operation that it did not begin", event.process),
                "this completion has no invocation before it",
                "is the beginning of the file missing, or did somebody sort it? events stand in \
                 the order in which they happened",
            ));
        };
        let (kind, place, error) = (event.kind, event.place, event.error.clone());
        let begun = &self.operations[open];
        let (function, line) = (begun.function, begun.place.line);
        if event.function != function {
            let (one, other) = (event.function.name(), function.name());
            return Err(another(place, line, format!("a `:{one}` where a `:{other}` is open")));
        }
        let answer = match kind {
            Kind::Invoke | Kind::Info => Answer::Unknown,
            Kind::Fail => {
                let same = self.plain(&event) == Some(&begun.value);
                Answer::Failed(failure(function, same, error.as_ref()))
            }
            Kind::Ok => Answer::Ok(self.answered(event, open)?),
        };
        let operation = &mut self.operations[open];
        if kind != Kind::Info {
            operation.returned = Some(self.events);
        }
        operation.returned_line = Some(place.line);
        operation.answer = answer;
        Ok(())
    }

    /// What a successful completion says, which fits its invocation.
    fn answered(&mut self, event: Event, open: usize) -> Result<Datum, Mistake> {
        let place = event.place;
        let says_nothing = event.value == Datum::Nil && event.key.is_none();
        let begun = &self.operations[open];
        let (function, line) = (begun.function, begun.place.line);
        if says_nothing && self.seen.keys != Some(Keys::None) {
            self.seen.nil_reads |= function == Function::Read;
            return Ok(Datum::Nil);
        }
        let (key, value) = match (self.seen.keys, &event.key) {
            // The invocation has named it.
            (Some(Keys::InField), None) => (None, event.value),
            _ => self.split(event)?,
        };
        let begun = &self.operations[open];
        if let (Some(key), Some(asked)) = (&key, &begun.key)
            && key != asked
        {
            let (key, asked) = (shortened(key), shortened(asked));
            return Err(another(place, line, format!("of the key {key} where {asked} was asked")));
        }
        if function == Function::Read {
            self.hold(value.size(), place)?;
            self.see(&value);
            self.seen.nil_reads |= value == Datum::Nil;
            return Ok(value);
        }
        if value != Datum::Nil && value != begun.value && function != Function::Delete {
            let (told, given) = (value.to_string(), begun.value.to_string());
            let (told, given) = (shortened(&told), shortened(&given));
            return Err(another(place, line, format!("of {told} where {given} was given")));
        }
        Ok(Datum::Nil)
    }

    /// The value of an event without its key.
    fn plain<'a>(&self, event: &'a Event) -> Option<&'a Datum> {
        match self.seen.keys {
            Some(Keys::InValue) => event.value.pair().map(|(_, value)| value),
            _ => Some(&event.value),
        }
    }

    /// Takes the key from an event. The first operation says where it stands in all.
    fn split(&mut self, event: Event) -> Result<(Option<SmolStr>, Datum), Mistake> {
        let found = keys_of(&event, self.one_register);
        let keys = *self.seen.keys.get_or_insert(found);
        let place = event.place;
        match (keys, event.key, event.value) {
            (Keys::None, None, value) => Ok((None, value)),
            (Keys::InField, Some(key), value) => Ok((Some(text(&key)), value)),
            (Keys::InValue, None, Datum::Vector(parts)) if parts.len() == 2 => {
                let mut parts = parts.into_iter();
                let key = parts.next().as_ref().map(text);
                Ok((key, parts.next().unwrap_or(Datum::Nil)))
            }
            (Keys::InValue, None, value)
                if event.function == Function::Delete && value != Datum::Nil =>
            {
                Ok((Some(text(&value)), Datum::Nil))
            }
            (Keys::None, Some(_), _) => Err(Mistake::new(
                place,
                "this operation names a key, and there is one register",
                "it has a `:key`",
                "leave `--model` out, or use `--model kv` or `--model map`",
            )),
            (Keys::InValue | Keys::InField, ..) => Err(Mistake::new(
                place,
                "this operation names no key, and others do",
                "it has neither a `:key` nor a `:value` such as [key value]",
                "name the key in all, or in none; for one register whose values are vectors, \
                 use `--model register`",
            )),
        }
    }

    fn see(&mut self, value: &Datum) {
        match value {
            Datum::Nil => {}
            Datum::Number(_) => self.seen.numbers = true,
            Datum::Vector(parts) => parts.iter().for_each(|part| self.see(part)),
            _ => self.seen.others = true,
        }
    }

    fn hold(&mut self, bytes: usize, place: Place) -> Result<(), Mistake> {
        self.held += bytes;
        if self.held > self.limits.value_bytes {
            let limit = limits::bytes(self.limits.value_bytes as u64);
            return Err(Mistake::new(
                place,
                format!("the keys and values of the history take more than {limit}"),
                "with this operation",
                "judge a part of it: the operations of some keys, or the first minutes",
            ));
        }
        Ok(())
    }
}

/// Where the key of an invocation stands, if it is the first.
fn keys_of(event: &Event, one_register: Option<bool>) -> Keys {
    if event.key.is_some() && one_register != Some(true) {
        return Keys::InField;
    }
    let in_value = match (event.function, event.value.pair()) {
        (Function::Cas, Some((_, value))) => value.pair().is_some(),
        (Function::Delete, None) => event.value != Datum::Nil,
        (_, pair) => pair.is_some(),
    };
    match one_register.unwrap_or(!in_value) {
        true => Keys::None,
        false => Keys::InValue,
    }
}

/// What an invocation must have been given.
fn check(function: Function, value: &Datum, place: Place) -> Result<(), Mistake> {
    let (message, help) = match (function, value) {
        (Function::Cas, value) => match value.pair() {
            Some((_, Datum::Nil)) => (
                "a compare-and-set to nil",
                "a value is needed; what removes a key is written `:f :delete`",
            ),
            Some(_) => return Ok(()),
            None => (
                "a compare-and-set without what it expects and what it stores",
                "write `:value [expected new]`, or `:value [key [expected new]]`",
            ),
        },
        (Function::Append, Datum::Text(_)) => return Ok(()),
        (Function::Append, _) => (
            "an append of something that is no text",
            "what is appended is a text, as in `:f :append, :key \"k\", :value \"x\"`",
        ),
        (Function::Read | Function::Write | Function::Delete, _) => return Ok(()),
    };
    Err(Mistake::new(place, message, "this operation", help))
}

/// What a failed operation says about the key. `same`: it repeats what was asked.
fn failure(function: Function, same: bool, error: Option<&Datum>) -> Failure {
    let compares = function == Function::Cas;
    match error.map(reason) {
        None if compares && same => Failure::Mismatch,
        None => Failure::NoEffect,
        Some("key-does-not-exist" | "not-found" | "key-not-found") => Failure::Absent,
        Some("precondition-failed" | "mismatch" | "cas-mismatch" | "did-not-match") if compares => {
            Failure::Mismatch
        }
        Some(_) => Failure::NoEffect,
    }
}

/// The name of an error, which may stand before a description of it.
fn reason(error: &Datum) -> &str {
    match error {
        Datum::Vector(parts) => parts.first().map_or("", reason),
        other => other.name().unwrap_or(""),
    }
}

fn another(place: Place, line: u64, what: String) -> Mistake {
    Mistake::new(
        place,
        format!("the completion of another operation: {what}"),
        format!("what the process began stands on line {line}"),
        "a completion repeats the function, the key and the value of its invocation; \
         are lines missing between the two?",
    )
}

/// A key as text.
fn text(key: &Datum) -> SmolStr {
    match key {
        Datum::Text(text)
            if !text.starts_with(|c: char| c.is_ascii_digit() || ":-\"".contains(c)) =>
        {
            text.clone()
        }
        other => other.to_smolstr(),
    }
}
