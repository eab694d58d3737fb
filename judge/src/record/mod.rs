//! What happened, as data: history, trace, faults, facts, replicas, verdicts.
//!
//! A record names no world: it may come from the simulator, from real processes or
//! from somebody else's history.

mod counters;
mod digest;
mod fact;
mod fault;
mod history;
pub mod lines;
mod probe;
mod replica;
mod trace;
mod verdict;

pub use counters::Counters;
pub use digest::{Digest, DigestWriter};
pub use fact::FactRecord;
pub use fault::{FaultOrigin, FaultRecord};
pub use history::{History, OperationRecord};
pub use probe::Probe;
pub use replica::Replica;
pub use scenarios::FaultKind;
pub use trace::{DropReason, Endpoint, Event, EventId, MessageClass, MessageId, Trace, TraceEvent};
pub use verdict::{Expected, Judgement, Verdict, Witness, Words};
