//! A cluster of processes, for a world that drives nodes which live [outside](node::outside).
//!
//! Each node is a process of its own that serves as it would for anybody. What it takes for the addresses of its
//! peers are ports of ours, one for each directed link: every message passes through here, and goes on when
//! the world says so. The process tells every event that it handled and what that caused
//! ([`control`](crate::control)); the messages and answers themselves come by their own connections, and are
//! put together with what was told by the assembly.

mod assembly;
mod connect;
mod links;
mod process;

use crate::{
    control::{Command, DiskTrouble, Told},
    disk, now,
    wire::{FromClient, FromPeer, Language, ToClient},
};
use assembly::Assembly;
use connect::Connections;
use links::Links;
use node::{
    Config, Key, Node, NodeId, Said, Time, Versioned, Wire,
    outside::{Handed, Happened, Outside, Shape, Status, What},
    resident::Kind,
};
use process::Process;
use rand::{RngCore, rngs::OsRng};
use std::{
    collections::{BTreeMap, VecDeque},
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    time::{Duration, Instant},
};
use tokio::runtime::{Builder, Runtime};

/// The file that holds the secret of the cluster.
const SECRET: &str = "secret";

/// So long a process has to start, to say how it is, and to be gone once it was killed.
const PATIENCE: Duration = Duration::from_secs(10);

/// Processes, one for each node.
pub struct Cluster {
    kind: Kind,
    language: Language,
    runtime: Runtime,
    /// The program that serves a node.
    program: PathBuf,
    /// Where the nodes keep what they keep.
    folder: PathBuf,
    secret: String,
    links: Links,
    nodes: BTreeMap<NodeId, Place>,
    parts: Receiver<Part>,
    sender: Sender<Part>,
    /// What happened and has not been taken, in order.
    pending: VecDeque<Happened>,
    /// When the run began.
    start: Option<Instant>,
    numbers: u64,
}

/// What there is of a node.
#[derive(Default)]
struct Place {
    /// How often it was booted: what comes from an earlier life is nobody's.
    life: u64,
    process: Option<Process>,
    connections: Option<Connections>,
    assembly: Assembly,
    /// The connections of this life that are still read.
    open: usize,
    shape: Shape,
}

/// Something that came from a process, when, and from which of its lives.
struct Part {
    at: Instant,
    node: NodeId,
    life: u64,
    what: PartOf,
}

enum PartOf {
    /// One more of its connections is read.
    Opened,
    /// One of them has ended.
    Closed,
    /// It can be spoken to.
    Connected(Connections),
    /// It could not be started, or does not speak to us as it should.
    Failed(String),
    Told(Told),
    Peer {
        to: NodeId,
        said: FromPeer<Said>,
    },
    Client(ToClient),
}

impl Cluster {
    /// A cluster of so many nodes of a system, none of them booted. `program` is ours: it is called with `serve`.
    ///
    /// # Errors
    ///
    /// If the folder cannot be made, or there are no ports to be had.
    pub fn new<N: Node<Message: Wire>>(
        program: &Path,
        folder: &Path,
        nodes: usize,
    ) -> io::Result<Self> {
        Self::of(Kind::of::<N>(), Language::of::<N>(), program, folder, nodes)
    }

    fn of(
        kind: Kind,
        language: Language,
        program: &Path,
        folder: &Path,
        nodes: usize,
    ) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        // Processes are known by it, and may be elsewhere.
        let folder = folder.canonicalize()?;
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let (sender, parts) = channel();
        let secret = format!("{:016x}{:016x}", OsRng.next_u64(), OsRng.next_u64());
        File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(folder.join(SECRET))?
            .write_all(secret.as_bytes())?;
        let all: Vec<NodeId> = (0..nodes).map(NodeId::from_index).collect();
        let links =
            Links::open(runtime.handle(), kind.info.name, language, &all, &secret, sender.clone())?;
        Ok(Self {
            kind,
            language,
            runtime,
            program: program.to_owned(),
            folder,
            secret,
            links,
            nodes: all.into_iter().map(|node| (node, Place::default())).collect(),
            parts,
            sender,
            pending: VecDeque::new(),
            start: None,
            numbers: 0,
        })
    }

    /// Where a node keeps its files.
    fn data(&self, node: NodeId) -> PathBuf {
        self.folder.join(node.to_string()).join("data")
    }

    fn place(&mut self, node: NodeId) -> &mut Place {
        self.nodes.get_mut(&node).expect("the world names nodes of the cluster")
    }

    /// The moment of the run that it is; zero before it has begun.
    fn moment(&self, at: Instant) -> Time {
        let start = self.start.unwrap_or(at);
        Time::from(at.saturating_duration_since(start))
    }

    /// Takes what came from a process in.
    fn take(&mut self, Part { at, node, life, what }: Part) {
        let moment = self.moment(at);
        let place = self.place(node);
        if place.life != life {
            return;
        }
        let happened = match what {
            PartOf::Opened => {
                place.open += 1;
                return;
            }
            PartOf::Closed => {
                place.open -= 1;
                // One that is killed is no longer here.
                if place.process.is_none() {
                    return;
                }
                vec![What::Ended { why: self.last_words(node) }]
            }
            PartOf::Connected(connections) => {
                place.connections = Some(connections);
                return;
            }
            PartOf::Failed(why) => {
                let said = self.last_words(node);
                vec![What::Ended { why: format!("{why}; {said}") }]
            }
            PartOf::Told(told) => place.assembly.told(told),
            PartOf::Peer { to, said } => place.assembly.said(to, said),
            PartOf::Client(said) => place.assembly.answered(said),
        };
        self.pending.extend(happened.into_iter().map(|what| Happened { at: moment, node, what }));
    }

    /// What a process has written in the end.
    fn last_words(&self, node: NodeId) -> String {
        let log = self.log(node);
        let text = fs::read_to_string(&log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().rev().take(3).collect();
        match &lines[..] {
            [] => "it wrote nothing".to_owned(),
            lines => lines.iter().rev().copied().collect::<Vec<_>>().join(" | "),
        }
    }

    fn log(&self, node: NodeId) -> PathBuf {
        self.folder.join(node.to_string()).join("log")
    }

    fn command(&mut self, node: NodeId, command: Command) {
        if let Some(connections) = &self.place(node).connections {
            connections.command(command);
        }
    }

    fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// Waits until a node has answered a question, and takes in whatever else comes meanwhile.
    fn wait_for<T>(
        &mut self,
        node: NodeId,
        answer: impl Fn(&mut Assembly) -> Option<T>,
    ) -> Option<T> {
        let until = now::instant() + PATIENCE;
        loop {
            if let Some(found) = answer(&mut self.place(node).assembly) {
                return Some(found);
            }
            let left = until.checked_duration_since(now::instant())?;
            if self.place(node).open == 0 {
                return None;
            }
            let part = self.parts.recv_timeout(left).ok()?;
            self.take(part);
        }
    }
}

impl Outside for Cluster {
    fn boot(&mut self, config: &Config) {
        let node = config.id;
        let data = self.data(node);
        let place = self.place(node);
        place.life += 1;
        place.open = 0;
        place.assembly = Assembly::default();
        place.shape = Shape::default();
        let life = place.life;
        let links = self.links.begin_life(node, life);
        let peers = self.links.of(node);
        let serve = process::Serve {
            program: &self.program,
            system: self.kind.info.name,
            config,
            peers: &peers,
            data: &data,
            log: &self.log(node),
            secret: &self.folder.join(SECRET),
        };
        let began = serve.start();
        let part = |what| Part { at: now::instant(), node, life, what };
        match began {
            Ok((process, ready)) => {
                let peers = config.peers().collect();
                let call = connect::Call {
                    node,
                    life,
                    system: self.kind.info.name,
                    secret: self.secret.clone(),
                    peers,
                    links,
                    sender: self.sender.clone(),
                };
                self.place(node).process = Some(process);
                self.runtime.spawn(call.connect(ready));
            }
            // Nobody has hung up: we hold the other end.
            Err(why) => drop(self.sender.send(part(PartOf::Failed(why)))),
        }
    }

    fn kill(&mut self, node: NodeId) -> Vec<Happened> {
        let Some(process) = self.place(node).process.take() else {
            return Vec::new();
        };
        process.kill();
        self.place(node).connections = None;
        // What it had said is still under way to us.
        let until = now::instant() + PATIENCE;
        while self.place(node).open > 0
            && let Some(left) = until.checked_duration_since(now::instant())
            && let Ok(part) = self.parts.recv_timeout(left)
        {
            self.take(part);
        }
        let moment = self.moment(now::instant());
        let rest = self.place(node).assembly.rest();
        self.pending.extend(rest.into_iter().map(|what| Happened { at: moment, node, what }));
        self.place(node).life += 1;
        let (of_node, others): (Vec<_>, Vec<_>) =
            self.pending.drain(..).partition(|it| it.node == node);
        self.pending = others.into();
        of_node.into_iter().filter(|it| !matches!(it.what, What::Ended { .. })).collect()
    }

    fn hand(&mut self, to: NodeId, number: u64, handed: Handed) {
        let Some(connections) = &self.nodes[&to].connections else {
            return;
        };
        match handed {
            Handed::Message { from, message } => {
                let said = FromPeer { number, message };
                connections.peer(from, (self.language.frame)(said));
            }
            Handed::Request(request) => {
                connections.client(&FromClient::Request { number, request });
            }
            Handed::HealthCheck(check) => {
                connections.client(&FromClient::HealthCheck { number, check });
            }
            Handed::Membership(change) => {
                connections.command(Command::Membership { number, change });
            }
        }
    }

    fn shape(&mut self, node: NodeId, shape: Shape) {
        let before = std::mem::replace(&mut self.place(node).shape, shape);
        if before.paused != shape.paused
            && let Some(process) = &self.place(node).process
        {
            process.pause(shape.paused);
        }
        if before.slowness != shape.slowness {
            self.command(node, Command::Pace { factor: shape.slowness });
        }
        if before.disk != shape.disk {
            let node::outside::DiskTrouble { slowness: slow, full, errors, reads } = shape.disk;
            let seed = OsRng.next_u64();
            self.command(node, Command::Disk(DiskTrouble { slow, full, errors, reads, seed }));
        }
        let clock = |shape: &Shape| (shape.clock_offset_ns, shape.clock_drift_ppb);
        if clock(&before) != clock(&shape) {
            let (offset_ns, drift_ppb) = clock(&shape);
            self.command(node, Command::Clock { offset_ns, drift_ppb });
        }
    }

    fn lose_power(&mut self, node: NodeId, seed: u64) -> u64 {
        disk::lose_power(&self.data(node), seed).unwrap_or(0)
    }

    fn rot(&mut self, node: NodeId, seed: u64) -> u64 {
        if self.place(node).process.is_none() {
            return disk::flip_bits(&self.data(node), seed).unwrap_or(0);
        }
        let number = self.number();
        self.command(node, Command::Rot { number, seed });
        self.wait_for(node, |assembly| assembly.take_rotted(number)).unwrap_or(0)
    }

    fn status(&mut self, node: NodeId) -> Option<Status> {
        if self.place(node).shape.paused {
            return None;
        }
        let number = self.number();
        self.command(node, Command::Status { number });
        self.wait_for(node, |assembly| assembly.take_status(number))
    }

    fn found_on_disk(&mut self, config: &Config) -> Option<Vec<(Key, Versioned)>> {
        // What cannot be read is not known, and is not taken for lost.
        disk::peek(self.kind.boot, &self.data(config.id), config).ok().flatten()
    }

    fn holds_anything(&mut self, node: NodeId) -> bool {
        disk::holds_anything(&self.data(node)).unwrap_or(false)
    }

    fn begin(&mut self) {
        self.start = Some(now::instant());
    }

    fn next(&mut self, until: Option<Time>) -> Option<Happened> {
        loop {
            while let Ok(part) = self.parts.try_recv() {
                self.take(part);
            }
            let is_due = |at: Time| until.is_none_or(|until| at <= until);
            if self.pending.front().is_some_and(|first| is_due(first.at)) {
                return self.pending.pop_front();
            }
            let now = self.moment(now::instant());
            let left = match until {
                Some(until) if now >= until => return None,
                Some(until) => until.since(now),
                None => PATIENCE,
            };
            match self.parts.recv_timeout(left) {
                Ok(part) => self.take(part),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    unreachable!("the cluster holds a sender itself")
                }
            }
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for place in self.nodes.values_mut() {
            if let Some(process) = place.process.take() {
                process.kill();
            }
        }
    }
}
