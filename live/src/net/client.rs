//! Clients of the own protocol.

use super::{Gate, Phase};
use crate::{
    host::{Errand, Line, ReplyTo},
    metrics::Metrics,
    wire::{Frame, FromClient, ToClient, read_frame},
};
use node::{Answer, Refusal, RequestId};
use std::sync::Arc;
use tokio::{
    io::{AsyncWriteExt, BufReader},
    net::{TcpStream, tcp::OwnedWriteHalf},
    sync::{Notify, mpsc},
};

/// The longest frame of a client, in bytes.
const LONGEST: usize = 1 << 20;

/// How many answers wait for a client to read them; one that reads none is hung up on.
const ANSWERS: usize = 1024;

/// How many bytes of answers are written at once, if so many wait.
const AT_ONCE: usize = 64 << 10;

/// Hands a client's requests to the node until the connection ends or the process stops.
pub(super) async fn listen_to(stream: TcpStream, connection: u64, gate: &Arc<Gate>) {
    let (read, write) = stream.into_split();
    let mut read = BufReader::new(read);
    let (queue, answers) = mpsc::channel(ANSWERS);
    let hang_up = Arc::new(Notify::new());
    let mut writing = tokio::spawn(write_all(write, answers, gate.metrics.clone()));
    let line = Line { connection, queue, hang_up: hang_up.clone() };
    let mut phase = gate.phase.clone();
    let has_ended = loop {
        let frame = tokio::select! {
            biased;
            () = hang_up.notified() => break true,
            _ = &mut writing => break true,
            _ = phase.wait_for(|&phase| phase > Phase::Serving) => break false,
            frame = read_frame::<FromClient>(&mut read, LONGEST) => frame,
        };
        let reply = ReplyTo::Line(line.clone());
        let errand = match frame {
            Ok(FromClient::Request { request, .. })
                if request.id.client.is_numbered() && !gate.is_conducted =>
            {
                refuse_name(line.clone(), request.id);
                continue;
            }
            Ok(FromClient::Request { number, request }) => {
                Errand::Request { number, request, reply }
            }
            Ok(FromClient::HealthCheck { number, check }) => {
                Errand::HealthCheck { number, check, reply }
            }
            Err(why) => {
                tracing::debug!(connection, "closed: {why}");
                break true;
            }
        };
        gate.metrics.frames_in.rise();
        if gate.inbox.put(errand).await.is_err() {
            break true;
        }
    };
    if has_ended {
        writing.abort();
        // Where the node has ended, nothing is waited for.
        let _ = gate.inbox.put_now(Errand::Closed(connection));
    } else {
        // What is under way is answered yet: the node holds the line until then.
        drop(line);
        let _ = writing.await;
    }
}

/// Writes answers, as many at once as there are, until no more can come.
async fn write_all(
    mut write: OwnedWriteHalf,
    mut answers: mpsc::Receiver<ToClient>,
    metrics: Arc<Metrics>,
) {
    while let Some(first) = answers.recv().await {
        let mut bytes = Vec::new();
        let mut next = Some(first);
        while let Some(answer) = next {
            match Frame::of(&answer) {
                Ok(Frame(frame)) => bytes.extend(frame),
                Err(why) => return tracing::warn!("an answer cannot be sent: {why}"),
            }
            metrics.frames_out.rise();
            next = (bytes.len() < AT_ONCE).then(|| answers.try_recv().ok()).flatten();
        }
        if write.write_all(&bytes).await.is_err() {
            return;
        }
    }
    let _ = write.shutdown().await;
}

/// Refuses a request of a client who goes by a number, as sessions of the simulator do: somebody before may have
/// gone by the same, and a store that knows the name would give their answers.
fn refuse_name(line: Line, request: RequestId) {
    const WHY: &str =
        "a client draws its name at random, of at least 64 bits: numbers are for simulated ones";
    let answer = Answer::Refused(Refusal::Invalid(WHY.into()));
    if let Some(room) = line.reserve() {
        room.send(ToClient::Reply { number: 0, request, answer });
    }
}
