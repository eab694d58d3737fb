//! gRPC, for the systems whose documents have it.
//!
//! The messages and the services' traits are generated from the `.proto` files beside them in `live/proto`;
//! a test holds the two against each other. What is no result of the document's messages is a status, in the
//! words that other protocols use too:
//!
//! | status | when |
//! |---|---|
//! | `INVALID_ARGUMENT` | a key or value breaks a limit |
//! | `NOT_FOUND` | `durable-eventual` has no such key |
//! | `FAILED_PRECONDITION` | another node leads; the metadata `seedbed-leader` names it |
//! | `UNIMPLEMENTED` | no such method, or the system has no such operation |
//! | `UNAVAILABLE` | nothing was done, and to ask again may help |
//! | `DEADLINE_EXCEEDED` | unknown: it may have been done, or may be yet |

mod async_leader;
mod durable_eventual;
mod peer_to_peer;

use super::outcome::{Leader, Trouble};
use crate::ask::Ask;
use axum::{Router, body::Body, response::Response};
use http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};
use tonic::{Code, Status};

/// The longest message that is read, in bytes.
const MAX_MESSAGE: usize = 2 << 20;

/// Who leads, by name.
const LEADER: &str = "seedbed-leader";

/// Adds the services of a system, if it has any.
pub(super) fn add<A: Ask>(routes: Router, ask: &A) -> Router {
    match ask.about().system.name {
        peer_to_peer::SYSTEM => {
            routes.route_service("/kvstore.KVStore/{method}", peer_to_peer::service(ask.clone()))
        }
        async_leader::SYSTEM => {
            routes.route_service("/kvstore.KVStore/{method}", async_leader::service(ask.clone()))
        }
        durable_eventual::SYSTEM => routes.route_service(
            "/kvstore.KeyValueStore/{method}",
            durable_eventual::service(ask.clone()),
        ),
        _ => routes,
    }
}

/// The methods that a system has, by path.
pub(super) fn methods(system: &str) -> &'static [&'static str] {
    match system {
        peer_to_peer::SYSTEM => peer_to_peer::METHODS,
        async_leader::SYSTEM => async_leader::METHODS,
        durable_eventual::SYSTEM => durable_eventual::METHODS,
        _ => &[],
    }
}

/// What a gRPC client is told that asks for a path which is no method; `None` if it is another client.
pub(super) fn no_such_method(headers: &HeaderMap) -> Option<Response> {
    end(headers, Code::Unimplemented, "no such method here")
}

/// An answer that is a status alone; `None` if who asks is no gRPC client.
pub(super) fn end(headers: &HeaderMap, code: Code, why: &'static str) -> Option<Response> {
    let kind = headers.get(CONTENT_TYPE)?.as_bytes();
    kind.starts_with(b"application/grpc").then(|| {
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        headers.insert("grpc-status", HeaderValue::from(code as i32));
        headers.insert("grpc-message", HeaderValue::from_static(why));
        response
    })
}

/// The status that stands for it.
fn status(trouble: &Trouble) -> Status {
    let code = match trouble {
        Trouble::Invalid(_) | Trouble::TooLong(_) => Code::InvalidArgument,
        Trouble::NotLeader(Some(_)) => Code::FailedPrecondition,
        Trouble::Unsupported(_) => Code::Unimplemented,
        Trouble::NotLeader(None) | Trouble::Unavailable(_) => Code::Unavailable,
        Trouble::Unknown(_) | Trouble::TooSlow => Code::DeadlineExceeded,
    };
    let mut status = Status::new(code, trouble.text());
    if let Trouble::NotLeader(Some(Leader { id, address })) = trouble {
        let leader = match address {
            Some(address) => format!("{id} {address}"),
            None => id.to_string(),
        };
        if let Ok(leader) = leader.parse() {
            status.metadata_mut().insert(LEADER, leader);
        }
    }
    status
}

/// The status of an answer that is none to what was asked: the node is at fault.
fn unexpected(answer: &node::Answer) -> Status {
    Status::internal(format!("the node answers something else: {answer}"))
}
