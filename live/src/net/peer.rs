//! The other nodes: one connection to each to send on, and what they send.

use super::{Gate, Phase};
use crate::{
    host::Ended,
    metrics::Metrics,
    wire::{ConnectError, Frame, Hello, MAX_FRAME, connect, read_content},
};
use node::NodeId;
use std::{
    io,
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    sync::{Notify, mpsc},
    time::{sleep, timeout},
};

/// How many messages wait to be written; what finds no room is dropped.
const QUEUE: usize = 4096;

/// How many bytes of messages are written at once, if so many wait.
const AT_ONCE: usize = 64 << 10;

/// How long a call, and the greeting behind it, may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long it is waited before another call, at first and at most.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(500));

/// How long it is waited at least where something was to be sent meanwhile.
const WANTED: Duration = Duration::from_millis(50);

/// Where messages for another node go.
pub(crate) struct Outgoing {
    to: NodeId,
    queue: mpsc::Sender<Frame>,
    /// Told when something was to be sent and nobody was there.
    wanted: Arc<Notify>,
    metrics: Arc<Metrics>,
}

impl Outgoing {
    /// Room for one message. If there is none, or no connection, the message is lost: one that was kept until
    /// the node is back would mend what messages on a real network do not.
    pub(crate) fn reserve(&self) -> Option<mpsc::OwnedPermit<Frame>> {
        let counted = &self.metrics.peers[&self.to];
        let room = if counted.is_connected.load(Ordering::Acquire) {
            self.queue.clone().try_reserve_owned().ok()
        } else {
            self.wanted.notify_one();
            None
        };
        match room {
            Some(_) => counted.sent.rise(),
            None => counted.dropped.rise(),
        }
        room
    }
}

/// Who calls another node, and what they say.
#[derive(Clone)]
pub(crate) struct Calling {
    to: NodeId,
    address: SocketAddr,
    hello: Hello,
}

/// Keeps calling another node, in a task of its own; must be called within a runtime.
pub(crate) fn call(address: SocketAddr, hello: Hello, metrics: &Arc<Metrics>) -> Outgoing {
    let (queue, messages) = mpsc::channel(QUEUE);
    let (to, wanted) = (hello.to, Arc::new(Notify::new()));
    let calling = Calling { to, address, hello };
    tokio::spawn(keep_calling(calling, messages, wanted.clone(), metrics.clone()));
    Outgoing { to, queue, wanted, metrics: metrics.clone() }
}

async fn keep_calling(
    calling: Calling,
    mut messages: mpsc::Receiver<Frame>,
    wanted: Arc<Notify>,
    metrics: Arc<Metrics>,
) {
    let Calling { to, .. } = calling;
    let counted = &metrics.peers[&to];
    let mut backoff = BACKOFF.0;
    let mut complained = false;
    while !messages.is_closed() {
        let connected = timeout(PATIENCE, connect(calling.address, &calling.hello)).await;
        match connected.unwrap_or_else(|_| Err(too_slow())) {
            Ok(stream) => {
                tracing::info!(%to, "connected");
                (backoff, complained) = (BACKOFF.0, false);
                counted.is_connected.store(true, Ordering::Release);
                let why = send_all(stream, &mut messages, &metrics).await;
                counted.is_connected.store(false, Ordering::Release);
                tracing::info!(%to, "disconnected: {why}");
            }
            Err(why) if !complained => {
                complained = true;
                tracing::info!(%to, at = %calling.address, "not to be reached, trying on: {why}");
            }
            Err(_) => {}
        }
        // What found room in the last moment is lost like the rest. A reservation may yet come.
        while let Ok(_lost) = messages.try_recv() {
            counted.dropped.rise();
        }
        sleep(backoff.min(WANTED)).await;
        if backoff > WANTED {
            let left = backoff.saturating_sub(WANTED);
            let _ = timeout(left, wanted.notified()).await;
        }
        backoff = (backoff * 2).min(BACKOFF.1);
    }
}

fn too_slow() -> ConnectError {
    io::Error::new(io::ErrorKind::TimedOut, format!("no greeting within {PATIENCE:?}")).into()
}

/// Writes messages, as many at once as there are, until the connection ends; the answer is why.
async fn send_all(
    stream: TcpStream,
    messages: &mut mpsc::Receiver<Frame>,
    metrics: &Metrics,
) -> String {
    let (mut read, mut write) = stream.into_split();
    let mut silence = [0; 1];
    loop {
        let first = tokio::select! {
            biased;
            heard = read.read(&mut silence) => return match heard {
                Ok(0) => "it hung up".to_owned(),
                Ok(_) => "it spoke where it was to listen".to_owned(),
                Err(error) => error.to_string(),
            },
            message = messages.recv() => message,
        };
        let mut next = first;
        if next.is_none() {
            return "this node ends".to_owned();
        }
        let mut bytes = Vec::new();
        while let Some(Frame(frame)) = next {
            bytes.extend(frame);
            metrics.frames_out.rise();
            next = (bytes.len() < AT_ONCE).then(|| messages.try_recv().ok()).flatten();
        }
        let written = tokio::select! {
            biased;
            written = write.write_all(&bytes) => written,
            // It may have gone, and left no room to write to.
            heard = read.read(&mut silence) => match heard {
                Ok(_) => Err(io::ErrorKind::ConnectionReset.into()),
                Err(error) => Err(error),
            },
        };
        if let Err(error) = written {
            return error.to_string();
        }
    }
}

/// Hands what another node says to this one until the connection ends.
pub(super) async fn listen_to(stream: TcpStream, from: NodeId, gate: &Arc<Gate>) {
    let mut read = BufReader::new(stream);
    let mut phase = gate.phase.clone();
    loop {
        let frame = tokio::select! {
            biased;
            _ = phase.wait_for(|&phase| phase == Phase::Over) => return,
            frame = read_content(&mut read, MAX_FRAME) => frame,
        };
        let put = match frame {
            Ok(content) => gate.inbox.put_said(from, &content).await,
            Err(why) => Err(why),
        };
        match put {
            Ok(Ok(())) => gate.metrics.frames_in.rise(),
            Ok(Err(Ended)) => return,
            Err(why) => return tracing::debug!(%from, "closed: {why}"),
        }
    }
}
