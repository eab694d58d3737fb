//! Which systems there are: ours, and those that a program of somebody else adds.

use super::SystemInfo;
use crate::{Key, Node, Setting, Value, resident::Kind};
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, OnceLock, PoisonError},
};

/// A system, and what it says of what it is to be given.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    pub(super) check_settings: fn(usize, &BTreeMap<String, Setting>) -> Result<(), String>,
    pub(super) check_key: fn(&Key) -> Result<(), &'static str>,
    pub(super) check_value: fn(&Value) -> Result<(), &'static str>,
}

/// A system could not be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegisterError {
    /// There is one of that name.
    Taken(&'static str),
    /// Somebody has asked which systems there are.
    TooLate(&'static str),
}

impl fmt::Display for RegisterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken(name) => {
                write!(f, "there is a system `{name}` already: give yours another name in `INFO`")
            }
            Self::TooLate(name) => write!(
                f,
                "`{name}` comes too late: systems are registered before anything else is asked for"
            ),
        }
    }
}

impl std::error::Error for RegisterError {}

/// What was added so far.
static ADDED: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

/// All there are, once somebody has asked.
static ALL: OnceLock<All> = OnceLock::new();

struct All {
    infos: Vec<SystemInfo>,
    entries: Vec<Entry>,
}

impl Entry {
    pub(super) const fn of<N: Node>() -> Self {
        Self {
            kind: Kind::of::<N>(),
            check_settings: N::check_settings,
            check_key: N::check_key,
            check_value: N::check_value,
        }
    }
}

/// Every system, in the order in which lists show them: those that were [registered](register), then
/// ours.
pub fn all() -> &'static [SystemInfo] {
    &known().infos
}

/// The systems that were [registered](register), in that order.
pub fn registered() -> &'static [SystemInfo] {
    let infos = all();
    &infos[..infos.len() - super::OURS.len()]
}

/// Adds a system to those that there are. It goes first where nothing else decides.
///
/// # Errors
///
/// If there is one of its name, or somebody has asked for [`all`] before.
pub fn register<N: Node>() -> Result<(), RegisterError> {
    let entry = Entry::of::<N>();
    let name = entry.kind.info.name;
    let mut added = ADDED.lock().unwrap_or_else(PoisonError::into_inner);
    if ALL.get().is_some() {
        return Err(RegisterError::TooLate(name));
    }
    let known = added
        .iter()
        .map(|it| it.kind.info.name)
        .chain(super::OURS.iter().map(|it| it.kind.info.name));
    if known.into_iter().any(|known| known == name) {
        return Err(RegisterError::Taken(name));
    }
    added.push(entry);
    Ok(())
}

/// What boots the nodes of a system, and what is known of it besides.
pub fn kind(name: &str) -> Option<&'static Kind> {
    entry(name).map(|entry| &entry.kind)
}

pub(super) fn entry(name: &str) -> Option<&'static Entry> {
    known().entries.iter().find(|entry| entry.kind.info.name == name)
}

fn known() -> &'static All {
    ALL.get_or_init(|| {
        let added = ADDED.lock().unwrap_or_else(PoisonError::into_inner);
        let entries: Vec<Entry> = added.iter().chain(super::OURS).copied().collect();
        All { infos: entries.iter().map(|entry| entry.kind.info).collect(), entries }
    })
}
