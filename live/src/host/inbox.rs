//! What waits for a node.

use crate::{
    ask::{NotTaken, View},
    control::Command,
    host::waiting::ReplyTo,
    measure::What,
    metrics::Metrics,
    now,
    wire::{FrameError, FromPeer, Language},
};
use node::{HealthCheckId, NodeId, Request, RequestId, Said, SyncId, TimerId};
use std::{
    path::PathBuf,
    sync::{Arc, mpsc},
    time::Instant,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// How much may wait that came from outside. Who brings more waits, and no longer reads meanwhile, so that
/// the other end waits too.
const ROOM: usize = 4096;

/// Something for a node to handle.
#[derive(Debug)]
pub(crate) enum Work {
    /// Another node speaks.
    Message { from: NodeId, number: u64, message: Said },
    /// Somebody who is no node wants something.
    Errand(Errand),
    /// A timer that takes no time.
    Due(TimerId),
    /// A sync has reached the platter.
    Synced(SyncId),
    /// A sync has failed, and why: the node cannot go on.
    SyncFailed(String),
}

/// What somebody wants who is no node.
#[derive(Debug)]
pub(crate) enum Errand {
    /// An operation.
    Request { number: u64, request: Request, reply: ReplyTo },
    /// To know whether the node is well.
    HealthCheck { number: u64, check: HealthCheckId, reply: ReplyTo },
    /// To know how it is.
    Look(oneshot::Sender<View>),
    /// A copy of all that it keeps: where that is, or why there is none.
    BackUp(oneshot::Sender<Result<PathBuf, String>>),
    /// No answer to this request any more.
    Forget(RequestId),
    /// Nothing any more: the connection has ended.
    Closed(u64),
    /// What a conductor asks.
    Command(Command),
    /// That it answer what is under way, sync, and end.
    Drain,
    /// That it end.
    Stop,
}

impl From<Errand> for Work {
    fn from(errand: Errand) -> Self {
        Self::Errand(errand)
    }
}

impl Work {
    /// As what it is timed, if it is an event.
    pub(super) fn what(&self) -> Option<What> {
        match self {
            Self::Message { .. } => Some(What::Message),
            Self::Errand(Errand::Request { .. }) => Some(What::Request),
            Self::Errand(Errand::HealthCheck { .. }) => Some(What::HealthCheck),
            Self::Due(_) => Some(What::Timer),
            Self::Synced(_) => Some(What::Sync),
            Self::Errand(_) | Self::SyncFailed(_) => None,
        }
    }
}

/// The node has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ended;

/// A piece of work, and the room that it takes.
pub(super) struct Slot {
    pub(super) work: Work,
    /// Since when it has lain there; kept only where events are timed.
    pub(super) since: Option<Instant>,
    _room: Option<OwnedSemaphorePermit>,
}

/// Where work for a node is put.
#[derive(Clone)]
pub(crate) struct Inbox {
    queue: mpsc::Sender<Slot>,
    room: Arc<Semaphore>,
    metrics: Arc<Metrics>,
    is_timed: bool,
    language: Language,
}

/// An empty inbox, and where its work comes out.
pub(super) fn inbox(
    metrics: Arc<Metrics>,
    is_timed: bool,
    language: Language,
) -> (Inbox, mpsc::Receiver<Slot>) {
    let (queue, slots) = mpsc::channel();
    (Inbox { queue, room: Arc::new(Semaphore::new(ROOM)), metrics, is_timed, language }, slots)
}

impl Inbox {
    /// Puts in what another node says, the content of a frame, once there is room.
    ///
    /// # Errors
    ///
    /// If it says nothing that its node understands. That the node has ended is the answer.
    pub(crate) async fn put_said(
        &self,
        from: NodeId,
        content: &[u8],
    ) -> Result<Result<(), Ended>, FrameError> {
        let FromPeer { number, message } = (self.language.from_peer)(content)?;
        Ok(self.put_work(Work::Message { from, number, message }).await)
    }

    /// Puts in a message in bytes that no peer brought, in the name of a node, once there is room.
    pub(crate) async fn hand(&self, from: NodeId, message: &[u8]) -> Result<(), NotTaken> {
        let message =
            (self.language.message)(message).map_err(|_| NotTaken("this is no message"))?;
        let put = self.put_work(Work::Message { from, number: 0, message }).await;
        put.map_err(|Ended| NotTaken("the node has ended"))
    }

    /// Puts in an errand from outside, once there is room.
    pub(crate) async fn put(&self, errand: Errand) -> Result<(), Ended> {
        self.put_work(Work::Errand(errand)).await
    }

    async fn put_work(&self, work: Work) -> Result<(), Ended> {
        let room = self.room.clone().acquire_owned().await.map_err(|_| Ended)?;
        self.queue_up(work, Some(room))
    }

    /// Puts in what is bounded otherwise.
    pub(crate) fn put_now(&self, work: impl Into<Work>) -> Result<(), Ended> {
        self.queue_up(work.into(), None)
    }

    fn queue_up(&self, work: Work, room: Option<OwnedSemaphorePermit>) -> Result<(), Ended> {
        self.metrics.queue.rise();
        let since = self.is_timed.then(now::instant);
        self.queue.send(Slot { work, since, _room: room }).map_err(|_| {
            self.metrics.queue.fall();
            Ended
        })
    }
}
