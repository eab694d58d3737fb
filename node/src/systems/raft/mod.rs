//! `raft`: consensus on one log, and a store built from it.
//!
//! # Guarantees
//!
//! Linearizable puts, gets, deletes, key lists and compare-and-sets. A write that was
//! acknowledged outlives the crash or power failure of every node, as long as
//! a majority of disks keeps what it had synced. A write that a client
//! retries takes effect once. While a majority of the voters can talk to each
//! other there is a leader after a few election timeouts; while none can,
//! nothing is answered.
//!
//! # Protocol
//!
//! That of Ongaro and Ousterhout, *In Search of an Understandable Consensus
//! Algorithm* (2014), and of Ongaro's thesis (2014), whose chapters are named here.
//!
//! - *Elections* (`election.rs`; 3.4, 9.6): a node that hears no leader first asks
//!   whether it would win (pre-vote), then starts a term. A vote goes to one
//!   candidate a term, and only to one whose log is as up to date as the voter's.
//! - *Replication* (`leader.rs`, `follower.rs`; 3.5): the leader appends, sends what
//!   has gathered to everyone, and commits what a majority has, but counts only
//!   entries of its own term. A follower whose log disagrees names the term that it
//!   has there, and the leader backs up by whole terms.
//! - *Disk* (`durable.rs`, `codec.rs`, `decode.rs`): term, vote and entries go into one write-ahead
//!   log. A vote or an acknowledgment leaves once everything written
//!   before it is synced; the leader's own sync runs beside its sends (10.2.1).
//! - *Reads* (`read.rs`; 6.4): the leader notes its commit index, hears from a
//!   majority that it still leads, and answers from memory. A follower asks the leader for
//!   that index and answers when it has applied as much.
//! - *Sessions* (`sessions.rs`, `machine.rs`; 6.3): the last answer to each client is part of the
//!   replicated state, for so many clients; those that asked longest ago expire, in the order of
//!   the log.
//! - *Snapshots* (`snapshot.rs`; 5): after `snapshot-after` entries the state is
//!   written out and the log cut. Who lacks what was cut is sent the snapshot.
//! - *Membership* (`membership.rs`; 4): one voter at a time joins or leaves.
//!
//! # Fault model
//!
//! Messages may be lost, doubled, late or overtaken. Nodes may stop at any moment and
//! come back with their disk, less what was not synced. A disk may refuse
//! writes; the node then makes no promise. Safety does not rest on clocks: no
//! node reads one, timers only decide when to stand for election.
//!
//! # Known anomalies
//!
//! None without a flaw. Each flaw removes one rule:
//!
//! - `vote-twice`: two leaders in one term, and two histories.
//! - `forget-vote`: the same, by way of a restart between two votes.
//! - `no-fsync`: after a power failure a majority may have forgotten a write.
//! - `commit-old-term`: the paper's figure 8, a committed entry is overwritten.
//! - `stale-read`: a leader that has been replaced answers from the past.
//! - `old-round-counts`: the same, once a late message of a term that it led before has been refused.
//! - `only-voters-stand`: a leader that has removed itself and crashes before anyone else has
//!   heard of it blocks the others for ever.
//! - `skip-log-check`: a node that was away is elected, and what was decided meanwhile is lost.
//! - `vote-before-sync`: two leaders in one term, by way of a power failure between two votes.
//! - `removed-voter-counts`: a leader and nodes that have left decide without the voters.
//! - `apply-before-commit`: the leader answers for entries that may yet be undone.
//!
//! # Caveats
//!
//! - A damaged log takes the node out for good: it says so, refuses, and does not
//!   vote. What to do about it is left to the operator.
//! - Damage to both copies of the very last records cannot be told from a torn write
//!   until a mark behind them has been synced; see [`Wal`](crate::store::Wal).
//! - A leader answers a write with `Unknown` when it loses the lead: it may yet commit.
//! - A snapshot travels in one message, and a new voter counts as soon as it is
//!   added, before it has caught up.
//! - A client whose session has expired is refused a retry of its last write. One that many more clients have written
//!   after since is forgotten, and the retry would be a second write; and whoever has no session has each
//!   attempt carried out.
//! - Leadership is not handed over: a leader that is removed steps down, and the rest
//!   wait for an election.

mod codec;
mod decode;
mod durable;
mod election;
mod follower;
#[cfg(test)]
mod golden;
mod leader;
mod log;
mod machine;
mod membership;
mod message;
mod node;
mod probe;
mod progress;
mod read;
mod sessions;
mod settings;
mod snapshot;

pub use crate::MembershipChange;
pub use log::{Command, Entry, Index, Payload, Position, Term};
pub use membership::MembershipRefusal;
pub use message::{AppendOutcome, Message, Timer};
pub use probe::{LogProbe, RaftProbe};
pub use snapshot::Snapshot;

use crate::{Context, Fact, NodeId, Role};
use durable::{Deferred, Durable, Recovered};
use election::Standing;
use log::Log;
use machine::Machine;
use membership::Membership;
use progress::Leadership;
use read::FollowerReads;
use settings::{Flaws, Settings};
use std::{sync::Arc, time::Duration};

/// A node of the `raft` system.
#[derive(Debug)]
pub struct Raft {
    state: State,
    /// How often the election timeout is looked at.
    tick: Duration,
}

#[derive(Debug)]
enum State {
    Serving(Box<Core>),
    /// It could not start from its disk, and takes no part.
    Out {
        why: &'static str,
    },
}

type Ctx<'a> = Context<'a, Raft>;

/// A node that takes part.
#[derive(Debug)]
struct Core {
    id: NodeId,
    flaws: Flaws,
    settings: Settings,
    term: Term,
    /// Whom this node voted for in this term.
    vote: Option<NodeId>,
    /// Who leads this term, if that is known.
    leader: Option<NodeId>,
    standing: Standing,
    /// Ticks since the election timeout last started anew.
    ticks: u32,
    timeout_ticks: u32,
    log: Log,
    /// Every entry up to here is committed.
    commit: Index,
    membership: Membership,
    machine: Machine,
    /// The last snapshot, for followers who lack what it covers.
    snapshot: Option<Arc<Snapshot>>,
    durable: Durable,
    reads: FollowerReads,
}

impl Core {
    fn new(id: NodeId, settings: Settings, flaws: Flaws, disk: Durable, found: Recovered) -> Self {
        let mut machine = Machine::default();
        let mut position = Position::default();
        let mut voters = settings.voters.clone();
        if let Some(snapshot) = &found.snapshot {
            // The host looks at the entries after a start; nothing needs announcing.
            drop(machine.restore(snapshot));
            position = snapshot.position;
            voters = snapshot.voters.clone();
        }
        let mut membership = Membership::new(position.index, voters, flaws);
        for (index, entry) in (position.index + 1..).zip(&found.entries) {
            membership.note(index, &entry.payload);
        }
        Self {
            id,
            flaws,
            settings,
            term: found.term,
            vote: found.vote,
            leader: None,
            standing: Standing::Follower,
            ticks: 0,
            timeout_ticks: election::TIMEOUT_TICKS,
            log: Log::new(position, found.entries),
            commit: position.index,
            membership,
            machine,
            snapshot: found.snapshot.map(Arc::new),
            durable: disk,
            reads: FollowerReads::default(),
        }
    }

    /// Does the action once all that was written before now is on the platter.
    fn after_sync(&mut self, action: Deferred, ctx: &mut Ctx<'_>) {
        if let Some(action) = self.durable.defer(action) {
            self.act(action, ctx);
        }
    }

    fn send_after_sync(&mut self, to: NodeId, message: Message, ctx: &mut Ctx<'_>) {
        self.after_sync(Deferred::Send { to, message }, ctx);
    }

    fn act(&mut self, action: Deferred, ctx: &mut Ctx<'_>) {
        match action {
            Deferred::Send { to, message } => ctx.send(to, message),
            Deferred::Campaign { term } => self.on_campaign(term, ctx),
            Deferred::Matched { term, index } => self.on_own_match(term, index, ctx),
        }
    }

    /// Applies what may be applied, in order, and answers those who wait for it.
    fn apply_ready(&mut self, ctx: &mut Ctx<'_>) {
        let ready = if self.flaws.apply_before_commit && self.is_leader() {
            self.log.last().index
        } else {
            self.commit
        };
        while self.machine.applied < ready {
            let index = self.machine.applied + 1;
            let entry = self.log.get(index).expect("an entry stays until it is applied");
            let term = entry.term;
            ctx.serve(entry.origin());
            if let Payload::Command(command) = &entry.payload {
                let (answer, change) = self.machine.apply(index, command);
                if let Some(change) = change {
                    ctx.apply(change);
                }
                self.answer_proposal(index, answer, ctx);
            }
            self.machine.applied = index;
            ctx.announce(Fact::Applied { index, term });
        }
        ctx.serve_event();
        self.answer_follower_reads(ctx);
        self.compact_when_due(ctx);
    }

    /// Puts an entry, which the disk has taken, at the end of the log.
    fn push(&mut self, entry: Entry, ctx: &mut Ctx<'_>) {
        let before = self.log.last();
        let (index, term) = (before.index + 1, entry.term);
        let hash = entry.payload.hash();
        ctx.serve(entry.origin());
        ctx.announce(Fact::Appended { index, term, previous_term: before.term, hash });
        ctx.serve_event();
        self.membership.note(index, &entry.payload);
        self.log.push(entry);
    }

    /// Drops the log from an index on, with what it had changed at once.
    fn truncate_from(&mut self, index: Index) {
        assert!(index > self.commit || self.flaws.any(), "a committed entry is never overwritten");
        self.log.truncate_from(index);
        self.membership.truncate_from(index);
        // Only the flaws that apply or commit too early have anything to take back here,
        // and what they did to the store stays.
        self.commit = self.commit.min(index - 1);
        self.machine.applied = self.machine.applied.min(index - 1);
    }

    fn is_leader(&self) -> bool {
        self.standing.role() == Role::Leader
    }
}
