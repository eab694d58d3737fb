//! Futures of a run from a moment on, and in what share of them it goes wrong.

use super::{Cut, Pinpoint, PinpointProgress};
use node::Time;
use scenarios::Property;
use sim::{Detail, Fork};
use xxhash_rust::xxh3::xxh3_64;

pub(super) struct Futures<'a> {
    of: &'a Pinpoint,
    property: Property,
    moments: &'a [Time],
    progress: PinpointProgress,
    go_on: &'a mut dyn FnMut(PinpointProgress) -> bool,
}

impl<'a> Futures<'a> {
    pub(super) fn new(
        of: &'a Pinpoint,
        property: Property,
        moments: &'a [Time],
        go_on: &'a mut dyn FnMut(PinpointProgress) -> bool,
    ) -> Self {
        let progress = PinpointProgress { moments: 0, futures: 0 };
        Self { of, property, moments, progress, go_on }
    }

    /// Has so many futures after the first `cut` moments; `None`: somebody asked for an end.
    pub(super) fn share(&mut self, cut: usize, count: u32) -> Result<Option<Cut>, sim::Error> {
        let from = cut.checked_sub(1).map_or(Time::ZERO, |last| {
            // Everything of that moment has happened.
            Time::from_nanos(self.moments[last].as_nanos() + 1)
        });
        // Nothing is left to chance when everything has happened.
        let had = if cut == self.moments.len() { 1 } else { count };
        let numbers: Vec<u32> = (0..had).collect();
        let Self { of, property, .. } = self;
        let comes = |number: &u32| comes(of, *property, from, *number);
        let came = sim::in_parallel(&numbers, of.jobs, comes, |_, _| {});
        let mut failed = 0;
        for came in came {
            failed += u32::from(came?);
        }
        self.progress.moments += 1;
        self.progress.futures += u64::from(had);
        let cut = Cut { place: cut, from, failed: failed * (count / had), futures: count };
        Ok((self.go_on)(self.progress).then_some(cut))
    }
}

/// Whether the property is violated in a future from a moment on.
fn comes(of: &Pinpoint, property: Property, from: Time, number: u32) -> Result<bool, sim::Error> {
    let fork = Fork { from, seed: seed_of(of.seed, number), later: of.later };
    let run = sim::run_forked(of.scenario.clone(), of.system.name, of.seed, fork, Detail::Verdicts);
    let run = match run {
        // It broke in another way.
        Err(sim::Error::Panicked { .. }) => return Ok(false),
        run => run?,
    };
    let mut meant = run.judgements.iter().filter(|it| it.property == property);
    Ok(meant.any(|judgement| judgement.verdict.witness().is_some()))
}

/// The seed of a future: the same for each moment, so that moments differ by what had happened.
fn seed_of(seed: u64, number: u32) -> u64 {
    xxh3_64(format!("future {number} of {seed}").as_bytes())
}
