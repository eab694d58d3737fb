//! What a history takes for granted and does not say, and calls from it.

use super::{
    Format, Mistake,
    edn::Datum,
    event::Function,
    pairs::{Answer, Failure, Keys, Operation, Pairs, Seen},
};
use crate::consistency::{Action, Call, Calls, State, Swap};
use node::{Key, Value};
use smol_str::{SmolStr, ToSmolStr};

/// What the operations are carried out on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// One register: read and write.
    Register,
    /// One register: read, write and compare-and-set.
    CasRegister,
    /// A register under each key: read, write, compare-and-set and delete.
    Map,
    /// A store of texts: get, put, append and delete.
    Kv,
}

impl Model {
    /// Every model.
    pub const ALL: [Self; 4] = [Self::Register, Self::CasRegister, Self::Map, Self::Kv];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::CasRegister => "cas-register",
            Self::Map => "map",
            Self::Kv => "kv",
        }
    }

    /// Whether there is one register and no keys; `None` if both may be.
    pub(super) fn is_one_register(self) -> Option<bool> {
        match self {
            Self::Register | Self::CasRegister => Some(true),
            Self::Map => Some(false),
            Self::Kv => None,
        }
    }

    fn has(self, function: Function) -> bool {
        match function {
            Function::Read | Function::Write => true,
            Function::Cas => self != Self::Register,
            Function::Append => self == Self::Kv,
            Function::Delete => matches!(self, Self::Map | Self::Kv),
        }
    }
}

/// What a failed compare-and-set tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fail {
    /// That it was compared and did not match: the key held something else at some moment
    /// between invocation and completion. A failure that names another reason tells nothing.
    Constrains,
    /// That it did not happen, and nothing else.
    Dropped,
}

impl Fail {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Constrains => "constrains",
            Self::Dropped => "dropped",
        }
    }
}

/// What a read that returned nil tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NilRead {
    /// That there was nothing.
    Absent,
    /// Nothing: it fits everywhere.
    Unknown,
}

impl NilRead {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Unknown => "unknown",
        }
    }
}

/// How a history was understood. What was not asked for follows from its format and from
/// what occurs in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// The model.
    pub model: Model,
    /// What a failed compare-and-set tells.
    pub fail: Fail,
    /// What a read of nil tells.
    pub nil_read: NilRead,
    /// What every key holds at first.
    pub initial: State,
}

/// What is asked for; the rest follows.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The format; by default what the text looks like.
    pub format: Option<Format>,
    /// The model.
    pub model: Option<Model>,
    /// What a failed compare-and-set tells.
    pub fail: Option<Fail>,
    /// What a read of nil tells.
    pub nil_read: Option<NilRead>,
    /// What every key holds at first, as it would be written in EDN; a word is a text.
    pub initial: Option<String>,
}

impl Meaning {
    /// What the operations mean, by what is asked, the format, and what was seen.
    pub(super) fn of(asked: &Asked, initial: Option<&Datum>, format: Format, seen: &Seen) -> Self {
        let model = asked.model.unwrap_or(match seen.keys {
            _ if seen.appends || seen.words_of_store => Model::Kv,
            Some(Keys::InValue | Keys::InField) => Model::Map,
            Some(Keys::None) | None if seen.compares => Model::CasRegister,
            Some(Keys::None) | None => Model::Register,
        });
        let is_log = format == Format::Log;
        let is_text_store = model == Model::Kv;
        let fail = asked.fail.unwrap_or(if is_log { Fail::Constrains } else { Fail::Dropped });
        let nil_read = asked.nil_read.unwrap_or(match is_log || is_text_store {
            true => NilRead::Absent,
            false => NilRead::Unknown,
        });
        let texts = Texts { raw: is_text_store };
        let initial = initial.map_or_else(
            || match model {
                // Such a store gives the empty text for what was never stored, or nil.
                Model::Kv if !seen.nil_reads => Some(Value::from("")),
                Model::Register | Model::CasRegister if !is_log && !seen.others => {
                    Some(Value::from("0"))
                }
                _ => None,
            },
            |datum| texts.state(datum),
        );
        Self { model, fail, nil_read, initial }
    }
}

/// Calls from operations, where each stands in its file, and how many told nothing.
pub(super) struct Told {
    pub(super) calls: Calls,
    pub(super) lines: Vec<super::Lines>,
    pub(super) silent: usize,
}

/// Tells the calls that the operations are.
pub(super) fn calls(pairs: Pairs, meaning: &Meaning) -> Result<Told, Mistake> {
    let texts = Texts { raw: meaning.model == Model::Kv };
    let mut calls = Calls { calls: Vec::new(), initial: meaning.initial.clone() };
    let (mut lines, mut silent) = (Vec::new(), 0);
    for operation in pairs.operations {
        if !meaning.model.has(operation.function) {
            return Err(not_of(meaning.model, &operation));
        }
        let Operation { process, invoked, returned, place, returned_line, .. } = operation;
        let Some(action) = action(operation, meaning, texts) else {
            silent += 1;
            continue;
        };
        let position = calls.calls.len();
        calls.calls.push(Call { position, session: process, action, invoked, returned });
        lines.push(super::Lines { invoked: place.line, returned: returned_line });
    }
    Ok(Told { calls, lines, silent })
}

fn not_of(model: Model, operation: &Operation) -> Mistake {
    let (function, model) = (operation.function.name(), model.name());
    let fitting = Model::ALL.into_iter().filter(|model| model.has(operation.function));
    let fitting: Vec<_> = fitting.map(|model| format!("`{}`", model.name())).collect();
    Mistake::new(
        operation.place,
        format!("the model `{model}` has no operation `:{function}`"),
        "this operation",
        format!("choose a model that has it with `--model`: {}", fitting.join(" or ")),
    )
}

/// What was asked and answered; `None` if it had no effect and tells nothing.
fn action(operation: Operation, meaning: &Meaning, texts: Texts) -> Option<Action> {
    let Operation { function, key, value, answer, .. } = operation;
    let key = key.map_or_else(|| Key::from("register"), Key::from);
    let constrains = meaning.fail == Fail::Constrains;
    match (function, answer) {
        (Function::Read, Answer::Ok(Datum::Nil)) if meaning.nil_read == NilRead::Unknown => {
            Some(Action::Read { key, found: None })
        }
        (Function::Read, Answer::Ok(found)) => {
            Some(Action::Read { key, found: Some(texts.state(&found)) })
        }
        (Function::Read, Answer::Failed(Failure::Absent)) if constrains => {
            Some(Action::Read { key, found: Some(None) })
        }
        (Function::Read, _) => None,
        (Function::Cas, answer) => {
            let outcome = match answer {
                Answer::Ok(_) => Some(Swap::Swapped),
                Answer::Unknown => None,
                Answer::Failed(failure) => Some(mismatch(failure).filter(|_| constrains)?),
            };
            let (expected, new) = value.pair()?;
            let (expected, new) = (texts.state(expected), texts.value(new));
            Some(Action::CompareAndSet { key, expected, new, outcome })
        }
        (_, Answer::Failed(_)) => None,
        (Function::Delete, _) | (Function::Write, _) if value == Datum::Nil => {
            Some(Action::Delete { key, existed: None })
        }
        (Function::Delete, _) => Some(Action::Delete { key, existed: None }),
        (Function::Write, _) => {
            Some(Action::Write { key, value: texts.value(&value), previous: None })
        }
        (Function::Append, _) => Some(Action::Append { key, value: texts.value(&value) }),
    }
}

fn mismatch(failure: Failure) -> Option<Swap> {
    match failure {
        Failure::NoEffect => None,
        Failure::Mismatch => Some(Swap::Mismatch { actual: None }),
        Failure::Absent => Some(Swap::Mismatch { actual: Some(None) }),
    }
}

/// How data become values.
#[derive(Clone, Copy)]
struct Texts {
    /// Texts stay as they are, so that they can be appended to one another. Otherwise one
    /// that could be taken for something else keeps its quotes.
    raw: bool,
}

impl Texts {
    fn state(self, datum: &Datum) -> State {
        (*datum != Datum::Nil).then(|| self.value(datum))
    }

    fn value(self, datum: &Datum) -> Value {
        match datum {
            Datum::Text(text) if self.raw || is_plain(text) => Value::from(text.clone()),
            other => Value::from(other.to_smolstr()),
        }
    }
}

/// Whether no number, keyword, symbol or collection is written like it.
fn is_plain(text: &SmolStr) -> bool {
    let first = text.chars().next();
    let misleading = |c: char| c.is_ascii_digit() || "+-:'\"\\[{#".contains(c);
    !first.is_some_and(misleading) && !matches!(text.as_str(), "nil" | "true" | "false")
}
