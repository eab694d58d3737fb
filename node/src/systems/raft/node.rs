//! The node's side of the [`Node`] trait: which event goes to which role.

use super::{
    Core, Ctx, Message, Payload, Raft, State, Timer,
    durable::{Durable, Unreadable},
    settings::{self, FLAWS, Flaws, SETTINGS, Settings},
};
use crate::{
    Announces, Answer, Carried, Change, Config, Damaged, Fact, Key, MembershipChange, Node, NodeId,
    OperationKind, Remedy, Request, Role, Setting, StepDown, SyncId, SystemInfo, Uptake, Versioned,
};
use rand::Rng;
use std::{collections::BTreeMap, time::Duration};

impl Node for Raft {
    type Message = Message;
    type Timer = Timer;

    const OWN_THREAD: bool = false;

    const INFO: SystemInfo = SystemInfo {
        name: "raft",
        summary: "an elected leader replicates one log by majority; durable, linearizable, unavailable without a majority",
        source: "FastAPI outline, ghost-data report and sharded groups (future work)",
        operations: &OperationKind::ALL,
        flaws: FLAWS,
        settings: SETTINGS,
        remedies: &[
            Remedy::CatchUp,
            Remedy::CompareVersions,
            Remedy::Tombstones,
            Remedy::AckByMajority,
            Remedy::SyncFirst,
            Remedy::ReadsMeetWrites,
            Remedy::ConfirmLeadership,
            Remedy::OneOrder,
            Remedy::RequestIds,
            Remedy::Election,
            Remedy::VersionTravels,
            Remedy::AgreedPlacement,
        ],
        deduplicates: true,
        has_leader: true,
        announces: Announces::ItsLog,
        membership: true,
        deals_keys: false,
        min_nodes: 1,
    };

    fn check_settings(nodes: usize, given: &BTreeMap<String, Setting>) -> Result<(), String> {
        settings::check(nodes, given)
    }

    fn boot(config: &Config, ctx: &mut Ctx<'_>) -> Self {
        // Nodes that start together must not tick together.
        let tick = settings::tick(config);
        let first_tick = ctx.rng().gen_range(Duration::ZERO..=tick);
        ctx.set_timer(first_tick, Timer::Tick);
        Self { state: start(config, ctx), tick }
    }

    fn on_request(&mut self, request: Request, ctx: &mut Ctx<'_>) {
        match &mut self.state {
            State::Serving(core) => core.on_request(request, ctx),
            State::Out { why } => {
                ctx.reply(request.id, Answer::unavailable(why));
            }
        }
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Ctx<'_>) {
        if let State::Serving(core) = &mut self.state {
            core.on_message(from, message, ctx);
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Ctx<'_>) {
        if timer == Timer::Tick {
            ctx.set_timer(self.tick, Timer::Tick);
        }
        match &mut self.state {
            State::Serving(core) => core.on_timer(timer, ctx),
            State::Out { why: DISK_FAILED } => self.start_again(ctx),
            State::Out { .. } => {}
        }
    }

    fn on_synced(&mut self, sync: SyncId, ctx: &mut Ctx<'_>) {
        if let State::Serving(core) = &mut self.state {
            for action in core.durable.on_synced(sync, ctx) {
                core.act(action, ctx);
            }
        }
    }

    fn carries(message: &Message) -> Vec<Carried> {
        message.carries()
    }

    fn on_membership(&mut self, change: MembershipChange, ctx: &mut Ctx<'_>) -> Uptake {
        self.take_up(change, ctx)
    }

    fn role(&self) -> Role {
        match &self.state {
            State::Serving(core) => core.standing.role(),
            State::Out { .. } => Role::Follower,
        }
    }

    fn serves(&self) -> bool {
        matches!(self.state, State::Serving(_))
    }
    fn state_text(&self) -> Option<String> {
        Some(format!("{self:?}"))
    }

    fn entries(&self) -> Vec<(Key, Versioned)> {
        match &self.state {
            State::Serving(core) => core.machine.entries(),
            State::Out { .. } => Vec::new(),
        }
    }

    /// With its whole log applied, be it committed or not: an entry on a disk is not lost.
    fn recoverable(&self) -> Vec<(Key, Versioned)> {
        let State::Serving(core) = &self.state else {
            return Vec::new();
        };
        let mut machine = core.machine.clone();
        let next = machine.applied + 1;
        for (index, entry) in (next..).zip(core.log.slice(next, usize::MAX)) {
            if let Payload::Command(command) = &entry.payload {
                let _ = machine.apply(index, command);
            }
        }
        machine.entries()
    }
}

const LOG_DAMAGED: &str = "its log is damaged";
const DISK_FAILED: &str = "its disk failed";

fn start(config: &Config, ctx: &mut Ctx<'_>) -> State {
    let flaws = Flaws::of(config);
    match Durable::open(ctx.disk(), flaws) {
        Ok((disk, found)) => {
            found.announce(ctx);
            let settings = Settings::of(config);
            let mut core = Core::new(config.id, settings, flaws, disk, found);
            core.restart_timeout(ctx);
            State::Serving(Box::new(core))
        }
        Err(Unreadable::Damaged) => {
            ctx.announce(Fact::Refused { what: Damaged::Log });
            State::Out { why: LOG_DAMAGED }
        }
        Err(Unreadable::Disk) => State::Out { why: DISK_FAILED },
    }
}

impl Raft {
    /// Tries the disk once more; what is found now was not there when the node started,
    /// so it is announced.
    fn start_again(&mut self, ctx: &mut Ctx<'_>) {
        self.state = start(ctx.config(), ctx);
        for (key, entry) in self.entries() {
            ctx.apply(Change { key, version: entry.version, before: None, after: Some(entry) });
        }
    }
}

impl Core {
    fn on_timer(&mut self, timer: Timer, ctx: &mut Ctx<'_>) {
        match timer {
            Timer::Tick => {
                self.durable.on_tick(ctx);
                self.on_election_tick(ctx);
            }
            Timer::Heartbeat { term } => self.on_heartbeat(term, ctx),
            Timer::Flush => self.on_flush(ctx),
        }
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Ctx<'_>) {
        let term = match &message {
            Message::PreVote { term, last } => return self.on_pre_vote(from, *term, *last, ctx),
            Message::PreVoteReply { term, granted } => {
                return self.on_pre_vote_reply(from, *term, *granted, ctx);
            }
            Message::ChangeMembership(change) => {
                // Nobody waits for an answer; the change shows in the voters, or does not.
                let _ = self.change_membership(*change, ctx);
                return;
            }
            Message::RequestVote { term, .. }
            | Message::VoteReply { term, .. }
            | Message::Append { term, .. }
            | Message::AppendReply { term, .. }
            | Message::InstallSnapshot { term, .. }
            | Message::ReadIndex { term, .. }
            | Message::ReadIndexReply { term, .. } => *term,
        };
        if self.observe_term(term, ctx) {
            self.on_message_of_term(from, term, message, ctx);
        }
    }

    /// Handles a message whose term is this node's, or older.
    fn on_message_of_term(&mut self, from: NodeId, term: u64, message: Message, ctx: &mut Ctx<'_>) {
        match message {
            Message::RequestVote { last, .. } => self.on_request_vote(from, term, last, ctx),
            Message::VoteReply { granted, .. } => self.on_vote_reply(from, term, granted, ctx),
            Message::AppendReply { round, outcome, .. } if term == self.term => {
                self.on_append_reply(from, round, outcome, ctx);
            }
            Message::Append { round, .. } | Message::InstallSnapshot { round, .. }
                if term < self.term =>
            {
                self.refuse_outdated(from, term, round, ctx);
            }
            Message::Append { round, prev, entries, commit, .. } => {
                self.follow(from, ctx);
                self.on_append(from, round, prev, &entries, commit, ctx);
            }
            Message::InstallSnapshot { round, snapshot, .. } => {
                self.follow(from, ctx);
                self.on_install_snapshot(from, round, snapshot, ctx);
            }
            Message::ReadIndex { request, .. } => self.on_read_index(from, request, ctx),
            Message::ReadIndexReply { request, index, .. } => {
                self.on_read_index_reply(request, index, ctx);
            }
            _ => {}
        }
    }

    /// The leader of the present term has spoken.
    fn follow(&mut self, leader: NodeId, ctx: &mut Ctx<'_>) {
        assert!(!self.is_leader() || self.flaws.any(), "a term has one leader");
        self.believe_in(Some(leader), ctx);
        self.step_down(StepDown::Rival, ctx);
        self.restart_timeout(ctx);
    }
}
