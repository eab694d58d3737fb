//! The connections to a process: one for each peer that we stand for, one for clients, one to look at it.

use super::{Part, PartOf, links::Connected};
use crate::{
    control::{Command, Told},
    now,
    wire::{
        Caller, Frame, FrameError, FromClient, Greeting, HELLO_MAX, Hello, MAX_FRAME, PREAMBLE,
        ToClient, VERSION, read_frame, write_frame,
    },
};
use node::{NodeId, Wire};
use std::{collections::BTreeMap, net::SocketAddr, sync::mpsc::Sender, time::Duration};
use tokio::{
    io::{AsyncWriteExt, BufReader},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{mpsc, oneshot},
    time::timeout,
};

/// So long a process has to say that it listens, and to greet.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where a process can be spoken to. What is written here leaves in order.
pub(super) struct Connections {
    peers: BTreeMap<NodeId, Writer>,
    clients: Writer,
    control: Writer,
}

type Writer = mpsc::UnboundedSender<Vec<u8>>;

impl Connections {
    /// Says something in the name of another node, in a frame.
    pub(super) fn peer(&self, from: NodeId, frame: Result<Frame, FrameError>) {
        write(&self.peers[&from], frame);
    }

    /// Says something in the name of a client.
    pub(super) fn client(&self, said: &FromClient) {
        write(&self.clients, Frame::of(said));
    }

    /// Commands something.
    pub(super) fn command(&self, command: Command) {
        write(&self.control, Frame::of(&command));
    }
}

fn write(to: &Writer, frame: Result<Frame, FrameError>) {
    let frame = frame.expect("what came over the wire can go on over it");
    // A connection that is gone is known by its other half.
    let _ = to.send(frame.0);
}

/// All that is needed to call a process.
pub(super) struct Call {
    pub(super) node: NodeId,
    pub(super) life: u64,
    pub(super) system: &'static str,
    pub(super) secret: String,
    pub(super) peers: Vec<NodeId>,
    pub(super) links: Connected,
    pub(super) sender: Sender<Part>,
}

impl Call {
    /// Waits until the process listens, and connects; the control connection comes last, since the node boots
    /// when that stands.
    pub(super) async fn connect(mut self, ready: oneshot::Receiver<Result<SocketAddr, String>>) {
        if let Err(why) = self.try_connect(ready).await {
            self.part(PartOf::Failed(why));
        }
    }

    async fn try_connect(
        &mut self,
        ready: oneshot::Receiver<Result<SocketAddr, String>>,
    ) -> Result<(), String> {
        let late = |_| format!("it did not listen within {PATIENCE:?}");
        let address = timeout(PATIENCE, ready).await.map_err(late)?;
        let address = address.map_err(|_| "it ended before it listened".to_owned())??;
        let mut peers = BTreeMap::new();
        for &from in &self.peers {
            // A node says nothing to its peers on their connections; that such a one ends is known by the others.
            let (_, writer) = self.open(address, Caller::Peer(from)).await?;
            peers.insert(from, writing(writer));
        }
        let (replies, clients) = self.open(address, Caller::Client).await?;
        // What a node sends as it boots is not to be lost for want of a connection.
        let linked = timeout(PATIENCE, self.links.wait()).await;
        linked.map_err(|_| format!("it did not connect to its peers within {PATIENCE:?}"))?;
        let (told, control) = self.open(address, Caller::Conductor).await?;
        let (clients, control) = (writing(clients), writing(control));
        self.part(PartOf::Connected(Connections { peers, clients, control }));
        self.read::<ToClient>(replies, PartOf::Client);
        self.read::<Told>(told, PartOf::Told);
        Ok(())
    }

    async fn open(
        &self,
        address: SocketAddr,
        caller: Caller,
    ) -> Result<(BufReader<OwnedReadHalf>, OwnedWriteHalf), String> {
        let broke = |what: &str| format!("{what} as {caller:?}");
        let stream = TcpStream::connect(address).await;
        let stream = stream.map_err(|why| broke(&format!("could not connect: {why}")))?;
        let _ = stream.set_nodelay(true);
        let (reader, mut writer) = stream.into_split();
        let mut reader = BufReader::new(reader);
        let hello = Hello {
            version: VERSION,
            system: self.system.to_owned(),
            caller,
            to: self.node,
            secret: Some(self.secret.clone()),
        };
        let said = async {
            writer.write_all(&PREAMBLE).await?;
            write_frame(&mut writer, &hello).await?;
            read_frame::<Greeting>(&mut reader, HELLO_MAX).await
        };
        match timeout(PATIENCE, said).await {
            Ok(Ok(Greeting::Welcome)) => Ok((reader, writer)),
            Ok(Ok(Greeting::Refused(why))) => Err(broke(&format!("was refused: {why}"))),
            Ok(Err(why)) => Err(broke(&why.to_string())),
            Err(_) => Err(broke("was not greeted")),
        }
    }

    /// Reads a connection until it ends.
    fn read<T: Wire + Send + 'static>(
        &self,
        mut from: BufReader<OwnedReadHalf>,
        what: fn(T) -> PartOf,
    ) {
        self.part(PartOf::Opened);
        let (node, life, sender) = (self.node, self.life, self.sender.clone());
        tokio::spawn(async move {
            let part = |what| Part { at: now::instant(), node, life, what };
            while let Ok(value) = read_frame(&mut from, MAX_FRAME).await {
                if sender.send(part(what(value))).is_err() {
                    return;
                }
            }
            let _ = sender.send(part(PartOf::Closed));
        });
    }

    fn part(&self, what: PartOf) {
        // Whoever would have read it is gone, and so is the run.
        let _ =
            self.sender.send(Part { at: now::instant(), node: self.node, life: self.life, what });
    }
}

/// A task that writes what it is given, many at a time where many wait.
fn writing(mut to: OwnedWriteHalf) -> Writer {
    let (writer, mut frames) = mpsc::unbounded_channel::<Vec<u8>>();
    tokio::spawn(async move {
        while let Some(mut bytes) = frames.recv().await {
            while let Ok(more) = frames.try_recv() {
                bytes.extend(more);
            }
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
    });
    writer
}
