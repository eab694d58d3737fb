//! What an author demands of the values themselves.

use node::Key;

/// Something that must hold of what the replicas hold in the end, and of what clients read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invariant {
    /// What it is called, in a few words.
    pub name: String,
    /// The keys that it is about.
    pub keys: InvariantKeys,
    /// What a key that is absent counts as.
    pub absent: i64,
    /// What the numbers must sum up to in the end.
    pub sum: Option<Sum>,
    /// The least that a number may be, in the end and whenever it is read.
    pub at_least: Option<i64>,
    /// The most that a number may be, in the end and whenever it is read.
    pub at_most: Option<i64>,
    /// A check of the author's own, by the name under which the program has registered it.
    pub check: Option<String>,
}

/// The keys of an invariant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvariantKeys {
    /// So many: `key1`, `key2`, and so on.
    First(u64),
    /// These.
    Named(Vec<Key>),
}

/// What numbers sum up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sum {
    /// This, whatever clients did.
    Exactly(i64),
    /// What it was in the beginning, with every change that was acknowledged to a client once. A change of
    /// which a client does not know whether it took effect may count or not.
    Acknowledged,
}

impl InvariantKeys {
    /// Each of them.
    pub fn iter(&self) -> Box<dyn Iterator<Item = Key> + '_> {
        match self {
            Self::First(count) => Box::new((1..=*count).map(|it| Key::from(format!("key{it}")))),
            Self::Named(keys) => Box::new(keys.iter().cloned()),
        }
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        match self {
            Self::First(count) => *count,
            Self::Named(keys) => keys.len() as u64,
        }
    }
}
