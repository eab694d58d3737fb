//! What happens in a world, and waits in its queue for its moment.

use super::{Command, balancer::HealthEvent, service::Errand};
use crate::limits::EventKind;
use judge::record::MessageId;
use node::{Answer, ClientId, NodeId, Request, RequestId, Said, SyncId, TimerId};

/// What the queue holds.
pub(super) enum Event {
    /// A message from a node reaches another.
    Message { from: NodeId, to: NodeId, body: Said, message: MessageId, sent: u64 },
    /// A request reaches a node.
    Request { to: NodeId, request: Request, message: MessageId, sent: u64 },
    /// An answer reaches a client.
    Reply { from: NodeId, request: RequestId, answer: Answer, message: MessageId, sent: u64 },
    /// A client learns that nobody listens where it called.
    Unreachable { request: RequestId },
    /// Something about health checks.
    Health(HealthEvent),
    /// A node that was started has taken its time.
    Started { node: NodeId },
    /// A node that had nothing to do is awake.
    Awake { node: NodeId, incarnation: u32 },
    /// A node has done a piece of work.
    Served(Served),
    /// The disk has done what its node waits for.
    DiskDone { node: NodeId, incarnation: u32 },
    /// A node's timer runs out.
    Timer { node: NodeId, incarnation: u32, id: TimerId },
    /// A sync has reached the platter.
    Synced { node: NodeId, incarnation: u32, sync: SyncId },
    /// A client of the workload begins its next operation.
    Begin { client: usize },
    /// An operation of an open loop is due.
    Due,
    /// A client looks whether its attempt has taken too long.
    Alarm { client: usize },
    /// A client tries again.
    Retry { client: usize, record: usize, to: NodeId },
    /// A client has taken its time.
    Errand { client: ClientId, errand: Box<Errand> },
    /// A node that leaves for good is gone.
    Gone { node: NodeId, fault: usize },
    /// Someone is to join or to leave.
    Wish { node: NodeId, number: u64 },
    /// A step of the plan.
    Step(usize),
    /// A window of disturbance ends.
    WindowEnd { fault: usize },
    /// A test's own body wants something.
    Command(Box<Command>),
    /// From now on chance is that of another seed.
    Redraw { seed: u64 },
    /// The steps are over.
    Heal,
    /// The cluster has settled and is to show that it answers.
    Probe,
    /// The run is over.
    End,
}

/// The end of a piece of work, in this life of its node.
pub(super) struct Served {
    pub(super) node: NodeId,
    pub(super) incarnation: u32,
}

impl From<Served> for Event {
    fn from(served: Served) -> Self {
        Self::Served(served)
    }
}

impl Event {
    /// As what it is counted.
    pub(super) fn kind(&self) -> EventKind {
        match self {
            Self::Message { .. } => EventKind::Messages,
            Self::Request { .. } | Self::Reply { .. } | Self::Unreachable { .. } => {
                EventKind::Requests
            }
            Self::Health(_) => EventKind::HealthChecks,
            Self::Timer { .. } => EventKind::Timers,
            Self::Awake { .. } | Self::Served(_) => EventKind::Work,
            Self::DiskDone { .. } | Self::Synced { .. } => EventKind::Disks,
            Self::Begin { .. }
            | Self::Due
            | Self::Alarm { .. }
            | Self::Retry { .. }
            | Self::Errand { .. } => EventKind::Clients,
            Self::Started { .. }
            | Self::Gone { .. }
            | Self::Wish { .. }
            | Self::Step(_)
            | Self::WindowEnd { .. }
            | Self::Command(_)
            | Self::Redraw { .. }
            | Self::Heal
            | Self::Probe
            | Self::End => EventKind::Steps,
        }
    }
}
