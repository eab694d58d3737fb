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

/// How time passes.
struct Timing {
    tick: Duration,
    /// The least and the greatest latency; between them it is exponential.
    latency: [Duration; 2],
}

/// As it comes: ticks of 1 ms, latencies up to 100 ms.
pub(crate) fn by_default(connections: usize, messages: u64) -> u64 {
    let ms = Duration::from_millis;
    ping_pong(connections, messages, &Timing { tick: ms(1), latency: [ms(0), ms(100)] })
}

/// With latencies spread as in the steady run, ten times as long, since turmoil tells
/// whole milliseconds apart and no less.
pub(crate) fn spread(connections: usize, messages: u64) -> u64 {
    let ms = Duration::from_millis;
    ping_pong(connections, messages, &Timing { tick: ms(1), latency: [ms(3), ms(20)] })
}

/// As fast as it goes: every message arrives in the next tick, all in step, so that
/// there is no order of events left to explore.
pub(crate) fn in_step(connections: usize, messages: u64) -> u64 {
    let ms = Duration::from_millis;
    ping_pong(connections, messages, &Timing { tick: ms(1), latency: [ms(0), ms(0)] })
}

/// Plays ping-pong between two hosts over so many connections, each with a message
/// under way; the answer is how many messages arrived.
fn ping_pong(connections: usize, messages: u64, timing: &Timing) -> u64 {
    let trips = messages / 2 / connections as u64;
    let mut sim = Builder::new()
        .simulation_duration(Duration::from_secs(1_000_000))
        .tick_duration(timing.tick)
        .min_message_latency(timing.latency[0])
        .max_message_latency(timing.latency[1])
        // All may connect at once.
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
