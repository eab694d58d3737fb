//! Connections: who comes in, who is called, and what each may say.

mod client;
mod conductor;
mod greet;
mod peer;

pub(crate) use conductor::Teller;
pub(crate) use peer::{Outgoing, call};

use crate::{api::Api, ask::About, asker::Asker, host::Inbox, metrics::Metrics, wire::Caller};
use greet::{Greeted, greet};
use rustix::process::{Resource, getrlimit, setrlimit};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, oneshot, watch},
    task::JoinSet,
    time::sleep,
};

/// How many connections stand at a time; more are closed as they come.
const MOST_CONNECTIONS: usize = 20_000;

/// Lets this process open as many files, and with them connections, as it may at all; how many that is, if
/// there is a bound. Shells leave it at a thousand or so.
pub fn allow_connections() -> Option<u64> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    match setrlimit(Resource::Nofile, limit) {
        Ok(()) => limit.maximum,
        Err(_) => getrlimit(Resource::Nofile).current,
    }
}

/// What every connection that comes in is held against, and led to.
pub(crate) struct Gate {
    pub(crate) about: Arc<About>,
    pub(crate) secret: Option<String>,
    /// Where the conductor's line goes, of a process that is started to be looked at.
    pub(crate) conductor: Mutex<Option<oneshot::Sender<Teller>>>,
    pub(crate) is_conducted: bool,
    pub(crate) inbox: Inbox,
    pub(crate) api: Api<Asker>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) phase: watch::Receiver<Phase>,
    /// Told when the conductor's connection has ended.
    pub(crate) abandoned: Arc<tokio::sync::Notify>,
    pub(crate) connections: AtomicU64,
}

/// How far the process has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// It takes requests.
    Serving,
    /// It takes no more, and answers what is under way.
    Draining,
    /// Its node has ended.
    Over,
}

/// Takes connections until the process stops; then waits for those that stand to end. `listens` is dropped when
/// the address is free again.
pub(crate) async fn listen(listener: TcpListener, gate: Arc<Gate>, listens: mpsc::Sender<()>) {
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut phase = gate.phase.clone();
    let mut clients = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            biased;
            _ = phase.wait_for(|&phase| phase > Phase::Serving) => break,
            Some(_) = clients.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        let (stream, from) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Most likely there are no file descriptors left; some may be free in a moment.
                tracing::warn!("a connection could not be accepted: {error}");
                sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        gate.metrics.accepted.rise();
        let Ok(place) = room.clone().try_acquire_owned() else {
            gate.metrics.turned_away.rise();
            tracing::warn!(%from, "closed at once: {MOST_CONNECTIONS} connections stand");
            continue;
        };
        // Frames are small, and someone waits for each.
        let _ = stream.set_nodelay(true);
        let gate = gate.clone();
        clients.spawn(async move {
            gate.metrics.connections.rise();
            speak(stream, &gate).await;
            gate.metrics.connections.fall();
            drop(place);
        });
    }
    drop(listener);
    drop(listens);
    // Where the node waits for a conductor, none will come.
    drop(gate.conductor.lock().unwrap_or_else(PoisonError::into_inner).take());
    while clients.join_next().await.is_some() {}
}

/// Finds out who is there, and listens to them until the connection ends.
async fn speak(stream: TcpStream, gate: &Arc<Gate>) {
    let from = stream.peer_addr().ok();
    match greet(stream, gate).await {
        Ok(Greeted::Foreign(stream)) => {
            let mut phase = gate.phase.clone();
            let stops = async move { drop(phase.wait_for(|&phase| phase > Phase::Serving).await) };
            gate.api.clone().serve_until(stream, &[], stops).await;
        }
        Ok(Greeted::Ours(stream, caller)) => {
            tracing::debug!(?from, ?caller, "connected");
            match caller {
                Caller::Peer(peer) => peer::listen_to(stream, peer, gate).await,
                Caller::Client => {
                    let number = gate.connections.fetch_add(1, Ordering::Relaxed);
                    client::listen_to(stream, number, gate).await;
                }
                Caller::Conductor => conductor::listen_to(stream, gate).await,
            }
            tracing::debug!(?from, ?caller, "disconnected");
        }
        Err(why) => {
            gate.metrics.turned_away.rise();
            tracing::debug!(?from, "turned away: {why}");
        }
    }
}
