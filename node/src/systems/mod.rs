//! The store designs, and the one list of them.
//!
//! Help texts, completions, validation and the README's table are all drawn
//! from [`ALL`]; [`visit`] turns a name into the type that implements it.

pub mod async_leader;
pub mod raft;

use crate::{Node, OperationKind, Setting};

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
    /// Whether a leader is configured or elected; if not, all nodes are alike.
    pub has_leader: bool,
    /// The fewest nodes it runs with.
    pub min_nodes: usize,
}

/// A defect that a scenario can switch on.
#[derive(Clone, Copy, Debug)]
pub struct FlawInfo {
    /// Its name in `[system] flaws`.
    pub name: &'static str,
    /// What goes wrong with it.
    pub summary: &'static str,
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
    /// Does it.
    fn visit<N: Node>(self) -> Self::Output;
}

macro_rules! registry {
    ($($system:ty),* $(,)?) => {
        /// Every system, in the order in which lists show them.
        pub const ALL: &[SystemInfo] = &[$(<$system as Node>::INFO),*];

        /// Calls the visitor with the type of the named system; `None` if there is no such system.
        pub fn visit<V: Visitor>(name: &str, visitor: V) -> Option<V::Output> {
            $(if name == <$system as Node>::INFO.name {
                return Some(visitor.visit::<$system>());
            })*
            None
        }
    };
}

registry![async_leader::AsyncLeader, raft::Raft];

/// The registry's entry for a name.
pub fn find(name: &str) -> Option<&'static SystemInfo> {
    ALL.iter().find(|system| system.name == name)
}
