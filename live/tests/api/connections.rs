//! Connections that are not what they should be.

use crate::{
    fake::Fake,
    http::{ask, raw, read},
};
use std::sync::Arc;
use tokio::{
    io::AsyncWriteExt,
    net::TcpStream,
    sync::{Semaphore, oneshot},
};

#[tokio::test]
async fn what_is_no_http_gets_an_http_error_or_nothing() {
    let fake = Fake::of("raft");
    let served = fake.serve().await;
    for nonsense in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"HELLO\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /kv/a HTTP/3.0\r\n\r\n",
        b"GET /kv/a HTTP/1.1\r\nbad header\r\n\r\n",
        b"PUT /kv/a HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"PUT /kv/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff garbage",
    ] {
        let shown = nonsense.escape_ascii().to_string();
        let mut stream = TcpStream::connect(served.at).await.unwrap();
        stream.write_all(nonsense).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut said = Vec::new();
        let _ = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut said).await;
        if said.starts_with(b"HTTP/1") {
            assert_eq!(read(&said).status, 400, "{shown}");
        }
        assert_eq!(fake.with(|state| state.asked.len()), 0, "{shown}");
    }
    assert_eq!(ask(served.at, "GET", "/kv/a", "").await.status, 404, "the next one is served");
}

#[tokio::test]
async fn a_request_that_breaks_off_is_no_request() {
    let fake = Fake::of("raft");
    let served = fake.serve().await;
    for part in [
        "PUT /kv/a HT",
        "PUT /kv/a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
        "PUT /kv/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "",
    ] {
        let mut stream = TcpStream::connect(served.at).await.unwrap();
        stream.write_all(part.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut said = Vec::new();
        let _ = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut said).await;
        assert_eq!(fake.with(|state| state.asked.len()), 0, "{part:?}");
    }
    ask(served.at, "PUT", "/kv/a", "whole").await;
    assert_eq!(fake.with(|state| state.asked.len()), 1, "a whole one is asked");
}

#[tokio::test]
async fn a_head_that_does_not_end_is_cut_off() {
    let served = Fake::of("raft").serve().await;
    let head = format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "x".repeat(100 << 10));
    let said = raw(served.at, head.as_bytes()).await;
    assert!(said.is_empty() || read(&said).status == 431, "{}", said.escape_ascii());
    let many = (0..500).map(|n| format!("X-{n}: y\r\n")).collect::<String>();
    let said = raw(served.at, format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n").as_bytes()).await;
    assert!(said.is_empty() || read(&said).status == 431, "{}", said.escape_ascii());
    let said = raw(served.at, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert_eq!(read(&said).status, 200, "a short one is read");
}

#[tokio::test]
async fn bytes_that_come_one_by_one_make_a_request() {
    let served = Fake::of("sharded-groups").serve().await;
    let mut stream = TcpStream::connect(served.at).await.unwrap();
    stream.set_nodelay(true).unwrap();
    for byte in b"DELETE /kv/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" {
        stream.write_all(&[*byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    let mut said = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut said).await.unwrap();
    assert_eq!(read(&said).status, 200);
}

#[tokio::test]
async fn a_host_that_stops_has_what_is_under_way_answered() {
    let fake = Fake::of("raft");
    let gate = Arc::new(Semaphore::new(0));
    fake.with(|state| state.gate = Some(gate.clone()));
    let (mut client, server) = tokio::io::duplex(4096);
    let (stop, stopped) = oneshot::channel();
    let api = live::api::Api::new(fake.clone());
    let serving = tokio::spawn(async move {
        api.serve_until(server, b"", async { stopped.await.unwrap() }).await;
    });
    let put = b"PUT /kv/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1";
    client.write_all(&put.repeat(2)).await.unwrap();
    while fake.with(|state| state.asked.is_empty()) {
        tokio::task::yield_now().await;
    }
    stop.send(()).unwrap();
    tokio::task::yield_now().await;
    assert!(!serving.is_finished(), "the first is under way");
    gate.add_permits(1);
    let mut said = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut client, &mut said).await.unwrap();
    serving.await.unwrap();
    assert_eq!(said.matches("HTTP/1.1 200 OK").count(), 1, "{said}");
    assert!(said.contains("connection: close"), "{said}");
    assert_eq!(fake.with(|state| state.asked.len()), 1, "nothing new is taken");
}

#[tokio::test]
async fn a_host_that_stops_closes_what_is_idle() {
    for first in [&b""[..], b"PRI", b"REPLICATE|a"] {
        let fake = Fake::of("sharded-groups");
        let (mut client, server) = tokio::io::duplex(4096);
        client.write_all(first).await.unwrap();
        live::api::Api::new(fake).serve_until(server, b"", async {}).await;
        let mut said = Vec::new();
        tokio::io::AsyncReadExt::read_to_end(&mut client, &mut said).await.unwrap();
        assert_eq!(said, b"");
    }
}
