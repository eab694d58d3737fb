//! What happens to a node, as values: whoever hosts nodes keeps them in queues and hands them over.

use crate::{Context, HealthCheckId, MembershipChange, Node, NodeId, Request, SyncId, Uptake};
use std::fmt;

/// An event for a node that is up.
pub enum Work<N: Node> {
    /// A client asks.
    Request(Request),
    /// A node speaks.
    Message {
        /// Who.
        from: NodeId,
        /// What it says.
        message: N::Message,
    },
    /// A load balancer asks whether the node is well.
    HealthCheck(HealthCheckId),
    /// A timer has run out.
    Timer(N::Timer),
    /// A sync has reached the platter.
    Synced(SyncId),
    /// An operator wants the membership changed.
    Membership(MembershipChange),
}

impl<N: Node> Work<N> {
    /// Hands the event to a node. The answer is what the node says to a change of the membership,
    /// if it is one; all else that it does are effects.
    #[inline]
    pub fn hand_to(self, node: &mut N, ctx: &mut Context<'_, N>) -> Option<Uptake> {
        match self {
            Self::Request(request) => node.on_request(request, ctx),
            Self::Message { from, message } => node.on_message(from, message, ctx),
            Self::HealthCheck(check) => node.on_health_check(check, ctx),
            Self::Timer(timer) => node.on_timer(timer, ctx),
            Self::Synced(sync) => node.on_synced(sync, ctx),
            Self::Membership(change) => return Some(node.on_membership(change, ctx)),
        }
        None
    }
}

impl<N: Node> Clone for Work<N> {
    fn clone(&self) -> Self {
        match self {
            Self::Request(request) => Self::Request(request.clone()),
            Self::Message { from, message } => {
                Self::Message { from: *from, message: message.clone() }
            }
            Self::HealthCheck(check) => Self::HealthCheck(*check),
            Self::Timer(timer) => Self::Timer(timer.clone()),
            Self::Synced(sync) => Self::Synced(*sync),
            Self::Membership(change) => Self::Membership(*change),
        }
    }
}

impl<N: Node> fmt::Debug for Work<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(request) => write!(f, "request {} {}", request.id, request.operation),
            Self::Message { from, message } => write!(f, "message of {from}: {message}"),
            Self::HealthCheck(check) => write!(f, "health check {}", check.0),
            Self::Timer(timer) => write!(f, "timer: {timer}"),
            Self::Synced(sync) => write!(f, "synced {}", sync.0),
            Self::Membership(change) => write!(f, "membership: {change}"),
        }
    }
}
