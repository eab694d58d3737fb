//! How strong a consistency a cell shows: the levels in one word.

use super::{Finding, Standing};
use std::fmt;

/// The levels of consistency from the strongest on: a word, what it stands for, and the
/// properties that must hold for it.
pub(crate) const LEVELS: [(&str, &str, &[&str]); 4] = [
    ("lin", "linearizable", &["linearizability"]),
    ("seq", "sequential", &["sequential"]),
    ("cau", "causal", &["causal"]),
    (
        "ses",
        "the four session guarantees",
        &["read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads"],
    ),
];

/// The strongest level of consistency that a cell shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Level {
    /// Its word; `None`: it shows none of them.
    pub(crate) word: Option<&'static str>,
    /// Whether a stronger one is neither proved nor refuted.
    pub(crate) is_undecided: bool,
    /// Whether one of the levels is not as expected.
    pub(crate) is_surprise: bool,
}

impl Level {
    /// Of these findings; `None` if no level is among them.
    pub(crate) fn of(findings: &[Finding]) -> Option<Self> {
        let judged = || findings.iter().filter(|finding| is_level(finding.property));
        judged().next()?;
        let is_surprise = judged().any(|finding| !finding.as_expected());
        let mut is_undecided = false;
        for (word, _, names) in LEVELS {
            let of_level = || judged().filter(|finding| names.contains(&finding.property));
            if of_level().next().is_none() {
                continue;
            }
            if of_level().all(|finding| finding.standing == Standing::Holds) {
                return Some(Self { word: Some(word), is_undecided, is_surprise });
            }
            is_undecided |= !of_level().any(|finding| finding.standing == Standing::Violated);
        }
        Some(Self { word: None, is_undecided, is_surprise })
    }

    /// Whether it is the strongest there is.
    pub(crate) fn is_strongest(self) -> bool {
        self.word == Some(LEVELS[0].0)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.word, self.is_undecided) {
            (Some(word), false) => f.write_str(word),
            (Some(word), true) => write!(f, "{word}?"),
            (None, false) => f.write_str("-"),
            (None, true) => f.write_str("?"),
        }
    }
}

/// Whether a property is such a level, or a part of one.
pub(crate) fn is_level(property: &str) -> bool {
    LEVELS.iter().any(|(_, _, names)| names.contains(&property))
}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::record::Expected;

    fn finding(property: &'static str, standing: Standing) -> Finding {
        let summary = String::new();
        let expected = Expected::Unstated;
        Finding { property, expected, standing, seeds: Vec::new(), summary }
    }

    fn told(standings: &[(&'static str, Standing)]) -> String {
        let findings: Vec<_> = standings.iter().map(|(name, it)| finding(name, *it)).collect();
        Level::of(&findings).map(|level| level.to_string()).unwrap_or_default()
    }

    #[test]
    fn the_strongest_level_that_holds_is_named() {
        use Standing::{Holds, Unknown, Violated};
        let of =
            |lin, seq, cau| told(&[("linearizability", lin), ("sequential", seq), ("causal", cau)]);
        assert_eq!(of(Holds, Holds, Holds), "lin");
        assert_eq!(of(Violated, Holds, Holds), "seq");
        assert_eq!(of(Violated, Violated, Holds), "cau");
        assert_eq!(of(Violated, Violated, Violated), "-");
        assert_eq!(of(Unknown, Holds, Holds), "seq?", "a stronger one may hold");
        assert_eq!(of(Violated, Unknown, Violated), "?");
        assert_eq!(of(Unknown, Unknown, Unknown), "?");
    }

    #[test]
    fn session_guarantees_count_together_and_other_properties_do_not() {
        use Standing::{Holds, Violated};
        let sessions = |last| {
            let [one, two, three, four] = LEVELS[3].2 else { panic!("there are four") };
            told(&[("causal", Violated), (one, Holds), (two, Holds), (three, Holds), (four, last)])
        };
        assert_eq!([sessions(Holds), sessions(Violated)], ["ses", "-"]);
        assert_eq!(told(&[("durability", Holds)]), "");
    }
}
