//! Faults that come at random.

use super::{FaultKind, Links};
use std::time::Duration;

/// Random faults, drawn up front from the seed into explicit steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Nemesis {
    /// From when.
    pub start: Duration,
    /// Until when.
    pub stop: Duration,
    /// Each kind of fault and how it comes.
    pub faults: Vec<RandomFault>,
}

/// One kind of random fault.
#[derive(Clone, Debug, PartialEq)]
pub struct RandomFault {
    /// Which kind.
    pub kind: FaultKind,
    /// How many a minute on average; gaps are exponential.
    pub per_minute: f64,
    /// How long each lasts: between the two, every value as likely.
    pub lasts: (Duration, Duration),
    /// Which links it strikes, of a kind that strikes all of them.
    pub links: Links,
    /// Whether it strikes reads of a disk too, if it is errors of one.
    pub reads: bool,
}
