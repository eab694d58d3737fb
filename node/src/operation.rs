//! What clients ask and what stores answer.

use crate::NodeId;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::{borrow::Cow, fmt};

/// A key. Short keys (up to 23 bytes) are held inline, so copying one is cheap.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(SmolStr);

/// A value. Short values (up to 23 bytes) are held inline, longer ones are shared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Value(SmolStr);

macro_rules! text {
    ($type:ident) => {
        impl $type {
            /// The text.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl From<&str> for $type {
            fn from(text: &str) -> Self {
                Self(SmolStr::new(text))
            }
        }

        impl From<String> for $type {
            fn from(text: String) -> Self {
                Self(SmolStr::from(text))
            }
        }

        impl From<SmolStr> for $type {
            fn from(text: SmolStr) -> Self {
                Self(text)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

text!(Key);
text!(Value);

/// Orders the writes to one key as a system sees them; what it counts is the system's choice.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Version(pub u64);

impl Version {
    /// The version after this one.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

/// A value and the version under which a replica holds it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Versioned {
    /// What is stored.
    pub value: Value,
    /// Under which version.
    pub version: Version,
}

/// What a client may ask.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// Stores a value under a key.
    Put {
        /// Where.
        key: Key,
        /// What.
        value: Value,
    },
    /// Reads the value under a key.
    Get {
        /// Where.
        key: Key,
    },
    /// Removes a key.
    Delete {
        /// Which.
        key: Key,
    },
    /// Lists every key.
    ListKeys,
    /// Stores `new` if the key holds `expected` (`None`: if it is absent).
    CompareAndSet {
        /// Where.
        key: Key,
        /// What must be there now.
        expected: Option<Value>,
        /// What is stored if so.
        new: Value,
    },
}

/// The kinds of [`Operation`], for mixes, tables and charts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OperationKind {
    /// [`Operation::Put`]
    Put,
    /// [`Operation::Get`]
    Get,
    /// [`Operation::Delete`]
    Delete,
    /// [`Operation::ListKeys`]
    ListKeys,
    /// [`Operation::CompareAndSet`]
    CompareAndSet,
}

impl OperationKind {
    /// Every kind, in the order in which tables show them.
    pub const ALL: [Self; 5] =
        [Self::Put, Self::Get, Self::Delete, Self::ListKeys, Self::CompareAndSet];

    /// The kind's name in scenarios and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Put => "put",
            Self::Get => "get",
            Self::Delete => "delete",
            Self::ListKeys => "list-keys",
            Self::CompareAndSet => "compare-and-set",
        }
    }

    /// Whether it can change a store.
    pub const fn is_write(self) -> bool {
        matches!(self, Self::Put | Self::Delete | Self::CompareAndSet)
    }
}

impl fmt::Display for OperationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Operation {
    /// A put of `value` under `key`.
    pub fn put(key: impl Into<Key>, value: impl Into<Value>) -> Self {
        Self::Put { key: key.into(), value: value.into() }
    }

    /// A get of `key`.
    pub fn get(key: impl Into<Key>) -> Self {
        Self::Get { key: key.into() }
    }

    /// A delete of `key`.
    pub fn delete(key: impl Into<Key>) -> Self {
        Self::Delete { key: key.into() }
    }

    /// Its kind.
    pub const fn kind(&self) -> OperationKind {
        match self {
            Self::Put { .. } => OperationKind::Put,
            Self::Get { .. } => OperationKind::Get,
            Self::Delete { .. } => OperationKind::Delete,
            Self::ListKeys => OperationKind::ListKeys,
            Self::CompareAndSet { .. } => OperationKind::CompareAndSet,
        }
    }

    /// The key it names, if it names one.
    pub const fn key(&self) -> Option<&Key> {
        match self {
            Self::Put { key, .. }
            | Self::Get { key }
            | Self::Delete { key }
            | Self::CompareAndSet { key, .. } => Some(key),
            Self::ListKeys => None,
        }
    }

    /// The value it would store, if it would store one.
    pub const fn stored(&self) -> Option<&Value> {
        match self {
            Self::Put { value, .. } => Some(value),
            Self::CompareAndSet { new, .. } => Some(new),
            Self::Get { .. } | Self::Delete { .. } | Self::ListKeys => None,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Put { key, value } => write!(f, "put {key}={value}"),
            Self::Get { key } => write!(f, "get {key}"),
            Self::Delete { key } => write!(f, "delete {key}"),
            Self::ListKeys => f.write_str("list-keys"),
            Self::CompareAndSet { key, expected: Some(expected), new } => {
                write!(f, "compare-and-set {key} {expected}->{new}")
            }
            Self::CompareAndSet { key, expected: None, new } => {
                write!(f, "compare-and-set {key} (absent)->{new}")
            }
        }
    }
}

/// What a store answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// A put was applied.
    Written {
        /// The version it got.
        version: Version,
        /// What it overwrote, where the system tells: a value, or `Some(None)` for nothing.
        #[serde(with = "told")]
        previous: Option<Option<Value>>,
    },
    /// A get found this; `None`: the key is absent.
    Value(Option<Versioned>),
    /// A get found the values of concurrent writes, at least two, of which none
    /// knew of another; the client is to decide, and its next put replaces all.
    Siblings(Vec<Versioned>),
    /// A delete was applied.
    Deleted {
        /// Whether the key was there.
        existed: bool,
    },
    /// Every key, in order.
    Keys(Vec<Key>),
    /// A compare-and-set found something else and changed nothing.
    Mismatch {
        /// What the key holds.
        actual: Option<Value>,
    },
    /// The store will not do it, and has not done it.
    Refused(Refusal),
    /// The store cannot tell whether it was done, or will be.
    Unknown,
}

/// What may be untold, told to be nothing, or told. In JSON, where `null` cannot say which, it is
/// `null`, a list of nothing, or a list of one.
mod told {
    use super::Value;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    type Told = Option<Option<Value>>;

    pub(super) fn serialize<S: Serializer>(told: &Told, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            told.as_ref().map(Option::as_slice).serialize(serializer)
        } else {
            told.serialize(serializer)
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Told, D::Error> {
        if !from.is_human_readable() {
            return Told::deserialize(from);
        }
        let list = Option::<Vec<Value>>::deserialize(from)?;
        Ok(list.map(|list| list.into_iter().next()))
    }
}

/// Why a store did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// Only the leader does this.
    NotLeader {
        /// Who leads, if the node knows.
        leader: Option<NodeId>,
    },
    /// This system has no such operation.
    Unsupported,
    /// The request breaks a limit of the system.
    Invalid(Cow<'static, str>),
    /// The node cannot serve now.
    Unavailable(Cow<'static, str>),
}

impl Answer {
    /// The refusal of a node that cannot serve now.
    pub(crate) const fn unavailable(why: &'static str) -> Self {
        Self::Refused(Refusal::Unavailable(Cow::Borrowed(why)))
    }

    /// The version that it names: a put's or a get's; the first one, which nothing has, otherwise.
    pub(crate) fn version(&self) -> Version {
        match self {
            Self::Written { version, .. } => *version,
            _ => self.found().flatten().map(|found| found.version).unwrap_or_default(),
        }
    }

    /// What a read found under its key: `None` if this answers no get, `Some(None)` if
    /// the key is absent. Of siblings it is the one of the highest version.
    pub fn found(&self) -> Option<Option<&Versioned>> {
        match self {
            Self::Value(found) => Some(found.as_ref()),
            Self::Siblings(siblings) => Some(siblings.iter().max_by_key(|sibling| sibling.version)),
            _ => None,
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Written { version, previous: Some(Some(previous)) } => {
                write!(f, "written {version}, was {previous}")
            }
            Self::Written { version, previous: Some(None) } => {
                write!(f, "written {version}, was absent")
            }
            Self::Written { version, previous: None } => write!(f, "written {version}"),
            Self::Value(Some(found)) => write!(f, "{}", found.value),
            Self::Value(None) => f.write_str("(absent)"),
            Self::Siblings(siblings) => {
                write!(f, "{} siblings:", siblings.len())?;
                siblings.iter().try_for_each(|found| write!(f, " {}", found.value))
            }
            Self::Deleted { existed: true } => f.write_str("deleted"),
            Self::Deleted { existed: false } => f.write_str("nothing to delete"),
            Self::Keys(keys) => {
                let count = keys.len();
                write!(f, "found {count} key{}", if count == 1 { "" } else { "s" })
            }
            Self::Mismatch { actual: Some(actual) } => write!(f, "mismatch, holds {actual}"),
            Self::Mismatch { actual: None } => f.write_str("mismatch, absent"),
            Self::Refused(refusal) => write!(f, "refused: {refusal}"),
            Self::Unknown => f.write_str("outcome unknown"),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLeader { leader: Some(leader) } => write!(f, "not the leader, ask {leader}"),
            Self::NotLeader { leader: None } => f.write_str("not the leader, none known"),
            Self::Unsupported => f.write_str("no such operation here"),
            Self::Invalid(why) | Self::Unavailable(why) => f.write_str(why),
        }
    }
}
