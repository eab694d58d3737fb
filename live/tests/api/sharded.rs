//! The HTTP of the sharded groups.

use crate::{fake::Fake, http::ask};
use live::ask::NoAnswer;
use node::{NodeId, Refusal, Setting};
use serde_json::json;

#[tokio::test]
async fn its_paths_are_those_of_the_document() {
    let fake = Fake::of("sharded-groups");
    let served = fake.serve().await;
    let said = async |method, path, body| {
        let reply = ask(served.at, method, path, body).await;
        (reply.status, reply.json())
    };
    assert_eq!(
        said("POST", "/set", r#"{"key": "test", "value": "hello"}"#).await,
        (200, json!({ "status": "ok", "key": "test" }))
    );
    assert_eq!(
        said("GET", "/get?key=test", "").await,
        (200, json!({ "key": "test", "value": "hello" }))
    );
    assert_eq!(said("GET", "/keys", "").await, (200, json!({ "keys": ["test"], "count": 1 })));
    assert_eq!(
        said("GET", "/health", "").await,
        (200, json!({ "status": "healthy", "role": "leader", "group": 0, "keys": 1 }))
    );
    for existed in [true, false] {
        assert_eq!(
            said("DELETE", "/delete?key=test", "").await,
            (200, json!({ "status": "ok", "deleted": existed }))
        );
    }
    said("POST", "/set", r#"{"key": "ü b", "value": "x"}"#).await;
    for query in ["key=%C3%BC+b", "other=1&key=%C3%BC%20b"] {
        let path = format!("/get?{query}");
        let reply = ask(served.at, "GET", &path, "").await;
        assert_eq!((reply.status, reply.json()["value"].as_str()), (200, Some("x")), "{query}");
    }
    fake.with(|state| state.lies = true);
    assert_eq!(said("GET", "/get?key=%C3%BC+b", "").await.1["value"], "something else");
}

#[tokio::test]
async fn its_errors_are_text() {
    let fake = Fake::of("sharded-groups");
    let served = fake.serve().await;
    for (method, path, body, status, text) in [
        ("GET", "/get?key=none", "", 404, "Key not found\n"),
        ("GET", "/get", "", 400, "Missing key parameter\n"),
        ("GET", "/get?key=", "", 400, "Missing key parameter\n"),
        ("GET", "/get?key=%ff", "", 400, "the key is not UTF-8: keys are text\n"),
        ("DELETE", "/delete", "", 400, "Missing key parameter\n"),
        ("POST", "/set", "no", 400, "Invalid request body\n"),
        ("POST", "/set", r#"{"key":1}"#, 400, "Invalid request body\n"),
        ("POST", "/set", r#"{"key":"","value":"v"}"#, 400, "Missing key\n"),
        ("POST", "/set", r#"{"value":"v"}"#, 400, "Missing key\n"),
        ("GET", "/set", "", 405, "Method not allowed\n"),
        ("POST", "/get?key=a", "", 405, "Method not allowed\n"),
        ("GET", "/delete?key=a", "", 405, "Method not allowed\n"),
        ("POST", "/keys", "", 405, "Method not allowed\n"),
        ("PUT", "/cluster", "", 405, "Method not allowed\n"),
        ("GET", "/nowhere", "", 404, "404 page not found\n"),
    ] {
        let reply = ask(served.at, method, path, body).await;
        assert_eq!((reply.status, &*reply.body), (status, text), "{method} {path} {body}");
        assert_eq!(reply.header("content-type"), Some("text/plain; charset=utf-8"));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    }
    fake.refuses(Refusal::NotLeader { leader: Some(NodeId::new(3)) });
    let reply = ask(served.at, "POST", "/set", r#"{"key":"a","value":"v"}"#).await;
    assert_eq!((reply.status, &*reply.body), (403, "Not a leader - writes must go to leader\n"));
    assert_eq!(reply.header("seedbed-leader"), Some("n3"));
    let reply = ask(served.at, "DELETE", "/delete?key=a", "").await;
    assert_eq!((reply.status, &*reply.body), (403, "Not a leader - deletes must go to leader\n"));
    fake.says(Err(NoAnswer::TooLate));
    assert_eq!(ask(served.at, "POST", "/set", r#"{"key":"a"}"#).await.status, 504);
}

#[tokio::test]
async fn the_cluster_is_as_it_is_dealt_out_or_as_it_was_discovered() {
    let fake = Fake::changed("sharded-groups", |about| {
        about.settings.insert("groups".to_owned(), Setting::Count(2));
    });
    let served = fake.serve().await;
    let cluster = async || ask(served.at, "GET", "/cluster", "").await.json();
    let line = |id: &str, port, group, is_leader| {
        let address = format!("127.0.0.1:{port}");
        json!({ "node_id": id, "address": address, "group_id": group, "is_leader": is_leader })
    };
    let nodes = [line("n1", 7001, 0, true), line("n2", 7002, 1, true), line("n3", 7003, 0, false)];
    assert_eq!(
        cluster().await,
        json!({
            "self_node_id": "n1", "self_group": 0, "is_leader": true,
            "nodes": nodes, "node_count": 3,
        })
    );
    let heard = "ANNOUNCE|a1b2c3d4|127.0.0.1|8000|4|false".parse().unwrap();
    fake.with(|state| state.discovered = Some(vec![heard]));
    let cluster = cluster().await;
    assert_eq!(cluster["nodes"], json!([line("a1b2c3d4", 8000, 4, false)]));
    assert_eq!(cluster["node_count"], 1);
}
