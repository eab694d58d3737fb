//! When a violation became inevitable.
//!
//! A run is had again up to a moment and goes on from there with other draws, many times over. The
//! share of these futures in which the same property is violated is how likely the violation was at
//! that moment, as far as chance decides it. Moments are halved until two of one event are left: the
//! event after which the violation always came, and the one that made it most more likely.

mod futures;
mod halve;

pub use halve::{Cut, Tipped};

use crate::look::{Outcome, What};
use futures::Futures;
use halve::halve;
use judge::Run;
use node::{SystemInfo, Time};
use scenarios::{Property, Scenario};
use sim::{Detail, Gear, Later};
use std::{num::NonZeroUsize, sync::Arc};

/// What is to be pinpointed.
#[derive(Clone, Debug)]
pub struct Pinpoint {
    /// The scenario or plan that fails.
    pub scenario: Arc<Scenario>,
    /// On which system.
    pub system: &'static SystemInfo,
    /// With which seed.
    pub seed: u64,
    /// The property whose violation is meant; `None`: one that the scenario says it `shows`, or the
    /// first that is violated.
    pub property: Option<Property>,
    /// What strikes the futures.
    pub later: Later,
    /// How many futures each moment gets; one that seems to decide everything gets four times as many.
    pub futures: u32,
    /// How many futures are had at once.
    pub jobs: NonZeroUsize,
}

/// How far it has come.
#[derive(Clone, Copy, Debug)]
pub struct PinpointProgress {
    /// How many moments were tried.
    pub moments: usize,
    /// How many futures were had.
    pub futures: u64,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Pinpointed {
    /// The run itself, in full.
    pub run: Run,
    /// What it shows.
    pub property: Property,
    /// The witness in one sentence.
    pub sentence: String,
    /// Every moment that was tried, by time. The last is the end of the run.
    pub cuts: Vec<Cut>,
    /// The event after which it always came: the two moments around it. `None`: it always came from
    /// the beginning.
    pub inevitable: Option<Tipped>,
    /// The event that made it more likely than any other found did, if one did by a tenth at least and
    /// by more than chance explains.
    pub rise: Option<Tipped>,
    /// Whether it came to its end, and was not stopped.
    pub is_done: bool,
}

/// Why nothing could be pinpointed.
#[derive(Debug, thiserror::Error)]
pub enum PinpointError {
    /// There is nothing whose beginning could be looked for.
    #[error("nothing{} is violated in `{scenario}` on `{system}` with seed {seed}",
        .property.map(|it| format!(" of `{}`", it.name())).unwrap_or_default())]
    Holds {
        /// The scenario.
        scenario: String,
        /// The system.
        system: &'static str,
        /// The seed.
        seed: u64,
        /// The property that was looked for, if one was named.
        property: Option<Property>,
    },
    /// A run could not be had.
    #[error(transparent)]
    Run(#[from] sim::Error),
}

/// Finds when a violation became inevitable. `go_on` hears after each moment that was tried and says
/// whether to try another. What is found depends on the run and the number of futures alone.
///
/// # Errors
///
/// If nothing is violated, or a run cannot be had. A future that panics does not show the violation.
pub fn pinpoint(
    of: &Pinpoint,
    go_on: &mut dyn FnMut(PinpointProgress) -> bool,
) -> Result<Pinpointed, PinpointError> {
    let Pinpoint { scenario, system, seed, property, .. } = of;
    let run = sim::run(scenario.clone(), system.name, *seed, Detail::Full, Gear::Advance)?;
    let (property, sentence) = violated(&run, *property).ok_or_else(|| PinpointError::Holds {
        scenario: scenario.name.clone(),
        system: system.name,
        seed: *seed,
        property: *property,
    })?;
    let moments = moments(&run);
    let mut futures = Futures::new(of, property, &moments, go_on);
    let halved = halve(moments.len(), of.futures, |cut, count| futures.share(cut, count))?;
    Ok(Pinpointed {
        run,
        property,
        sentence,
        cuts: halved.cuts,
        inevitable: halved.inevitable,
        rise: halved.rise,
        is_done: halved.is_done,
    })
}

/// The violation that is meant, and its witness in one sentence.
fn violated(run: &Run, property: Option<Property>) -> Option<(Property, String)> {
    let all = Outcome::of(run, |judgement| property.is_none_or(|it| judgement.property == it));
    let mut violated = all.into_iter().filter_map(|outcome| match outcome.what {
        What::Violated(property) => Some((property, outcome.sentence)),
        What::Panic => None,
    });
    let shows = &run.scenario.shows;
    let first = violated.next()?;
    if shows.contains(&first.0) {
        return Some(first);
    }
    Some(violated.find(|(property, _)| shows.contains(property)).unwrap_or(first))
}

/// The moments at which something happened, each once, in order.
fn moments(run: &Run) -> Vec<Time> {
    let trace = run.trace.as_ref().expect("a run in full has a trace");
    let mut moments: Vec<Time> = trace.events.iter().map(|event| event.at).collect();
    moments.dedup();
    moments
}
