//! The HTTP paths that every system has.
//!
//! Keys are percent-encoded in the path, a slash too; values are UTF-8, as they are. Answers are JSON. What
//! the statuses mean:
//!
//! | status | when |
//! |---|---|
//! | 200 | it is done; of concurrent values, all under `siblings` |
//! | 400 | it cannot be meant: a body or key that is no UTF-8, JSON that is not what is due |
//! | 403 | a browser asks on behalf of another site's page |
//! | 404 | the key is absent, or there is no such path |
//! | 405 | the path knows other methods: `Allow` names them |
//! | 408 | the body did not come in time |
//! | 409 | a compare-and-set found something else, `actual` |
//! | 413 | a key or value is longer than the system or the server takes |
//! | 421 | another node leads: `Seedbed-Leader` names it, `Location` is this path there |
//! | 501 | the system has no such operation |
//! | 503 | nothing was done, and to ask again may help: no leader is known, or the node cannot serve now |
//! | 504 | unknown: it may have been done, or may be yet |
//!
//! A follower answers 421 and not 307, since a client that follows redirects blindly would go in circles
//! while two nodes disagree on who leads.

use super::{
    body,
    metrics::{self, CONTENT_TYPE},
    outcome::{self, MAX_VALUE, Trouble, carry_out},
    say,
};
use crate::ask::Ask;
use axum::{
    Router,
    body::Body,
    extract::{FromRequestParts, Path, State, rejection::PathRejection},
    response::Response,
    routing::{get, post},
};
use http::{HeaderMap, StatusCode, Uri, request::Parts};
use node::{Answer, Key, Operation, Value, Versioned};
use serde::{Deserialize, Deserializer};
use serde_json::json;

/// The plain paths but `/keys`, which a document has, too.
pub(super) fn routes<A: Ask>(ask: A) -> Router {
    Router::new()
        .route("/", get(root::<A>))
        .route("/kv/{key}", get(read::<A>).put(write::<A>).delete(remove::<A>))
        .route("/kv/", axum::routing::any(async || nothing_named()))
        .route("/kv/{key}/cas", post(compare_and_set::<A>))
        .route("/healthz", get(healthz::<A>))
        .route("/metrics", get(metrics_text::<A>))
        .method_not_allowed_fallback(async || {
            say_error(StatusCode::METHOD_NOT_ALLOWED, "this path knows other methods")
        })
        .fallback(async |headers: HeaderMap| no_such_path(&headers))
        .with_state(ask)
}

/// `GET /keys`.
pub(super) fn keys_route<A: Ask>(ask: A) -> Router {
    Router::new()
        .route("/keys", get(keys::<A>))
        .method_not_allowed_fallback(async || {
            say_error(StatusCode::METHOD_NOT_ALLOWED, "this path knows other methods: GET")
        })
        .with_state(ask)
}

fn no_such_path(headers: &HeaderMap) -> Response {
    super::grpc::no_such_method(headers).unwrap_or_else(|| {
        say_error(StatusCode::NOT_FOUND, "no such path: GET / says what there is")
    })
}

fn nothing_named() -> Response {
    say_error(StatusCode::BAD_REQUEST, "the path names no key: /kv/{key}")
}

fn say_error(status: StatusCode, why: &str) -> Response {
    say::json(status, &json!({ "error": why }))
}

/// The key that a path names.
struct Named(Key);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let path: Result<Path<String>, PathRejection> =
            Path::from_request_parts(parts, state).await;
        match path {
            Ok(Path(key)) => Ok(Self(key.into())),
            Err(_) => {
                Err(say_error(StatusCode::BAD_REQUEST, "the key is not UTF-8: keys are text"))
            }
        }
    }
}

async fn read<A: Ask>(State(ask): State<A>, uri: Uri, Named(key): Named) -> Response {
    perform(&ask, &uri, Operation::Get { key }).await
}

async fn write<A: Ask>(State(ask): State<A>, uri: Uri, Named(key): Named, body: Body) -> Response {
    match body::text(body, MAX_VALUE).await {
        Ok(value) => perform(&ask, &uri, Operation::put(key, value)).await,
        Err(trouble) => say_trouble(&uri, &trouble),
    }
}

async fn remove<A: Ask>(State(ask): State<A>, uri: Uri, Named(key): Named) -> Response {
    perform(&ask, &uri, Operation::Delete { key }).await
}

async fn keys<A: Ask>(State(ask): State<A>, uri: Uri) -> Response {
    perform(&ask, &uri, Operation::ListKeys).await
}

/// What the body of a compare-and-set is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Swap {
    /// `null`: the key is to be absent. To leave it out is a mistake.
    #[serde(deserialize_with = "stated")]
    expected: Option<String>,
    new: String,
}

fn stated<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(from)
}

async fn compare_and_set<A: Ask>(
    State(ask): State<A>,
    uri: Uri,
    Named(key): Named,
    body: Body,
) -> Response {
    let read = body::bytes(body, body::MAX_JSON).await.and_then(|bytes| {
        serde_json::from_slice::<Swap>(&bytes).map_err(|why| {
            let due = "due is {\"expected\": text or null, \"new\": text}";
            Trouble::Invalid(format!("the body is not what is due: {why}; {due}").into())
        })
    });
    match read {
        Ok(Swap { expected, new }) => {
            let (expected, new) = (expected.map(Value::from), Value::from(new));
            perform(&ask, &uri, Operation::CompareAndSet { key, expected, new }).await
        }
        Err(trouble) => say_trouble(&uri, &trouble),
    }
}

/// Has an operation carried out, and says what came of it.
async fn perform(ask: &impl Ask, uri: &Uri, operation: Operation) -> Response {
    let key = operation.key().cloned();
    match carry_out(ask, operation).await {
        Ok(answer) => say_answer(key.as_ref(), &answer),
        Err(trouble) => say_trouble(uri, &trouble),
    }
}

fn say_answer(key: Option<&Key>, answer: &Answer) -> Response {
    let found = |it: &Versioned| json!({ "value": it.value, "version": it.version });
    let (status, mut said) = match answer {
        Answer::Written { version, previous } => {
            let mut said = json!({ "version": version });
            if let Some(previous) = previous {
                said["previous"] = json!(previous);
            }
            (StatusCode::OK, said)
        }
        Answer::Value(Some(versioned)) => (StatusCode::OK, found(versioned)),
        Answer::Value(None) => (StatusCode::NOT_FOUND, json!({ "error": "the key is absent" })),
        Answer::Siblings(siblings) => {
            let siblings: Vec<_> = siblings.iter().map(found).collect();
            (StatusCode::OK, json!({ "siblings": siblings }))
        }
        Answer::Deleted { existed } => (StatusCode::OK, json!({ "existed": existed })),
        Answer::Keys(keys) => (StatusCode::OK, json!({ "keys": keys, "count": keys.len() })),
        Answer::Mismatch { actual } => {
            let error = "the key holds something else; nothing was changed";
            (StatusCode::CONFLICT, json!({ "error": error, "actual": actual }))
        }
        // What `carry_out` answers is neither.
        Answer::Refused(_) | Answer::Unknown => {
            (StatusCode::INTERNAL_SERVER_ERROR, json!({ "error": answer.to_string() }))
        }
    };
    if let Some(key) = key {
        said["key"] = json!(key);
    }
    say::json(status, &said)
}

fn say_trouble(uri: &Uri, trouble: &Trouble) -> Response {
    let mut said = json!({ "error": trouble.text() });
    if let Trouble::NotLeader(leader) = trouble {
        said["leader"] = json!(leader.map(|leader| leader.id));
    }
    let mut response = say::json(say::status(trouble), &said);
    say::hint(response.headers_mut(), trouble, uri.path_and_query());
    response
}

async fn healthz<A: Ask>(State(ask): State<A>) -> Response {
    let about = ask.about();
    let mut said = json!({ "system": about.system.name, "node": about.id });
    let ailment = match outcome::look(&ask).await {
        Ok(view) => {
            said["role"] = json!(view.role);
            said["group"] = json!(view.group);
            said["keys"] = json!(view.entries);
            said["version"] = json!(view.version);
            outcome::ailment(&view).map(Into::into)
        }
        Err(why) => Some(why),
    };
    let status = match &ailment {
        None => StatusCode::OK,
        Some(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    said["status"] = ailment.map_or(json!("ok"), |why| json!(why));
    say::json(status, &said)
}

async fn metrics_text<A: Ask>(State(ask): State<A>) -> Response {
    let mut all = ask.metrics();
    // A node that does not answer leaves its own numbers out; those of the host still tell.
    if let Ok(view) = outcome::look(&ask).await {
        all.extend(metrics::of_view(&view));
    }
    say::with_type(StatusCode::OK, CONTENT_TYPE, metrics::text(&all))
}

async fn root<A: Ask>(State(ask): State<A>) -> Response {
    let about = ask.about();
    let operations: Vec<_> = about.system.operations.iter().map(|kind| kind.name()).collect();
    let mut paths = vec![
        "GET /kv/{key}",
        "PUT /kv/{key}",
        "DELETE /kv/{key}",
        "POST /kv/{key}/cas",
        "GET /keys",
        "GET /healthz",
        "GET /metrics",
    ];
    match about.system.name {
        super::fastapi::SYSTEM => paths.extend(super::fastapi::PATHS),
        super::sharded::SYSTEM => paths.extend(super::sharded::PATHS),
        _ => {}
    }
    let said = json!({
        "system": about.system.name,
        "summary": about.system.summary,
        "node": about.id,
        "operations": operations,
        "paths": paths,
        "grpc": super::grpc::methods(about.system.name),
    });
    say::json(StatusCode::OK, &said)
}
