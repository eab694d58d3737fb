//! Another future: the same run up to a moment, and other draws from there on.

use node::Time;

/// Where a run leaves the way that its seed has it.
///
/// What has happened before stays as it was, with what was drawn for it: a message that is under way
/// arrives when it would have arrived, a fault that stands ends when it would have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fork {
    /// The first moment at which it may differ; zero: all of it is drawn with the other seed.
    pub from: Time,
    /// What is drawn from there on comes of this seed.
    pub seed: u64,
    /// What strikes from there on.
    pub later: Later,
}

/// What strikes a run after it has forked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Later {
    /// The steps of the scenario, and random faults that are drawn anew.
    #[default]
    Faults,
    /// Nothing but repairs: the steps that are faults are left out, and no more faults are drawn.
    Calm,
}
