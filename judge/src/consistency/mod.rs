//! Levels of consistency: what a history alone can prove or refute.
//!
//! What flows in: [`Calls`], as a [`Subject`]. What flows out: for each of the [`LEVELS`] a [`Finding`] whose
//! proof names the few calls that show a violation.
//!
//! What is linearizable is sequential, what is sequential is causal, and what is causal keeps
//! the four session guarantees. What is linearizable loses no update and brings no deleted
//! key back; of these two no weaker level says anything. Three rules hold for all. A call of
//! unknown outcome may take effect at any moment since it was asked for, even after later
//! calls of its own session, or never. Where an observation has several explanations, the
//! most favourable counts: a violation is reported only if it is proved. And what was not
//! looked at is unknown.

mod ages;
mod assumption;
mod call;
mod causal;
mod explain;
mod finding;
mod graph;
mod groups;
mod index;
mod lanes;
pub mod linear;
mod of_history;
mod past;
mod per_key;
mod phrases;
mod resurrection;
mod rules;
mod saturate;
mod sequential;
mod sessions;
mod subject;
mod updates;
mod words;

#[cfg(test)]
mod tests;

pub use call::{Action, Call, Calls, State, Swap};
pub use finding::{Budget, Finding, Known, Proof};
pub(crate) use index::tell_something;
pub(crate) use per_key::{GoneBack, PerKeyOrder, per_key_order};
pub use subject::Subject;

/// A promise about calls, and how to judge it.
#[derive(Clone, Copy, Debug)]
pub struct Level {
    /// Its name in scenarios, tables and on the command line.
    pub name: &'static str,
    /// What it promises, in one sentence.
    pub summary: &'static str,
    /// What a history must tell for it to be judged.
    pub needs: &'static str,
    /// Judges it.
    pub judge: fn(&Subject<'_>, Known, Budget) -> Finding,
}

/// The levels, the strongest first.
pub const LEVELS: &[Level] = &[
    Level {
        name: "sequential",
        summary: "one order of all operations keeps the order of each session and explains every answer",
        needs: "answers that tell what keys held",
        judge: sequential::judge,
    },
    Level {
        name: "causal",
        summary: "whoever sees a write sees all that it depends on, and all agree on which write is newer",
        needs: "answers that tell what keys held, and values written once",
        judge: causal::judge,
    },
    Level {
        name: "read-your-writes",
        summary: "no session reads what is older than what it has itself written",
        needs: "answers that tell what keys held",
        judge: sessions::read_your_writes,
    },
    Level {
        name: "monotonic-reads",
        summary: "no session reads what is older than what it has read",
        needs: "answers that tell what keys held",
        judge: sessions::monotonic_reads,
    },
    Level {
        name: "monotonic-writes",
        summary: "nobody sees the writes of one session out of order",
        needs: "answers that tell what keys held",
        judge: sessions::monotonic_writes,
    },
    Level {
        name: "writes-follow-reads",
        summary: "nobody sees a write without what its session had read before",
        needs: "answers that tell what keys held",
        judge: sessions::writes_follow_reads,
    },
    Level {
        name: "no-lost-update",
        summary: "no acknowledged update is overwritten by one that did not see it",
        needs: "updates that succeeded and tell what they replaced",
        judge: updates::judge,
    },
    Level {
        name: "no-resurrection",
        summary: "a deleted key stays deleted until somebody writes it again",
        needs: "an acknowledged delete, and a later read of its key",
        judge: resurrection::judge,
    },
];

/// The level of a name.
pub fn level(name: &str) -> Option<&'static Level> {
    LEVELS.iter().find(|level| level.name == name)
}
