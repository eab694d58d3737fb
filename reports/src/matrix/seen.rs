//! What is kept of a run for its cell.

use super::majority;
use judge::{Run, record::Judgement};
use serde::Serialize;

/// What was seen of one run. It is far smaller than the run.
#[derive(Clone, Debug, PartialEq)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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
        let flaws = run.scenario.for_system(&run.system).flaws;
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
