//! What a level of consistency finds.

use node::Key;

/// What judging a history by a level came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The history keeps to the level; the text says what was looked at.
    Holds(String),
    /// It does not, whatever the calls of unknown outcome did, and this proves it.
    Violated(Proof),
    /// It cannot be told; the text says why.
    Unknown(String),
}

/// The few calls that prove a violation, in words that a student can follow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// The violation in one sentence.
    pub summary: String,
    /// The proof, a line a fact, each with the [position](super::Call::position) of its call;
    /// in the order in which the calls were invoked.
    pub facts: Vec<(usize, String)>,
    /// The calls it rests on, by [`Call::position`](super::Call::position).
    pub calls: Vec<usize>,
    /// The keys concerned, at most a few.
    pub keys: Vec<Key>,
}

/// What is known of a history already, so that a level need not find it out again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Whether it is linearizable; `None`: not known.
    pub linearizable: Option<bool>,
}

/// How much work a level may do before it says that it cannot tell. Work is counted in
/// steps, never in time, so that a verdict is the same on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Steps; one is about as much as looking at one call.
    pub steps: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { steps: 20_000_000 }
    }
}

impl Budget {
    /// Spends some of it; `false` if there is not as much left.
    pub(super) fn spend(&mut self, steps: u64) -> bool {
        let enough = self.steps >= steps;
        self.steps = self.steps.saturating_sub(steps);
        enough
    }
}

impl Finding {
    /// The finding in one word, as a verdict says it: `holds`, `violated` or `unknown`.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Holds(_) => "holds",
            Self::Violated(_) => "violated",
            Self::Unknown(_) => "unknown",
        }
    }

    /// The proof of a violation.
    pub const fn proof(&self) -> Option<&Proof> {
        match self {
            Self::Violated(proof) => Some(proof),
            Self::Holds(_) | Self::Unknown(_) => None,
        }
    }
}
