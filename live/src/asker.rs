//! Asking the node of this process.

use crate::{
    ask::{About, Ask, NoAnswer, View},
    host::{Desk, Errand, ReplyTo},
    metrics::{Metric, Metrics},
    net::Phase,
    now,
};
use node::{Answer, ClientId, Operation, Request, RequestId};
use rand::{RngCore, rngs::OsRng};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::{
    sync::{Semaphore, oneshot, watch},
    time::timeout,
};

/// How many operations are under way at a time; more wait.
const SESSIONS: usize = 1024;

/// Asks the node of this process, in the name of callers that have no session of their own.
#[derive(Clone)]
pub struct Asker(Arc<Shared>);

struct Shared {
    about: Arc<About>,
    desk: Desk,
    sessions: Sessions,
    metrics: Arc<Metrics>,
    phase: watch::Receiver<Phase>,
}

/// Sessions that are lent to callers. A store may take a session for somebody who asks one thing at a time,
/// and none may be that of another process, or of this one before it was started anew.
struct Sessions {
    made: Mutex<Made>,
    room: Semaphore,
}

struct Made {
    next: u32,
    free: Vec<Session>,
}

#[derive(Clone, Copy)]
struct Session {
    client: ClientId,
    sequence: u64,
}

/// A session that is given back in the end, however that comes.
struct Lent<'a> {
    session: Session,
    of: &'a Sessions,
}

impl Sessions {
    fn new() -> Self {
        // The upper half of the names; clients choose theirs from below.
        let next = 1 << 31 | OsRng.next_u32() >> 1 & !(SESSIONS as u32 - 1);
        let made = Mutex::new(Made { next, free: Vec::new() });
        Self { made, room: Semaphore::new(SESSIONS) }
    }

    /// One that nobody uses, for its next operation.
    fn lend(&self) -> Lent<'_> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let mut session = made.free.pop().unwrap_or_else(|| {
            let client = ClientId::new(made.next);
            made.next += 1;
            // Numbers that were not had before, should the name have been.
            Session { client, sequence: now::wall_ns() }
        });
        session.sequence += 1;
        Lent { session, of: self }
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.of.made.lock().unwrap_or_else(PoisonError::into_inner).free.push(self.session);
    }
}

impl Asker {
    pub(crate) fn new(
        about: Arc<About>,
        desk: Desk,
        metrics: Arc<Metrics>,
        phase: watch::Receiver<Phase>,
    ) -> Self {
        let sessions = Sessions::new();
        Self(Arc::new(Shared { about, desk, sessions, metrics, phase }))
    }

    /// What the process counts about itself.
    pub fn metrics(&self) -> Vec<Metric> {
        self.0.metrics.metrics()
    }

    async fn carry_out(&self, request: Request) -> Result<Answer, NoAnswer> {
        let (reply, answer) = oneshot::channel();
        let errand = Errand::Request { number: 0, request, reply: ReplyTo::Here(reply) };
        self.0.desk.put(errand).await.map_err(|_| NoAnswer::Stopping)?;
        answer.await.map_err(|_| NoAnswer::Stopping)
    }
}

impl Ask for Asker {
    async fn ask(&self, operation: Operation) -> Result<Answer, NoAnswer> {
        let Shared { about, desk, sessions, phase, .. } = &*self.0;
        if *phase.borrow() > Phase::Serving {
            return Err(NoAnswer::Stopping);
        }
        let patience = about.timeout;
        let room = timeout(patience, sessions.room.acquire()).await;
        let _room = room.map_err(|_| NoAnswer::TooLate)?.map_err(|_| NoAnswer::Stopping)?;
        let lent = sessions.lend();
        let Session { client, sequence } = lent.session;
        let id = RequestId { client, attempt: 0, sequence };
        let answered = timeout(patience, self.carry_out(Request { id, operation })).await;
        answered.unwrap_or_else(|_| {
            let _ = desk.put_now(Errand::Forget(id));
            Err(NoAnswer::TooLate)
        })
    }

    async fn look(&self) -> Result<View, NoAnswer> {
        let (asked, view) = oneshot::channel();
        let looked = async {
            self.0.desk.put(Errand::Look(asked)).await.map_err(|_| NoAnswer::Stopping)?;
            view.await.map_err(|_| NoAnswer::Stopping)
        };
        timeout(self.0.about.timeout, looked).await.unwrap_or(Err(NoAnswer::TooLate))
    }

    fn about(&self) -> &About {
        &self.0.about
    }
}
