//! The flaw `await-peers`: a request holds a worker until every peer has answered.

use super::{Message, PeerToPeer, Write, pool::Pool};
use crate::{
    Answer, Context, HealthCheckId, Matter, NodeId, Note, Origin, Request, RequestId, Then, Waits,
    replication::{CallId, Calls},
};
use rand::RngCore;
use std::collections::BTreeMap;

/// What `await-peers` adds to a node.
#[derive(Debug)]
pub(super) struct Workers {
    pool: Pool<Job>,
    /// The workers that wait for a peer, by what they asked it.
    waiting: BTreeMap<CallId, Waiting>,
    calls: Calls,
    swallow_errors: bool,
}

/// What a worker can be given to do.
#[derive(Debug)]
pub(super) enum Job {
    Request(Request),
    HealthCheck(HealthCheckId),
    Replicate { from: NodeId, call: CallId, write: Write },
}

impl Job {
    /// Whose operation it serves; a health check serves none.
    fn origin(&self) -> Option<Origin> {
        match self {
            Self::Request(request) => Some(request.id.into()),
            Self::Replicate { write, .. } => Some(write.origin),
            Self::HealthCheck(_) => None,
        }
    }
}

/// A worker that waits for a peer.
#[derive(Debug)]
struct Waiting {
    client: RequestId,
    answer: Answer,
    write: Write,
    /// Who is asked now.
    peer: NodeId,
    /// Who is asked after that.
    rest: Vec<NodeId>,
    /// Whether a peer failed.
    failed: bool,
}

impl Workers {
    /// Idle workers. With `swallow_errors`, a client is not told that a peer failed.
    pub(super) fn new(workers: u64, swallow_errors: bool, rng: &mut dyn RngCore) -> Self {
        Self {
            pool: Pool::new(workers),
            waiting: BTreeMap::new(),
            calls: Calls::new(rng),
            swallow_errors,
        }
    }

    /// Whom the workers wait for, and the jobs that wait for a worker.
    pub(super) fn waits(&self) -> Waits {
        let mut waits =
            Waits { workers: self.pool.free() + self.waiting.len() as u64, ..Waits::default() };
        for waiting in self.waiting.values() {
            *waits.on.entry(waiting.peer).or_default() += 1;
        }
        for job in self.pool.queue() {
            match job {
                Job::Request(_) => waits.queued_requests += 1,
                Job::Replicate { .. } => waits.queued_calls += 1,
                Job::HealthCheck(_) => waits.queued_health_checks += 1,
            }
        }
        waits
    }
}

impl PeerToPeer {
    fn workers(&mut self) -> &mut Workers {
        let workers = self.workers.as_mut();
        workers.expect("calls are made with `await-peers` only")
    }

    /// Gives a job to a worker, or lets it wait for one.
    pub(super) fn employ(&mut self, job: Job, ctx: &mut Context<'_, Self>) {
        let next = self.workers().pool.admit(job);
        self.work(next, ctx);
    }

    /// Does jobs until the worker is held by one, or none waits.
    fn work(&mut self, mut next: Option<Job>, ctx: &mut Context<'_, Self>) {
        while let Some(job) = next {
            ctx.serve(job.origin());
            let held = match job {
                Job::Request(request) => self.serve_and_wait(request, ctx),
                Job::HealthCheck(check) => {
                    ctx.answer_health_check(check);
                    false
                }
                Job::Replicate { from, call, write } => {
                    let is_put = write.value.is_some();
                    let success = self.apply(write, ctx) || is_put;
                    ctx.send(from, Message::Replicated { call, success });
                    false
                }
            };
            next = if held { None } else { self.workers().pool.release() };
        }
    }

    /// Serves a request; whether it holds its worker until the peers have answered.
    fn serve_and_wait(&mut self, request: Request, ctx: &mut Context<'_, Self>) -> bool {
        let (answer, write) = self.serve(request.id, request.operation, ctx);
        let mut rest: Vec<_> = ctx.config().peers().collect();
        let Some(write) = write.filter(|_| !rest.is_empty()) else {
            ctx.reply(request.id, answer);
            return false;
        };
        let waiting = Waiting {
            client: request.id,
            answer,
            write,
            peer: rest.remove(0),
            rest,
            failed: false,
        };
        self.ask(waiting, ctx);
        true
    }

    fn ask(&mut self, waiting: Waiting, ctx: &mut Context<'_, Self>) {
        ctx.serve([waiting.client]);
        let workers = self.workers();
        let call = workers.calls.next_id();
        let message = Message::Replicate { call: Some(call), write: waiting.write.clone() };
        ctx.send(waiting.peer, message);
        workers.waiting.insert(call, waiting);
    }

    /// A peer has answered or failed: the next one is asked, or the client answered.
    pub(super) fn peer_done(&mut self, call: CallId, success: bool, ctx: &mut Context<'_, Self>) {
        let Some(mut waiting) = self.workers().waiting.remove(&call) else {
            return;
        };
        // That a key absent here is absent there too is no error.
        let nothing_to_delete = waiting.answer == Answer::Deleted { existed: false };
        waiting.failed |= !success && !nothing_to_delete;
        if !success && !nothing_to_delete {
            let (key, version) = (waiting.write.key.clone(), waiting.answer.version());
            let then = if self.workers().swallow_errors { Then::Succeeds } else { Then::Unknown };
            ctx.serve([waiting.client]);
            ctx.note(|| Note::WentOnWithout {
                on: Matter::Write { key, version },
                missing: vec![waiting.peer],
                then,
            });
        }
        if !waiting.rest.is_empty() {
            waiting.peer = waiting.rest.remove(0);
            return self.ask(waiting, ctx);
        }
        let answer = if waiting.failed && !self.workers().swallow_errors {
            Answer::Unknown
        } else {
            waiting.answer
        };
        ctx.reply(waiting.client, answer);
        let next = self.workers().pool.release();
        self.work(next, ctx);
    }

    /// A peer has booted: what it was asked before gets no answer.
    pub(super) fn peer_reset(&mut self, peer: NodeId, ctx: &mut Context<'_, Self>) {
        let waiting = &self.workers().waiting;
        let broken = waiting.iter().filter(|(_, waiting)| waiting.peer == peer);
        for call in broken.map(|(&call, _)| call).collect::<Vec<_>>() {
            self.peer_done(call, false, ctx);
        }
    }
}
