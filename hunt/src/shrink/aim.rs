//! What a smaller plan must still show.

use crate::{look::What, shape::shape};
use judge::{Run, record::Verdict};
use node::SystemInfo;
use scenarios::{Property, Scenario};
use sim::{Detail, Gear};

/// What a plan shows, and what every smaller one must show too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Aim {
    /// What must not be, and is.
    pub what: What,
    /// The shape of its witness; `None`: any will do.
    pub shape: Option<String>,
    /// How many defects the plan has of its own, such as faults that touch nothing.
    defects: usize,
}

/// What came of a run as far as it concerns the aim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) what: What,
    pub(super) sentence: String,
}

impl Aim {
    /// What a scenario shows, with the sentence of its witness: the violation of the named property; if
    /// none is named, of one that the scenario says it `shows`, or else the first. Nothing if it shows
    /// nothing.
    ///
    /// # Errors
    ///
    /// What [`sim::run`] gives, but for a panic, which is something to aim at.
    pub(super) fn of(
        scenario: &Scenario,
        system: &SystemInfo,
        seed: u64,
        property: Option<Property>,
        shows: &[Property],
        any_shape: bool,
    ) -> Result<Option<(Self, Shown)>, sim::Error> {
        let (shown, defects) = match run(scenario, system, seed) {
            Ok(run) => {
                let said = |shown: &Shown| match shown.what {
                    What::Violated(property) => shows.contains(&property),
                    What::Panic => false,
                };
                let first = violations(&run, property).find(said);
                (first.or_else(|| violations(&run, property).next()), run.defects.len())
            }
            Err(sim::Error::Panicked { message, .. }) if property.is_none() => {
                (Some(Shown { what: What::Panic, sentence: message }), 0)
            }
            Err(error) => return Err(error),
        };
        Ok(shown.map(|shown| {
            let shape = (!any_shape).then(|| shape(&shown.sentence));
            (Self { what: shown.what, shape, defects }, shown)
        }))
    }

    /// What a candidate shows of it; nothing if it shows something else, or cannot be carried out.
    pub(super) fn met_by(&self, scenario: &Scenario, system: &SystemInfo) -> Option<Shown> {
        let is_same = |shown: &Shown| {
            shown.what == self.what
                && self.shape.as_ref().is_none_or(|wanted| *wanted == shape(&shown.sentence))
        };
        match run(scenario, system, scenario.seed.unwrap_or(0)) {
            Ok(run) if run.defects.len() <= self.defects => match self.what {
                What::Violated(property) => violations(&run, Some(property)).find(is_same),
                What::Panic => None,
            },
            Err(sim::Error::Panicked { message, .. }) => {
                Some(Shown { what: What::Panic, sentence: message }).filter(is_same)
            }
            Ok(_) | Err(_) => None,
        }
    }
}

fn run(scenario: &Scenario, system: &SystemInfo, seed: u64) -> Result<Run, sim::Error> {
    sim::run(scenario, system.name, seed, Detail::Digest, Gear::Advance)
}

fn violations(run: &Run, property: Option<Property>) -> impl Iterator<Item = Shown> + '_ {
    let named = run
        .judgements
        .iter()
        .filter(move |judgement| property.is_none_or(|property| judgement.property == property));
    named.filter_map(|judgement| match &judgement.verdict {
        Verdict::Invalid(witness) => Some(Shown {
            what: What::Violated(judgement.property),
            sentence: witness.summary.clone(),
        }),
        _ => None,
    })
}
