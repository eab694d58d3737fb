//! Putting answers into HTTP, as all paths do it.

use super::outcome::{Leader, Trouble};
use axum::{body::Body, response::Response};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{CONTENT_TYPE, LOCATION, RETRY_AFTER},
    uri::PathAndQuery,
};
use serde_json::Value;

/// Says who leads, by name.
const LEADER: &str = "seedbed-leader";

/// A response of JSON, with a line's end so that it reads well on a terminal.
pub(super) fn json(status: StatusCode, value: &Value) -> Response {
    with_type(status, "application/json", format!("{value}\n"))
}

/// A response of text.
pub(super) fn with_type(status: StatusCode, kind: &'static str, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// The status that stands for it on the paths that no document has.
pub(super) fn status(trouble: &Trouble) -> StatusCode {
    match trouble {
        Trouble::Invalid(_) => StatusCode::BAD_REQUEST,
        Trouble::TooLong(_) => StatusCode::PAYLOAD_TOO_LARGE,
        Trouble::TooSlow => StatusCode::REQUEST_TIMEOUT,
        Trouble::NotLeader(Some(_)) => StatusCode::MISDIRECTED_REQUEST,
        Trouble::NotLeader(None) | Trouble::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Trouble::Unsupported(_) => StatusCode::NOT_IMPLEMENTED,
        Trouble::Unknown(_) => StatusCode::GATEWAY_TIMEOUT,
    }
}

/// Adds what clients are told beside the text: who leads and where the same path is there, or that to ask
/// again may help.
pub(super) fn hint(headers: &mut HeaderMap, trouble: &Trouble, path: Option<&PathAndQuery>) {
    if let Trouble::NotLeader(Some(Leader { id, address })) = trouble {
        let mut add = |name, value: String| {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        };
        add(http::HeaderName::from_static(LEADER), id.to_string());
        if let (Some(address), Some(path)) = (address, path) {
            add(LOCATION, format!("http://{address}{path}"));
        }
    }
    if matches!(trouble, Trouble::NotLeader(None) | Trouble::Unavailable(_)) {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
}
