//! Elections: pre-vote, vote, and when a leader gives up.

use super::{
    Core, Ctx, Leadership, Message, Payload, Position, Role, Term, durable::Deferred, read::Read,
};
use crate::{Answer, Fact, NodeId, Note, Origin, Refusal, StepDown, VoteGiven};
use rand::Rng;
use std::collections::BTreeSet;

/// The shortest election timeout in ticks; the tick is this fraction of it.
pub(super) const TIMEOUT_TICKS: u32 = 5;
/// How often a candidate repeats its question.
const ASK_AGAIN_TICKS: u32 = 2;

/// The part a node plays, and what it needs for it.
#[derive(Debug)]
pub(super) enum Standing {
    Follower,
    /// It asks whether it would be elected, at no cost to anyone's term.
    PreCandidate {
        votes: BTreeSet<NodeId>,
    },
    Candidate {
        votes: BTreeSet<NodeId>,
    },
    Leader(Box<Leadership>),
}

impl Standing {
    /// Whose reads wait for a leader's next round to be answered.
    pub(super) fn origins_of_reads(&self) -> impl Iterator<Item = Origin> + '_ {
        let reads = match self {
            Self::Leader(leadership) => Some(&leadership.reads),
            _ => None,
        };
        reads.into_iter().flatten().map(Read::origin)
    }

    pub(super) fn role(&self) -> Role {
        match self {
            Self::Follower => Role::Follower,
            Self::PreCandidate { .. } | Self::Candidate { .. } => Role::Candidate,
            Self::Leader(_) => Role::Leader,
        }
    }
}

impl Core {
    /// Counts down to an election, or, in a leader, to the check that a majority still follows.
    pub(super) fn on_election_tick(&mut self, ctx: &mut Ctx<'_>) {
        self.ticks += 1;
        if self.ticks < self.timeout_ticks {
            return self.ask_again(ctx);
        }
        self.restart_timeout(ctx);
        let may_stand = self.may_stand();
        match &mut self.standing {
            Standing::Leader(leadership) => {
                let heard = leadership.take_heard();
                let id = self.id;
                if !self.membership.is_majority(|voter| voter == id || heard.contains(&voter)) {
                    self.step_down(StepDown::NoMajority, ctx);
                }
            }
            _ if may_stand => self.sound_out(ctx),
            _ => {}
        }
    }

    /// Whether it has a part in elections: as a voter, or as one whose removal may yet be undone.
    fn may_stand(&self) -> bool {
        match self.flaws.only_voters_stand {
            true => self.membership.is_voter(self.id),
            false => self.membership.may_lead(self.id, self.commit),
        }
    }

    /// Asks the others whether they would vote for this node.
    fn sound_out(&mut self, ctx: &mut Ctx<'_>) {
        self.believe_in(None, ctx);
        self.standing = Standing::PreCandidate { votes: BTreeSet::from([self.id]) };
        if self.has_elected() {
            return self.stand(ctx);
        }
        self.ask_for_votes(ctx);
    }

    /// Asks those who have not agreed once more: the question or the answer may be lost.
    fn ask_again(&mut self, ctx: &mut Ctx<'_>) {
        let is_asking = match &self.standing {
            Standing::PreCandidate { votes } | Standing::Candidate { votes } => {
                votes.contains(&self.id)
            }
            Standing::Follower | Standing::Leader(_) => false,
        };
        if is_asking && self.ticks.is_multiple_of(ASK_AGAIN_TICKS) {
            self.ask_for_votes(ctx);
        }
    }

    /// Starts a term with this node as its candidate. Votes are asked for once its own is durable.
    fn stand(&mut self, ctx: &mut Ctx<'_>) {
        if !self.save_ballot(self.term + 1, Some(self.id), ctx) {
            self.standing = Standing::Follower;
            return;
        }
        ctx.announce(Fact::Stands { term: self.term });
        self.standing = Standing::Candidate { votes: BTreeSet::new() };
        self.restart_timeout(ctx);
        self.after_sync(Deferred::Campaign { term: self.term }, ctx);
    }

    /// The candidate's own vote is durable: it counts, and the others are asked.
    pub(super) fn on_campaign(&mut self, term: Term, ctx: &mut Ctx<'_>) {
        if term != self.term || !matches!(self.standing, Standing::Candidate { .. }) {
            return;
        }
        self.count_vote(self.id, ctx);
        self.ask_for_votes(ctx);
    }

    pub(super) fn on_pre_vote(
        &mut self,
        from: NodeId,
        term: Term,
        last: Position,
        ctx: &mut Ctx<'_>,
    ) {
        // Who hears a leader does not help to unseat it.
        let hears_leader = match self.standing {
            Standing::Leader(_) => true,
            _ => self.leader.is_some() && self.ticks < TIMEOUT_TICKS,
        };
        let granted = term > self.term && !hears_leader && self.may_follow_log(last);
        ctx.note(|| {
            let vote = if granted {
                VoteGiven::Granted
            } else if term <= self.term {
                VoteGiven::OutdatedTerm
            } else if hears_leader {
                VoteGiven::HearsLeader
            } else {
                VoteGiven::LogBehind
            };
            self.weighed(from, term, true, last, vote)
        });
        let term = if granted { term } else { self.term };
        ctx.send(from, Message::PreVoteReply { term, granted });
    }

    pub(super) fn on_pre_vote_reply(
        &mut self,
        from: NodeId,
        term: Term,
        granted: bool,
        ctx: &mut Ctx<'_>,
    ) {
        if !granted {
            let _ = self.observe_term(term, ctx);
            return;
        }
        if let Standing::PreCandidate { votes } = &mut self.standing
            && term == self.term + 1
        {
            votes.insert(from);
            self.note_votes(ctx);
            if self.has_elected() {
                self.stand(ctx);
            }
        }
    }

    /// How this node weighs a candidate's log against its own.
    fn weighed(
        &self,
        candidate: NodeId,
        term: Term,
        is_pre_vote: bool,
        last: Position,
        vote: VoteGiven,
    ) -> Note {
        let (candidate_log, own_log) = (last.into(), self.log.last().into());
        Note::Weighed { term, candidate, is_pre_vote, candidate_log, own_log, vote }
    }

    /// Says who has voted for this node so far.
    fn note_votes(&self, ctx: &mut Ctx<'_>) {
        let (term, is_pre_vote, votes) = match &self.standing {
            Standing::PreCandidate { votes } => (self.term + 1, true, votes),
            Standing::Candidate { votes } => (self.term, false, votes),
            Standing::Follower | Standing::Leader(_) => return,
        };
        ctx.note(|| Note::Counts {
            term,
            is_pre_vote,
            own_log: self.log.last().into(),
            votes: self.membership.voters_who(|voter| votes.contains(&voter)),
            needed: self.membership.majority(),
        });
    }

    pub(super) fn on_request_vote(
        &mut self,
        from: NodeId,
        term: Term,
        last: Position,
        ctx: &mut Ctx<'_>,
    ) {
        let is_free = self.flaws.vote_twice || self.vote.is_none_or(|vote| vote == from);
        let granted = term == self.term && is_free && self.may_follow_log(last);
        ctx.note(|| {
            let vote = if granted {
                VoteGiven::Granted
            } else if term != self.term {
                VoteGiven::OutdatedTerm
            } else if !is_free {
                VoteGiven::Taken
            } else {
                VoteGiven::LogBehind
            };
            self.weighed(from, term, false, last, vote)
        });
        if granted {
            if self.vote != Some(from) {
                if !self.save_ballot(term, Some(from), ctx) {
                    return;
                }
                ctx.announce(Fact::Votes { term, candidate: from });
            }
            self.restart_timeout(ctx);
        }
        let reply = Message::VoteReply { term: self.term, granted };
        match self.flaws.vote_before_sync {
            true => ctx.send(from, reply),
            false => self.send_after_sync(from, reply, ctx),
        }
    }

    /// Whether a log that ends there has all that this one has, as far as a vote is concerned.
    fn may_follow_log(&self, last: Position) -> bool {
        self.flaws.skip_log_check || last.is_up_to_date_with(self.log.last())
    }

    pub(super) fn on_vote_reply(
        &mut self,
        from: NodeId,
        term: Term,
        granted: bool,
        ctx: &mut Ctx<'_>,
    ) {
        if granted && term == self.term {
            self.count_vote(from, ctx);
        }
    }

    fn count_vote(&mut self, from: NodeId, ctx: &mut Ctx<'_>) {
        if let Standing::Candidate { votes } = &mut self.standing {
            votes.insert(from);
            self.note_votes(ctx);
            if self.has_elected() {
                self.lead(ctx);
            }
        }
    }

    /// Whether the votes gathered so far are those of a majority.
    fn has_elected(&self) -> bool {
        match &self.standing {
            Standing::PreCandidate { votes } | Standing::Candidate { votes } => {
                self.membership.is_majority(|voter| votes.contains(&voter))
            }
            Standing::Follower | Standing::Leader(_) => false,
        }
    }

    /// How many of the voters have voted for it, and how many there are.
    fn votes_of_voters(&self) -> (u32, u32) {
        let voters = self.membership.voters();
        let votes = match &self.standing {
            Standing::PreCandidate { votes } | Standing::Candidate { votes } => {
                voters.iter().filter(|voter| votes.contains(voter)).count()
            }
            Standing::Follower | Standing::Leader(_) => 0,
        };
        let count = |nodes| u32::try_from(nodes).expect("a cluster has fewer than 2^32 nodes");
        (count(votes), count(voters.len()))
    }

    /// Takes the lead, and starts the term with an entry of its own: only by committing that
    /// does a leader learn what is committed.
    fn lead(&mut self, ctx: &mut Ctx<'_>) {
        let last = self.log.last().index;
        let term = self.term;
        let (votes, voters) = self.votes_of_voters();
        ctx.announce(Fact::Elected { term, votes, voters });
        ctx.announce(Fact::Leads { term });
        self.believe_in(Some(self.id), ctx);
        self.standing = Standing::Leader(Box::new(Leadership::new(term, last + 1)));
        self.meet_voters();
        self.restart_timeout(ctx);
        if self.flaws.commit_old_term {
            // What it had before it stood was synced with its vote for itself.
            let leadership = self.expect_leadership();
            (leadership.term_start, leadership.own_match) = (last, last);
        } else if self.append_own(vec![Payload::Noop], &[], ctx).is_err() {
            return;
        }
        self.on_heartbeat(self.term, ctx);
    }

    /// Enters a later term that a message tells of. False if the disk would not take it:
    /// the message must then be as if it had never come.
    pub(super) fn observe_term(&mut self, term: Term, ctx: &mut Ctx<'_>) -> bool {
        if term <= self.term {
            return true;
        }
        if !self.save_ballot(term, None, ctx) {
            return false;
        }
        self.believe_in(None, ctx);
        self.step_down(StepDown::LaterTerm, ctx);
        ctx.announce(Fact::Enters { term });
        true
    }

    /// Becomes a follower. A leader tells its clients what it can no longer promise.
    pub(super) fn step_down(&mut self, why: StepDown, ctx: &mut Ctx<'_>) {
        let before = std::mem::replace(&mut self.standing, Standing::Follower);
        let Standing::Leader(leadership) = before else {
            return;
        };
        let term = leadership.term;
        ctx.announce(Fact::StepsDown { term, why });
        self.leader = self.leader.filter(|&leader| leader != self.id);
        let refusal = Answer::Refused(Refusal::NotLeader { leader: self.leader });
        for (_, request) in leadership.proposals {
            ctx.reply(request, Answer::Unknown);
        }
        for (request, _) in leadership.inbox {
            ctx.reply(request, refusal.clone());
        }
        for read in leadership.reads {
            self.refuse_read(read, ctx);
        }
    }

    /// Makes term and vote durable, then current. False if the disk would not take them.
    fn save_ballot(&mut self, term: Term, vote: Option<NodeId>, ctx: &mut Ctx<'_>) -> bool {
        let is_saved = self.durable.save_ballot(term, vote, ctx).is_ok();
        if is_saved {
            (self.term, self.vote) = (term, vote);
        }
        is_saved
    }

    /// Draws the next timeout: once to twice the shortest, so that nodes seldom stand together.
    pub(super) fn restart_timeout(&mut self, ctx: &mut Ctx<'_>) {
        self.ticks = 0;
        self.timeout_ticks = ctx.rng().gen_range(TIMEOUT_TICKS..=2 * TIMEOUT_TICKS);
    }

    /// Asks every voter that has not agreed yet.
    fn ask_for_votes(&self, ctx: &mut Ctx<'_>) {
        let last = self.log.last();
        let (message, votes) = match &self.standing {
            Standing::PreCandidate { votes } => {
                let term = self.term + 1;
                (Message::PreVote { term, last }, votes)
            }
            Standing::Candidate { votes } => {
                let term = self.term;
                (Message::RequestVote { term, last }, votes)
            }
            Standing::Follower | Standing::Leader(_) => return,
        };
        for &voter in self.membership.voters().iter() {
            if !votes.contains(&voter) {
                ctx.send(voter, message.clone());
            }
        }
    }
}
