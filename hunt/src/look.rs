//! One run of a hunt, and what came of it.

use crate::{coverage::Marks, shape::shape};
use judge::{
    Run,
    record::{Expected, Verdict},
};
use scenarios::{Property, Scenario};
use sim::{Detail, Gear};
use std::time::Duration;

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
    scenario: &Scenario,
    system: &str,
    seed: u64,
    only: &[Property],
) -> Result<Looked, sim::Error> {
    match sim::run(scenario, system, seed, Detail::Digest, Gear::Advance) {
        Ok(run) => Ok(Looked::of(&run, only)),
        Err(sim::Error::Panicked { message, .. }) => Ok(Looked {
            outcomes: vec![Outcome {
                what: What::Panic,
                shape: shape(&message),
                sentence: message,
            }],
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
        let counts = |property: Property, expected: Expected| match only {
            [] => expected != Expected::Violated,
            only => only.contains(&property),
        };
        let outcomes = run.judgements.iter().filter_map(|judgement| match &judgement.verdict {
            Verdict::Invalid(witness) if counts(judgement.property, judgement.expected) => {
                Some(Outcome {
                    what: What::Violated(judgement.property),
                    shape: shape(&witness.summary),
                    sentence: witness.summary.clone(),
                })
            }
            _ => None,
        });
        Self {
            outcomes: outcomes.collect(),
            marks: Marks::of(run),
            cost: run.counters.operations + 10 * run.faults.len() as u64,
            simulated: Duration::from_nanos(run.ended.as_nanos()),
        }
    }
}
