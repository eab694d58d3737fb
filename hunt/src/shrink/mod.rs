//! A plan that fails, made as small as it can be while it still fails in the same way.
//!
//! Delta debugging (Zeller and Hildebrandt, *Simplifying and Isolating Failure-Inducing Input*, 2002)
//! over a plan with every operation in it. Whole halves are taken away, then quarters, down to single
//! steps and operations; sessions, keys and nodes become fewer; settings go back to what they are by
//! default, and draws become constants; times get round. It ends when nothing of this
//! works any more. What is taken depends on the plan alone, not on how many candidates are tried at once.

mod aim;
mod names;
mod parts;
mod remove;
mod search;
mod settings;
mod tell;
mod times;

use crate::look::What;
use aim::Aim;
use node::SystemInfo;
use parts::size;
use scenarios::{Property, Scenario};
use search::Search;
use sim::{Detail, Gear};
use std::num::NonZeroUsize;

/// What is to be made small.
#[derive(Clone, Debug)]
pub struct Shrink {
    /// The scenario or plan that fails.
    pub scenario: Scenario,
    /// On which system.
    pub system: &'static SystemInfo,
    /// With which seed.
    pub seed: u64,
    /// The property that must stay violated; `None`: the first that is.
    pub property: Option<Property>,
    /// Whether the witness may be of another shape.
    pub any_shape: bool,
    /// Whether the same plan without the flaws of the system must not show the same.
    pub needs_flaws: bool,
    /// How many candidates are tried at once.
    pub jobs: NonZeroUsize,
}

/// How far it has come.
#[derive(Debug)]
pub struct Progress<'a> {
    /// The best so far.
    pub plan: &'a Scenario,
    /// What it shows.
    pub what: What,
    /// The witness in one sentence, or the message of a panic.
    pub sentence: &'a str,
    /// How many candidates were tried.
    pub tries: u64,
    /// Whether the best is a new one.
    pub is_better: bool,
}

/// A plan that was made small.
#[derive(Clone, Debug, PartialEq)]
pub struct Shrunk {
    /// A scenario like any other, which expects what it shows.
    pub plan: Scenario,
    /// What it shows.
    pub what: What,
    /// The witness in one sentence, or the message of a panic.
    pub sentence: String,
    /// Its steps and operations before.
    pub before: usize,
    /// Its steps and operations now.
    pub after: usize,
    /// How many candidates were tried.
    pub tries: u64,
    /// Whether nothing more can go, and not only no more time was left.
    pub is_smallest: bool,
}

/// Why nothing could be made small.
#[derive(Debug, thiserror::Error)]
pub enum ShrinkError {
    /// There is nothing to be kept.
    #[error(
        "nothing fails in `{scenario}` on `{system}` with seed {seed}{}",
        if *.needs_flaws { " that holds without its flaws" } else { "" }
    )]
    Holds {
        /// The scenario.
        scenario: String,
        /// The system.
        system: &'static str,
        /// The seed.
        seed: u64,
        /// Whether only what holds without the flaws was looked for.
        needs_flaws: bool,
    },
    /// A run could not be had.
    #[error(transparent)]
    Run(#[from] sim::Error),
}

/// With how many seeds a candidate is tried once no smaller plan fails with the seed that there is.
const SEEDS: u64 = 6;

/// More rounds than any plan should need.
const MOST_ROUNDS: usize = 12;

impl Progress<'_> {
    /// The best so far as a scenario that expects what it shows.
    pub fn told(&self, system: &SystemInfo) -> Scenario {
        tell::told(self.plan, system, self.what, self.sentence)
    }
}

/// How many steps and operations a plan has.
pub fn steps_of(plan: &Scenario) -> usize {
    size(plan)
}

/// Makes a plan small. `go_on` hears after each few candidates and says whether to try more.
///
/// # Errors
///
/// If nothing fails, or the run cannot be had.
pub fn shrink(
    of: &Shrink,
    go_on: &mut dyn FnMut(&Progress<'_>) -> bool,
) -> Result<Shrunk, ShrinkError> {
    let Shrink { system, seed, .. } = *of;
    let mut scenario = of.scenario.with_flaws(system, &[]);
    (scenario.seed, scenario.on) = (Some(seed), Some(system.name.to_owned()));
    scenario.fixed_in = None;
    scenario.shows.clear();
    scenario.stories.clear();
    let told = settings::with_sums_as_told(&scenario);
    let mut found = Aim::of(&scenario, of)?;
    if told != scenario
        && let Some(other) = Aim::of(&told, of)?
        && found.as_ref().is_some_and(|found| found.0.what == other.0.what)
    {
        (scenario, found) = (told, Some(other));
    }
    let (aim, shown) = found.ok_or_else(|| ShrinkError::Holds {
        scenario: scenario.name.clone(),
        system: system.name,
        seed,
        needs_flaws: of.needs_flaws,
    })?;
    let best = explicit(&scenario, system, seed, &aim)?;
    let before = size(&best);
    let mut search = Search {
        system,
        aim,
        best,
        shown,
        tries: 0,
        accepted: 0,
        seeds: 1,
        jobs: of.jobs,
        go_on,
        stopped: false,
    };
    let is_smallest = smaller_and_smaller(&mut search);
    let plan = tell::told(&search.best, system, search.aim.what, &search.shown.sentence);
    Ok(Shrunk {
        after: size(&plan),
        plan,
        what: search.aim.what,
        sentence: search.shown.sentence,
        before,
        tries: search.tries,
        is_smallest,
    })
}

/// Everything, over and over, until nothing works any more; then once more with other seeds. Whether
/// it came to its end.
fn smaller_and_smaller(search: &mut Search<'_>) -> bool {
    for seeds in [1, SEEDS] {
        search.seeds = seeds;
        for _ in 0..MOST_ROUNDS {
            let before = search.accepted;
            remove::remove(search);
            settings::constants(search);
            settings::defaults(search);
            names::fewer(search);
            names::as_steps(search);
            remove::remove_pairs(search);
            times::times(search);
            names::plain_names(search);
            if search.accepted == before || search.stopped {
                break;
            }
        }
    }
    !search.stopped
}

/// The plan of a run, with everything in it that would be drawn; the scenario itself where that
/// cannot be had or does not show the same.
fn explicit(
    scenario: &Scenario,
    system: &SystemInfo,
    seed: u64,
    aim: &Aim,
) -> Result<Scenario, sim::Error> {
    let full = |scenario: &Scenario| {
        let run = sim::run(scenario, system.name, seed, Detail::Full, Gear::Advance)?;
        Ok(run.full_plan().expect("a run in full has a trace"))
    };
    let plan = match full(scenario) {
        Ok(plan) => Some(plan),
        // A run that panics says nothing of what it would have done, but its twin without the
        // flaws, if there are any, does.
        Err(sim::Error::Panicked { .. }) => {
            let mut twin = scenario.clone();
            twin.system.retain_flaws(|_| false);
            full(&twin).ok().map(|mut plan| {
                plan.system = scenario.system.clone();
                plan
            })
        }
        Err(error) => return Err(error),
    };
    let plan = plan.map(|mut plan| {
        (plan.seed, plan.on) = (scenario.seed, scenario.on.clone());
        plan.expect.clear();
        plan.expected_first = None;
        plan
    });
    Ok(plan.filter(|plan| aim.met_by(plan, system).is_some()).unwrap_or_else(|| scenario.clone()))
}
