//! The store designs, and the one list of them.
//!
//! Help texts, completions, validation and the pages' tables are all drawn
//! from [`all`]; [`visit`] turns a name of ours into the type that implements it. A program of somebody
//! else [registers](register) systems of its own before anything is asked for.

pub mod anti_entropy;
pub mod async_leader;
pub mod durable_eventual;
pub mod peer_to_peer;
pub mod quorum;
pub mod raft;
pub mod sharded_groups;
pub mod sync_leader;

mod registry;
mod settings;
#[cfg(test)]
mod testing;

pub use registry::{RegisterError, all, kind, register, registered};
pub use settings::Settings;

use crate::{Key, Node, OperationKind, Remedy, Setting, Value, Wire};
use registry::Entry;
use std::collections::BTreeMap;

/// The documents that Seedbed was begun from, by the names that `source` gives them.
pub const DOCUMENTS: [&str; 5] =
    ["FastAPI outline", "gRPC peers", "ghost-data report", "durable store", "sharded groups"];

/// What the registry says of a system.
#[derive(Clone, Copy, Debug)]
pub struct SystemInfo {
    /// Its name in scenarios and on the command line.
    pub name: &'static str,
    /// What it is, in one line.
    pub summary: &'static str,
    /// The document it comes from.
    pub source: &'static str,
    /// The operations it offers.
    pub operations: &'static [OperationKind],
    /// Defects of the original that can be switched on.
    pub flaws: &'static [FlawInfo],
    /// What can be set about it.
    pub settings: &'static [SettingInfo],
    /// What it does against failures that other designs suffer, as it is without a flaw.
    pub remedies: &'static [Remedy],
    /// Whether it carries out the attempts at one operation once at most, and answers each with
    /// what came of that. Whoever is [anonymous](crate::ClientId::ANONYMOUS) has each attempt carried out.
    pub deduplicates: bool,
    /// Whether a leader is configured or elected; if not, all nodes are alike.
    pub has_leader: bool,
    /// What its nodes announce of themselves, for checkers to hold against each other.
    pub announces: Announces,
    /// Whether nodes can join and leave while it runs.
    pub membership: bool,
    /// Whether a hash ring deals the keys to groups of nodes, of which each holds its own.
    pub deals_keys: bool,
    /// The fewest nodes it runs with.
    pub min_nodes: usize,
}

impl SystemInfo {
    /// A flaw of the system, after those that it builds on: what must be switched on to have it.
    pub fn flaw_with_its_bases(&self, name: &str) -> Vec<String> {
        let flaw = self.flaws.iter().find(|flaw| flaw.name == name);
        let base = flaw.and_then(|flaw| flaw.builds_on);
        let mut all = base.map_or_else(Vec::new, |base| self.flaw_with_its_bases(base));
        all.push(name.to_owned());
        all
    }

    /// Of the flaws that are switched on, those that another of them builds on. The system with
    /// these alone is what one with all of them is compared with.
    pub fn bases_among(&self, flaws: &[String]) -> Vec<String> {
        let builds_on = |base: &String| {
            let others = self.flaws.iter().filter(|other| flaws.iter().any(|it| it == other.name));
            others.into_iter().any(|other| other.builds_on == Some(base))
        };
        flaws.iter().filter(|flaw| builds_on(flaw)).cloned().collect()
    }
}

/// What the nodes of a system announce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Announces {
    /// Nothing: they have neither terms nor a replicated log.
    Nothing,
    /// Who leads, but only where this flaw has them choose a leader at all.
    WithFlaw(&'static str),
    /// Who leads, and each entry of the replicated log.
    ItsLog,
}

/// A defect that a scenario can switch on.
#[derive(Clone, Copy, Debug)]
pub struct FlawInfo {
    /// Its name in `[system] flaws`.
    pub name: &'static str,
    /// What goes wrong with it.
    pub summary: &'static str,
    /// Another flaw of the system, without which this one is none: what it does wrong, it does in
    /// the work that the other one adds.
    pub builds_on: Option<&'static str>,
}

/// Something that a scenario can set about a system.
#[derive(Clone, Copy, Debug)]
pub struct SettingInfo {
    /// Its name in `[system]`.
    pub name: &'static str,
    /// What it means, with unit and range.
    pub summary: &'static str,
    /// What it is when not set.
    pub default: fn() -> Setting,
}

/// Something to be done with a system's type.
pub trait Visitor {
    /// What doing it gives.
    type Output;
    /// Does it. What the nodes of ours say to each other can go over a wire.
    fn visit<N: Node<Message: Wire>>(self) -> Self::Output;
}

macro_rules! registry {
    ($($system:ty),* $(,)?) => {
        /// Our own systems, in the order in which lists show them.
        const OURS: &[Entry] = &[$(Entry::of::<$system>()),*];

        /// Calls the visitor with the type of the named system; `None` if it is none of ours.
        pub fn visit<V: Visitor>(name: &str, visitor: V) -> Option<V::Output> {
            $(if name == <$system as Node>::INFO.name {
                return Some(visitor.visit::<$system>());
            })*
            None
        }
    };
}

registry![
    sync_leader::SyncLeader,
    peer_to_peer::PeerToPeer,
    async_leader::AsyncLeader,
    durable_eventual::DurableEventual,
    sharded_groups::ShardedGroups,
    anti_entropy::AntiEntropy,
    quorum::Quorum,
    raft::Raft,
];

/// The registry's entry for a name.
pub fn find(name: &str) -> Option<&'static SystemInfo> {
    all().iter().find(|system| system.name == name)
}

/// Checks settings against each other and against the cluster's size, such as a
/// quorum larger than the number of replicas; `None` if there is no such system.
///
/// Names and kinds of settings are the caller's to check first, against [`SystemInfo::settings`].
///
/// # Errors
///
/// A sentence that names what does not fit.
pub fn check_settings(
    name: &str,
    nodes: usize,
    settings: &BTreeMap<String, Setting>,
) -> Option<Result<(), String>> {
    registry::entry(name).map(|entry| (entry.check_settings)(nodes, settings))
}

/// Checks a key that clients of a system are to name; `None` if there is no such system.
///
/// # Errors
///
/// A sentence that says what a key may be.
pub fn check_key(name: &str, key: &Key) -> Option<Result<(), &'static str>> {
    registry::entry(name).map(|entry| (entry.check_key)(key))
}

/// Checks a value that clients of a system are to store; `None` if there is no such system.
///
/// # Errors
///
/// A sentence that says what a value may be.
pub fn check_value(name: &str, value: &Value) -> Option<Result<(), &'static str>> {
    registry::entry(name).map(|entry| (entry.check_value)(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_checked_by_the_system_that_is_named() {
        let settings = BTreeMap::from([("r".to_owned(), Setting::Count(4))]);
        assert_eq!(check_settings("quorum", 5, &settings), Some(Ok(())));
        let refused = check_settings("quorum", 3, &settings).unwrap().unwrap_err();
        assert_eq!(refused, "`r` is 4; a key has only 3 replicas to answer");
        assert_eq!(check_settings("async-leader", 3, &settings), Some(Ok(())));
        assert_eq!(check_settings("no-such-system", 3, &settings), None);
    }

    #[test]
    fn keys_and_values_are_checked_by_the_system_that_is_named() {
        let (empty, longest, too_long) = ("", "k".repeat(128), "k".repeat(129));
        let refused = |system, key: &str| check_key(system, &key.into()).unwrap().err();
        for system in ["durable-eventual", "sharded-groups"] {
            assert_eq!(refused(system, empty), Some("a key must not be empty"));
            assert_eq!(refused(system, &longest), None);
        }
        assert_eq!(refused("durable-eventual", &too_long), Some("a key has at most 128 bytes"));
        assert_eq!(refused("sharded-groups", &too_long), None);
        assert_eq!(refused("async-leader", empty), None);
        assert_eq!(check_key("no-such-system", &"".into()), None);

        let refused = |bytes| check_value("durable-eventual", &"v".repeat(bytes).into());
        assert_eq!(refused(2048), Some(Ok(())));
        assert_eq!(refused(2049), Some(Err("a value has at most 2,048 bytes")));
        assert_eq!(check_value("raft", &"v".repeat(2049).into()), Some(Ok(())));
        assert_eq!(check_value("no-such-system", &"".into()), None);
    }

    #[test]
    fn every_name_is_used_once() {
        for (position, system) in all().iter().enumerate() {
            let later = &all()[position + 1..];
            assert!(later.iter().all(|other| other.name != system.name));
            assert!(find(system.name).is_some());
        }
    }
}
