//! What came of a load.

use hdrhistogram::Histogram;
use node::OperationKind;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// The shortest latency that is told from none, and the longest: one beyond it counts as that. In nanoseconds.
const SPAN_NS: (u64, u64) = (128, 600_000_000_000);

/// How many digits of a latency are kept.
const DIGITS: u8 = 3;

/// What came of a load.
#[derive(Clone, Debug)]
pub struct Figures {
    /// For how long it counted.
    pub time: Duration,
    /// What came of each kind of operation.
    pub kinds: BTreeMap<OperationKind, OfKind>,
    /// What was answered in each second, from the first on; the last may be cut short.
    pub seconds: Vec<Second>,
    /// How many were due, in an open loop, and had not ended at the end.
    pub unfinished: u64,
}

/// What came of the operations of a kind.
#[derive(Clone, Debug)]
pub struct OfKind {
    /// How long each that was answered took, in nanoseconds: since it was due, or, in a closed loop, since it was
    /// asked.
    pub latency: Histogram<u64>,
    /// In an open loop, how long since it was asked: what a loop that knew nothing of due times would tell.
    pub uncorrected: Option<Histogram<u64>>,
    /// How many were answered before the time was over.
    pub in_time: u64,
    /// How many were not answered, by what became of them.
    pub errors: BTreeMap<String, u64>,
}

/// A second of a load.
#[derive(Clone, Debug, Default)]
pub struct Second {
    /// What was answered in it, by kind.
    pub answered: BTreeMap<OperationKind, Summary>,
    /// How many operations ended otherwise in it.
    pub failed: u64,
}

/// How long some operations took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
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

impl Summary {
    /// Sums latencies in nanoseconds up.
    pub fn of(latency: &Histogram<u64>) -> Self {
        let quantile = |quantile| Duration::from_nanos(latency.value_at_quantile(quantile));
        Self {
            count: latency.len(),
            p50: quantile(0.5),
            p95: quantile(0.95),
            p99: quantile(0.99),
            p999: quantile(0.999),
            max: Duration::from_nanos(latency.max()),
        }
    }
}

impl OfKind {
    fn new(is_open: bool) -> Self {
        Self {
            latency: histogram(),
            uncorrected: is_open.then(histogram),
            in_time: 0,
            errors: BTreeMap::new(),
        }
    }

    /// How many were not answered.
    pub fn failed(&self) -> u64 {
        self.errors.values().sum()
    }
}

impl Figures {
    /// How many operations were answered a second, of a kind or of all.
    pub fn per_second(&self, kind: Option<OperationKind>) -> f64 {
        let of = self.kinds.iter().filter(|(it, _)| kind.is_none_or(|kind| kind == **it));
        let answered: u64 = of.map(|(_, of)| of.in_time).sum();
        answered as f64 / self.time.as_secs_f64().max(1e-9)
    }

    /// How many operations were not answered, those that had not ended among them.
    pub fn failed(&self) -> u64 {
        self.kinds.values().map(OfKind::failed).sum::<u64>() + self.unfinished
    }
}

/// The moments of an operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moments {
    /// When it was due; in a closed loop, when it was asked.
    pub(super) due: Instant,
    pub(super) asked: Instant,
    pub(super) ended: Instant,
}

/// Counts what comes of a load.
pub(super) struct Tally {
    is_open: bool,
    /// Since when it counts, and until when; an interrupt may end it before.
    pub(super) from: Instant,
    pub(super) until: Instant,
    kinds: BTreeMap<OperationKind, OfKind>,
    seconds: Vec<Second>,
    /// Of the second at hand.
    latencies: BTreeMap<OperationKind, Histogram<u64>>,
    /// How many have ended of what was due while it counted.
    pub(super) ended: u64,
}

impl Tally {
    pub(super) fn new(
        kinds: impl Iterator<Item = OperationKind>,
        is_open: bool,
        (from, until): (Instant, Instant),
    ) -> Self {
        let kinds: BTreeMap<_, _> = kinds.map(|kind| (kind, OfKind::new(is_open))).collect();
        let latencies = kinds.keys().map(|kind| (*kind, histogram())).collect();
        Self { is_open, from, until, kinds, seconds: vec![Second::default()], latencies, ended: 0 }
    }

    /// An operation of one of the kinds has ended. One that was due before anything counted, or after, does not.
    pub(super) fn add(&mut self, kind: OperationKind, at: Moments, result: Result<(), String>) {
        if at.due < self.from || at.due >= self.until {
            return;
        }
        let is_in_time = at.ended < self.until;
        if !is_in_time && !self.is_open {
            return;
        }
        self.ended += 1;
        if is_in_time {
            self.begin_second((at.ended - self.from).as_secs() as usize);
        }
        let of = self.kinds.get_mut(&kind).expect("only kinds of the mix are asked for");
        let second = self.seconds.last_mut().expect("there is the first at least");
        match result {
            Ok(()) => {
                let latency = nanos(at.ended - at.due);
                of.latency.saturating_record(latency);
                if let Some(uncorrected) = &mut of.uncorrected {
                    uncorrected.saturating_record(nanos(at.ended - at.asked));
                }
                if is_in_time {
                    of.in_time += 1;
                    let latencies = self.latencies.get_mut(&kind).expect("each kind has one");
                    latencies.saturating_record(latency);
                }
            }
            Err(why) => {
                *of.errors.entry(why).or_default() += 1;
                second.failed += u64::from(is_in_time);
            }
        }
    }

    fn begin_second(&mut self, second: usize) {
        while self.seconds.len() <= second {
            self.end_second();
            self.seconds.push(Second::default());
        }
    }

    fn end_second(&mut self) {
        let second = self.seconds.last_mut().expect("there is the first at least");
        for (kind, latencies) in &mut self.latencies {
            second.answered.insert(*kind, Summary::of(latencies));
            latencies.reset();
        }
    }

    /// What came of it, if so many were due.
    pub(super) fn figures(mut self, due: u64) -> Figures {
        let time = self.until - self.from;
        let seconds = (time.as_nanos().div_ceil(1_000_000_000) as usize).max(1);
        self.begin_second(seconds - 1);
        self.end_second();
        let unfinished = due.saturating_sub(self.ended);
        Figures { time, kinds: self.kinds, seconds: self.seconds, unfinished }
    }
}

fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(SPAN_NS.0, SPAN_NS.1, DIGITS).expect("the bounds make sense")
}

fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}
