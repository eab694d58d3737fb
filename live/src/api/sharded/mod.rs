//! The HTTP of the sharded groups: `sharded-groups`.
//!
//! Errors are text and end a line, as Go's `http.Error` has them. Any node takes any key; what belongs to
//! another group is handed to it.

pub(super) mod text;

use super::{
    body,
    outcome::{Trouble, carry_out, look},
    say,
};
use crate::ask::{About, Ask};
use axum::{Router, body::Body, extract::State, response::Response, routing::any};
use http::{
    HeaderValue, Method, StatusCode, Uri,
    header::{ALLOW, X_CONTENT_TYPE_OPTIONS},
};
use node::{Answer, NodeId, Operation, Role, systems::Settings};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::{Value, json};

/// Whose it is.
pub(super) const SYSTEM: &str = "sharded-groups";
/// What it has beside the plain paths.
pub(super) const PATHS: &[&str] = &[
    "POST /set",
    "GET /get?key=",
    "DELETE /delete?key=",
    "GET /cluster",
    "GET /health",
    "TCP REPLICATE|key|value|version",
];

/// The document's paths and the plain ones.
pub(super) fn routes<A: Ask>(ask: A) -> Router {
    Router::new()
        .route("/set", any(set::<A>))
        .route("/get", any(read::<A>))
        .route("/delete", any(delete::<A>))
        .route("/keys", any(keys::<A>))
        .route("/cluster", any(cluster::<A>))
        .route("/health", any(health::<A>))
        .with_state(ask.clone())
        .merge(super::plain::routes(ask))
        .fallback(async || error(StatusCode::NOT_FOUND, "404 page not found"))
}

fn error(status: StatusCode, why: &str) -> Response {
    let mut response = say::with_type(status, "text/plain; charset=utf-8", format!("{why}\n"));
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn trouble(trouble: &Trouble, uri: &Uri, not_leader: &str) -> Response {
    let mut response = match trouble {
        Trouble::NotLeader(_) => error(StatusCode::FORBIDDEN, not_leader),
        _ => error(say::status(trouble), &trouble.text()),
    };
    say::hint(response.headers_mut(), trouble, uri.path_and_query());
    response
}

fn unexpected(answer: &Answer) -> Response {
    error(StatusCode::INTERNAL_SERVER_ERROR, &answer.to_string())
}

/// Refuses every method but one.
fn only(due: &'static str, method: &Method) -> Result<(), Box<Response>> {
    if method.as_str() == due {
        return Ok(());
    }
    let mut response = error(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed");
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(due));
    Err(Box::new(response))
}

/// The key that the query names.
fn key_in(uri: &Uri) -> Result<String, Box<Response>> {
    let refuse = |why| Err(Box::new(error(StatusCode::BAD_REQUEST, why)));
    let pairs = uri.query().unwrap_or_default().split('&');
    let key = pairs.into_iter().find_map(|pair| pair.strip_prefix("key=")).unwrap_or_default();
    match percent_decode_str(&key.replace('+', " ")).decode_utf8() {
        Ok(key) if key.is_empty() => refuse("Missing key parameter"),
        Ok(key) => Ok(key.into_owned()),
        Err(_) => refuse("the key is not UTF-8: keys are text"),
    }
}

/// The body of `POST /set`.
#[derive(Deserialize)]
struct Pair {
    #[serde(default)]
    key: String,
    #[serde(default)]
    value: String,
}

async fn set<A: Ask>(State(ask): State<A>, method: Method, uri: Uri, body: Body) -> Response {
    if let Err(response) = only("POST", &method) {
        return *response;
    }
    let not_leader = "Not a leader - writes must go to leader";
    let bytes = match body::bytes(body, body::MAX_JSON).await {
        Ok(bytes) => bytes,
        Err(why) => return trouble(&why, &uri, not_leader),
    };
    let Ok(Pair { key, value }) = serde_json::from_slice(&bytes) else {
        return error(StatusCode::BAD_REQUEST, "Invalid request body");
    };
    if key.is_empty() {
        return error(StatusCode::BAD_REQUEST, "Missing key");
    }
    match carry_out(&ask, Operation::put(key.as_str(), value)).await {
        Ok(Answer::Written { .. }) => {
            say::json(StatusCode::OK, &json!({ "status": "ok", "key": key }))
        }
        Ok(other) => unexpected(&other),
        Err(why) => trouble(&why, &uri, not_leader),
    }
}

async fn read<A: Ask>(State(ask): State<A>, method: Method, uri: Uri) -> Response {
    let key = match only("GET", &method).and_then(|()| key_in(&uri)) {
        Ok(key) => key,
        Err(response) => return *response,
    };
    let answer = carry_out(&ask, Operation::get(key.as_str())).await;
    match answer.as_ref().map(Answer::found) {
        Ok(Some(Some(found))) => {
            say::json(StatusCode::OK, &json!({ "key": key, "value": found.value }))
        }
        Ok(_) => error(StatusCode::NOT_FOUND, "Key not found"),
        Err(why) => trouble(why, &uri, ""),
    }
}

async fn delete<A: Ask>(State(ask): State<A>, method: Method, uri: Uri) -> Response {
    let key = match only("DELETE", &method).and_then(|()| key_in(&uri)) {
        Ok(key) => key,
        Err(response) => return *response,
    };
    match carry_out(&ask, Operation::delete(key)).await {
        Ok(Answer::Deleted { existed }) => {
            say::json(StatusCode::OK, &json!({ "status": "ok", "deleted": existed }))
        }
        Ok(other) => unexpected(&other),
        Err(why) => trouble(&why, &uri, "Not a leader - deletes must go to leader"),
    }
}

async fn keys<A: Ask>(State(ask): State<A>, method: Method, uri: Uri) -> Response {
    if let Err(response) = only("GET", &method) {
        return *response;
    }
    match carry_out(&ask, Operation::ListKeys).await {
        Ok(Answer::Keys(keys)) => {
            say::json(StatusCode::OK, &json!({ "keys": keys, "count": keys.len() }))
        }
        Ok(other) => unexpected(&other),
        Err(why) => trouble(&why, &uri, ""),
    }
}

async fn health<A: Ask>(State(ask): State<A>) -> Response {
    match look(&ask).await {
        Ok(view) => {
            let role = if view.role == Role::Leader { "leader" } else { "follower" };
            let (group, keys) = (view.group, view.entries);
            let said = json!({ "status": "healthy", "role": role, "group": group, "keys": keys });
            say::json(StatusCode::OK, &said)
        }
        Err(why) => error(StatusCode::SERVICE_UNAVAILABLE, &why),
    }
}

async fn cluster<A: Ask>(State(ask): State<A>, method: Method) -> Response {
    if let Err(response) = only("GET", &method) {
        return *response;
    }
    let view = match look(&ask).await {
        Ok(view) => view,
        Err(why) => return error(StatusCode::SERVICE_UNAVAILABLE, &why),
    };
    let about = ask.about();
    let nodes: Vec<Value> = match ask.discovered() {
        Some(members) => members
            .iter()
            .map(|it| node_line(&it.id, &it.address().to_string(), it.group, it.is_leader))
            .collect(),
        None => about
            .members
            .iter()
            .map(|&(id, at)| {
                let (group, is_leader) = place(about, id);
                node_line(&id.to_string(), &at.to_string(), group, is_leader)
            })
            .collect(),
    };
    let said = json!({
        "self_node_id": about.id,
        "self_group": view.group,
        "is_leader": view.role == Role::Leader,
        "node_count": nodes.len(),
        "nodes": nodes,
    });
    say::json(StatusCode::OK, &said)
}

fn node_line(id: &str, address: &str, group: u32, is_leader: bool) -> Value {
    json!({ "node_id": id, "address": address, "group_id": group, "is_leader": is_leader })
}

/// The group of a member and whether it leads it, as the system deals its nodes out.
fn place(about: &About, id: NodeId) -> (u32, bool) {
    let settings = Settings::new(about.system, &about.settings);
    let groups = settings.count("groups").max(1);
    let index = id.index() as u64;
    let group = u32::try_from(index % groups).expect("node numbers are 32 bits");
    (group, index / groups < settings.count("leaders_per_group"))
}
