//! What a smaller plan must still show.

use super::Shrink;
use crate::look::{Outcome, What};
use judge::Run;
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
    /// Whether the same plan without the flaws of the system, but for those that others build on,
    /// must not show it, in that shape.
    needs_flaws: bool,
}

impl Aim {
    /// What a run shows, with the sentence of its witness: the violation of the named property; if
    /// none is named, of one that the scenario says it `shows`, or else the first. Nothing if it shows
    /// nothing.
    ///
    /// # Errors
    ///
    /// What [`sim::run`] gives, but for a panic, which is something to aim at.
    pub(super) fn of(
        scenario: &Scenario,
        of: &Shrink,
    ) -> Result<Option<(Self, Outcome)>, sim::Error> {
        let Shrink { system, seed, property, any_shape, needs_flaws, .. } = *of;
        let shows = &of.scenario.shows;
        let (mut all, defects) = match run(scenario, system, seed) {
            Ok(run) => (violations(&run, property), run.defects.len()),
            Err(sim::Error::Panicked { message, .. }) if property.is_none() => {
                (vec![Outcome::new(What::Panic, message)], 0)
            }
            Err(error) => return Err(error),
        };
        if needs_flaws {
            let shape = |shown: &Outcome| (!any_shape).then(|| shown.shape.clone());
            all.retain(|it| !shows_without_flaws(scenario, system, it.what, shape(it).as_deref()));
        }
        let is_said = |shown: &Outcome| match shown.what {
            What::Violated(property) => shows.contains(&property),
            What::Panic => false,
        };
        let place = all.iter().position(is_said).unwrap_or(0);
        Ok(all.into_iter().nth(place).map(|shown| {
            let shape = (!any_shape).then(|| shown.shape.clone());
            (Self { what: shown.what, shape, defects, needs_flaws }, shown)
        }))
    }

    /// What a candidate shows of it; nothing if it shows something else, or cannot be carried out.
    pub(super) fn met_by(&self, scenario: &Scenario, system: &SystemInfo) -> Option<Outcome> {
        let is_same = |shown: &Outcome| {
            shown.what == self.what
                && self.shape.as_ref().is_none_or(|wanted| *wanted == shown.shape)
        };
        let shown = match run(scenario, system, scenario.seed.unwrap_or(0)) {
            Ok(run) if run.defects.len() <= self.defects => match self.what {
                What::Violated(property) => {
                    violations(&run, Some(property)).into_iter().find(is_same)
                }
                What::Panic => None,
            },
            Err(sim::Error::Panicked { message, .. }) => {
                Some(Outcome::new(What::Panic, message)).filter(is_same)
            }
            Ok(_) | Err(_) => None,
        };
        let shape = self.shape.as_deref();
        shown.filter(|_| {
            !self.needs_flaws || !shows_without_flaws(scenario, system, self.what, shape)
        })
    }
}

/// Whether a plan shows the same thing on the system without its flaws, in whatever shape if none is
/// named, or cannot be carried out there.
fn shows_without_flaws(
    scenario: &Scenario,
    system: &SystemInfo,
    what: What,
    shape: Option<&str>,
) -> bool {
    let mut twin = scenario.clone();
    let bases = system.bases_among(&twin.system.all_flaws());
    twin.system.retain_flaws(|flaw| bases.contains(flaw));
    match (run(&twin, system, scenario.seed.unwrap_or(0)), what) {
        (Ok(run), What::Violated(property)) => violations(&run, Some(property))
            .iter()
            .any(|shown| shape.is_none_or(|shape| shown.shape == shape)),
        (Ok(_), What::Panic) => false,
        (Err(_), _) => true,
    }
}

fn run(scenario: &Scenario, system: &SystemInfo, seed: u64) -> Result<Run, sim::Error> {
    sim::run(scenario, system.name, seed, Detail::Digest, Gear::Advance)
}

/// What a run violates, of this property if one is named.
fn violations(run: &Run, property: Option<Property>) -> Vec<Outcome> {
    Outcome::of(run, |judgement| property.is_none_or(|property| judgement.property == property))
}
