//! The beginning of a connection: who is there, and whether they are let in.

use super::Gate;
use crate::{
    secret::same,
    wire::{
        Caller, FrameError, Greeting, HELLO_MAX, Hello, PREAMBLE, VERSION, read_frame, write_frame,
    },
};
use std::{io, time::Duration};
use tokio::{
    io::AsyncReadExt,
    net::TcpStream,
    time::{sleep, timeout},
};

/// How long somebody may take to say who they are.
const PATIENCE: Duration = Duration::from_secs(5);

/// Who is there.
pub(super) enum Greeted {
    /// Somebody who speaks another protocol; nothing of it has been read.
    Foreign(TcpStream),
    /// One of ours, who is let in.
    Ours(TcpStream, Caller),
}

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub(super) enum TurnedAway {
    /// They took too long.
    #[error("no hello within {PATIENCE:?}")]
    TooSlow,
    /// What they said is no hello.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The connection broke.
    #[error(transparent)]
    Broke(#[from] io::Error),
    /// They are wrong here; they were told why.
    #[error("{0}")]
    Refused(String),
}

/// Reads the preamble and the hello, and answers it.
pub(super) async fn greet(stream: TcpStream, gate: &Gate) -> Result<Greeted, TurnedAway> {
    timeout(PATIENCE, greet_slowly(stream, gate)).await.map_err(|_| TurnedAway::TooSlow)?
}

async fn greet_slowly(mut stream: TcpStream, gate: &Gate) -> Result<Greeted, TurnedAway> {
    if !begins_as_ours(&stream).await? {
        return Ok(Greeted::Foreign(stream));
    }
    stream.read_exact(&mut [0; PREAMBLE.len()]).await?;
    let hello: Hello = read_frame(&mut stream, HELLO_MAX).await?;
    match refusal(&hello, gate) {
        None => {
            write_frame(&mut stream, &Greeting::Welcome).await?;
            Ok(Greeted::Ours(stream, hello.caller))
        }
        Some(why) => {
            tracing::warn!("refused {:?}: {why}", hello.caller);
            write_frame(&mut stream, &Greeting::Refused(why.clone())).await?;
            Err(TurnedAway::Refused(why))
        }
    }
}

/// Whether the first bytes are our preamble. They stay where they are.
async fn begins_as_ours(stream: &TcpStream) -> io::Result<bool> {
    let mut begin = [0; PREAMBLE.len()];
    loop {
        let read = stream.peek(&mut begin).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if begin[..read] != PREAMBLE[..read] {
            return Ok(false);
        }
        if read == begin.len() {
            return Ok(true);
        }
        // What is there does not wake anybody again.
        sleep(Duration::from_millis(5)).await;
    }
}

/// Why who says this is wrong here.
fn refusal(hello: &Hello, gate: &Gate) -> Option<String> {
    let (about, id) = (&gate.about, gate.about.id);
    let is_member = |node| about.members.iter().any(|(member, _)| *member == node);
    if hello.version != VERSION {
        let theirs = hello.version;
        return Some(format!("this is version {VERSION} of the protocol, yours is {theirs}"));
    }
    if !same(hello.secret.as_deref(), gate.secret.as_deref()) {
        return Some("the secret is not that of this cluster".to_owned());
    }
    if hello.system != about.system.name {
        return Some(format!("this is a node of {}, not of {:?}", about.system.name, hello.system));
    }
    if hello.to != id {
        return Some(format!("this is {id}, not {}", hello.to));
    }
    match hello.caller {
        Caller::Peer(peer) if peer == id => Some(format!("{peer} is this very node")),
        Caller::Peer(peer) if !is_member(peer) => {
            Some(format!("{peer} is no node of this cluster"))
        }
        Caller::Conductor if !gate.is_conducted || gate.secret.is_none() => {
            Some("this process was not started to be conducted".to_owned())
        }
        _ => None,
    }
}
