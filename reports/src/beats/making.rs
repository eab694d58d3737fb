//! A beat as it comes together: what is told of a moment, and in which order.

use super::{Beat, Weight, parts::Parts};
use crate::text;
use node::{Fact, NodeId, Time};

/// The lower, the earlier it is told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Wrong,
    Fault,
    UpOrDown,
    Leads,
    Ends,
    Lost,
    Node,
    Begins,
    Other,
}

/// One thing that happened.
struct Said {
    rank: Rank,
    is_near: bool,
    text: String,
}

/// The beat of a moment as it comes together.
pub(super) struct Making {
    pub(super) beat: Beat,
    said: Vec<Said>,
    pub(super) parts: Parts,
    /// How nodes boot, and which.
    pub(super) boots: Vec<(String, Vec<NodeId>)>,
}

impl Making {
    pub(super) fn at(at: Time) -> Self {
        let (said, parts, boots) = (Vec::new(), Parts::default(), Vec::new());
        Self { beat: Beat::new(at), said, parts, boots }
    }

    /// Something happened.
    pub(super) fn say(&mut self, rank: Rank, is_near: bool, text: String) {
        self.said.push(Said { rank, is_near, text: judge::text::one_line(&text).into_owned() });
    }

    /// The beat.
    pub(super) fn finish(mut self) -> Beat {
        for (how, nodes) in std::mem::take(&mut self.boots) {
            let boots = if nodes.len() > 1 { "boot" } else { "boots" };
            self.say(Rank::UpOrDown, true, format!("{} {boots}{how}", text::list(&nodes)));
        }
        let parts = std::mem::take(&mut self.parts).sentences();
        let parts = parts.map(|(is_near, text)| Said { rank: Rank::Node, is_near, text });
        self.said.extend(parts);
        // The sort is stable: what ranks alike stays in order.
        self.said.sort_by_key(|said| said.rank);
        let mut beat = self.beat;
        let is_key = |said: &Said| said.rank <= Rank::Leads && beat.at > Time::ZERO;
        beat.weight = if self.said.iter().any(is_key) {
            Weight::Key
        } else if self.said.iter().any(|said| said.is_near) {
            Weight::Near
        } else {
            Weight::Routine
        };
        let mut texts = self.said.into_iter().map(|said| said.text);
        beat.words = texts.next().unwrap_or_default();
        beat.more = texts.collect();
        beat
    }
}

/// How much a fact matters; `None`: it is said too often to be told.
pub(super) const fn rank(fact: &Fact) -> Option<Rank> {
    match fact {
        Fact::Elected { .. }
        | Fact::StepsDown { .. }
        | Fact::Recovered { .. }
        | Fact::InstalledSnapshot { .. }
        | Fact::GroupJoins { .. }
        | Fact::GroupLeaves { .. }
        | Fact::Refused { .. } => Some(Rank::Leads),
        Fact::Stands { .. }
        | Fact::Epoch { .. }
        | Fact::TookSnapshot { .. }
        | Fact::Dropped { .. } => Some(Rank::Other),
        Fact::Leads { .. }
        | Fact::Appended { .. }
        | Fact::Applied { .. }
        | Fact::Enters { .. }
        | Fact::Votes { .. }
        | Fact::RingOf { .. } => None,
    }
}
