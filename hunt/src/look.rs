//! One run of a hunt, and what came of it.

use crate::{coverage::Marks, shape::shape};
use judge::{
    Run,
    record::{Expected, Judgement},
};
use scenarios::{Property, Scenario};
use sim::{Detail, Gear};
use std::{sync::Arc, time::Duration};

/// What came of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Looked {
    /// What it showed, each of its own shape.
    pub outcomes: Vec<Outcome>,
    /// What it met.
    pub marks: Marks,
    /// How much happened in it: what is cheaper is easier to read.
    pub cost: u64,
    /// How long it took in simulated time.
    pub simulated: Duration,
}

/// Something that a run showed and that must not be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome {
    /// What.
    pub what: What,
    /// The shape of its witness: the sentence without the names and numbers of one run.
    pub shape: String,
    /// The witness in one sentence, or the message of a panic.
    pub sentence: String,
}

/// What must not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A node broke an invariant of its own, or the simulator one of its.
    Panic,
    /// A property is violated.
    Violated(Property),
}

impl Outcome {
    /// Something that this sentence tells.
    pub(crate) fn new(what: What, sentence: String) -> Self {
        Self { what, shape: shape(&sentence), sentence }
    }

    /// What a run violates, of the judgements that count.
    pub(crate) fn of(run: &Run, counts: impl Fn(&Judgement) -> bool) -> Vec<Self> {
        let counted = run.judgements.iter().filter(|judgement| counts(judgement));
        counted
            .filter_map(|judgement| {
                let witness = judgement.verdict.witness()?;
                Some(Self::new(What::Violated(judgement.property), witness.summary.clone()))
            })
            .collect()
    }
}

impl What {
    /// Its name in tables and files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Panic => "panic",
            Self::Violated(property) => property.name(),
        }
    }
}

/// Has a run and looks what came of it. Only violations of these properties count; none named: of
/// all, but for those that the scenario expects.
///
/// # Errors
///
/// What [`sim::run`] gives, but for a panic, which is an outcome.
pub fn look(
    scenario: impl Into<Arc<Scenario>>,
    system: &str,
    seed: u64,
    only: &[Property],
) -> Result<Looked, sim::Error> {
    match sim::run(scenario, system, seed, Detail::Violations, Gear::Advance) {
        Ok(run) => Ok(Looked::of(&run, only)),
        Err(sim::Error::Panicked { message, .. }) => Ok(Looked {
            outcomes: vec![Outcome::new(What::Panic, message)],
            marks: Marks::default(),
            cost: u64::MAX,
            simulated: Duration::ZERO,
        }),
        Err(error) => Err(error),
    }
}

impl Looked {
    /// What came of a run that was had.
    pub fn of(run: &Run, only: &[Property]) -> Self {
        let outcomes = Outcome::of(run, |judgement| match only {
            [] => judgement.expected != Expected::Violated,
            only => only.contains(&judgement.property),
        });
        Self {
            outcomes,
            marks: Marks::of(run),
            cost: run.counters.operations + 10 * run.faults.len() as u64,
            simulated: Duration::from_nanos(run.ended.as_nanos()),
        }
    }
}
