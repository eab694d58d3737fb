//! The ports that stand between the processes: one for each directed link.

use super::{Part, PartOf};
use crate::{
    now,
    wire::{
        Caller, FrameError, Greeting, HELLO_MAX, Hello, Language, MAX_FRAME, PREAMBLE, VERSION,
        read_content, read_frame, write_frame,
    },
};
use node::NodeId;
use std::{
    collections::BTreeMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::mpsc::Sender,
};
use tokio::{
    io::{AsyncReadExt, BufReader},
    net::{TcpListener, TcpStream},
    runtime::Handle,
    sync::watch,
};

/// The port of each directed link, and which life each node is in.
pub(super) struct Links {
    ports: BTreeMap<(NodeId, NodeId), SocketAddr>,
    lives: BTreeMap<NodeId, watch::Sender<Life>>,
}

/// A life of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Life {
    number: u64,
    /// How many of its links are connected.
    links: usize,
}

impl Links {
    /// Opens a port for every directed link, on loopback.
    pub(super) fn open(
        runtime: &Handle,
        system: &'static str,
        language: Language,
        nodes: &[NodeId],
        secret: &str,
        sender: Sender<Part>,
    ) -> io::Result<Self> {
        let lives: BTreeMap<NodeId, watch::Sender<Life>> =
            nodes.iter().map(|node| (*node, watch::Sender::default())).collect();
        let mut ports = BTreeMap::new();
        for (&from, life) in &lives {
            for &to in nodes.iter().filter(|to| **to != from) {
                let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
                ports.insert((from, to), listener.local_addr()?);
                let link = Link {
                    system,
                    language,
                    from,
                    to,
                    life: life.clone(),
                    secret: secret.to_owned(),
                    sender: sender.clone(),
                };
                runtime.spawn(link.listen(listener));
            }
        }
        Ok(Self { ports, lives })
    }

    /// What is said by a node from now on is said in this life. The answer tells when so many of its links are
    /// connected that all are.
    pub(super) fn begin_life(&self, node: NodeId, number: u64) -> Connected {
        let life = &self.lives[&node];
        life.send_replace(Life { number, links: 0 });
        Connected { life: life.subscribe(), all: self.lives.len() - 1 }
    }

    /// The ports that a node takes for its peers.
    pub(super) fn of(&self, node: NodeId) -> BTreeMap<NodeId, SocketAddr> {
        let own = self.ports.iter().filter(|((from, _), _)| *from == node);
        own.map(|((_, to), port)| (*to, *port)).collect()
    }
}

/// Tells when the links of a node are connected.
pub(super) struct Connected {
    life: watch::Receiver<Life>,
    all: usize,
}

impl Connected {
    /// Waits until all are.
    pub(super) async fn wait(&mut self) {
        let all = self.all;
        // The links live as long as anybody waits for them.
        let _ = self.life.wait_for(|life| life.links == all).await;
    }
}

/// A directed link.
#[derive(Clone)]
struct Link {
    system: &'static str,
    language: Language,
    from: NodeId,
    to: NodeId,
    life: watch::Sender<Life>,
    secret: String,
    sender: Sender<Part>,
}

impl Link {
    async fn listen(self, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            // One message is one packet: who waits for more saves nothing here.
            let _ = stream.set_nodelay(true);
            tokio::spawn(self.clone().serve(stream));
        }
    }

    /// Reads what the node says, until its connection ends.
    async fn serve(self, stream: TcpStream) {
        let life = self.life.borrow().number;
        let part = |what| Part { at: now::instant(), node: self.from, life, what };
        let mut stream = BufReader::new(stream);
        if self.greet(&mut stream).await.is_err() {
            return;
        }
        if self.sender.send(part(PartOf::Opened)).is_err() {
            return;
        }
        self.life.send_if_modified(|now| {
            now.links += usize::from(now.number == life);
            now.number == life
        });
        while let Ok(content) = read_content(&mut stream, MAX_FRAME).await
            && let Ok(said) = (self.language.from_peer)(&content)
        {
            if self.sender.send(part(PartOf::Peer { to: self.to, said })).is_err() {
                return;
            }
        }
        let _ = self.sender.send(part(PartOf::Closed));
    }

    async fn greet(&self, stream: &mut BufReader<TcpStream>) -> Result<(), FrameError> {
        let mut preamble = [0; PREAMBLE.len()];
        stream.read_exact(&mut preamble).await?;
        let hello: Hello = read_frame(stream, HELLO_MAX).await?;
        let is_meant = preamble == PREAMBLE
            && hello.version == VERSION
            && hello.system == self.system
            && hello.caller == Caller::Peer(self.from)
            && hello.to == self.to
            && hello.secret.as_deref() == Some(&self.secret);
        let greeting = match is_meant {
            true => Greeting::Welcome,
            false => {
                Greeting::Refused(format!("this is the link from {} to {}", self.from, self.to))
            }
        };
        write_frame(stream.get_mut(), &greeting).await?;
        if is_meant { Ok(()) } else { Err(FrameError::Ended) }
    }
}
