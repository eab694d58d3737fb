//! Calling somebody.

use super::{FrameError, Greeting, HELLO_MAX, Hello, PREAMBLE, read_frame, write_frame};
use std::{io, net::SocketAddr};
use tokio::{io::AsyncWriteExt, net::TcpStream};

/// A connection could not be had.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Nobody is there, or the connection broke.
    #[error(transparent)]
    Broke(#[from] io::Error),
    /// What was said to the hello is no greeting.
    #[error("who is there speaks another protocol: {0}")]
    Frame(#[from] FrameError),
    /// Who is there does not want it.
    #[error("refused: {0}")]
    Refused(String),
}

/// Connects, and says who calls. Frames may be sent from then on.
///
/// # Errors
///
/// [`ConnectError`]. It waits as long as whoever is there takes; a deadline is the caller's.
pub async fn connect(address: SocketAddr, hello: &Hello) -> Result<TcpStream, ConnectError> {
    let mut stream = TcpStream::connect(address).await?;
    // Frames are small, and somebody waits for each.
    stream.set_nodelay(true)?;
    stream.write_all(&PREAMBLE).await?;
    write_frame(&mut stream, hello).await?;
    match read_frame(&mut stream, HELLO_MAX).await? {
        Greeting::Welcome => Ok(stream),
        Greeting::Refused(why) => Err(ConnectError::Refused(why)),
    }
}
