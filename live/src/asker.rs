//! Asking the node of this process.

use crate::{
    api::discovery::{Announce, Discovered},
    ask::{About, Ask, Metric, NoAnswer, NotTaken, View},
    host::{Errand, Inbox, ReplyTo},
    metrics::Metrics,
    net::Phase,
};
use node::{Anonymous, Answer, Operation, Request, RequestId};
use rand::rngs::OsRng;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::{
    sync::{Semaphore, oneshot, watch},
    time::timeout,
};

/// How many operations are under way at a time; more wait.
const UNDER_WAY: usize = 1024;

/// Asks the node of this process, in the name of callers that have no session of their own.
#[derive(Clone)]
pub struct Asker(Arc<Shared>);

struct Shared {
    about: Arc<About>,
    inbox: Inbox,
    /// Names what is asked.
    anonymous: Mutex<Anonymous>,
    /// Room for what is under way.
    room: Semaphore,
    secret: Option<String>,
    metrics: Arc<Metrics>,
    phase: watch::Receiver<Phase>,
    discovered: Option<Discovered>,
}

impl Asker {
    pub(crate) fn new(
        about: Arc<About>,
        inbox: Inbox,
        metrics: Arc<Metrics>,
        phase: watch::Receiver<Phase>,
        secret: Option<String>,
        discovered: Option<Discovered>,
    ) -> Self {
        let anonymous = Mutex::new(Anonymous::new(&mut OsRng));
        let room = Semaphore::new(UNDER_WAY);
        Self(Arc::new(Shared { about, inbox, anonymous, room, secret, metrics, phase, discovered }))
    }

    fn next_request(&self) -> RequestId {
        self.0.anonymous.lock().unwrap_or_else(PoisonError::into_inner).next_request()
    }

    async fn carry_out(&self, request: Request) -> Result<Answer, NoAnswer> {
        let (reply, answer) = oneshot::channel();
        let errand = Errand::Request { number: 0, request, reply: ReplyTo::Here(reply) };
        self.0.inbox.put(errand).await.map_err(|_| NoAnswer::Stopping)?;
        answer.await.map_err(|_| NoAnswer::Stopping)
    }
}

impl Ask for Asker {
    async fn ask(&self, operation: Operation) -> Result<Answer, NoAnswer> {
        let Shared { about, inbox, room, phase, .. } = &*self.0;
        if *phase.borrow() > Phase::Serving {
            return Err(NoAnswer::Stopping);
        }
        let patience = about.timeout;
        let room = timeout(patience, room.acquire()).await;
        let _room = room.map_err(|_| NoAnswer::TooLate)?.map_err(|_| NoAnswer::Stopping)?;
        let id = self.next_request();
        let answered = timeout(patience, self.carry_out(Request { id, operation })).await;
        answered.unwrap_or_else(|_| {
            let _ = inbox.put_now(Errand::Forget(id));
            Err(NoAnswer::TooLate)
        })
    }

    async fn look(&self) -> Result<View, NoAnswer> {
        let (asked, view) = oneshot::channel();
        let looked = async {
            self.0.inbox.put(Errand::Look(asked)).await.map_err(|_| NoAnswer::Stopping)?;
            view.await.map_err(|_| NoAnswer::Stopping)
        };
        timeout(self.0.about.timeout, looked).await.unwrap_or(Err(NoAnswer::TooLate))
    }

    fn about(&self) -> &About {
        &self.0.about
    }

    fn metrics(&self) -> Vec<Metric> {
        self.0.metrics.metrics()
    }

    fn secret(&self) -> Option<&str> {
        self.0.secret.as_deref()
    }

    async fn back_up(&self) -> Result<String, String> {
        let (asked, said) = oneshot::channel();
        let ended = || NoAnswer::Stopping.to_string();
        self.0.inbox.put(Errand::BackUp(asked)).await.map_err(|_| ended())?;
        let place = said.await.map_err(|_| ended())??;
        Ok(place.display().to_string())
    }

    fn discovered(&self) -> Option<Vec<Announce>> {
        self.0.discovered.as_ref().map(Discovered::all)
    }

    async fn hand(&self, message: Vec<u8>) -> Result<(), NotTaken> {
        self.0.inbox.hand(self.0.about.id, &message).await
    }
}
