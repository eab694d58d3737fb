//! What is kept of a run for its cell.

use super::majority;
use judge::{
    Run,
    record::{Expected, Judgement, Verdict, Witness},
};
use scenarios::Property;
use serde::{Deserialize, Serialize};

/// What was seen of one run. It is far smaller than the run. A file holds of a violation the sentence
/// alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Seen {
    /// The run came to its end.
    Judged {
        /// What the checkers found.
        judgements: Vec<Judgement>,
        /// What is wrong with the scenario itself.
        defects: Vec<String>,
        /// What the faults leave of the cluster at the worst moment.
        leaves: Leaves,
        /// The flaws of the system that were switched on.
        flaws: Vec<String>,
    },
    /// A node or the simulator panicked, with this message.
    Panicked(String),
}

/// What faults leave of a cluster at the worst moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Leaves {
    /// There is no fault.
    Everything,
    /// There are faults, and some node that clients reach always talks with enough others to
    /// make up a majority with them.
    Majority,
    /// At some moment there is no such node.
    NoMajority,
}

impl Leaves {
    /// All of them, from the mildest on.
    pub const ALL: [Self; 3] = [Self::Everything, Self::Majority, Self::NoMajority];

    /// What strikes the cluster, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Everything => "no fault",
            Self::Majority => "faults that leave a majority",
            Self::NoMajority => "faults that leave no majority for a while",
        }
    }
}

impl Seen {
    /// What is to be kept of a run.
    pub fn of(run: Run) -> Self {
        let leaves = majority::leaves(&run);
        let flaws = run.scenario.for_system(&run.system).all_flaws();
        Self::Judged { judgements: run.judgements, defects: run.defects, leaves, flaws }
    }

    /// What the checkers found, if the run came to its end.
    pub(super) fn judgements(&self) -> &[Judgement] {
        match self {
            Self::Judged { judgements, .. } => judgements,
            Self::Panicked(_) => &[],
        }
    }

    /// The flaws of the system that were switched on, if the run came to its end.
    pub(super) fn flaws(&self) -> &[String] {
        match self {
            Self::Judged { flaws, .. } => flaws,
            Self::Panicked(_) => &[],
        }
    }

    /// What the faults leave, if the run came to its end.
    pub(super) fn leaves(&self) -> Option<Leaves> {
        match self {
            Self::Judged { leaves, .. } => Some(*leaves),
            Self::Panicked(_) => None,
        }
    }
}

/// What was seen as a file holds it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Written {
    Judged {
        /// Property, verdict in one word, what was expected, and the verdict in a sentence.
        judgements: Vec<(String, String, Expected, String)>,
        defects: Vec<String>,
        leaves: Leaves,
        flaws: Vec<String>,
    },
    Panicked(String),
}

impl From<Seen> for Written {
    fn from(seen: Seen) -> Self {
        match seen {
            Seen::Judged { judgements, defects, leaves, flaws } => {
                let judgements = judgements.into_iter().map(|judgement| {
                    let Judgement { property, verdict, expected } = judgement;
                    let word = verdict.word().to_owned();
                    (property.name().to_owned(), word, expected, verdict.sentence().to_owned())
                });
                Self::Judged { judgements: judgements.collect(), defects, leaves, flaws }
            }
            Seen::Panicked(message) => Self::Panicked(message),
        }
    }
}

impl TryFrom<Written> for Seen {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let (all, defects, leaves, flaws) = match written {
            Written::Judged { judgements, defects, leaves, flaws } => {
                (judgements, defects, leaves, flaws)
            }
            Written::Panicked(message) => return Ok(Self::Panicked(message)),
        };
        let judgement = |(name, word, expected, sentence): (String, String, Expected, String)| {
            let property = Property::EVERY.into_iter().find(|property| property.name() == name);
            let property = property.ok_or_else(|| format!("there is no property `{name}`"))?;
            let violated = |summary| Verdict::Violated(Witness { summary, ..Witness::default() });
            let kinds: [fn(String) -> Verdict; 4] =
                [Verdict::Holds, violated, Verdict::Unknown, Verdict::NotApplicable];
            let verdict = kinds.iter().find(|kind| kind(String::new()).word() == word);
            let verdict = verdict.ok_or_else(|| format!("there is no verdict `{word}`"))?;
            Ok(Judgement { property, verdict: verdict(sentence), expected })
        };
        let judgements = all.into_iter().map(judgement).collect::<Result<_, String>>()?;
        Ok(Self::Judged { judgements, defects, leaves, flaws })
    }
}
