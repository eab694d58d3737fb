//! What madsim delivers by its own means: ping-pong over its simulated TCP.

use madsim::{
    Config,
    net::{TcpListener, TcpStream},
    runtime::{Handle, Runtime},
};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// About the size of a put.
const MESSAGE: [u8; 32] = [7; 32];

const ADDRESS: &str = "10.0.0.1:1";

/// As it comes: latencies from 1 ms to 10 ms.
pub(crate) fn by_default(connections: usize, messages: u64) -> u64 {
    ping_pong(connections, messages, Config::default())
}

/// As fast as it goes: latencies up to 1 ms, which madsim's timers round up to one.
pub(crate) fn at_best(connections: usize, messages: u64) -> u64 {
    let mut config = Config::default();
    config.net.send_latency = Duration::ZERO..Duration::from_millis(1);
    ping_pong(connections, messages, config)
}

/// Plays ping-pong between two nodes over so many connections, each with a message
/// under way; the answer is how many messages arrived.
fn ping_pong(connections: usize, messages: u64, config: Config) -> u64 {
    let trips = messages / 2 / connections as u64;
    let runtime = Runtime::with_seed_and_config(1, config);
    runtime.block_on(async move {
        let handle = Handle::current();
        let server = handle.create_node().name("server").ip([10, 0, 0, 1].into()).build();
        let client = handle.create_node().name("client").ip([10, 0, 0, 2].into()).build();
        let echo = server.spawn(serve(connections));
        // The server is to listen first.
        madsim::time::sleep(Duration::from_secs(1)).await;
        let players: Vec<_> = (0..connections).map(|_| client.spawn(play(trips))).collect();
        for player in players {
            player.await.expect("no player panics");
        }
        echo.abort();
    });
    trips * 2 * connections as u64
}

async fn serve(connections: usize) {
    let listener = TcpListener::bind(ADDRESS).await.expect("the address is free");
    for _ in 0..connections {
        let (mut stream, _) = listener.accept().await.expect("a client connects");
        madsim::task::spawn(async move {
            let mut message = MESSAGE;
            while stream.read_exact(&mut message).await.is_ok() {
                send(&mut stream, &message).await;
            }
        });
    }
}

async fn play(trips: u64) {
    let mut stream = TcpStream::connect(ADDRESS).await.expect("the server listens");
    let mut message = MESSAGE;
    for _ in 0..trips {
        send(&mut stream, &message).await;
        stream.read_exact(&mut message).await.expect("the server answers");
    }
}

async fn send(stream: &mut TcpStream, message: &[u8]) {
    // A message leaves when the stream is flushed.
    let written = stream.write_all(message).await;
    written.and(stream.flush().await).expect("the peer listens");
}
