//! The figures of the charts, as the charts of a folder have them: by window of time, and by column.

use crate::{
    chart::COLUMNS,
    figures::{Bar, FEW, QUANTILES, bars, latencies_by_window},
    replication::Replication,
    windows::Windows,
};
use judge::{Run, property::Wrong};
use serde::Serialize;
use std::{collections::BTreeMap, time::Duration};

/// What the charts show besides single operations.
#[derive(Serialize)]
pub(super) struct Figures {
    /// How wide a window is.
    width: u64,
    /// Whether operations are so few that they are counted, and no rate is told.
    counted: bool,
    /// Of each window the quantiles that are drawn, as far as it has enough answers, and the slowest answer.
    latency: Vec<[Option<u64>; QUANTILES.len() + 1]>,
    /// How many operations of each sort ended in each window.
    ended: Vec<Bar>,
    /// In each column of time, the most keys that differed between nodes that were up.
    differing: Vec<usize>,
    /// Of each node in each column, the age of the oldest change that it lacked; empty: it never lacked any.
    lag: Vec<Vec<Option<u64>>>,
}

impl Figures {
    /// No figures.
    pub(super) fn none() -> Self {
        Self {
            width: 1,
            counted: false,
            latency: Vec::new(),
            ended: Vec::new(),
            differing: Vec::new(),
            lag: Vec::new(),
        }
    }

    pub(super) fn of(run: &Run, wrong: &BTreeMap<usize, Wrong>) -> Self {
        let windows = Windows::over(run.ended);
        let ns = |length: Duration| u64::try_from(length.as_nanos()).unwrap_or(u64::MAX);
        let latency = latencies_by_window(run, None, windows).into_iter().map(|sorted| {
            let [p50, p95, p99] = QUANTILES.map(|quantile| quantile.of(&sorted).map(ns));
            [p50, p95, p99, sorted.last().copied().map(ns)]
        });
        let replication = Replication::observe(run, COLUMNS);
        let (differing, lag) = replication.map(|it| (it.differing, it.lag)).unwrap_or_default();
        let lag = lag.into_iter().map(|columns| {
            let any = columns.iter().flatten().any(|lag| !lag.is_zero());
            let columns = columns.into_iter().filter(|_| any);
            columns.map(|lag| lag.map(ns)).collect()
        });
        Self {
            width: ns(windows.width()),
            counted: run.operations().len() < FEW,
            latency: latency.collect(),
            ended: bars(run, wrong, windows),
            differing,
            lag: lag.collect(),
        }
    }
}
