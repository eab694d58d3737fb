//! Linearizable reads by read index (Ongaro's thesis, 6.4).
//!
//! A read may be answered from memory if the node led after the read had come:
//! then no later leader had committed anything this one does not know of. To learn that
//! it still leads, the leader starts a round with the next flush, and reads
//! that came before share it. A round is answered by any reply to what was
//! sent in it or later.

use super::{Core, Ctx, Index, Standing};
use crate::Request;

/// A read that waits.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) request: Request,
    /// What must be applied first.
    index: Index,
    /// The round that must be answered by a majority first.
    round: u64,
}

impl Core {
    pub(super) fn on_read(&mut self, request: Request, ctx: &mut Ctx<'_>) {
        if self.flaws.stale_read {
            return ctx.reply(request.id, self.machine.read(&request.operation));
        }
        let commit = self.commit;
        let leadership = self.expect_leadership();
        leadership.reads.push_back(Read {
            request,
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
        while let Some(read) = leadership.reads.front()
            && read.round <= round
            && read.index <= applied
        {
            let answer = self.machine.read(&read.request.operation);
            ctx.reply(read.request.id, answer);
            leadership.reads.pop_front();
        }
    }
}
