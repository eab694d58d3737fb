//! How a process is started, and what cannot be.

use crate::{api::discovery, ask::About, disk::FolderError};
use node::{Config, Node, NodeId, Setting, SystemInfo};
use std::{
    collections::BTreeMap, io, mem::discriminant, net::SocketAddr, path::PathBuf, time::Duration,
};

/// How a process is started.
#[derive(Clone)]
pub struct Options {
    /// Which node it is.
    pub id: NodeId,
    /// Where it listens; port 0 for any that is free.
    pub listen: SocketAddr,
    /// Whether it may listen where other machines can reach it.
    pub expose: bool,
    /// Where the other nodes listen.
    pub peers: BTreeMap<NodeId, SocketAddr>,
    /// Those of all nodes that are not there at the start.
    pub late: Vec<NodeId>,
    /// The folder for its files; without one it keeps everything in memory.
    pub data: Option<PathBuf>,
    /// The flaws that are switched on, by name.
    pub flaws: Vec<String>,
    /// The settings that differ from the system's defaults, by name.
    pub settings: BTreeMap<String, Setting>,
    /// Whether other nodes may be set otherwise.
    pub mixed: bool,
    /// What whoever speaks the own protocol has to know.
    pub secret: Option<String>,
    /// Whether somebody looks at it: it boots when a conductor has connected, tells them everything, and
    /// ends when they have gone. Needs a secret.
    pub conducted: bool,
    /// Where to write how long its events took, as [`crate::measure::Samples`], when it ends; without it
    /// nothing is timed.
    pub timings: Option<PathBuf>,
    /// Where and when it announces itself, and hears who else is there; without it, it does not.
    pub discovery: Option<discovery::Settings>,
    /// How long an API waits for an answer.
    pub timeout: Duration,
}

/// A process cannot be started, or had to end.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The nodes do not make a cluster.
    #[error("{0}")]
    Members(String),
    /// A flaw that the system does not have.
    #[error("`{system}` has no flaw `{flaw}`")]
    Flaw {
        /// Which system.
        system: &'static str,
        /// Which flaw.
        flaw: String,
    },
    /// A setting that the system does not have, or not so.
    #[error("{0}")]
    Setting(String),
    /// Others could reach it, and nobody has said that they may.
    #[error(
        "{0} can be reached from other machines, where whoever reaches it can read and write everything: \
         listen on 127.0.0.1, or say `--expose`"
    )]
    Exposed(SocketAddr),
    /// Others would hear of it, and nobody has said that they may.
    #[error(
        "what is announced at {0} leaves this machine: announce at an address of the loopback device, such as \
         127.255.255.255:7946, or say `--expose`"
    )]
    Announced(SocketAddr),
    /// It is to be conducted, and has no secret.
    #[error("a process that is conducted needs a secret, which its conductor knows")]
    NoSecret,
    /// It cannot listen there.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// It cannot announce itself.
    #[error(transparent)]
    Discovery(io::Error),
    /// Its folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A sync failed, so that nobody can say what is on the disk.
    #[error("the disk failed, and what is on it is unknown now: {0}")]
    Disk(String),
    /// The node found its own state broken.
    #[error("the node panicked; what it said stands above")]
    Panicked,
    /// No thread or no runtime could be had.
    #[error("the process cannot go on: {0}")]
    Runtime(io::Error),
}

impl ServeError {
    /// Whether it is what was asked for that cannot be had, and not the process that failed.
    pub fn is_of_input(&self) -> bool {
        !matches!(self, Self::Disk(_) | Self::Panicked | Self::Runtime(_))
    }
}

impl Options {
    /// A node on the loopback and in memory, with nothing switched on.
    pub fn new(id: NodeId, listen: SocketAddr, peers: BTreeMap<NodeId, SocketAddr>) -> Self {
        Self {
            id,
            listen,
            expose: false,
            peers,
            late: Vec::new(),
            data: None,
            flaws: Vec::new(),
            settings: BTreeMap::new(),
            mixed: false,
            secret: None,
            conducted: false,
            timings: None,
            discovery: None,
            timeout: Duration::from_secs(5),
        }
    }

    /// Checks everything that can be checked before anything is begun.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong.
    pub fn check<N: Node>(&self) -> Result<(), ServeError> {
        self.check_for(&N::INFO)?;
        N::check_settings(self.peers.len() + 1, &self.settings).map_err(ServeError::Setting)
    }

    fn check_for(&self, system: &SystemInfo) -> Result<(), ServeError> {
        if !self.expose && !self.listen.ip().is_loopback() {
            return Err(ServeError::Exposed(self.listen));
        }
        let announced = self.discovery.map(|discovery| discovery.address);
        if let Some(away) = announced.filter(|at| !self.expose && !at.ip().is_loopback()) {
            return Err(ServeError::Announced(away.into()));
        }
        if self.conducted && self.secret.is_none() {
            return Err(ServeError::NoSecret);
        }
        self.check_members(system)?;
        for flaw in &self.flaws {
            if !system.flaws.iter().any(|known| known.name == flaw) {
                return Err(ServeError::Flaw { system: system.name, flaw: flaw.clone() });
            }
        }
        for (name, value) in &self.settings {
            let known = system.settings.iter().find(|known| known.name == name);
            let is_so =
                |known: &node::SettingInfo| discriminant(&(known.default)()) == discriminant(value);
            if !known.is_some_and(is_so) {
                let why = format!("`{}` has no setting `{name}` that may be {value}", system.name);
                return Err(ServeError::Setting(why));
            }
        }
        Ok(())
    }

    fn check_members(&self, system: &SystemInfo) -> Result<(), ServeError> {
        let wrong = |why| Err(ServeError::Members(why));
        if self.peers.contains_key(&self.id) {
            return wrong(format!("{} is this node, and cannot be among its peers", self.id));
        }
        let nodes = self.peers.len() + 1;
        let missing = (0..nodes).map(NodeId::from_index).find(|node| !self.is_member(*node));
        if let Some(missing) = missing {
            return wrong(format!("{nodes} nodes are n1 to n{nodes}, and {missing} is missing"));
        }
        if nodes < system.min_nodes {
            let (system, fewest) = (system.name, system.min_nodes);
            return wrong(format!("`{system}` needs {fewest} nodes at least; name more peers"));
        }
        match self.late.iter().find(|late| !self.is_member(**late)) {
            Some(late) => wrong(format!("{late} comes late and is no node: name it as a peer")),
            None => Ok(()),
        }
    }

    fn is_member(&self, node: NodeId) -> bool {
        node == self.id || self.peers.contains_key(&node)
    }

    pub(super) fn config(&self) -> Config {
        let nodes = self.peers.len() + 1;
        let mut late = self.late.clone();
        late.sort();
        Config {
            late: late.into(),
            flaws: self.flaws.clone().into(),
            settings: self.settings.clone().into(),
            mixed: self.mixed,
            ..Config::new(self.id, nodes)
        }
    }

    pub(super) fn about(&self, system: &SystemInfo, listens: SocketAddr) -> About {
        let mut members = self.peers.clone();
        members.insert(self.id, listens);
        let system = node::systems::find(system.name);
        About {
            system: system.expect("a system that is served is in the registry"),
            id: self.id,
            members: members.into_iter().collect(),
            flaws: self.flaws.clone(),
            settings: self.settings.clone(),
            timeout: self.timeout,
        }
    }
}
