//! What waits for a node.

use crate::{
    ask::{NotTaken, View},
    control::Command,
    host::waiting::ReplyTo,
    measure::What,
    metrics::Metrics,
    now,
    wire::Frame,
};
use node::{HealthCheckId, NodeId, Request, RequestId, SyncId, TimerId, Wire};
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

/// What is said of a message when the node has ended.
const ENDED: NotTaken = NotTaken("the node has ended");

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

/// Takes a message in bytes, and the room that it has.
type TakeMessage = dyn Fn(&[u8], OwnedSemaphorePermit) -> Result<(), NotTaken> + Send + Sync;

/// Where errands are put, of whatever node.
#[derive(Clone)]
pub(crate) struct Desk {
    take: Arc<dyn Fn(Errand, Option<OwnedSemaphorePermit>) -> Result<(), Ended> + Send + Sync>,
    /// Takes a message in bytes that no peer brought.
    take_message: Arc<TakeMessage>,
    room: Arc<Semaphore>,
}

impl Desk {
    /// The desk of the inbox of a node.
    pub(crate) fn of<M: Wire + Send + 'static>(inbox: &Inbox<M>, node: NodeId) -> Self {
        let (room, errands, messages) = (inbox.room.clone(), inbox.clone(), inbox.clone());
        let take = move |errand, room| errands.queue_up(Work::Errand(errand), room);
        let take_message = move |bytes: &[u8], room| {
            let message = Frame::value(bytes).map_err(|_| NotTaken("this is no message"))?;
            // Such protocols do not say who speaks.
            let work = Work::Message { from: node, number: 0, message };
            messages.queue_up(work, Some(room)).map_err(|Ended| ENDED)
        };
        Self { take: Arc::new(take), take_message: Arc::new(take_message), room }
    }

    /// Puts in a message in bytes, once there is room.
    pub(crate) async fn hand(&self, message: &[u8]) -> Result<(), NotTaken> {
        let room = self.room.clone().acquire_owned().await.map_err(|_| ENDED)?;
        (self.take_message)(message, room)
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
