//! The best plan so far, and how candidates are tried.

use super::{Progress, aim::Aim};
use crate::look::Outcome;
use node::{SystemInfo, systems};
use scenarios::Scenario;
use std::{num::NonZeroUsize, ops::Range};

/// The best plan so far, and what it takes to try another.
pub(super) struct Search<'a> {
    pub(super) system: &'static SystemInfo,
    pub(super) aim: Aim,
    pub(super) best: Scenario,
    pub(super) shown: Outcome,
    pub(super) tries: u64,
    /// How often a candidate was better.
    pub(super) accepted: u64,
    /// With how many seeds each candidate is tried.
    pub(super) seeds: u64,
    pub(super) jobs: NonZeroUsize,
    pub(super) go_on: &'a mut dyn FnMut(&Progress<'_>) -> bool,
    /// Whether somebody asked for an end.
    pub(super) stopped: bool,
}

impl Search<'_> {
    /// Takes the first of these candidates that still shows what it must, and says which it was. What
    /// is taken does not depend on how many are tried at once.
    pub(super) fn first_of<T>(
        &mut self,
        candidates: impl IntoIterator<Item = (T, Scenario)>,
    ) -> Option<T> {
        let mut candidates = candidates.into_iter().filter({
            let best = self.best.clone();
            move |(_, candidate)| *candidate != best
        });
        while !self.stopped {
            let (places, batch): (Vec<T>, Vec<Scenario>) =
                candidates.by_ref().take(self.jobs.get()).unzip();
            if batch.is_empty() {
                break;
            }
            let (system, aim, seeds) = (self.system, &self.aim, self.seeds);
            let look = |candidate: &Scenario| try_seeds(candidate, aim, system, seeds);
            let looked = sim::in_parallel(&batch, self.jobs, look, |_, _| {});
            let tried = batch.len();
            let mut found = places.into_iter().zip(looked).enumerate();
            let found = found.find_map(|(at, (place, found))| Some((at, place, found?)));
            let Some((at, place, (scenario, shown))) = found else {
                self.tries += tried as u64;
                self.tell(false);
                continue;
            };
            // As many as would have been tried one by one.
            self.tries += at as u64 + 1;
            (self.best, self.shown) = (scenario, shown);
            self.accepted += 1;
            self.tell(true);
            return Some(place);
        }
        None
    }

    /// Tries one candidate, unless it is what there is already.
    pub(super) fn offer(&mut self, candidate: Scenario) -> bool {
        self.first_of([((), candidate)]).is_some()
    }

    /// Takes away as much as can be of so many things: all, halves, quarters and so on, down to one by
    /// one. `without` makes a candidate without a range of them, where there can be one.
    pub(super) fn thin(
        &mut self,
        count: impl Fn(&Scenario) -> usize,
        without: impl Fn(&Scenario, Range<usize>) -> Option<Scenario>,
    ) {
        let mut size = count(&self.best);
        while size > 0 && !self.stopped {
            // From the end: what comes late is seldom the cause of what was before it.
            let mut end = count(&self.best);
            while end > 0 {
                let base = self.best.clone();
                let ends = std::iter::successors(Some(end), |upto| upto.checked_sub(size));
                let ranges =
                    ends.filter(|upto| *upto > 0).map(|upto| upto.saturating_sub(size)..upto);
                let candidates =
                    ranges.filter_map(|range| Some((range.start, without(&base, range)?)));
                match self.first_of(candidates) {
                    Some(start) => end = start,
                    None => break,
                }
            }
            size = if size == 1 { 0 } else { size.div_ceil(2) };
        }
    }

    fn tell(&mut self, is_better: bool) {
        let progress = Progress {
            plan: &self.best,
            what: self.aim.what,
            sentence: &self.shown.sentence,
            tries: self.tries,
            is_better,
        };
        // Nothing is asked again of somebody who wants no more.
        self.stopped = self.stopped || !(self.go_on)(&progress);
    }
}

/// The candidate with the first of its seeds with which it shows what it must: its own, or one of the
/// first few.
fn try_seeds(
    candidate: &Scenario,
    aim: &Aim,
    system: &SystemInfo,
    seeds: u64,
) -> Option<(Scenario, Outcome)> {
    let own = candidate.seed.unwrap_or(0);
    let others = (0..seeds.saturating_sub(1)).filter(|seed| *seed != own);
    std::iter::once(own).chain(others).find_map(|seed| {
        let candidate = Scenario { seed: Some(seed), ..candidate.clone() };
        let shown = aim.met_by(&candidate, system)?;
        reads_back(&candidate).then_some((candidate, shown))
    })
}

/// Whether a file of it says the same.
fn reads_back(scenario: &Scenario) -> bool {
    let written = scenario.to_toml();
    Scenario::parse("plan.toml", &written, systems::all()).is_ok_and(|read| read == *scenario)
}
