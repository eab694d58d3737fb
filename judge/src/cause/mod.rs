//! How a violation came about, as the trace of its run shows it.
//!
//! A [`Cause`] is a chain of [`Step`]s, each of which is an event of the trace or a count of such
//! events, and a [`Kind`], where the chain is one of those that have a name. A chain that
//! is none of them has no kind, and then nobody should name a remedy.
//!
//! Nearly every violation comes down to one question, which the module `passage` answers: why did this node not
//! hold what that write left, at that moment? Either no message with it had come there, and then it matters
//! what became of those that were sent; or the node had it and lost it, in a crash or
//! because something else took its place, and then it matters why that was taken for newer.

mod answers;
mod availability;
mod endings;
mod held;
mod kind;
mod ledger;
mod log;
mod passage;
mod placed;
mod reads;
mod remedy;
mod replaced;
mod replicas;
mod standstill;
mod step;
mod versions;
mod write;

pub use held::{Defence, defences};
pub use kind::Kind;
pub use remedy::{Help, Proof, Twin, twins};
pub use standstill::{Standstill, Stuck, last_answer, standstill};
pub use step::{Back, Step};

use crate::{
    Run,
    record::{Judgement, Witness},
};
use ledger::Ledger;
use node::{Key, NodeId};
use scenarios::Property;

/// How one violation came about.
#[derive(Clone, Debug)]
pub struct Cause<'a> {
    /// What is violated.
    pub property: Property,
    /// The name of the chain; `None`: none that is known fits.
    pub kind: Option<Kind>,
    /// The key that it is about.
    pub key: Option<&'a Key>,
    /// The write that was missed or lost, by position in the history.
    pub write: Option<usize>,
    /// The operation that shows it, by position in the history.
    pub shown_by: Option<usize>,
    /// The node that lacked the write, or that answered.
    pub node: Option<NodeId>,
    /// The nodes that hold a lost write at the end all the same, where the leader does not.
    pub kept_by: Vec<NodeId>,
    /// What happened, in order of the telling.
    pub steps: Vec<Step<'a>>,
}

impl<'a> Cause<'a> {
    /// Whether another violation came about in the same way.
    pub fn is_like(&self, other: &Self) -> bool {
        self.kind.is_some() && self.kind == other.kind
    }

    fn new(property: Property) -> Self {
        Self {
            property,
            kind: None,
            key: None,
            write: None,
            shown_by: None,
            node: None,
            kept_by: Vec::new(),
            steps: Vec::new(),
        }
    }
}

/// The cause of each violation of a run, in the order of its judgements; none if no trace was kept.
pub fn causes(run: &Run) -> Vec<Cause<'_>> {
    let Some(ledger) = Ledger::of(run) else {
        return Vec::new();
    };
    let violated = run.judgements.iter().filter_map(|it| Some((it, it.verdict.witness()?)));
    violated.map(|(judgement, witness)| cause(&ledger, judgement, witness)).collect()
}

fn cause<'a>(ledger: &Ledger<'a>, judgement: &Judgement, witness: &Witness) -> Cause<'a> {
    let mut cause = Cause::new(judgement.property);
    match judgement.property {
        Property::Convergence => replicas::differ(ledger, witness, &mut cause),
        Property::Durability => replicas::lost(ledger, witness, &mut cause),
        Property::Availability | Property::Liveness => {
            availability::silent(ledger, witness, &mut cause);
        }
        Property::StateMachine => log::parted(ledger, witness, &mut cause),
        Property::Versions => versions::differ(ledger, witness, &mut cause),
        Property::Answers => answers::wrong(ledger, witness, &mut cause),
        Property::Placement => placed::misplaced(ledger, witness, &mut cause),
        // What an author demands is only told by the witness.
        Property::Invariants => {}
        Property::Staleness
        | Property::PerKeyOrder
        | Property::Linearizability
        | Property::Sequential
        | Property::Causal
        | Property::ReadYourWrites
        | Property::MonotonicReads
        | Property::MonotonicWrites
        | Property::WritesFollowReads
        | Property::NoLostUpdate
        | Property::NoResurrection => reads::missed(ledger, witness, &mut cause),
    }
    cause
}
