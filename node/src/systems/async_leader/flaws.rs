//! The flaws of `async-leader`: what is not part of the protocol as described.

use super::{AsyncLeader, Message, Replicate, Timer};
use crate::{
    Answer, Config, Context, Fact, NodeId, Request, RequestId, Role, TimerId, Waits,
    replication::{CallId, Calls},
};
use std::{collections::VecDeque, time::Duration};

/// How often the configured leader says that it is alive.
const HEARTBEAT_INTERVAL: Duration = Duration::from_millis(500);

/// After how long without a heartbeat a follower promotes itself.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(2);

/// The configured leader's term.
const FIRST_TERM: u64 = 1;

/// The term that a follower which promotes itself takes for its own: nobody votes.
const SECOND_TERM: u64 = 2;

/// The flaws that are switched on, and what they make a node remember.
#[derive(Debug)]
pub(super) struct Flaws {
    /// With `follower-accepts-writes`.
    pub(super) follower_accepts_writes: bool,
    /// With `await-followers`.
    blocking: Option<Blocking>,
    /// With `naive-failover`.
    failover: Option<Failover>,
}

/// The one thread of a leader that waits for its followers.
#[derive(Debug)]
struct Blocking {
    calls: Calls,
    /// What the thread waits for.
    waiting: Option<Waiting>,
    /// What has come meanwhile.
    queue: VecDeque<Request>,
}

/// A write that followers are being told of, one after the other.
#[derive(Debug)]
struct Waiting {
    client: RequestId,
    write: Replicate,
    /// What the follower was asked whose turn it is.
    call: CallId,
    follower: NodeId,
    /// Whose turn comes after that.
    rest: VecDeque<NodeId>,
}

/// What a node remembers to tell whether the configured leader is alive.
#[derive(Debug)]
struct Failover {
    /// Runs out when the leader has been silent for too long; `None` at a leader.
    silence: Option<TimerId>,
}

impl Flaws {
    /// What the configuration switches on; arms no timer and sends nothing yet.
    pub(super) fn of(config: &Config, ctx: &mut Context<'_, AsyncLeader>) -> Self {
        Self {
            follower_accepts_writes: config.has_flaw("follower-accepts-writes"),
            blocking: config.has_flaw("await-followers").then(|| Blocking {
                calls: Calls::new(ctx.rng()),
                waiting: None,
                queue: VecDeque::new(),
            }),
            failover: config.has_flaw("naive-failover").then_some(Failover { silence: None }),
        }
    }

    /// Whether a write is answered only when every follower has it.
    pub(super) fn await_followers(&self) -> bool {
        self.blocking.is_some()
    }

    /// The follower that the leader waits for, and the requests that wait with it.
    pub(super) fn waits(&self) -> Waits {
        self.blocking.as_ref().map_or_else(Waits::default, |blocking| Waits {
            workers: 1,
            on: blocking.waiting.iter().map(|waiting| (waiting.follower, 1)).collect(),
            queued_requests: blocking.queue.len() as u64,
            ..Waits::default()
        })
    }

    /// Lets a request wait while the leader waits; hands it back if the leader is free.
    pub(super) fn admit(&mut self, request: Request) -> Option<Request> {
        match &mut self.blocking {
            Some(blocking) if blocking.waiting.is_some() => {
                blocking.queue.push_back(request);
                None
            }
            _ => Some(request),
        }
    }
}

/// `await-followers`.
impl AsyncLeader {
    /// Tells the first follower of a write; the client is answered after the last.
    pub(super) fn tell_in_turn(
        &mut self,
        client: RequestId,
        write: Replicate,
        ctx: &mut Context<'_, Self>,
    ) {
        self.tell_next(client, write, ctx.config().peers().collect(), ctx);
    }

    /// Tells the next follower, if there is one, and otherwise answers the client.
    fn tell_next(
        &mut self,
        client: RequestId,
        write: Replicate,
        mut rest: VecDeque<NodeId>,
        ctx: &mut Context<'_, Self>,
    ) {
        let blocking = self.flaws.blocking.as_mut().expect("only this flaw waits for followers");
        ctx.serve([client]);
        let Some(follower) = rest.pop_front() else {
            let answer = Answer::Written { version: write.entry.version, previous: None };
            return ctx.reply(client, answer);
        };
        let call = blocking.calls.next_id();
        ctx.send(follower, Message::Ask { call, write: write.clone() });
        blocking.waiting = Some(Waiting { client, write, call, follower, rest });
    }

    /// A follower has answered: the next one is told, or the client.
    pub(super) fn follower_done(&mut self, call: CallId, ctx: &mut Context<'_, Self>) {
        self.go_on(|waiting| waiting.call == call, ctx);
    }

    /// A follower has booted, which breaks the connection: as with any error it is passed over.
    pub(super) fn follower_reset(&mut self, follower: NodeId, ctx: &mut Context<'_, Self>) {
        self.go_on(|waiting| waiting.follower == follower, ctx);
    }

    /// Goes on if what was waited for has come: the next follower, or the next requests.
    fn go_on(&mut self, is_over: impl FnOnce(&Waiting) -> bool, ctx: &mut Context<'_, Self>) {
        let Some(blocking) = &mut self.flaws.blocking else {
            return;
        };
        let Some(Waiting { client, write, rest, .. }) = blocking.waiting.take_if(|it| is_over(it))
        else {
            return;
        };
        self.tell_next(client, write, rest, ctx);
        while let Some(request) = self.flaws.blocking.as_mut().and_then(Blocking::next) {
            ctx.serve([request.id]);
            self.serve(request, ctx);
        }
    }
}

impl Blocking {
    /// The request whose turn it is, unless the leader waits.
    fn next(&mut self) -> Option<Request> {
        if self.waiting.is_some() { None } else { self.queue.pop_front() }
    }
}

/// `naive-failover`.
impl AsyncLeader {
    /// The configured leader says that it is alive, and again after a while.
    pub(super) fn beat(ctx: &mut Context<'_, Self>) {
        ctx.broadcast(Message::Heartbeat);
        ctx.set_timer(HEARTBEAT_INTERVAL, Timer::Heartbeat);
    }

    /// A follower starts to wait for the next heartbeat; a leader waits for none.
    pub(super) fn watch(&mut self, ctx: &mut Context<'_, Self>) {
        let Some(failover) = &mut self.flaws.failover else {
            return;
        };
        if let Some(silence) = failover.silence.take() {
            ctx.cancel_timer(silence);
        }
        if self.role == Role::Follower {
            failover.silence = Some(ctx.set_timer(SILENCE_TIMEOUT, Timer::Silence));
        }
    }

    /// A follower takes silence for death and leads, whoever else does.
    pub(super) fn promote(&mut self, ctx: &mut Context<'_, Self>) {
        self.role = Role::Leader;
        self.leader = ctx.id();
        ctx.announce(Fact::Leads { term: SECOND_TERM });
        if let Some(failover) = &mut self.flaws.failover {
            failover.silence = None;
        }
    }
}

/// Both of them.
impl AsyncLeader {
    /// A node that boots tells whom it must, and starts to listen.
    pub(super) fn boot_with_flaws(&mut self, ctx: &mut Context<'_, Self>) {
        if self.flaws.await_followers() {
            ctx.broadcast(Message::Reset);
        }
        match (&self.flaws.failover, self.role) {
            (Some(_), Role::Leader) => {
                ctx.announce(Fact::Leads { term: FIRST_TERM });
                Self::beat(ctx);
            }
            (Some(_), _) => self.watch(ctx),
            (None, _) => {}
        }
    }
}
