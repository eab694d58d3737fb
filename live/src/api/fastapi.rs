//! The HTTP of the FastAPI outline: `sync-leader`.
//!
//! Errors are those of FastAPI: `{"detail": …}`, of a body that does not fit a list of what and where, with
//! status 422. `POST /replicate` is refused: it carries neither the version of a write nor the number of the
//! call, without which a follower can neither order nor acknowledge it; followers get writes from the leader's
//! own connection.

use super::{
    body,
    outcome::{Trouble, carry_out, look},
    say,
};
use crate::ask::Ask;
use axum::{
    Router,
    body::Body,
    extract::{Path, State, rejection::PathRejection},
    response::Response,
    routing::{get, post},
};
use http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use node::{Answer, Operation, Role};
use serde_json::{Value, json};

/// Whose it is.
pub(super) const SYSTEM: &str = "sync-leader";
/// What it has beside the plain paths.
pub(super) const PATHS: &[&str] =
    &["POST /put", "GET /get/{key}", "POST /replicate", "GET /health", "GET /meta"];

/// The document's paths and the plain ones.
pub(super) fn routes<A: Ask>(ask: A) -> Router {
    Router::new()
        .route("/put", post(put::<A>))
        .route("/get/{key}", get(read::<A>))
        .route("/replicate", post(replicate))
        .route("/health", get(health::<A>))
        .route("/meta", get(meta::<A>))
        .method_not_allowed_fallback(async || {
            detail(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
        })
        .with_state(ask.clone())
        .merge(super::plain::keys_route(ask.clone()))
        .merge(super::plain::routes(ask))
        .fallback(async || detail(StatusCode::NOT_FOUND, "Not Found"))
}

fn detail(status: StatusCode, why: &str) -> Response {
    say::json(status, &json!({ "detail": why }))
}

fn trouble(trouble: &Trouble) -> Response {
    let mut response = match trouble {
        Trouble::NotLeader(_) => detail(StatusCode::FORBIDDEN, "Writes only allowed on leader"),
        _ => detail(say::status(trouble), &trouble.text()),
    };
    say::hint(response.headers_mut(), trouble, Some(&http::uri::PathAndQuery::from_static("/put")));
    response
}

async fn put<A: Ask>(State(ask): State<A>, headers: HeaderMap, body: Body) -> Response {
    let [key, value] = match fields(&headers, body, ["key", "value"]).await {
        Ok(fields) => fields,
        Err(response) => return *response,
    };
    match carry_out(&ask, Operation::put(key, value)).await {
        Ok(Answer::Written { version, .. }) => {
            say::json(StatusCode::OK, &json!({ "status": "ok", "version": version }))
        }
        Ok(other) => detail(StatusCode::INTERNAL_SERVER_ERROR, &other.to_string()),
        Err(why) => trouble(&why),
    }
}

async fn read<A: Ask>(State(ask): State<A>, key: Result<Path<String>, PathRejection>) -> Response {
    let Ok(Path(key)) = key else {
        return detail(StatusCode::BAD_REQUEST, "the key is not UTF-8: keys are text");
    };
    let answer = carry_out(&ask, Operation::get(key.as_str())).await;
    match answer.as_ref().map(Answer::found) {
        Ok(Some(Some(found))) => {
            let node = ask.about().id;
            let (value, version) = (&found.value, found.version);
            let said = json!({ "key": key, "value": value, "version": version, "node": node });
            say::json(StatusCode::OK, &said)
        }
        Ok(_) => detail(StatusCode::NOT_FOUND, "Key not found"),
        Err(why) => trouble(why),
    }
}

async fn replicate(headers: HeaderMap, body: Body) -> Response {
    match fields(&headers, body, ["key", "value"]).await {
        Ok(_) => detail(
            StatusCode::NOT_IMPLEMENTED,
            "a write without a version cannot be ordered: followers take writes of the leader's own connection",
        ),
        Err(response) => *response,
    }
}

fn role(role: Role) -> &'static str {
    if role == Role::Leader { "leader" } else { "follower" }
}

async fn health<A: Ask>(State(ask): State<A>) -> Response {
    match look(&ask).await {
        Ok(view) => say::json(
            StatusCode::OK,
            &json!({
                "status": "ok",
                "node": ask.about().id,
                "role": role(view.role),
                "version": view.version,
                "key_count": view.entries,
            }),
        ),
        Err(why) => detail(StatusCode::SERVICE_UNAVAILABLE, &why),
    }
}

async fn meta<A: Ask>(State(ask): State<A>) -> Response {
    let about = ask.about();
    match look(&ask).await {
        Ok(view) => {
            let own = about.members.iter().find(|(id, _)| *id == about.id);
            let others = about.members.iter().filter(|(id, _)| *id != about.id);
            let said = json!({
                "node": about.id,
                "role": role(view.role),
                "port": own.map(|(_, at)| at.port()),
                "peers": others.map(|(_, at)| format!("http://{at}")).collect::<Vec<_>>(),
            });
            say::json(StatusCode::OK, &said)
        }
        Err(why) => detail(StatusCode::SERVICE_UNAVAILABLE, &why),
    }
}

/// The fields of a body, all of which are texts and must be there.
async fn fields<const N: usize>(
    headers: &HeaderMap,
    body: Body,
    names: [&str; N],
) -> Result<[String; N], Box<Response>> {
    let bytes = body::bytes(body, body::MAX_JSON).await.map_err(|why| Box::new(trouble(&why)))?;
    let body = parse(headers, &bytes).map_err(|wrong| unfit(&[wrong]))?;
    let Value::Object(object) = &body else {
        return Err(unfit(&[match body {
            Value::Null => missing(json!(["body"]), &Value::Null),
            other => not_an_object(&other),
        }]));
    };
    let mut wrong = Vec::new();
    let texts = names.map(|name| match object.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => {
            wrong.push(json!({
                "type": "string_type",
                "loc": ["body", name],
                "msg": "Input should be a valid string",
                "input": other,
            }));
            String::new()
        }
        None => {
            wrong.push(missing(json!(["body", name]), &body));
            String::new()
        }
    });
    if wrong.is_empty() { Ok(texts) } else { Err(unfit(&wrong)) }
}

/// A body as JSON; one that does not call itself JSON is a text.
fn parse(headers: &HeaderMap, bytes: &[u8]) -> Result<Value, Value> {
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    let kind = headers.get(CONTENT_TYPE).map(|kind| kind.to_str().unwrap_or_default());
    let kind = kind.unwrap_or("application/json").split(';').next().unwrap_or_default().trim();
    if kind != "application/json" && !(kind.starts_with("application/") && kind.ends_with("+json"))
    {
        return Ok(Value::String(String::from_utf8_lossy(bytes).into_owned()));
    }
    serde_json::from_slice(bytes).map_err(|why| {
        let lines_before = bytes.split_inclusive(|&byte| byte == b'\n').take(why.line() - 1);
        let position = lines_before.map(<[u8]>::len).sum::<usize>() + why.column();
        json!({
            "type": "json_invalid",
            "loc": ["body", position.saturating_sub(1)],
            "msg": "JSON decode error",
            "input": {},
            "ctx": { "error": why.to_string() },
        })
    })
}

fn missing(place: Value, input: &Value) -> Value {
    json!({ "type": "missing", "loc": place, "msg": "Field required", "input": input })
}

fn not_an_object(input: &Value) -> Value {
    json!({
        "type": "model_attributes_type",
        "loc": ["body"],
        "msg": "Input should be a valid dictionary or object to extract fields from",
        "input": input,
    })
}

fn unfit(wrong: &[Value]) -> Box<Response> {
    Box::new(say::json(StatusCode::UNPROCESSABLE_ENTITY, &json!({ "detail": wrong })))
}
