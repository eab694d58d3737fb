//! How what nodes of a system say is read and written by who does not know its type.

use super::{Frame, FrameError, FromPeer};
use node::{Node, Said, Wire};

/// The messages of a system in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Language {
    /// Reads the content of a peer's frame.
    pub(crate) from_peer: fn(&[u8]) -> Result<FromPeer<Said>, FrameError>,
    /// Reads a message.
    pub(crate) message: fn(&[u8]) -> Result<Said, FrameError>,
    /// Makes a frame as a peer sends it.
    pub(crate) frame: fn(FromPeer<Said>) -> Result<Frame, FrameError>,
}

impl Language {
    /// That of these nodes.
    pub(crate) const fn of<N: Node<Message: Wire>>() -> Self {
        Self { from_peer: from_peer::<N>, message: message::<N>, frame: frame::<N> }
    }
}

fn from_peer<N: Node<Message: Wire>>(content: &[u8]) -> Result<FromPeer<Said>, FrameError> {
    let FromPeer { number, message } = Frame::value::<FromPeer<N::Message>>(content)?;
    Ok(FromPeer { number, message: Said::of::<N>(message) })
}

fn message<N: Node<Message: Wire>>(content: &[u8]) -> Result<Said, FrameError> {
    Ok(Said::of::<N>(Frame::value(content)?))
}

fn frame<N: Node<Message: Wire>>(said: FromPeer<Said>) -> Result<Frame, FrameError> {
    let FromPeer { number, message } = said;
    Frame::of(&FromPeer { number, message: message.into_message::<N>() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use node::systems::{
        async_leader::{AsyncLeader, Message},
        raft::Raft,
    };

    #[test]
    fn what_is_read_has_the_bytes_that_it_was_written_in() {
        let frame = Frame::of(&FromPeer { number: 300, message: Message::Reset }).unwrap();
        let ours = Language::of::<AsyncLeader>();
        let said = (ours.from_peer)(&frame.0[4..]).unwrap();
        assert_eq!((said.number, said.message.to_string()), (300, Message::Reset.to_string()));
        assert_eq!((ours.frame)(said).unwrap(), frame);
        assert!((ours.from_peer)(&frame.0[4..frame.0.len() - 1]).is_err());
        assert!((Language::of::<Raft>().message)(&[255]).is_err());
    }
}
