//! The paths that every system has.

use crate::{
    fake::Fake,
    http::{Reply, ask, ask_as, raw, read},
};
use live::ask::NoAnswer;
use node::{Answer, NodeId, Operation, Refusal, Version, Versioned, Waits};
use serde_json::json;
use std::{collections::BTreeMap, time::Duration};

/// Every system has the plain paths; `sharded-groups` and `sync-leader` say some errors in their own words.
const SYSTEMS: [&str; 8] = [
    "sync-leader",
    "peer-to-peer",
    "async-leader",
    "durable-eventual",
    "sharded-groups",
    "anti-entropy",
    "quorum",
    "raft",
];

#[tokio::test]
async fn every_system_takes_the_plain_operations() {
    for system in SYSTEMS {
        let fake = Fake::of(system);
        let served = fake.serve().await;
        let at = served.at;
        let said = async |method, path, body| {
            let reply = ask(at, method, path, body).await;
            (reply.status, reply.json())
        };
        assert_eq!(
            said("GET", "/kv/a", "").await,
            (404, json!({ "key": "a", "error": "the key is absent" })),
            "{system}"
        );
        assert_eq!(
            said("PUT", "/kv/a", "eins").await,
            (200, json!({ "key": "a", "version": 1, "previous": null }))
        );
        assert_eq!(
            said("PUT", "/kv/a", "zwei").await,
            (200, json!({ "key": "a", "version": 2, "previous": "eins" }))
        );
        assert_eq!(
            said("GET", "/kv/a", "").await,
            (200, json!({ "key": "a", "value": "zwei", "version": 2 }))
        );
        assert_eq!(
            said("POST", "/kv/a/cas", r#"{"expected":"eins","new":"drei"}"#).await,
            (
                409,
                json!({
                    "key": "a",
                    "error": "the key holds something else; nothing was changed",
                    "actual": "zwei",
                })
            )
        );
        assert_eq!(said("POST", "/kv/b/cas", r#"{"expected":null,"new":"B"}"#).await.0, 200);
        assert_eq!(fake.holds("b").as_deref(), Some("B"));
        assert_eq!(
            said("GET", "/keys", "").await,
            (200, json!({ "keys": ["a", "b"], "count": 2 }))
        );
        assert_eq!(
            said("DELETE", "/kv/a", "").await,
            (200, json!({ "key": "a", "existed": true }))
        );
        assert_eq!(
            said("DELETE", "/kv/a", "").await,
            (200, json!({ "key": "a", "existed": false }))
        );
        let (status, about) = said("GET", "/", "").await;
        assert_eq!((status, &about["system"], &about["node"]), (200, &json!(system), &json!("n1")));
    }
}

#[tokio::test]
async fn a_node_that_lies_is_told_from_one_that_does_not() {
    let fake = Fake::of("raft");
    let served = fake.serve().await;
    ask(served.at, "PUT", "/kv/a", "1").await;
    let value = async || ask(served.at, "GET", "/kv/a", "").await.json()["value"].clone();
    assert_eq!(value().await, "1");
    fake.with(|state| state.lies = true);
    assert_eq!(value().await, "something else");
}

#[tokio::test]
async fn concurrent_values_are_all_told() {
    let fake = Fake::of("quorum");
    let served = fake.serve().await;
    let sibling =
        |value: &str, version| Versioned { value: value.into(), version: Version(version) };
    fake.says(Ok(Answer::Siblings(vec![sibling("x", 3), sibling("y", 4)])));
    let reply = ask(served.at, "GET", "/kv/a", "").await;
    let siblings = json!([{ "value": "x", "version": 3 }, { "value": "y", "version": 4 }]);
    assert_eq!((reply.status, reply.json()), (200, json!({ "key": "a", "siblings": siblings })));
}

#[tokio::test]
async fn refusals_have_statuses_of_their_own() {
    let fake = Fake::of("raft");
    let served = fake.serve().await;
    let after = async |answer: Result<Answer, NoAnswer>, method: &str| -> Reply {
        fake.says(answer);
        ask(served.at, method, "/kv/a%2Fb?x=1", "v").await
    };
    let refused = |refusal| Ok(Answer::Refused(refusal));

    let reply = after(refused(Refusal::NotLeader { leader: Some(NodeId::new(2)) }), "PUT").await;
    assert_eq!(reply.status, 421);
    assert_eq!(reply.header("seedbed-leader"), Some("n2"));
    assert_eq!(reply.header("location"), Some("http://127.0.0.1:7002/kv/a%2Fb?x=1"));
    assert_eq!(
        reply.json(),
        json!({ "error": "not the leader: ask n2 at 127.0.0.1:7002", "leader": "n2" })
    );

    let reply = after(refused(Refusal::NotLeader { leader: Some(NodeId::new(9)) }), "PUT").await;
    assert_eq!((reply.status, reply.header("seedbed-leader")), (421, Some("n9")));
    assert_eq!(reply.header("location"), None, "nobody knows where n9 is");

    let reply = after(refused(Refusal::NotLeader { leader: None }), "PUT").await;
    assert_eq!((reply.status, reply.header("retry-after")), (503, Some("1")));
    assert_eq!(reply.json()["leader"], json!(null));

    let reply = after(refused(Refusal::Unsupported), "DELETE").await;
    assert_eq!((reply.status, reply.json()), (501, json!({ "error": "raft has no delete" })));
    let reply = after(refused(Refusal::Invalid("no such thing".into())), "PUT").await;
    assert_eq!((reply.status, reply.json()), (400, json!({ "error": "no such thing" })));
    let reply = after(refused(Refusal::Unavailable("no quorum".into())), "GET").await;
    assert_eq!((reply.status, reply.header("retry-after")), (503, Some("1")));

    for method in ["PUT", "GET"] {
        assert_eq!(after(Err(NoAnswer::TooLate), method).await.status, 504, "{method}");
    }
    for (answer, method, status) in [
        (Ok(Answer::Unknown), "PUT", 504),
        (Ok(Answer::Unknown), "GET", 503),
        (Err(NoAnswer::Stopping), "PUT", 504),
        (Err(NoAnswer::Stopping), "GET", 503),
    ] {
        assert_eq!(after(answer.clone(), method).await.status, status, "{answer:?} {method}");
    }
}

#[tokio::test]
async fn a_node_that_says_nothing_is_waited_for_so_long_and_no_longer() {
    let fake = Fake::changed("raft", |about| about.timeout = Duration::from_millis(30));
    let served = fake.serve().await;
    fake.with(|state| state.is_silent = true);
    let reply = ask(served.at, "PUT", "/kv/a", "1").await;
    assert_eq!(reply.status, 504);
    fake.with(|state| state.is_silent = false);
    assert_eq!(ask(served.at, "PUT", "/kv/a", "1").await.status, 200);
}

#[tokio::test]
async fn keys_and_values_come_as_they_are_sent() {
    let fake = Fake::of("raft");
    let served = fake.serve().await;
    for (path, key) in [
        ("/kv/a%2Fb", "a/b"),
        ("/kv/%C3%BC%20%25", "ü %"),
        ("/kv/a+b", "a+b"),
        ("/kv/%00", "\0"),
        ("/kv/cas", "cas"),
    ] {
        let value = "grüße\n\"quoted\" \u{1F331}";
        assert_eq!(ask(served.at, "PUT", path, value).await.status, 200, "{path}");
        assert_eq!(fake.holds(key).as_deref(), Some(value), "{path}");
        let reply = ask(served.at, "GET", path, "").await.json();
        assert_eq!((&reply["key"], &reply["value"]), (&json!(key), &json!(value)));
    }
    assert_eq!(ask(served.at, "PUT", "/kv/empty", "").await.status, 200);
    assert_eq!(fake.holds("empty").as_deref(), Some(""));
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_and_asked_of_nobody() {
    let fake = Fake::of("raft");
    let served = fake.serve().await;
    let at = served.at;
    let put = async |path: &str, body: &[u8]| ask_as(at, "PUT", path, "text/plain", body).await;
    assert_eq!(put("/kv/%FF", b"v").await.status, 400);
    assert_eq!(put("/kv/", b"v").await.status, 400);
    let reply = put("/kv/a", b"\xff\xfe").await;
    assert_eq!(
        (reply.status, reply.json()["error"].as_str()),
        (400, Some("the body is not UTF-8: values are text"))
    );
    assert_eq!(put("/kv/a/b", b"v").await.status, 404, "a slash in a key is %2F");
    assert_eq!(put(&format!("/kv/{}", "k".repeat(4097)), b"v").await.status, 413);
    assert_eq!(put("/kv/a", &vec![b'v'; (1 << 20) + 1]).await.status, 413);
    for body in [
        "",
        "{",
        "[]",
        r#"{"new":"b"}"#,
        r#"{"expected":1,"new":"b"}"#,
        r#"{"expected":null}"#,
        r#"{"expected":null,"new":"b","else":1}"#,
        r#"{"expected":null,"new":"b"} x"#,
    ] {
        let reply = ask(at, "POST", "/kv/a/cas", body).await;
        assert_eq!(reply.status, 400, "{body}");
        assert!(reply.json()["error"].as_str().unwrap().contains("due is"), "{body}");
    }
    assert_eq!(fake.with(|state| std::mem::take(&mut state.asked)), []);

    assert_eq!(put("/kv/a", &vec![b'v'; 1 << 20]).await.status, 200, "this much is taken");
    assert_eq!(put(&format!("/kv/{}", "k".repeat(4096)), b"v").await.status, 200);
    assert_eq!(fake.with(|state| state.asked.len()), 2);
}

#[tokio::test]
async fn the_limits_of_a_system_hold_before_it_is_asked() {
    let fake = Fake::of("durable-eventual");
    let served = fake.serve().await;
    let put = async |key: usize, value: usize| {
        let path = format!("/kv/{}", "k".repeat(key));
        ask(served.at, "PUT", &path, &"v".repeat(value)).await
    };
    let reply = put(129, 1).await;
    assert_eq!(
        (reply.status, reply.json()),
        (413, json!({ "error": "a key has at most 128 bytes" }))
    );
    let reply = put(1, 2049).await;
    assert_eq!(
        (reply.status, reply.json()),
        (413, json!({ "error": "a value has at most 2,048 bytes" }))
    );
    assert_eq!(fake.with(|state| state.asked.len()), 0);
    assert_eq!(put(128, 2048).await.status, 200);
}

#[tokio::test]
async fn paths_say_which_methods_they_know() {
    let served = Fake::of("raft").serve().await;
    for (method, path, allow) in [
        ("POST", "/kv/a", "GET,HEAD,PUT,DELETE"),
        ("GET", "/kv/a/cas", "POST"),
        ("DELETE", "/keys", "GET,HEAD"),
        ("PUT", "/metrics", "GET,HEAD"),
        ("PATCH", "/healthz", "GET,HEAD"),
    ] {
        let reply = ask(served.at, method, path, "").await;
        assert_eq!((reply.status, reply.header("allow")), (405, Some(allow)), "{method} {path}");
        assert!(reply.json()["error"].is_string());
    }
    for path in ["/nowhere", "/kv", "/kv/a/b/c", "/put", "/set", "/kvstore.KVStore/Get"] {
        let reply = ask(served.at, "GET", path, "").await;
        assert_eq!(reply.status, 404, "{path}");
        assert_eq!(reply.json()["error"], "no such path: GET / says what there is");
    }
}

#[tokio::test]
async fn health_is_the_nodes_own() {
    let fake = Fake::of("raft");
    let served = fake.serve().await;
    let healthz = async || ask(served.at, "GET", "/healthz", "").await;
    ask(served.at, "PUT", "/kv/a", "1").await;
    let reply = healthz().await;
    let well = json!({
        "status": "ok", "system": "raft", "node": "n1", "role": "leader",
        "group": 0, "keys": 1, "version": 1,
    });
    assert_eq!((reply.status, reply.json()), (200, well));
    let on = BTreeMap::from([(NodeId::new(2), 2)]);
    fake.with(|state| state.waits = Waits { workers: 2, on, ..Waits::default() });
    assert_eq!(healthz().await.status, 503, "every worker waits");
    fake.with(|state| state.waits.workers = 3);
    assert_eq!(healthz().await.status, 200, "one is free");
    fake.with(|state| state.is_damaged = true);
    assert_eq!(healthz().await.status, 503);
    fake.with(|state| state.is_silent = true);
    let reply = healthz().await;
    assert_eq!((reply.status, &reply.json()["status"]), (503, &json!("the node does not answer")));
}

#[tokio::test]
async fn metrics_are_the_hosts_and_the_nodes() {
    let fake = Fake::of("raft");
    let served = fake.serve().await;
    ask(served.at, "PUT", "/kv/a", "1").await;
    let metrics = async || ask(served.at, "GET", "/metrics", "").await;
    let reply = metrics().await;
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    assert_eq!((reply.status, reply.header("content-type")), (200, Some(kind)));
    let text = reply.body;
    assert!(
        text.contains("# TYPE seedbed_frames_total counter\nseedbed_frames_total{to=\"n2\"} 7\n")
    );
    assert!(text.contains("\nseedbed_keys 1\n") && text.contains("\nseedbed_leads 1\n"), "{text}");
    fake.with(|state| state.follows = true);
    assert!(metrics().await.body.contains("\nseedbed_leads 0\n"));
    fake.with(|state| state.is_silent = true);
    let text = metrics().await.body;
    assert!(text.contains("seedbed_frames_total") && !text.contains("seedbed_keys"), "{text}");
}

#[tokio::test]
async fn two_at_once_get_an_answer_each() {
    let fake = Fake::of("raft");
    let served = fake.serve().await;
    let at = served.at;
    let many: Vec<_> = (0..40)
        .map(|n| {
            tokio::spawn(async move {
                let path = format!("/kv/k{n}");
                assert_eq!(ask(at, "PUT", &path, &n.to_string()).await.status, 200);
                ask(at, "GET", &path, "").await.json()["value"].clone()
            })
        })
        .collect();
    for (n, one) in many.into_iter().enumerate() {
        assert_eq!(one.await.unwrap(), json!(n.to_string()));
    }
    let puts = |state: &mut crate::fake::State| {
        state.asked.iter().filter(|it| matches!(it, Operation::Put { .. })).count()
    };
    assert_eq!(fake.with(puts), 40);
}

#[tokio::test]
async fn several_requests_follow_each_other_on_one_connection() {
    let served = Fake::of("raft").serve().await;
    let request = |last: &str| format!("GET /kv/a HTTP/1.1\r\nHost: x\r\n{last}\r\n");
    let both = request("") + &request("Connection: close\r\n");
    let text = String::from_utf8(raw(served.at, both.as_bytes()).await).unwrap();
    assert_eq!(text.matches("HTTP/1.1 404").count(), 2, "{text}");
}

#[tokio::test]
async fn a_body_in_chunks_is_a_body() {
    let fake = Fake::of("raft");
    let served = fake.serve().await;
    let request = "PUT /kv/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
        Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    assert_eq!(read(&raw(served.at, request.as_bytes()).await).status, 200);
    assert_eq!(fake.holds("a").as_deref(), Some("abcde"));
}
