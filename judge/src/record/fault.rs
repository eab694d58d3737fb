//! Faults as they struck.

use node::{NodeId, Time};
use scenarios::FaultKind;
use serde::{Deserialize, Serialize};

/// One fault: what struck, when, for how long, and what it touched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaultRecord {
    /// Which kind.
    pub kind: FaultKind,
    /// What happened, in words: `n2 crashed`.
    pub label: String,
    /// Where it comes from.
    pub origin: FaultOrigin,
    /// The nodes it concerned.
    pub nodes: Vec<NodeId>,
    /// When it struck.
    pub start: Time,
    /// When it was over; `None`: it lasted to the end of the run.
    pub end: Option<Time>,
    /// How much it touched, counted as [`FaultKind::touches`] says.
    pub touched: u64,
}

/// Where a fault comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultOrigin {
    /// A step of the scenario, by position.
    Step(usize),
    /// A test's own body asked for it; counted from 0.
    Body(usize),
    /// The nemesis drew it.
    Random,
    /// The network is like that all the time.
    Background,
    /// The plan pins a message to it, by position.
    Pin(usize),
}
