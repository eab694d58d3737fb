//! What several seeds say together about one scenario on one system.

use super::{Leaves, Seen};
use judge::record::{Expected, Verdict};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// One scenario on one system.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// What was found.
    pub content: Content,
    /// What the faults leave of the cluster at the worst moment of the worst seed; `None` if
    /// every run panicked.
    pub leaves: Option<Leaves>,
    /// The flaws of the system that were switched on. A cell that has any says nothing against
    /// its design.
    pub flaws: Vec<String>,
}

/// What a cell says.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Every run came to its end and was judged.
    Judged {
        /// One for each property, in the order of [`super::Matrix::properties`].
        findings: Vec<Finding>,
        /// What is wrong with the scenario itself, each defect once.
        defects: Vec<Defect>,
    },
    /// A run panicked.
    Panicked(Defect),
}

/// What was found of one property.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The property's name.
    pub property: &'static str,
    /// What the scenario expects.
    pub expected: Expected,
    /// How the property stands.
    pub standing: Standing,
    /// The seeds that show this standing, in order; none if it holds or there is no such thing.
    pub seeds: Vec<u64>,
    /// The verdict of the first of those, or of the first of all, in one sentence.
    pub summary: String,
}

/// How a property stands over several seeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The system has no such thing, so that there was nothing to judge with any seed.
    NotApplicable,
    /// It holds with every seed.
    Holds,
    /// It is violated with none, but with some the checker cannot tell.
    Unknown,
    /// It is violated with at least one.
    Violated,
}

/// Something wrong that is no verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defect {
    /// The seeds that show it, in order, at least one.
    pub seeds: Vec<u64>,
    /// What is wrong, in words; of a panic, in those of the first seed.
    pub text: String,
}

impl Defect {
    /// The first seed that shows it.
    pub fn seed(&self) -> u64 {
        self.seeds[0]
    }
}

impl Cell {
    /// Puts together what was seen with each seed, in order of the seeds.
    ///
    /// # Panics
    ///
    /// Panics if nothing was seen: a cell without a run would hold everything.
    pub fn of(seen: &[(u64, Seen)]) -> Self {
        assert!(!seen.is_empty(), "a cell needs a run");
        let leaves = seen.iter().filter_map(|(_, seen)| seen.leaves()).max();
        let content = panics(seen).map_or_else(|| judged(seen), Content::Panicked);
        let flaws = seen.iter().map(|(_, seen)| seen.flaws()).find(|flaws| !flaws.is_empty());
        Self { content, leaves, flaws: flaws.unwrap_or_default().to_vec() }
    }

    /// Whether all is as the scenario expects.
    pub fn as_expected(&self) -> bool {
        match &self.content {
            Content::Judged { findings, defects } => {
                self.expects_nothing()
                    || defects.is_empty() && findings.iter().all(Finding::as_expected)
            }
            Content::Panicked(_) => false,
        }
    }

    /// Whether the scenario states nothing of the system, so that nothing can be other than
    /// expected; a panic never is.
    pub fn expects_nothing(&self) -> bool {
        match &self.content {
            Content::Judged { findings, .. } => {
                let mut findings = findings.iter();
                findings.len() > 0 && findings.all(|it| it.expected == Expected::Unstated)
            }
            Content::Panicked(_) => false,
        }
    }

    /// What was found of a property, if it was judged.
    pub fn finding(&self, property: &str) -> Option<&Finding> {
        match &self.content {
            Content::Judged { findings, .. } => findings.iter().find(|it| it.property == property),
            Content::Panicked(_) => None,
        }
    }

    /// Whether nothing but these properties is violated or unknown, and nothing else is wrong.
    pub fn gives_up_at_most(&self, properties: &[&str]) -> bool {
        let is_fine = |finding: &Finding| {
            // What was not looked at, and was not to be, is not given up either.
            let unasked = finding.expected == Expected::Unstated;
            matches!(finding.standing, Standing::Holds | Standing::NotApplicable)
                || unasked && finding.standing == Standing::Unknown
                || properties.contains(&finding.property)
        };
        match &self.content {
            Content::Judged { findings, defects } => {
                defects.is_empty() && findings.iter().all(is_fine)
            }
            Content::Panicked(_) => false,
        }
    }
}

impl Finding {
    /// The first seed that shows a standing other than `Holds`.
    pub fn seed(&self) -> Option<u64> {
        self.seeds.first().copied()
    }

    /// With how many seeds it is violated.
    pub fn violations(&self) -> u64 {
        match self.standing {
            Standing::Violated => self.seeds.len() as u64,
            _ => 0,
        }
    }

    /// Whether it is what the scenario expects. An expected violation need show with one seed
    /// only; what the scenario does not state is always as expected.
    pub fn as_expected(&self) -> bool {
        match self.expected {
            Expected::Holds => self.standing == Standing::Holds,
            Expected::Violated => self.standing == Standing::Violated,
            Expected::Unstated => true,
        }
    }
}

impl Standing {
    /// The standing in one word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotApplicable => "not-applicable",
            Self::Holds => "holds",
            Self::Unknown => "unknown",
            Self::Violated => "violated",
        }
    }

    fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Holds(_) => Self::Holds,
            Verdict::NotApplicable(_) => Self::NotApplicable,
            Verdict::Unknown(_) => Self::Unknown,
            Verdict::Violated(_) => Self::Violated,
        }
    }
}

/// Of what was seen in a cell with one seed after the other, the places of the runs whose
/// verdicts are shown in words.
pub fn shown(seen: &[Seen]) -> Vec<usize> {
    let mut worst: BTreeMap<&str, (Standing, usize)> = BTreeMap::new();
    for (place, seen) in seen.iter().enumerate() {
        for judgement in seen.judgements() {
            let standing = Standing::of(&judgement.verdict);
            let worst = worst.entry(judgement.property.name()).or_insert((standing, place));
            if worst.0 < standing {
                *worst = (standing, place);
            }
        }
    }
    let shown: BTreeSet<usize> = worst.into_values().map(|(_, place)| place).collect();
    shown.into_iter().collect()
}

fn panics(seen: &[(u64, Seen)]) -> Option<Defect> {
    let panics = seen.iter().filter_map(|(seed, seen)| match seen {
        Seen::Panicked(text) => Some((*seed, text)),
        Seen::Judged { .. } => None,
    });
    let seeds: Vec<u64> = panics.clone().map(|(seed, _)| seed).collect();
    panics.map(|(_, text)| text.clone()).next().map(|text| Defect { seeds, text })
}

fn judged(seen: &[(u64, Seen)]) -> Content {
    let mut findings: Vec<Finding> = Vec::new();
    let mut all_defects: Vec<Defect> = Vec::new();
    for (seed, seen) in seen {
        let Seen::Judged { judgements, defects, .. } = seen else {
            continue;
        };
        for judgement in judgements {
            let standing = Standing::of(&judgement.verdict);
            let finding = Finding {
                property: judgement.property.name(),
                expected: judgement.expected,
                standing,
                seeds: if standing > Standing::Holds { vec![*seed] } else { Vec::new() },
                summary: judgement.verdict.sentence().to_owned(),
            };
            match findings.iter_mut().find(|known| known.property == finding.property) {
                // What is worse replaces; what is as bad leaves the first seed in place.
                Some(known) if known.standing < finding.standing => *known = finding,
                Some(known) if known.standing == finding.standing => {
                    known.seeds.extend(finding.seeds);
                }
                Some(_) => {}
                None => findings.push(finding),
            }
        }
        for text in defects {
            match all_defects.iter_mut().find(|known| known.text == *text) {
                Some(known) => known.seeds.push(*seed),
                None => all_defects.push(Defect { seeds: vec![*seed], text: text.clone() }),
            }
        }
    }
    Content::Judged { findings, defects: all_defects }
}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::record::{Judgement, Witness};
    use scenarios::Property;

    const PROPERTY: Property = Property::Durability;

    fn seen(verdict: Verdict, expected: Expected) -> Seen {
        let judgements = vec![Judgement { property: PROPERTY, verdict, expected }];
        Seen::Judged {
            judgements,
            defects: Vec::new(),
            leaves: Leaves::Majority,
            flaws: Vec::new(),
        }
    }

    fn holds() -> Verdict {
        Verdict::Holds("all is there".to_owned())
    }

    fn violated(summary: &str) -> Verdict {
        Verdict::Violated(Witness { summary: summary.to_owned(), ..Witness::default() })
    }

    fn unknown() -> Verdict {
        Verdict::Unknown("too much to search".to_owned())
    }

    fn cell(verdicts: impl IntoIterator<Item = Verdict>, expected: Expected) -> Cell {
        let seen = verdicts.into_iter().map(|verdict| seen(verdict, expected));
        Cell::of(&(0..).zip(seen).collect::<Vec<_>>())
    }

    fn finding(cell: &Cell) -> (Standing, Option<u64>, &str) {
        let Content::Judged { findings, .. } = &cell.content else {
            panic!("no run panicked");
        };
        (findings[0].standing, findings[0].seed(), &findings[0].summary)
    }

    #[test]
    fn the_first_seed_that_violates_a_property_is_named() {
        let verdicts = [holds(), unknown(), violated("one lost"), violated("two lost")];
        let cell = cell(verdicts, Expected::Holds);
        assert_eq!(finding(&cell), (Standing::Violated, Some(2), "one lost"));
        let Content::Judged { findings, .. } = &cell.content else {
            panic!("no run panicked");
        };
        assert_eq!((findings[0].violations(), &findings[0].seeds[..]), (2, &[2, 3][..]));
        assert!(!cell.as_expected());
        assert!(cell.gives_up_at_most(&["durability"]) && !cell.gives_up_at_most(&["staleness"]));
    }

    #[test]
    fn what_holds_must_hold_with_every_seed() {
        let all = cell([holds(), holds()], Expected::Holds);
        assert_eq!(finding(&all), (Standing::Holds, None, "all is there"));
        assert!(all.as_expected() && all.gives_up_at_most(&[]));
        let some = cell([holds(), unknown()], Expected::Holds);
        assert_eq!(finding(&some), (Standing::Unknown, Some(1), "too much to search"));
        assert!(!some.as_expected());
    }

    #[test]
    fn one_seed_is_enough_for_a_violation_that_is_expected() {
        assert!(cell([holds(), violated("lost")], Expected::Violated).as_expected());
        assert!(!cell([holds(), holds()], Expected::Violated).as_expected());
        assert!(!cell([unknown(), holds()], Expected::Violated).as_expected());
    }

    #[test]
    fn what_is_not_stated_is_as_expected() {
        assert!(cell([violated("lost"), unknown()], Expected::Unstated).as_expected());
    }

    #[test]
    fn a_panic_makes_the_whole_cell_one_that_panicked() {
        let fine = seen(violated("lost"), Expected::Violated);
        let panics = |text: &str| Seen::Panicked(text.to_owned());
        let cell = Cell::of(&[(0, fine), (1, panics("first")), (2, panics("second"))]);
        assert_eq!(
            cell.content,
            Content::Panicked(Defect { seeds: vec![1, 2], text: "first".to_owned() })
        );
        assert!(!cell.as_expected());
        assert_eq!(cell.leaves, Some(Leaves::Majority));
        assert_eq!(Cell::of(&[(0, panics("only"))]).leaves, None);
    }

    #[test]
    fn a_defect_is_told_once_and_is_never_expected() {
        let with = |texts: &[&str]| Seen::Judged {
            judgements: Vec::new(),
            defects: texts.iter().map(ToString::to_string).collect(),
            flaws: Vec::new(),
            leaves: Leaves::Everything,
        };
        let cell = Cell::of(&[(0, with(&[])), (1, with(&["a"])), (2, with(&["a", "b"]))]);
        let Content::Judged { defects, .. } = &cell.content else {
            panic!("no run panicked");
        };
        let seeds: Vec<_> = defects.iter().map(|d| (&d.seeds[..], d.text.as_str())).collect();
        assert_eq!(seeds, [(&[1, 2][..], "a"), (&[2][..], "b")]);
        assert!(!cell.as_expected() && !cell.gives_up_at_most(&["durability"]));
    }
}
