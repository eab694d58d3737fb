//! Who belongs to a cluster, where that can change while it runs.

use crate::NodeId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One node joins or leaves those who decide together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MembershipChange {
    /// This node votes from now on.
    Add(NodeId),
    /// This node votes no longer.
    Remove(NodeId),
}

impl MembershipChange {
    /// Who joins or leaves.
    pub const fn node(self) -> NodeId {
        match self {
            Self::Add(node) | Self::Remove(node) => node,
        }
    }
}

impl fmt::Display for MembershipChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Add(node) => write!(f, "add {node}"),
            Self::Remove(node) => write!(f, "remove {node}"),
        }
    }
}

/// What a node says to whoever wants the membership changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Uptake {
    /// It has begun the change.
    Taken,
    /// It cannot now: another node leads, or an earlier change is under way. Ask again.
    NotNow,
    /// There is nothing to change, or nobody would be left.
    Pointless,
}
