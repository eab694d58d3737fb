//! Linearizable reads by read index (Ongaro's thesis, 6.4).
//!
//! A read may be answered from memory by a node that has applied all that was committed
//! when the read came. The leader knows how far that is, if it led after the read had come:
//! then no later leader had committed anything this one does not know of. To learn that
//! it still leads, the leader starts a round with the next flush, and reads
//! that came before share it. A round is answered by any reply to what was
//! sent in it or later, in the same term: each term counts its rounds anew, so a follower
//! that refuses an append of an earlier term has answered none of this one's.
//!
//! A follower asks the leader for the index, waits until it has applied so much, and answers
//! from its own memory. What it asks is named by the client's request, so that an answer
//! meant for an earlier life of the node fits nothing in this one.

use super::{Core, Ctx, Index, Message, Standing};
use crate::{Answer, Matter, NodeId, Note, Operation, Origin, Refusal, Request, RequestId};
use std::collections::BTreeMap;

/// A read that waits at the leader.
#[derive(Debug)]
pub(super) struct Read {
    asker: Asker,
    /// What must be applied first.
    index: Index,
    /// The round that must be answered by a majority first.
    round: u64,
}

impl Read {
    /// Whose read it is.
    pub(super) fn origin(&self) -> Origin {
        match &self.asker {
            Asker::Client(request) => request.id.into(),
            Asker::Follower(_, request) => (*request).into(),
        }
    }
}

/// Who wants to know.
#[derive(Debug)]
pub(super) enum Asker {
    /// A client, this.
    Client(Request),
    /// A follower, for this request of a client of its own.
    Follower(NodeId, RequestId),
}

/// The reads that wait at a follower.
#[derive(Debug, Default)]
pub(super) struct FollowerReads {
    /// The leader has been asked how far to apply.
    asked: BTreeMap<RequestId, Operation>,
    /// The leader has answered; by what must be applied first.
    told: BTreeMap<(Index, RequestId), Operation>,
}

impl Core {
    pub(super) fn on_read(&mut self, asker: Asker, ctx: &mut Ctx<'_>) {
        let commit = self.commit;
        if self.flaws.stale_read {
            ctx.note(|| Note::ReadUnasked { term: self.term });
            return self.answer_read(asker, commit, ctx);
        }
        let leadership = self.expect_leadership();
        leadership.reads.push_back(Read {
            asker,
            index: commit.max(leadership.term_start),
            round: leadership.round + 1,
        });
        self.flush_soon(ctx);
    }

    /// Starts a round if a read needs one that has not been started.
    pub(super) fn start_read_round(&mut self) -> bool {
        let leadership = self.expect_leadership();
        let wanted = leadership.reads.back().map_or(0, |read| read.round);
        let is_new = wanted > leadership.round;
        leadership.round += u64::from(is_new);
        is_new
    }

    /// Answers the reads whose round a majority has answered and whose index is applied.
    pub(super) fn answer_reads(&mut self, ctx: &mut Ctx<'_>) {
        let Standing::Leader(leadership) = &mut self.standing else {
            return;
        };
        if leadership.reads.is_empty() {
            return;
        }
        let round = self.membership.reached_by_majority(|node| leadership.round_of(node));
        let applied = self.machine.applied;
        let is_ready = |read: &Read| read.round <= round && read.index <= applied;
        let ready = leadership.reads.iter().take_while(|read| is_ready(read)).count();
        let ready: Vec<_> = leadership.reads.drain(..ready).collect();
        let Some(last) = ready.last() else {
            return;
        };
        ctx.serve(ready.iter().map(Read::origin));
        ctx.note(|| Note::Agreed {
            on: Matter::Leadership { term: leadership.term, round: last.round },
            by: self.membership.voters_who(|node| leadership.round_of(node) >= last.round),
            needed: self.membership.majority(),
        });
        for read in ready {
            ctx.serve([read.origin()]);
            self.answer_read(read.asker, read.index, ctx);
        }
        ctx.serve_event();
    }

    fn answer_read(&self, asker: Asker, index: Index, ctx: &mut Ctx<'_>) {
        match asker {
            Asker::Client(Request { id, operation }) => {
                ctx.reply(id, self.machine.read(&operation));
            }
            Asker::Follower(follower, request) => {
                let (term, index) = (self.term, Some(index));
                ctx.send(follower, Message::ReadIndexReply { term, request, index });
            }
        }
    }

    /// Tells whoever asked that this node cannot answer, as it does not lead.
    pub(super) fn refuse_read(&self, read: Read, ctx: &mut Ctx<'_>) {
        ctx.serve([read.origin()]);
        match read.asker {
            Asker::Client(request) => self.refuse(request.id, ctx),
            Asker::Follower(follower, request) => {
                let term = self.term;
                ctx.send(follower, Message::ReadIndexReply { term, request, index: None });
            }
        }
    }

    fn refuse(&self, request: RequestId, ctx: &mut Ctx<'_>) {
        ctx.reply(request, Answer::Refused(Refusal::NotLeader { leader: self.leader }));
    }

    /// A client reads at a follower: it asks the leader how far to apply.
    pub(super) fn on_read_at_follower(&mut self, request: Request, ctx: &mut Ctx<'_>) {
        let Some(leader) = self.leader else {
            return self.refuse(request.id, ctx);
        };
        ctx.send(leader, Message::ReadIndex { term: self.term, request: request.id });
        self.reads.asked.insert(request.id, request.operation);
    }

    pub(super) fn on_read_index(&mut self, from: NodeId, request: RequestId, ctx: &mut Ctx<'_>) {
        if self.is_leader() {
            return self.on_read(Asker::Follower(from, request), ctx);
        }
        let term = self.term;
        ctx.send(from, Message::ReadIndexReply { term, request, index: None });
    }

    pub(super) fn on_read_index_reply(
        &mut self,
        request: RequestId,
        index: Option<Index>,
        ctx: &mut Ctx<'_>,
    ) {
        let Some(operation) = self.reads.asked.remove(&request) else {
            return;
        };
        let Some(index) = index else {
            return self.refuse(request, ctx);
        };
        self.reads.told.insert((index, request), operation);
        self.answer_follower_reads(ctx);
    }

    /// Answers the reads for which enough is applied here now.
    pub(super) fn answer_follower_reads(&mut self, ctx: &mut Ctx<'_>) {
        while let Some(first) = self.reads.told.first_entry()
            && first.key().0 <= self.machine.applied
        {
            let ((_, request), operation) = first.remove_entry();
            ctx.reply(request, self.machine.read(&operation));
        }
    }

    /// Believes that this node leads the term, or that nobody does as far as it knows. Reads for which
    /// another leader was asked are refused: the answer may never come.
    pub(super) fn believe_in(&mut self, leader: Option<NodeId>, ctx: &mut Ctx<'_>) {
        if self.leader != leader {
            self.leader = leader;
            for request in std::mem::take(&mut self.reads.asked).into_keys() {
                self.refuse(request, ctx);
            }
        }
    }
}
