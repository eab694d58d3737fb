//! What turmoil delivers: ping-pong over its simulated TCP.

use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use turmoil::{
    Builder,
    net::{TcpListener, TcpStream},
};

/// About the size of a put.
const MESSAGE: [u8; 32] = [7; 32];

const PORT: u16 = 1;

/// Plays ping-pong between two hosts over so many connections, each with a message
/// under way; the answer is how many messages arrived.
pub(crate) fn ping_pong(connections: usize, messages: u64) -> u64 {
    let trips = messages / 2 / connections as u64;
    let mut sim = Builder::new()
        .simulation_duration(Duration::from_secs(1_000_000))
        .tick_duration(tick())
        .min_message_latency(latency())
        .max_message_latency(latency())
        .tcp_capacity(1024)
        .rng_seed(1)
        .build();
    sim.host("server", serve);
    sim.client("client", async move {
        let players: Vec<_> =
            (0..connections).map(|_| tokio::task::spawn_local(play(trips))).collect();
        for player in players {
            player.await?;
        }
        Ok(())
    });
    sim.run().expect("the game ends");
    trips * 2 * connections as u64
}
fn tick() -> Duration { Duration::from_micros(std::env::var("TICK").ok().and_then(|t| t.parse().ok()).unwrap_or(1000)) }
fn latency() -> Duration { Duration::from_micros(std::env::var("LAT").ok().and_then(|t| t.parse().ok()).unwrap_or(1000)) }

async fn serve() -> turmoil::Result {
    let listener = TcpListener::bind(("0.0.0.0", PORT)).await?;
    loop {
        let (mut stream, _) = listener.accept().await?;
        tokio::task::spawn_local(async move {
            let mut message = MESSAGE;
            while stream.read_exact(&mut message).await.is_ok() {
                stream.write_all(&message).await.expect("the client listens");
            }
        });
    }
}

async fn play(trips: u64) {
    let mut stream = TcpStream::connect(("server", PORT)).await.expect("the server listens");
    let mut message = MESSAGE;
    for _ in 0..trips {
        stream.write_all(&message).await.expect("the server listens");
        stream.read_exact(&mut message).await.expect("the server answers");
    }
}
