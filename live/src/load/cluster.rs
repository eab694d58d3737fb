//! Clients of a cluster of nodes, over the own protocol.

use super::{Client, Target};
use crate::client::Connection;
use node::{
    Answer, ClientId, NodeId, Operation, Request, RequestId, SystemInfo,
    client::{AttemptEnd, Directory, Next, Retry, Route, Session},
};
use rand::rngs::OsRng;
use std::{cell::RefCell, collections::BTreeMap, net::SocketAddr, rc::Rc, time::Duration};
use tokio::{
    sync::Mutex,
    time::{sleep, timeout},
};

/// How long an attempt may take, how many there are, and how long it is waited before the second.
const RETRY: Retry =
    Retry { attempts: 5, timeout: Duration::from_secs(2), backoff: Duration::from_millis(20) };

/// How long a connection may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// A cluster of nodes.
///
/// Its clients are sessions as in the simulator: they follow whoever is named as the leader and try again. What
/// one asks for counts until its last attempt has ended.
pub struct Cluster {
    system: &'static SystemInfo,
    nodes: Vec<SocketAddr>,
    secret: Option<String>,
    /// What the clients that share a connection have in common, by what they share.
    lines: Vec<Rc<Lines>>,
}

impl Cluster {
    /// The cluster whose nodes listen there, n1 first; so many connections to each node are shared by all
    /// clients in turn.
    ///
    /// # Panics
    ///
    /// Panics without a node, or without a connection.
    pub fn new(
        system: &'static SystemInfo,
        nodes: Vec<SocketAddr>,
        secret: Option<String>,
        connections: usize,
    ) -> Self {
        assert!(!nodes.is_empty() && connections > 0, "there is a node, and a way to it");
        let lines = (0..connections).map(|_| Rc::default()).collect();
        Self { system, nodes, secret, lines }
    }
}

impl Target for Cluster {
    type Client = Asking;

    async fn connect(&self, client: usize) -> Result<Asking, String> {
        let route = if self.system.has_leader { Route::Leader } else { Route::Sticky };
        let session = Session::new(NodeId::new(1), route, route, RETRY);
        let asking = Asking {
            session: session.deduplicated(self.system.deduplicates),
            directory: Directory::new(self.nodes.len()),
            lines: self.lines[client % self.lines.len()].clone(),
            system: self.system.name,
            nodes: self.nodes.clone(),
            secret: self.secret.clone(),
            client: ClientId::random(&mut OsRng),
            sequence: 0,
            rng: OsRng,
        };
        // A node that cannot be reached fails attempts; that none can is told at once.
        let mut last = String::new();
        for index in 0..self.nodes.len() {
            match asking.line(NodeId::from_index(index)).await {
                Ok(_) => return Ok(asking),
                Err(why) => last = why,
            }
        }
        Err(last)
    }
}

/// The connections that some clients share: one to each node, as far as they were needed.
#[derive(Default)]
struct Lines {
    open: RefCell<BTreeMap<NodeId, Rc<Connection>>>,
    /// Held by whoever opens one.
    opening: Mutex<()>,
}

/// A client of a cluster.
pub struct Asking {
    session: Session,
    directory: Directory,
    lines: Rc<Lines>,
    system: &'static str,
    nodes: Vec<SocketAddr>,
    secret: Option<String>,
    client: ClientId,
    sequence: u64,
    rng: OsRng,
}

impl Client for Asking {
    async fn carry_out(&mut self, operation: &Operation) -> Result<(), String> {
        self.sequence += 1;
        let mut to = self.session.begin(operation, &mut self.directory, &mut self.rng);
        let mut attempt = 0;
        loop {
            let id = RequestId { client: self.client, attempt, sequence: self.sequence };
            let end = self.attempt(to, Request { id, operation: operation.clone() }).await;
            match self.session.after(operation, end, &mut self.directory, &mut self.rng) {
                Next::Finish(outcome) => {
                    return outcome.into_result().map(drop).map_err(|failure| failure.to_string());
                }
                Next::Retry { to: next, after } => {
                    to = next;
                    attempt += 1;
                    sleep(after).await;
                }
            }
        }
    }
}

impl Asking {
    async fn attempt(&self, to: NodeId, request: Request) -> AttemptEnd {
        let Ok(line) = self.line(to).await else {
            return AttemptEnd::Unreachable;
        };
        match timeout(self.session.timeout(), line.ask(request)).await {
            Ok(Ok(answer)) => AttemptEnd::Answered(answer),
            // Whether it arrived nobody knows.
            Ok(Err(_)) => AttemptEnd::Answered(Answer::Unknown),
            Err(_) => AttemptEnd::TimedOut,
        }
    }

    /// The connection to a node, opened if there is none that stands.
    async fn line(&self, to: NodeId) -> Result<Rc<Connection>, String> {
        if let Some(line) = self.standing(to) {
            return Ok(line);
        }
        let address = *self.nodes.get(to.index()).ok_or_else(|| format!("there is no {to}"))?;
        let _one_opens = self.lines.opening.lock().await;
        if let Some(line) = self.standing(to) {
            return Ok(line);
        }
        let opened = Connection::open(address, self.system, to, self.secret.as_deref());
        match timeout(PATIENCE, opened).await {
            Ok(Ok(line)) => {
                let line = Rc::new(line);
                self.lines.open.borrow_mut().insert(to, line.clone());
                Ok(line)
            }
            Ok(Err(why)) => Err(format!("{to} at {address}: {why}")),
            Err(_) => Err(format!("{to} at {address} says nothing")),
        }
    }

    fn standing(&self, to: NodeId) -> Option<Rc<Connection>> {
        let open = self.lines.open.borrow();
        open.get(&to).filter(|line| !line.has_ended()).cloned()
    }
}
