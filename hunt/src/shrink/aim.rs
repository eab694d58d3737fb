//! What a smaller plan must still show.

use super::Shrink;
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
    /// Whether the same plan without the flaws of the system must not show it.
    needs_flaws: bool,
}

/// What came of a run as far as it concerns the aim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) what: What,
    pub(super) sentence: String,
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
    ) -> Result<Option<(Self, Shown)>, sim::Error> {
        let Shrink { system, seed, property, any_shape, needs_flaws, .. } = *of;
        let shows = &of.scenario.shows;
        let (mut all, defects) = match run(scenario, system, seed) {
            Ok(run) => (violations(&run, property).collect(), run.defects.len()),
            Err(sim::Error::Panicked { message, .. }) if property.is_none() => {
                (vec![Shown { what: What::Panic, sentence: message }], 0)
            }
            Err(error) => return Err(error),
        };
        if needs_flaws {
            all.retain(|shown| !shows_without_flaws(scenario, system, shown.what));
        }
        let is_said = |shown: &Shown| match shown.what {
            What::Violated(property) => shows.contains(&property),
            What::Panic => false,
        };
        let place = all.iter().position(is_said).unwrap_or(0);
        Ok(all.into_iter().nth(place).map(|shown| {
            let shape = (!any_shape).then(|| form(&shown.sentence));
            (Self { what: shown.what, shape, defects, needs_flaws }, shown)
        }))
    }

    /// What a candidate shows of it; nothing if it shows something else, or cannot be carried out.
    pub(super) fn met_by(&self, scenario: &Scenario, system: &SystemInfo) -> Option<Shown> {
        let is_same = |shown: &Shown| {
            shown.what == self.what
                && self.shape.as_ref().is_none_or(|wanted| *wanted == form(&shown.sentence))
        };
        let shown = match run(scenario, system, scenario.seed.unwrap_or(0)) {
            Ok(run) if run.defects.len() <= self.defects => match self.what {
                What::Violated(property) => violations(&run, Some(property)).find(is_same),
                What::Panic => None,
            },
            Err(sim::Error::Panicked { message, .. }) => {
                Some(Shown { what: What::Panic, sentence: message }).filter(is_same)
            }
            Ok(_) | Err(_) => None,
        };
        let is_of_flaw =
            |_: &Shown| !self.needs_flaws || !shows_without_flaws(scenario, system, self.what);
        shown.filter(is_of_flaw)
    }
}

/// Whether a plan shows the same thing, in whatever shape, on the system without its flaws, or cannot
/// be carried out there.
fn shows_without_flaws(scenario: &Scenario, system: &SystemInfo, what: What) -> bool {
    let mut twin = scenario.clone();
    twin.system.flaws.clear();
    match (run(&twin, system, scenario.seed.unwrap_or(0)), what) {
        (Ok(run), What::Violated(property)) => violations(&run, Some(property)).next().is_some(),
        (Ok(_), What::Panic) => false,
        (Err(_), _) => true,
    }
}

/// Words that come and go with the number of what a sentence speaks of, and units of time.
const SLIGHT: [&str; 18] = [
    "a", "an", "the", "was", "were", "is", "are", "has", "have", "and", "for", "one", "s", "ms",
    "us", "ns", "m", "h",
];

/// The shape of a sentence, be it of one or of several: `2 of 3 reads were old, the worst 4 s` has the
/// form of `1 of 1 read was old, the worst 2 ms`.
fn form(sentence: &str) -> String {
    let shape = shape(sentence);
    let mut words: Vec<&str> = shape.split(' ').filter(|word| !SLIGHT.contains(word)).collect();
    for word in &mut words {
        *word = word.strip_suffix('s').filter(|stem| stem.len() > 2).unwrap_or(word);
    }
    words.dedup_by(|one, other| one == other && *one == "_");
    words.join(" ")
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

#[cfg(test)]
mod tests {
    use super::form;

    #[test]
    fn one_has_the_form_of_several() {
        let several =
            form("2 of 4 reads returned overwritten values; the worst was 1.6 s out of date");
        let one =
            form("1 of 1 read returned an overwritten value; the worst was 20.0 ms out of date");
        assert_eq!(several, one);
        let lost =
            form("2 of 2 acknowledged writes were lost: no replica holds \"v\" under key \"k\"");
        assert_ne!(several, lost);
        assert_ne!(form("n2 lacks key \"k\""), form("n2 holds key \"k\""));
    }
}
