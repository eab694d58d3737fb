//! The times of one process, kept by the thread of its node.

use super::{Samples, What, processor_time};
use crate::now;
use hdrhistogram::Histogram;
use node::SyncId;
use std::{
    collections::BTreeMap,
    fs, io,
    path::PathBuf,
    time::{Duration, Instant},
};

/// How many digits of a time are kept.
const DIGITS: u8 = 3;

/// The times of one process.
pub(crate) struct Timings {
    file: PathBuf,
    taken: BTreeMap<What, Histogram<u64>>,
    /// The syncs that were asked for, and when.
    asked: BTreeMap<SyncId, Instant>,
}

impl Timings {
    /// None taken yet; they are to be written there.
    pub(crate) fn new(file: PathBuf) -> Self {
        Self { file, taken: BTreeMap::new(), asked: BTreeMap::new() }
    }

    /// Something took so long.
    pub(crate) fn took(&mut self, what: What, time: Duration) {
        let empty = || Histogram::new(DIGITS).expect("so many digits are allowed");
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        // It makes room for what is longer than all before, as saturating would not.
        let recorded = self.taken.entry(what).or_insert_with(empty).record(nanos);
        recorded.expect("a histogram that grows takes everything");
    }

    /// A sync is asked for.
    pub(crate) fn asks(&mut self, sync: SyncId) {
        self.asked.insert(sync, now::instant());
    }

    /// It has reached the platter.
    pub(crate) fn synced(&mut self, sync: SyncId, at: Instant) {
        if let Some(asked) = self.asked.remove(&sync) {
            self.took(What::Fsync, at.saturating_duration_since(asked));
        }
    }

    /// Writes everything, whole or not at all.
    pub(crate) fn write(&self) -> io::Result<()> {
        let mut samples = Samples::default();
        for (what, taken) in &self.taken {
            for step in taken.iter_recorded() {
                samples.add(*what, step.value_iterated_to(), step.count_at_value());
            }
        }
        let spent = u64::try_from(processor_time().as_nanos()).unwrap_or(u64::MAX);
        samples.add(What::Processor, spent, 1);
        let part = self.file.with_extension("part");
        fs::write(&part, samples.to_text())?;
        fs::rename(&part, &self.file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_took_long_is_not_cut_short() {
        let file = std::env::temp_dir().join(format!("timings-{}", std::process::id()));
        let mut timings = Timings::new(file.clone());
        for micros in [1, 1000, 1_000_000] {
            timings.took(What::Request, Duration::from_micros(micros));
        }
        timings.write().unwrap();
        let samples = Samples::parse(&fs::read_to_string(&file).unwrap()).unwrap();
        fs::remove_file(file).unwrap();
        let most = samples.of(What::Request).quantile(1.0).unwrap().as_secs_f64();
        assert!((most - 1.0).abs() < 0.002, "{most}");
        let count = |what| samples.of(what).count();
        assert_eq!((count(What::Request), count(What::Processor)), (3, 1));
    }
}
