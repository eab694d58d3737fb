//! The HTTP of the FastAPI outline.

use crate::{
    fake::Fake,
    http::{ask, ask_as},
};
use live::ask::NoAnswer;
use node::{NodeId, Refusal};
use serde_json::json;

#[tokio::test]
async fn its_paths_are_those_of_the_document() {
    let fake = Fake::of("sync-leader");
    let served = fake.serve().await;
    let said = async |method, path, body| {
        let reply = ask(served.at, method, path, body).await;
        (reply.status, reply.json())
    };
    assert_eq!(
        said("POST", "/put", r#"{"key":"key1","value":"v"}"#).await,
        (200, json!({ "status": "ok", "version": 1 }))
    );
    assert_eq!(
        said("GET", "/get/key1", "").await,
        (200, json!({ "key": "key1", "value": "v", "version": 1, "node": "n1" }))
    );
    assert_eq!(said("GET", "/get/none", "").await, (404, json!({ "detail": "Key not found" })));
    assert_eq!(
        said("GET", "/health", "").await,
        (
            200,
            json!({
                "status": "ok", "node": "n1", "role": "leader", "version": 1, "key_count": 1,
            })
        )
    );
    assert_eq!(
        said("GET", "/meta", "").await,
        (
            200,
            json!({
                "node": "n1", "role": "leader", "port": 7001,
                "peers": ["http://127.0.0.1:7002", "http://127.0.0.1:7003"],
            })
        )
    );
    assert_eq!(said("GET", "/nowhere", "").await, (404, json!({ "detail": "Not Found" })));
    assert_eq!(said("GET", "/put", "").await, (405, json!({ "detail": "Method Not Allowed" })));
    assert_eq!(said("DELETE", "/get/a", "").await.0, 405);
    fake.with(|state| state.lies = true);
    assert_eq!(said("GET", "/get/key1", "").await.1["value"], "something else");
}

#[tokio::test]
async fn a_follower_forbids_writes() {
    let fake = Fake::of("sync-leader");
    fake.refuses(Refusal::NotLeader { leader: Some(NodeId::new(2)) });
    fake.with(|state| state.follows = true);
    let served = fake.serve().await;
    let reply = ask(served.at, "POST", "/put", r#"{"key":"a","value":"v"}"#).await;
    assert_eq!(
        (reply.status, reply.json()),
        (403, json!({ "detail": "Writes only allowed on leader" }))
    );
    assert_eq!(reply.header("seedbed-leader"), Some("n2"));
    assert_eq!(reply.header("location"), Some("http://127.0.0.1:7002/put"));
    assert_eq!(ask(served.at, "GET", "/health", "").await.json()["role"], "follower");

    fake.says(Err(NoAnswer::TooLate));
    let reply = ask(served.at, "POST", "/put", r#"{"key":"a","value":"v"}"#).await;
    assert_eq!(reply.status, 504);
    assert!(reply.json()["detail"].is_string());
}

#[tokio::test]
async fn a_body_that_does_not_fit_is_told_where() {
    let fake = Fake::of("sync-leader");
    let served = fake.serve().await;
    let wrong = async |body: &str| {
        let reply = ask(served.at, "POST", "/put", body).await;
        assert_eq!(reply.status, 422, "{body}");
        reply.json()["detail"].clone()
    };
    let missing = |field: &str, input: serde_json::Value| {
        let place = json!(["body", field]);
        json!({ "type": "missing", "loc": place, "msg": "Field required", "input": input })
    };
    assert_eq!(
        wrong("").await,
        json!([{ "type": "missing", "loc": ["body"], "msg": "Field required", "input": null }])
    );
    assert_eq!(wrong("{}").await, json!([missing("key", json!({})), missing("value", json!({}))]));
    let half = json!({ "key": "a" });
    assert_eq!(wrong(&half.to_string()).await, json!([missing("value", half)]));
    assert_eq!(
        wrong(r#"{"key":1,"value":"v"}"#).await,
        json!([{
            "type": "string_type",
            "loc": ["body", "key"],
            "msg": "Input should be a valid string",
            "input": 1,
        }])
    );
    assert_eq!(wrong("[1]").await[0]["type"], "model_attributes_type");
    let cut = wrong("{\"key\":\n \"a\",").await;
    assert_eq!(
        (&cut[0]["type"], &cut[0]["msg"]),
        (&json!("json_invalid"), &json!("JSON decode error"))
    );
    assert_eq!(cut[0]["loc"][0], "body");
    assert_eq!(wrong(r#"{"key":"a","value":"\ud800"}"#).await[0]["type"], "json_invalid");

    let put = br#"{"key":"a","value":"v"}"#;
    let reply = ask_as(served.at, "POST", "/put", "text/plain", put).await;
    assert_eq!(reply.status, 422, "what does not call itself JSON is none");
    assert_eq!(fake.with(|state| state.asked.len()), 0);
    for kind in ["application/json; charset=utf-8", "application/vnd.api+json"] {
        assert_eq!(ask_as(served.at, "POST", "/put", kind, put).await.status, 200, "{kind}");
    }
}

#[tokio::test]
async fn replicate_is_refused_with_the_reason() {
    let fake = Fake::of("sync-leader");
    let served = fake.serve().await;
    let reply = ask(served.at, "POST", "/replicate", r#"{"key":"a","value":"v"}"#).await;
    assert_eq!(reply.status, 501);
    assert!(reply.json()["detail"].as_str().unwrap().contains("without a version"));
    assert_eq!(ask(served.at, "POST", "/replicate", "{}").await.status, 422);
    assert_eq!(fake.holds("a"), None);
}
