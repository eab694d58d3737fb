//! Clusters for tests.

use live::{Options, Server, client::Connection};
use node::{Answer, ClientId, Node, NodeId, Operation, Refusal, Request, RequestId, Wire};
use std::{
    collections::BTreeMap,
    marker::PhantomData,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU16, AtomicU64, Ordering},
    time::Duration,
};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

/// So long a test waits for what must come; none waits for what must not.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// No two operations are the same, or a store that knows an operation again does it once.
static SEQUENCE: AtomicU64 = AtomicU64::new(0);

/// Listens below the ports that are lent to whoever connects, so that one is free again for a node that comes back.
fn listener() -> TcpListener {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 12_000 + (std::process::id() % 100) as u16 * 100;
    let mut ports = std::iter::repeat_with(|| first + NEXT.fetch_add(1, Ordering::Relaxed) % 9_000);
    ports.find_map(|port| TcpListener::bind(("127.0.0.1", port)).ok()).unwrap()
}

/// Nodes of one system on the loopback, each with a folder.
pub(crate) struct Cluster<N> {
    folder: TempDir,
    addresses: BTreeMap<NodeId, SocketAddr>,
    servers: BTreeMap<NodeId, Server>,
    set: fn(&mut Options),
    system: PhantomData<fn() -> N>,
}

impl<N: Node<Message: Wire>> Cluster<N> {
    /// Starts so many nodes that are set so.
    pub(crate) fn start(nodes: usize, set: fn(&mut Options)) -> Self {
        let listeners: BTreeMap<NodeId, TcpListener> =
            (0..nodes).map(|index| (NodeId::from_index(index), listener())).collect();
        let addresses = listeners.iter().map(|(id, it)| (*id, it.local_addr().unwrap())).collect();
        let folder = tempfile::tempdir().unwrap();
        let servers = BTreeMap::new();
        let mut cluster = Self { folder, addresses, servers, set, system: PhantomData };
        for (id, listener) in listeners {
            let options = cluster.options(id);
            let server = Server::start_on::<N>(listener, options).unwrap();
            cluster.servers.insert(id, server);
        }
        cluster
    }

    /// How a node is started.
    pub(crate) fn options(&self, id: NodeId) -> Options {
        let mut peers = self.addresses.clone();
        let listen = peers.remove(&id).unwrap();
        let mut options = Options::new(id, listen, peers);
        options.data = Some(self.data(id));
        (self.set)(&mut options);
        options
    }

    /// A node's folder.
    pub(crate) fn data(&self, id: NodeId) -> PathBuf {
        let folder: &Path = self.folder.path();
        folder.join(id.to_string())
    }

    pub(crate) fn address(&self, id: NodeId) -> SocketAddr {
        self.addresses[&id]
    }

    pub(crate) fn server(&self, id: NodeId) -> &Server {
        &self.servers[&id]
    }

    pub(crate) fn kill(&mut self, id: NodeId) {
        self.servers.remove(&id).unwrap().kill();
    }

    pub(crate) fn take(&mut self, id: NodeId) -> Server {
        self.servers.remove(&id).unwrap()
    }

    /// Starts a node that was killed.
    pub(crate) fn restart(&mut self, id: NodeId) {
        let server = Server::start::<N>(self.options(id)).unwrap();
        self.servers.insert(id, server);
    }

    /// Connects to a node.
    pub(crate) async fn connect(&self, id: NodeId) -> Connection {
        let opened = Connection::open(self.address(id), N::INFO.name, id, None);
        timeout(PATIENCE, opened).await.unwrap().unwrap()
    }

    /// Asks the nodes that are up in turn until one does it.
    pub(crate) async fn ask(&self, operation: Operation) -> Answer {
        let ids: Vec<NodeId> = self.servers.keys().copied().collect();
        let asked = async {
            for id in ids.iter().cycle() {
                let connection = self.connect(*id).await;
                let sequence = SEQUENCE.fetch_add(1, Ordering::Relaxed);
                let request = request(7, sequence, operation.clone());
                match timeout(Duration::from_secs(1), connection.ask(request)).await {
                    Ok(Ok(Answer::Refused(
                        Refusal::NotLeader { .. } | Refusal::Unavailable(_),
                    )))
                    | Err(_) => sleep(Duration::from_millis(20)).await,
                    Ok(answer) => return answer.unwrap(),
                }
            }
            unreachable!("the nodes are asked for ever")
        };
        timeout(PATIENCE, asked).await.unwrap()
    }
}

pub(crate) fn n(number: u32) -> NodeId {
    NodeId::new(number)
}

/// The first attempt at an operation of a client.
pub(crate) fn request(client: u32, sequence: u64, operation: Operation) -> Request {
    // A name as one that was drawn.
    let client = ClientId::from_number(u64::from(client) << 40 | 7);
    let id = RequestId { client, attempt: 0, sequence };
    Request { id, operation }
}

/// Waits until something is so.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let waited = async {
        while !is_so().await {
            sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(timeout(PATIENCE, waited).await.is_ok(), "waited in vain: {what}");
}

/// The value that an answer tells of.
pub(crate) fn value(answer: &Answer) -> Option<String> {
    answer.found().unwrap_or_default().map(|held| held.value.to_string())
}
