//! A process that serves one node: everything put together, and its end.

mod discover;
mod options;

pub use options::{Options, ServeError};

use crate::{
    api::{
        Api,
        discovery::{Discovered, Discovery},
    },
    ask::About,
    asker::Asker,
    disk::{Files, Folder, FolderError, Shim, Storage},
    host::{self, Errand, Failed, Fittings, Inbox},
    measure::Timings,
    metrics::Metrics,
    net::{self, Gate, Outgoing, Phase},
    wire::{Caller, Hello, Language, VERSION},
};
use node::{Node, NodeId, Wire, resident::Kind};
use socket2::SockRef;
use std::{
    collections::BTreeMap,
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex, atomic::AtomicU64, mpsc},
    thread::JoinHandle,
    time::Duration,
};
use tokio::{
    runtime::{Builder, Runtime},
    sync::{Notify, oneshot, watch},
    task,
};

/// How long the connections may take to end after their node has.
const HANG_UP: Duration = Duration::from_millis(500);

/// A node that is being served. It ends as soon as this is dropped, as if it were killed.
pub struct Server {
    address: SocketAddr,
    asker: Asker,
    inbox: Inbox,
    phase: watch::Sender<Phase>,
    abandoned: Arc<Notify>,
    /// The task that takes connections, and what is cut off when it takes no more.
    connections: Option<task::JoinHandle<()>>,
    listens: mpsc::Receiver<()>,
    /// The thread of the node, and what is told when it has ended.
    node: Option<JoinHandle<Result<(), Failed>>>,
    ended: Option<oneshot::Receiver<()>>,
    runtime: Option<Runtime>,
    /// Held until everything else is over.
    _folder: Option<Folder>,
}

/// Serves a node until the process is told to end, or cannot go on. `ready` is called once it listens.
///
/// # Errors
///
/// [`ServeError`].
pub fn serve<N: Node<Message: Wire>>(
    options: Options,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    net::allow_connections();
    let mut server = Server::start::<N>(options)?;
    ready(server.address());
    match server.wait()? {
        Why::Told => server.drain(),
        Why::Ended | Why::Abandoned => server.end(Errand::Stop),
    }
}

/// What is known of a system whose nodes are served.
struct Served {
    kind: Kind,
    language: Language,
    /// Says what cannot be served.
    check: fn(&Options) -> Result<(), ServeError>,
}

impl Served {
    const fn of<N: Node<Message: Wire>>() -> Self {
        Self { kind: Kind::of::<N>(), language: Language::of::<N>(), check: Options::check::<N> }
    }
}

/// Why a process is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// It was told so by a signal.
    Told,
    /// Its conductor has gone.
    Abandoned,
    /// Its node has.
    Ended,
}

/// How many connections wait to be taken, at most; the system may allow fewer. Those beyond try again after a
/// second, so that many who come at once are to find room.
const MOST_WAITING: i32 = 4096;

impl Server {
    /// Begins to serve a node.
    ///
    /// # Errors
    ///
    /// [`ServeError`].
    pub fn start<N: Node<Message: Wire>>(options: Options) -> Result<Self, ServeError> {
        Self::bind(options, &Served::of::<N>())
    }

    /// Begins to serve a node where somebody listens already; [`Options::listen`] says nothing then.
    ///
    /// # Errors
    ///
    /// [`ServeError`].
    pub fn start_on<N: Node<Message: Wire>>(
        listener: TcpListener,
        options: Options,
    ) -> Result<Self, ServeError> {
        Self::open(listener, options, &Served::of::<N>())
    }

    fn bind(options: Options, served: &Served) -> Result<Self, ServeError> {
        (served.check)(&options)?;
        let address = options.listen;
        let listener =
            TcpListener::bind(address).map_err(|error| ServeError::Listen { address, error })?;
        Self::open(listener, options, served)
    }

    fn open(
        listener: TcpListener,
        mut options: Options,
        served: &Served,
    ) -> Result<Self, ServeError> {
        let named = options.listen;
        let cannot_listen = |error| ServeError::Listen { address: named, error };
        let address = listener.local_addr().map_err(cannot_listen)?;
        listener.set_nonblocking(true).map_err(cannot_listen)?;
        SockRef::from(&listener).listen(MOST_WAITING).map_err(cannot_listen)?;
        options.listen = address;
        (served.check)(&options)?;
        let (folder, storage) = storage(served.kind.info.name, &options)?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name(format!("{}-net", options.id))
            .enable_all()
            .build()
            .map_err(ServeError::Runtime)?;
        let entered = runtime.enter();
        let listener = tokio::net::TcpListener::from_std(listener).map_err(cannot_listen)?;

        let about = Arc::new(options.about(&served.kind.info, address));
        let metrics = Arc::new(Metrics::new(options.peers.keys().copied()));
        let (inbox, waits) = host::inbox(&metrics, options.timings.is_some(), served.language);
        let (phase, now_in) = watch::channel(Phase::Serving);
        let discovery = options.discovery.map(Discovery::open).transpose();
        let discovery = discovery.map_err(ServeError::Discovery)?;
        let discovered = discovery.as_ref().map(|_| Discovered::default());
        let asker = Asker::new(
            about.clone(),
            inbox.clone(),
            metrics.clone(),
            now_in.clone(),
            options.secret.clone(),
            discovered.clone(),
        );
        if let (Some(discovery), Some(discovered)) = (discovery, discovered) {
            runtime.spawn(discover::discover(discovery, asker.clone(), address, discovered));
        }
        let (boot, told) = oneshot::channel();
        let abandoned = Arc::new(Notify::new());
        let peers = call_peers(&options, &about, &metrics);
        let gate = Gate {
            about,
            secret: options.secret.clone(),
            conductor: Mutex::new(Some(boot)),
            is_conducted: options.conducted,
            inbox: inbox.clone(),
            api: Api::new(asker.clone()),
            metrics: metrics.clone(),
            phase: now_in,
            abandoned: abandoned.clone(),
            connections: AtomicU64::new(0),
        };
        let timings = options.timings.clone().map(Timings::new);
        let config = options.config();
        let fittings = Fittings {
            boot: served.kind.boot,
            language: served.language,
            config,
            storage,
            peers,
            metrics,
            timings,
        };
        let (ends, ended) = oneshot::channel();
        let told = options.conducted.then_some(told);
        let node = host::start(fittings, waits, told, ends).map_err(ServeError::Runtime)?;
        let (listening, listens) = mpsc::channel();
        let connections = runtime.spawn(net::listen(listener, Arc::new(gate), listening));
        drop(entered);
        Ok(Self {
            address,
            asker,
            inbox,
            phase,
            abandoned,
            connections: Some(connections),
            listens,
            node: Some(node),
            ended: Some(ended),
            runtime: Some(runtime),
            _folder: folder,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What asks the node.
    pub fn asker(&self) -> Asker {
        self.asker.clone()
    }

    /// Takes no more, answers what is under way for at most a second, syncs, and ends.
    ///
    /// # Errors
    ///
    /// If the node had failed, or its disk does now.
    pub fn drain(self) -> Result<(), ServeError> {
        self.end(Errand::Drain)
    }

    /// Ends at once. What was written and not synced is as safe as after a crash of the process.
    pub fn kill(self) {
        drop(self);
    }

    /// Waits until the process is told to end, by SIGTERM, SIGINT or its conductor's going, or cannot go on.
    fn wait(&mut self) -> Result<Why, ServeError> {
        let runtime = self.runtime.as_ref().expect("it is there until the end");
        let ended = self.ended.take().expect("it is waited for once");
        let abandoned = self.abandoned.clone();
        runtime.block_on(async move {
            use tokio::signal::unix::{SignalKind, signal};
            let mut terminate = signal(SignalKind::terminate()).map_err(ServeError::Runtime)?;
            let mut interrupt = signal(SignalKind::interrupt()).map_err(ServeError::Runtime)?;
            Ok(tokio::select! {
                biased;
                _ = ended => Why::Ended,
                () = abandoned.notified() => Why::Abandoned,
                _ = terminate.recv() => Why::Told,
                _ = interrupt.recv() => Why::Told,
            })
        })
    }

    fn end(mut self, how: Errand) -> Result<(), ServeError> {
        tracing::info!("ending");
        let _ = self.phase.send(Phase::Draining);
        // One that has ended already says why below.
        let _ = self.inbox.put_now(how);
        let node = self.node.take().expect("it is there until the end");
        let answer = match node.join() {
            Ok(Ok(())) => Ok(()),
            Ok(Err(Failed::Disk(why))) => Err(ServeError::Disk(why)),
            Err(_) => Err(ServeError::Panicked),
        };
        let _ = self.phase.send(Phase::Over);
        if let (Some(runtime), Some(connections)) = (&self.runtime, self.connections.take()) {
            // Answers that were given are written yet.
            let _ = runtime.block_on(async { tokio::time::timeout(HANG_UP, connections).await });
        }
        answer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.phase.send(Phase::Draining);
        let _ = self.inbox.put_now(Errand::Stop);
        if let Some(node) = self.node.take() {
            let _ = node.join();
        }
        // Whoever starts it again finds its address free.
        let _ = self.listens.recv_timeout(HANG_UP);
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// What the node keeps its files on.
fn storage(system: &str, options: &Options) -> Result<(Option<Folder>, Storage), ServeError> {
    let Some(data) = &options.data else {
        return Ok((None, Storage::in_memory()));
    };
    let folder = Folder::claim(data, system, options.id)?;
    let opened = match options.conducted {
        true => Shim::open(&folder.files()).map(Storage::shim),
        false => Files::open(&folder.files()).map(Storage::files),
    };
    let storage = opened.map_err(|error| FolderError::Io { path: data.clone(), error })?;
    Ok((Some(folder), storage))
}

fn call_peers(
    options: &Options,
    about: &About,
    metrics: &Arc<Metrics>,
) -> BTreeMap<NodeId, Outgoing> {
    let call = |(&to, &address): (&NodeId, &SocketAddr)| {
        let hello = Hello {
            version: VERSION,
            system: about.system.name.to_owned(),
            caller: Caller::Peer(options.id),
            to,
            secret: options.secret.clone(),
        };
        (to, net::call(address, hello, metrics))
    };
    options.peers.iter().map(call).collect()
}
