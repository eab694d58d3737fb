//! Availability: were operations answered, and how soon after a fault again?

use node::Time;

/// How many operations were answered, and when.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AvailabilityReport {
    /// Operations begun.
    pub begun: u64,
    /// Operations answered with a result.
    pub answered: u64,
    /// The same by window of one second (shorter runs: a twentieth of the run).
    pub windows: Vec<AvailabilityWindow>,
    /// For each fault after which an operation went unanswered, when service came back.
    pub recoveries: Vec<Recovery>,
}

/// One window of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AvailabilityWindow {
    /// When it starts.
    pub start: Time,
    /// When it ends.
    pub end: Time,
    /// Operations begun in it.
    pub begun: u64,
    /// Those of them that were answered.
    pub answered: u64,
}

/// When service came back after a fault.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recovery {
    /// Which fault, by position.
    pub fault: usize,
    /// When the first operation that went unanswered was begun.
    pub lost: Time,
    /// When the first operation after the last unanswered one was answered;
    /// `None`: service did not come back before the run ended or the next fault struck.
    pub regained: Option<Time>,
}
