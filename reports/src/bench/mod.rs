//! What stores came to under the same load: tables, charts and a text.
//!
//! The figures are measured elsewhere, in real time; what is made of them here is a pure function of them.

mod folder;
mod json;
mod tables;
mod text;

pub use folder::{check_bench_target, write_bench};
pub use tables::{BENCH_COLUMNS, QUANTILE_COLUMNS};

use crate::{ChartError, experiment::DrawnChart};
use node::OperationKind;
use std::{collections::BTreeMap, time::Duration};

/// What marks the summary of a bench, and its version.
pub const BENCH_SCHEMA: &str = "seedbed-bench/1";

/// Stores under the same load.
#[derive(Clone, Debug)]
pub struct Bench {
    /// What was asked of each, in one line.
    pub load: String,
    /// Whether operations were due at a rate, so that latencies count from when they were.
    pub is_open: bool,
    /// Ours first.
    pub stores: Vec<Store>,
    /// What else there is to say, a sentence each: which stores were not found, say.
    pub notes: Vec<String>,
}

/// What one store came to.
#[derive(Clone, Debug)]
pub struct Store {
    /// Its name.
    pub name: String,
    /// How it was set up, in one line.
    pub about: String,
    /// For how long it counted.
    pub time: Duration,
    /// By kind of operation.
    pub kinds: BTreeMap<OperationKind, OfKind>,
    /// Second by second; the last may be cut short.
    pub seconds: Vec<Second>,
    /// How many operations were due and had not ended by the end.
    pub unfinished: u64,
}

/// What came of the operations of a kind.
#[derive(Clone, Debug)]
pub struct OfKind {
    /// How many were answered in time, a second.
    pub per_second: f64,
    /// How long they took.
    pub latency: Latencies,
    /// In an open loop, how long since each was asked, whenever it was due.
    pub uncorrected: Option<Latencies>,
    /// Latencies by the share of operations that took at most so long, 0 to 1, in order.
    pub quantiles: Vec<(f64, Duration)>,
    /// How many were not answered, by what became of them.
    pub errors: BTreeMap<String, u64>,
}

/// How long some operations took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Latencies {
    /// How many there were.
    pub count: u64,
    /// Half took at most this long.
    pub p50: Duration,
    /// 95 of 100 did.
    pub p95: Duration,
    /// 99 of 100 did.
    pub p99: Duration,
    /// 999 of 1000 did.
    pub p999: Duration,
    /// The slowest did.
    pub max: Duration,
}

/// A second of a load.
#[derive(Clone, Debug, Default)]
pub struct Second {
    /// What was answered in it, by kind.
    pub answered: BTreeMap<OperationKind, Latencies>,
    /// How many operations ended otherwise in it.
    pub failed: u64,
}

impl Latencies {
    /// Its quantiles by name.
    fn named(&self) -> [(&'static str, Duration); 5] {
        let Self { p50, p95, p99, p999, max, .. } = *self;
        [("p50", p50), ("p95", p95), ("p99", p99), ("p99.9", p999), ("max", max)]
    }
}

impl OfKind {
    /// How many were not answered.
    pub fn failed(&self) -> u64 {
        self.errors.values().sum()
    }
}

impl Store {
    /// How many operations of all kinds were answered a second.
    pub fn per_second(&self) -> f64 {
        self.kinds.values().map(|of| of.per_second).sum()
    }

    /// How many were not answered, those that had not ended among them.
    pub fn failed(&self) -> u64 {
        self.kinds.values().map(OfKind::failed).sum::<u64>() + self.unfinished
    }
}

impl Bench {
    /// What it shows, in one sentence.
    pub fn finding(&self) -> String {
        let Some((ours, others)) = self.stores.split_first() else {
            return "nothing was measured".to_owned();
        };
        let (name, answered) = (&ours.name, crate::text::number(ours.per_second().round() as u64));
        let beside = others.iter().filter(|other| other.per_second() > 0.0).map(|other| {
            format!("{:.2} times what {} does", ours.per_second() / other.per_second(), other.name)
        });
        let beside: Vec<_> = beside.collect();
        let beside =
            if beside.is_empty() { String::new() } else { format!(", {}", beside.join(", ")) };
        format!("{name} answers {answered} operations a second{beside}")
    }

    /// The figures for programs.
    pub fn to_json(&self) -> String {
        json::json(self)
    }

    /// The figures for people, in lines of at most `width` characters where words allow it.
    pub fn to_text(&self, width: usize) -> String {
        text::text(self, width)
    }

    /// `bench.csv`: a row for each second of each store and kind, and one for the whole.
    pub fn to_csv(&self) -> String {
        tables::bench(self)
    }

    /// `quantiles.csv`: latencies by quantile.
    pub fn quantiles_csv(&self) -> String {
        tables::quantiles(self)
    }

    /// The charts.
    ///
    /// # Errors
    ///
    /// [`ChartError`] if the drawing library fails.
    pub fn charts(&self) -> Result<Vec<DrawnChart>, ChartError> {
        crate::chart::bench::draw_all(self)
    }
}
