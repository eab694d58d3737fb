//! Staleness: how old was what a read returned?

use std::time::Duration;

/// How old reads were.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StalenessReport {
    /// Gets that were answered.
    pub reads: u64,
    /// Every read that returned an overwritten value, in order of invocation.
    pub stale: Vec<StaleRead>,
}

/// A read that returned an overwritten value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaleRead {
    /// The read, by position in the history.
    pub operation: usize,
    /// How many acknowledged writes, each begun after the one it returned was
    /// acknowledged, it does not know of.
    pub versions_behind: u64,
    /// How long ago, as the read began, the first of them had been acknowledged.
    pub time_behind: Duration,
}
