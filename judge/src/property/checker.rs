//! What every checker is: the one trait, and what it is given.

use super::{
    AvailabilityReport, DurabilityReport, Evidence, StalenessReport,
    index::{Added, Index, Write},
};
use crate::{
    consistency::{Action, Calls, Subject},
    record::{OperationRecord, Verdict},
};
use node::Time;
use scenarios::{Properties, Property};
use std::cell::OnceCell;

/// Judges one property.
///
/// A checker says what it needs, may look at each operation as the history is walked
/// through, and finds its verdict when all has been seen. What it needs is asked for by
/// the registry before it is asked what it finds: a checker whose evidence is missing
/// is never asked, and its property is unknown.
pub(super) trait Checker<'a> {
    /// Which property: its name and its summary are there.
    fn property(&self) -> Property;

    /// What it needs to find anything.
    fn needs(&self) -> &'static [Need];

    /// Whether it wants to look at each operation.
    fn walks(&self) -> bool {
        false
    }

    /// Looks at the next operation of the history.
    fn see(&mut self, _step: &Step<'_, 'a>) {}

    /// What it finds, now that all has been seen.
    fn find(self: Box<Self>, walked: &Walked<'_, 'a>) -> Found;
}

/// Something that a checker cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Operations begun before healing.
    Operations,
    /// Writes that were acknowledged before healing began.
    AcknowledgedWrites,
    /// What the nodes held at the end.
    Replicas,
    /// What the nodes announced of their logs.
    Facts,
    /// Answers that tell what a key held, or which keys hold something.
    Tellings,
    /// What came of the probes.
    Probes,
    /// What the nodes announced of their rings.
    Rings,
}

/// An operation on its way past the checkers.
pub(super) struct Step<'w, 'a> {
    /// Its position in the history.
    pub(super) position: usize,
    /// The operation.
    pub(super) record: &'a OperationRecord,
    /// The history up to it, itself included.
    pub(super) index: &'w Index<'a>,
    /// What the index made of it.
    pub(super) added: Added,
    /// If it is a read to be judged: a write that leaves what it found, if one of the
    /// latest does.
    pub(super) explained_by: Option<&'w Write>,
}

/// All that there is to look at when the history has been walked through.
#[derive(Clone, Copy)]
pub(super) struct Walked<'w, 'a> {
    /// What the run left behind.
    pub(super) evidence: &'w Evidence<'a>,
    /// The history by key.
    pub(super) index: &'w Index<'a>,
    /// The bounds to judge by.
    pub(super) bounds: &'w Properties,
    /// The history as calls, once somebody asks.
    pub(super) calls: &'w OnceCell<Calls>,
    /// The same, with what is made of it once for several levels.
    pub(super) subject: &'w OnceCell<Subject<'w>>,
    /// Whether it was found to be linearizable, which is judged before all else; `None`:
    /// not decided.
    pub(super) linearizable: Option<bool>,
}

impl<'w> Walked<'w, '_> {
    /// The history as calls, those begun after healing too.
    pub(super) fn calls(&self) -> &'w Calls {
        self.calls.get_or_init(|| Calls::of(self.evidence.history, Time::MAX))
    }

    /// The history as something to be judged by levels of consistency.
    pub(super) fn subject(&self) -> &'w Subject<'w> {
        self.subject.get_or_init(|| Subject::new(self.calls()).in_words(self.evidence.words))
    }
}

/// What a checker found.
pub(super) struct Found {
    /// Its verdict.
    pub(super) verdict: Verdict,
    /// What it measured on the way.
    pub(super) report: Option<Report>,
}

/// What a checker measured, beside its verdict.
pub(super) enum Report {
    Staleness(StalenessReport),
    Availability(AvailabilityReport),
    Durability(DurabilityReport),
}

impl From<Verdict> for Found {
    fn from(verdict: Verdict) -> Self {
        Self { verdict, report: None }
    }
}

impl Need {
    /// What is missing, in a sentence; `None`: nothing is.
    pub(super) fn missing(self, walked: &Walked<'_, '_>) -> Option<&'static str> {
        let evidence = walked.evidence;
        let down = || {
            let mut replicas = evidence.replicas.iter();
            replicas.all(|replica| replica.entries.is_none() && replica.on_disk.is_none())
        };
        match self {
            Self::Operations if walked.index.begun() == 0 => Some("no operation was begun"),
            Self::AcknowledgedWrites if walked.index.acknowledged() == 0 => {
                Some("no write was acknowledged")
            }
            Self::Replicas if evidence.replicas.is_empty() => Some("no replicas were read"),
            Self::Replicas if down() => {
                Some("every node was down at the end, so nothing could be read")
            }
            Self::Facts if evidence.facts.is_empty() => {
                Some("the nodes announced nothing of their logs")
            }
            Self::Tellings if !walked.calls().calls.iter().any(|call| tells(&call.action)) => {
                Some("no answer told what a key held")
            }
            Self::Rings if !evidence.facts.iter().any(|told| told.fact.is_of_ring()) => {
                Some("no node told of its ring")
            }
            Self::Probes if evidence.probes.is_empty() => Some("nothing was probed after healing"),
            _ => None,
        }
    }
}

/// Whether the answer to a call tells anything that could be wrong.
fn tells(action: &Action) -> bool {
    match action {
        Action::Read { found, .. } => found.is_some(),
        Action::Write { previous, .. } => previous.is_some(),
        Action::Delete { existed, .. } => existed.is_some(),
        Action::CompareAndSet { outcome, .. } => outcome.is_some(),
        Action::List { keys } => keys.is_some(),
        Action::Append { .. } => false,
    }
}
