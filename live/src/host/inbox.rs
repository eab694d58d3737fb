//! What waits for a node.

use crate::{
    ask::View, control::Command, host::waiting::ReplyTo, measure::What, metrics::Metrics, now,
};
use node::{HealthCheckId, NodeId, Request, RequestId, SyncId, TimerId};
use std::{
    sync::{Arc, mpsc},
    time::Instant,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// How much may wait that came from outside. Who brings more waits, and no longer reads meanwhile, so that
/// the other end waits too.
const ROOM: usize = 4096;

/// Something for a node to handle.
#[derive(Debug)]
pub(crate) enum Work<M> {
    /// Another node speaks.
    Message { from: NodeId, number: u64, message: M },
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

impl<M> Work<M> {
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
pub(super) struct Slot<M> {
    pub(super) work: Work<M>,
    /// Since when it has lain there; kept only where events are timed.
    pub(super) since: Option<Instant>,
    _room: Option<OwnedSemaphorePermit>,
}

/// Where work for a node is put.
pub(crate) struct Inbox<M> {
    queue: mpsc::Sender<Slot<M>>,
    room: Arc<Semaphore>,
    metrics: Arc<Metrics>,
    is_timed: bool,
}

impl<M> Clone for Inbox<M> {
    fn clone(&self) -> Self {
        let Self { queue, room, metrics, is_timed } = self;
        let (queue, room, metrics) = (queue.clone(), room.clone(), metrics.clone());
        Self { queue, room, metrics, is_timed: *is_timed }
    }
}

/// An empty inbox, and where its work comes out.
pub(super) fn inbox<M>(
    metrics: Arc<Metrics>,
    is_timed: bool,
) -> (Inbox<M>, mpsc::Receiver<Slot<M>>) {
    let (queue, slots) = mpsc::channel();
    (Inbox { queue, room: Arc::new(Semaphore::new(ROOM)), metrics, is_timed }, slots)
}

impl<M> Inbox<M> {
    /// Puts in what comes from outside, once there is room.
    pub(crate) async fn put(&self, work: Work<M>) -> Result<(), Ended> {
        let room = self.room.clone().acquire_owned().await.map_err(|_| Ended)?;
        self.queue_up(work, Some(room))
    }

    /// Puts in what is bounded otherwise.
    pub(crate) fn put_now(&self, work: Work<M>) -> Result<(), Ended> {
        self.queue_up(work, None)
    }

    fn queue_up(&self, work: Work<M>, room: Option<OwnedSemaphorePermit>) -> Result<(), Ended> {
        self.metrics.queue.rise();
        let since = self.is_timed.then(now::instant);
        self.queue.send(Slot { work, since, _room: room }).map_err(|_| {
            self.metrics.queue.fall();
            Ended
        })
    }
}

/// Where errands are put, of whatever node.
#[derive(Clone)]
pub(crate) struct Desk {
    take: Arc<dyn Fn(Errand, Option<OwnedSemaphorePermit>) -> Result<(), Ended> + Send + Sync>,
    room: Arc<Semaphore>,
}

impl Desk {
    /// The desk of an inbox.
    pub(crate) fn of<M: Send + 'static>(inbox: &Inbox<M>) -> Self {
        let (room, inbox) = (inbox.room.clone(), inbox.clone());
        let take = move |errand, room| inbox.queue_up(Work::Errand(errand), room);
        Self { take: Arc::new(take), room }
    }

    /// Puts in what comes from outside, once there is room.
    pub(crate) async fn put(&self, errand: Errand) -> Result<(), Ended> {
        let room = self.room.clone().acquire_owned().await.map_err(|_| Ended)?;
        (self.take)(errand, Some(room))
    }

    /// Puts in what is bounded otherwise.
    pub(crate) fn put_now(&self, errand: Errand) -> Result<(), Ended> {
        (self.take)(errand, None)
    }
}
