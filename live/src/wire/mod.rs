//! What goes over a connection: a preamble, a hello, and frames.
//!
//! | bytes | what |
//! |---|---|
//! | `SDBD` | the preamble; a connection that begins otherwise speaks another protocol |
//! | a frame | [`Hello`], of whoever connects |
//! | a frame | [`Greeting`], of whoever listens; after a refusal the connection ends |
//! | frames | what the two say to each other from then on |
//!
//! A frame is the length of its content as 32 bits, little-endian, and the content: one value in
//! `postcard`, and nothing after it. What is longer than its reader takes, is cut short, or is no such
//! value is refused, and the connection ends. A peer sends [`FromPeer`] and hears nothing; a client sends
//! [`FromClient`] and hears [`ToClient`]; a conductor sends [`Command`](crate::control::Command) and hears
//! [`Told`](crate::control::Told).

mod connect;
mod frame;
mod hello;
mod language;

pub use connect::{ConnectError, connect};
pub(crate) use frame::read_content;
pub use frame::{Frame, FrameError, MAX_FRAME, read_frame, write_frame};
pub use hello::{Caller, Greeting, HELLO_MAX, Hello, PREAMBLE, VERSION};
pub(crate) use language::Language;

use node::{Answer, HealthCheckId, Request, RequestId};
use serde::{Deserialize, Serialize};

/// What a node says to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FromPeer<M> {
    /// The event of the sender that it comes from, as [`Did`](crate::control::Did) numbers them; what goes
    /// out to a process that is looked at, the conductor's number for it.
    pub number: u64,
    /// What it says.
    pub message: M,
}

/// What a client says to a node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromClient {
    /// It asks for an operation.
    Request {
        /// The conductor's number for it; 0 of everyone else.
        number: u64,
        /// What it asks.
        request: Request,
    },
    /// It asks whether the node is well.
    HealthCheck {
        /// The conductor's number for it; 0 of everyone else.
        number: u64,
        /// Which check.
        check: HealthCheckId,
    },
}

/// What a node says to a client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToClient {
    /// An answer.
    Reply {
        /// The node's event that it comes from.
        number: u64,
        /// To what.
        request: RequestId,
        /// What it is.
        answer: Answer,
    },
    /// The node is well.
    Healthy {
        /// The node's event that it comes from.
        number: u64,
        /// Which check asked.
        check: HealthCheckId,
    },
}
