//! What one line of a history says, before anybody asks what it means.

use super::{Mistake, Place, edn::Datum, edn::shortened};
use scenarios::nearest;

/// What became of an operation, or that it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Invoke,
    Ok,
    Fail,
    Info,
}

impl Kind {
    pub(super) const NAMES: [&str; 4] = ["invoke", "ok", "fail", "info"];

    pub(super) fn named(name: &str) -> Option<Self> {
        const ALL: [Kind; 4] = [Kind::Invoke, Kind::Ok, Kind::Fail, Kind::Info];
        let at = Self::NAMES.iter().position(|known| *known == name)?;
        Some(ALL[at])
    }
}

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Read,
    Write,
    Cas,
    Append,
    Delete,
}

/// Every name that a function goes by, the one for messages first.
const FUNCTIONS: [(Function, &[&str]); 5] = [
    (Function::Read, &["read", "get", "r"]),
    (Function::Write, &["write", "put", "set", "w"]),
    (Function::Cas, &["cas", "compare-and-set", "compare-and-swap"]),
    (Function::Append, &["append"]),
    (Function::Delete, &["delete", "del", "remove"]),
];

impl Function {
    pub(super) fn named(name: &str) -> Option<Self> {
        FUNCTIONS.iter().find(|(_, names)| names.contains(&name)).map(|(function, _)| *function)
    }

    /// Its name in messages.
    pub(super) fn name(self) -> &'static str {
        let named = FUNCTIONS.iter().find(|(function, _)| *function == self);
        named.map_or("operation", |(_, names)| names[0])
    }

    /// The error for a name that is none of a function.
    pub(super) fn unknown(name: &str, place: Place) -> Mistake {
        let names: Vec<_> = FUNCTIONS.iter().flat_map(|(_, names)| *names).copied().collect();
        let help = match nearest(name, &names) {
            Some(nearest) => format!("did you mean `:{nearest}`?"),
            None => format!("known are {}", listed(&names)),
        };
        let name = shortened(name);
        Mistake::new(place, format!("the operation `:{name}` is not known"), "what it does", help)
    }
}

/// Names as keywords, with commas between.
pub(super) fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`:{name}`")).collect::<Vec<_>>().join(", ")
}

/// An invocation, or a completion, by a client.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) place: Place,
    pub(super) process: u64,
    pub(super) kind: Kind,
    pub(super) function: Function,
    /// The key, where it has a field of its own.
    pub(super) key: Option<Datum>,
    pub(super) value: Datum,
    pub(super) error: Option<Datum>,
    /// Whether the words are those of a key-value store: `get`, `put`.
    pub(super) is_of_store: bool,
}
