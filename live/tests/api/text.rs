//! Replication in plain text.

use crate::{
    fake::{Fake, Served},
    http::{ask, raw},
};
use node::systems::sharded_groups::Message;

/// Sends bytes, and answers what the node was handed when the connection has ended.
async fn handed(fake: &Fake, served: &Served, bytes: &[u8]) -> Vec<String> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(served.at).await.unwrap();
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said).await;
    assert_eq!(said, b"", "nothing is acknowledged");
    let messages = fake.with(|state| state.handed.replace(Vec::new()).unwrap());
    messages.iter().map(|message| postcard_text(message)).collect()
}

fn postcard_text(message: &[u8]) -> String {
    let (message, rest) = postcard::take_from_bytes(message).unwrap();
    assert_eq!(rest, b"");
    match message {
        Message::Replicate(text) => text,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn each_line_is_handed_to_the_node_as_it_is() {
    let fake = Fake::of("sharded-groups");
    fake.with(|state| state.handed = Some(Vec::new()));
    let served = fake.serve().await;
    for (bytes, expected) in [
        (&b"REPLICATE|user1|Alice|1"[..], &["REPLICATE|user1|Alice|1"][..]),
        (b"REPLICATE|user1|Alice|1\n", &["REPLICATE|user1|Alice|1"]),
        (b"DELETE|user1|2\n", &["DELETE|user1|2"]),
        (b"REPLICATE|a|1|1\nREPLICATE|b|2|2\n", &["REPLICATE|a|1|1", "REPLICATE|b|2|2"]),
        (b"REPLICATE|a|b|c|1\n", &["REPLICATE|a|b|c|1"]),
        (b"REPLICATE|a|\xff|1\nREPLICATE|b|2|2\n", &[]),
    ] {
        assert_eq!(handed(&fake, &served, bytes).await, expected, "{}", bytes.escape_ascii());
    }
    let long = ["REPLICATE|a|", &"v".repeat(5 << 20), "|1\n"].concat();
    assert_eq!(handed(&fake, &served, long.as_bytes()).await, [] as [&str; 0]);
    ask(served.at, "DELETE", "/delete?key=a", "").await;
    assert_eq!(fake.with(|state| state.asked.len()), 1, "HTTP is not taken for text");
}

#[tokio::test]
async fn a_host_that_takes_none_ends_the_connection() {
    let fake = Fake::of("sharded-groups");
    let served = fake.serve().await;
    assert_eq!(raw(served.at, b"REPLICATE|user1|Alice|1\n").await, b"");
    let http = Fake::of("raft");
    http.with(|state| state.handed = Some(Vec::new()));
    let served = http.serve().await;
    let said = raw(served.at, b"REPLICATE|user1|Alice|1\r\n\r\n").await;
    assert!(said.starts_with(b"HTTP/1.1 400"), "no other system speaks text");
    assert_eq!(http.with(|state| state.handed.take()), Some(Vec::new()));
}
