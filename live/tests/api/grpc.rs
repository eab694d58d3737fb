//! gRPC, by HTTP/2 frames and protobuf bytes that no generated code makes.

use crate::fake::Fake;
use http_body_util::{BodyExt, Full};
use hyper::{Request, body::Bytes, client::conn::http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use live::ask::NoAnswer;
use node::{Answer, NodeId, Refusal, Setting, systems::peer_to_peer};
use std::{collections::BTreeMap, net::SocketAddr};
use tokio::net::TcpStream;

/// What a call ended with.
#[derive(Debug, PartialEq)]
struct Called {
    /// The gRPC status.
    code: i32,
    /// What it says.
    says: String,
    /// Which leader it names.
    leader: Option<String>,
    /// The message, if there is one.
    message: Option<Vec<u8>>,
}

/// Calls a method with a message.
async fn call(at: SocketAddr, path: &str, message: &[u8]) -> Called {
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    call_raw(at, path, &[&[0], &length[..], message].concat()).await
}

/// Calls a method with bytes that may be no message.
async fn call_raw(at: SocketAddr, path: &str, body: &[u8]) -> Called {
    let stream = TokioIo::new(TcpStream::connect(at).await.unwrap());
    let (mut client, connection) = http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);
    let request = Request::post(format!("http://{at}{path}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(Full::new(Bytes::copy_from_slice(body)))
        .unwrap();
    let reply = client.send_request(request).await.unwrap();
    assert_eq!(reply.status(), 200);
    assert_eq!(reply.headers()["content-type"], "application/grpc");
    let mut told = reply.headers().clone();
    let collected = reply.into_body().collect().await.unwrap();
    told.extend(collected.trailers().cloned().unwrap_or_default());
    let bytes = collected.to_bytes();
    let told = |name| told.get(name).map(|value| value.to_str().unwrap().to_owned());
    Called {
        code: told("grpc-status").expect("a call ends with a status").parse().unwrap(),
        // Percent-encoded, of which these tests need no more than this.
        says: told("grpc-message").unwrap_or_default().replace("%20", " "),
        leader: told("seedbed-leader"),
        message: (!bytes.is_empty()).then(|| {
            assert_eq!(bytes[0], 0, "not compressed");
            assert_eq!(bytes[1..5], u32::try_from(bytes.len() - 5).unwrap().to_be_bytes());
            bytes[5..].to_vec()
        }),
    }
}

/// A text field of a message: its number, its length, its bytes.
fn text(field: u8, text: &str) -> Vec<u8> {
    let mut bytes = vec![field << 3 | 2];
    let mut length = text.len();
    while length > 127 {
        bytes.push((length & 127) as u8 | 128);
        length >>= 7;
    }
    bytes.push(length as u8);
    [&bytes, text.as_bytes()].concat()
}

/// A message of texts.
fn texts(all: &[&str]) -> Vec<u8> {
    (1..).zip(all).flat_map(|(field, it)| text(field, it)).collect()
}

/// A field that is true.
fn yes(field: u8) -> Vec<u8> {
    vec![field << 3, 1]
}

/// What a call gives that goes well.
fn ok(message: Vec<u8>) -> Called {
    // A message whose fields all have their defaults has no bytes, but is there.
    Called { code: 0, says: String::new(), leader: None, message: Some(message) }
}

#[tokio::test]
async fn the_peers_service_is_that_of_the_document() {
    let fake = Fake::of("peer-to-peer");
    let served = fake.serve().await;
    let call = async |method: &str, message: &[u8]| {
        call(served.at, &format!("/kvstore.KVStore/{method}"), message).await
    };
    assert_eq!(call("Get", &text(1, "a")).await, ok(vec![]), "not found");
    assert_eq!(call("Put", &texts(&["a", "eins"])).await, ok(yes(1)));
    assert_eq!(fake.holds("a").as_deref(), Some("eins"));
    assert_eq!(call("Get", &text(1, "a")).await, ok([text(1, "eins"), yes(2)].concat()));
    assert_eq!(call("Put", &texts(&["empty", ""])).await, ok(yes(1)));
    assert_eq!(call("Get", &text(1, "empty")).await, ok(yes(2)), "found, and empty");
    assert_eq!(call("Delete", &text(1, "a")).await, ok(yes(1)));
    assert_eq!(call("Delete", &text(1, "a")).await, ok(vec![]), "nothing to delete");
    assert_eq!(call("HealthCheck", b"").await, ok([yes(1), text(2, "healthy")].concat()));
    fake.with(|state| state.is_damaged = true);
    let health = call("HealthCheck", b"").await;
    assert!(!health.message.unwrap().starts_with(&yes(1)), "not healthy");
}

#[tokio::test]
async fn a_replicated_change_is_handed_to_the_node() {
    let fake = Fake::of("peer-to-peer");
    let served = fake.serve().await;
    let replicate =
        async |at, fields: &[&str]| call(at, "/kvstore.KVStore/Replicate", &texts(fields)).await;
    assert_eq!(replicate(served.at, &["a", "v", "PUT"]).await.code, 12, "the host takes none");
    fake.with(|state| state.handed = Some(Vec::new()));
    assert_eq!(replicate(served.at, &["a", "v", "PUT"]).await, ok(yes(1)));
    assert_eq!(replicate(served.at, &["b", "", "DELETE"]).await, ok(yes(1)));
    assert_eq!(replicate(served.at, &["b", "", "put"]).await.code, 3);
    let handed = fake.with(|state| state.handed.take().unwrap());
    let texts: Vec<_> = handed
        .iter()
        .map(|bytes| postcard::from_bytes::<peer_to_peer::Message>(bytes).unwrap().to_string())
        .collect();
    assert_eq!(texts, ["replicate a=v", "replicate b deleted"]);

    let by_clock = Fake::changed("peer-to-peer", |about| {
        let word = Setting::Word("last-writer-wins".to_owned());
        about.settings.insert("resolve".to_owned(), word);
    });
    by_clock.with(|state| state.handed = Some(Vec::new()));
    let served = by_clock.serve().await;
    assert_eq!(replicate(served.at, &["a", "v", "PUT"]).await.code, 9, "it has no stamp");
}

#[tokio::test]
async fn the_ghost_data_service_is_that_of_the_document() {
    let fake = Fake::of("async-leader");
    let served = fake.serve().await;
    let call = async |method: &str, message: &[u8]| {
        call(served.at, &format!("/kvstore.KVStore/{method}"), message).await
    };
    assert_eq!(call("Put", &texts(&["999", "GhostData"])).await, ok(yes(1)));
    assert_eq!(call("Get", &text(1, "999")).await, ok(text(1, "GhostData")));
    assert_eq!(call("Get", &text(1, "1000")).await, ok(vec![]), "empty when missing");
    assert_eq!(call("Delete", &text(1, "999")).await.code, 12, "there is no such method");
    fake.with(|state| state.lies = true);
    assert_eq!(call("Get", &text(1, "999")).await, ok(text(1, "something else")));

    fake.refuses(Refusal::NotLeader { leader: Some(NodeId::new(2)) });
    let refused = call("Put", &texts(&["a", "b"])).await;
    assert_eq!((refused.code, refused.leader.as_deref()), (9, Some("n2 127.0.0.1:7002")));
    assert_eq!(refused.message, None);
}

#[tokio::test]
async fn the_durable_service_is_that_of_the_document() {
    let fake = Fake::of("durable-eventual");
    let served = fake.serve().await;
    let call = async |method: &str, message: &[u8]| {
        call(served.at, &format!("/kvstore.KeyValueStore/{method}"), message).await
    };
    assert_eq!(call("Put", &texts(&["a", "1"])).await, ok(vec![]), "there was nothing");
    assert_eq!(call("Put", &texts(&["a", "2"])).await, ok(text(1, "1")));
    assert_eq!(call("Get", &text(1, "a")).await, ok(text(1, "2")));
    assert_eq!(call("Get", &text(1, "b")).await.code, 5);
    call("Put", &texts(&["b", "3"])).await;
    assert_eq!(call("ListKeys", b"").await, ok([text(1, "a"), text(1, "b")].concat()));
    assert_eq!(call("Delete", &text(1, "a")).await, ok(vec![]));
    assert_eq!(fake.holds("a"), None);
    assert_eq!(call("Delete", &text(1, "a")).await, ok(vec![]));
    assert_eq!(call("Ping", b"").await, ok(text(1, "pong")));
    assert_eq!(call("Backup", b"").await, ok([yes(1), text(2, "copied")].concat()));
    fake.with(|state| state.is_damaged = true);
    assert_eq!(call("Backup", b"").await, ok(text(2, "there is nothing to copy")));
    fake.with(|state| state.is_silent = true);
    assert_eq!(call("Ping", b"").await.code, 14);
}

#[tokio::test]
async fn its_limits_are_those_of_the_document() {
    let fake = Fake::of("durable-eventual");
    let served = fake.serve().await;
    let put = async |key: usize, value: usize| {
        let message = texts(&[&"k".repeat(key), &"v".repeat(value)]);
        call(served.at, "/kvstore.KeyValueStore/Put", &message).await
    };
    let refused = put(129, 1).await;
    assert_eq!((refused.code, &*refused.says), (3, "a key has at most 128 bytes"));
    let refused = put(1, 2049).await;
    assert_eq!((refused.code, &*refused.says), (3, "a value has at most 2,048 bytes"));
    assert_eq!(put(0, 1).await.code, 3, "a key must not be empty");
    assert_eq!(fake.with(|state| state.asked.len()), 0);
    assert_eq!(put(128, 2048).await.code, 0);
}

#[tokio::test]
async fn what_is_no_result_is_a_status() {
    let fake = Fake::of("durable-eventual");
    let served = fake.serve().await;
    let put = async |answer| {
        fake.says(answer);
        call(served.at, "/kvstore.KeyValueStore/Put", &texts(&["a", "b"])).await.code
    };
    for (answer, code) in [
        (Ok(Answer::Refused(Refusal::Unsupported)), 12),
        (Ok(Answer::Refused(Refusal::Unavailable("not now".into()))), 14),
        (Ok(Answer::Refused(Refusal::NotLeader { leader: None })), 14),
        (Ok(Answer::Refused(Refusal::Invalid("no".into()))), 3),
        (Ok(Answer::Unknown), 4),
        (Ok(Answer::Value(None)), 13),
        (Err(NoAnswer::TooLate), 4),
        (Err(NoAnswer::Stopping), 4),
    ] {
        assert_eq!(put(answer.clone()).await, code, "{answer:?}");
    }
}

#[tokio::test]
async fn messages_that_are_none_are_refused() {
    let fake = Fake::of("peer-to-peer");
    let served = fake.serve().await;
    let put = "/kvstore.KVStore/Put";
    for (body, why) in [
        (&b""[..], "no message"),
        (b"\0\0\0", "a head that breaks off"),
        (b"\0\0\0\0\x05ab", "a message that breaks off"),
        (b"\0\0\0\0\x02\xff\xff", "no protobuf"),
        (b"\0\0\0\0\x04\x0a\x02\xff\xfe", "a text that is no UTF-8"),
        (b"\x01\0\0\0\0", "compressed, which nobody agreed to"),
        (b"\0\xff\xff\xff\xff", "4 GiB are promised"),
    ] {
        let called = call_raw(served.at, put, body).await;
        assert!(called.code != 0, "{why}: {called:?}");
    }
    let long = texts(&["a", &"v".repeat(3 << 20)]);
    assert_eq!(call(served.at, put, &long).await.code, 11, "OUT_OF_RANGE");
    assert_eq!(fake.with(|state| state.asked.len()), 0);
    assert_eq!(call(served.at, put, &texts(&["a", "v"])).await.code, 0);
    assert_eq!(call(served.at, "/kvstore.KVStore/Nothing", b"").await.code, 12);
    assert_eq!(call(served.at, "/else.Where/Get", b"").await.code, 12);
}

#[tokio::test]
async fn many_calls_share_one_connection() {
    let fake = Fake::of("peer-to-peer");
    let served = fake.serve().await;
    let stream = TokioIo::new(TcpStream::connect(served.at).await.unwrap());
    let (client, connection) = http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);
    let calls: Vec<_> = (0..50_u8)
        .map(|n| {
            let mut client = client.clone();
            let message = texts(&[&format!("k{n}"), "v"]);
            let body = [&[0, 0, 0, 0, u8::try_from(message.len()).unwrap()], &message[..]].concat();
            let request = Request::post(format!("http://{}/kvstore.KVStore/Put", served.at))
                .header("content-type", "application/grpc")
                .body(Full::new(Bytes::from(body)))
                .unwrap();
            tokio::spawn(async move { client.send_request(request).await.unwrap().status() })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), 200);
    }
    let keys: BTreeMap<_, _> = fake.with(|state| state.store.clone());
    assert_eq!(keys.len(), 50);
}

#[tokio::test]
async fn http2_serves_the_plain_paths_too() {
    let served = Fake::of("peer-to-peer").serve().await;
    let stream = TokioIo::new(TcpStream::connect(served.at).await.unwrap());
    let (mut client, connection) = http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);
    let uri = format!("http://{}/kv/a", served.at);
    let put = Request::put(&uri).body(Full::new(Bytes::from("1"))).unwrap();
    assert_eq!(client.send_request(put).await.unwrap().status(), 200);
    let get = Request::get(&uri).body(Full::new(Bytes::new())).unwrap();
    let reply = client.send_request(get).await.unwrap().into_body().collect().await.unwrap();
    let said: serde_json::Value = serde_json::from_slice(&reply.to_bytes()).unwrap();
    assert_eq!(said["value"], "1");
}
