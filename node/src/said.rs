//! Messages of nodes for who carries them and need not know what they say.

use crate::{Canonical, Carried, Encoder, Node};
use std::{
    any::Any,
    fmt::{self, Debug, Display, Formatter},
};

/// What a node of some system says to another.
///
/// Its text, its canonical bytes and its copies are those of the message. What carries messages about,
/// a world or a cluster of processes, is built once by that, and not for every system.
///
/// ```
/// use node::{Said, systems::async_leader::{AsyncLeader, Message}};
///
/// let said = Said::of::<AsyncLeader>(Message::Reset);
/// assert_eq!(said.to_string(), Message::Reset.to_string());
/// assert_eq!(said.into_message::<AsyncLeader>(), Message::Reset);
/// ```
pub struct Said(Box<dyn Spoken>);

/// A message of some system.
trait Spoken: Send {
    fn encode(&self, out: &mut Encoder);
    fn again(&self) -> Box<dyn Spoken>;
    fn carries(&self) -> Vec<Carried>;
    fn debug(&self) -> &dyn Debug;
    fn display(&self) -> &dyn Display;
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

/// A message of a system.
struct Message<N: Node>(N::Message);

impl Said {
    /// A message of this system.
    pub fn of<N: Node>(message: N::Message) -> Self {
        Self(Box::new(Message::<N>(message)))
    }

    /// The message.
    ///
    /// # Panics
    ///
    /// Panics if it is one of another system.
    pub fn into_message<N: Node>(self) -> N::Message {
        let message = self.0.into_any().downcast::<Message<N>>();
        message.expect("nodes of one system understand each other").0
    }

    /// The entries that it tells of, as [`Node::carries`] has them.
    pub fn carries(&self) -> Vec<Carried> {
        self.0.carries()
    }
}

impl<N: Node> Spoken for Message<N> {
    fn encode(&self, out: &mut Encoder) {
        self.0.encode(out);
    }

    fn again(&self) -> Box<dyn Spoken> {
        Box::new(Self(self.0.clone()))
    }

    fn carries(&self) -> Vec<Carried> {
        N::carries(&self.0)
    }

    fn debug(&self) -> &dyn Debug {
        &self.0
    }

    fn display(&self) -> &dyn Display {
        &self.0
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

impl Canonical for Said {
    #[inline]
    fn encode(&self, out: &mut Encoder) {
        self.0.encode(out);
    }
}

impl Clone for Said {
    fn clone(&self) -> Self {
        Self(self.0.again())
    }
}

impl Debug for Said {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.debug().fmt(f)
    }
}

impl Display for Said {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.display().fmt(f)
    }
}
