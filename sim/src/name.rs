//! Names of streams, put together.

use judge::record::Endpoint;
use node::{ClientId, NodeId};

/// A short text, as `format!` would write it, but several times as fast: a run makes a name for every link,
/// node and client.
pub(crate) struct Name {
    text: [u8; ROOM],
    length: usize,
}

/// More than the longest name of a link, with both numbers in ten digits.
const ROOM: usize = 64;

impl Name {
    /// A name that begins so.
    #[inline]
    pub(crate) fn new(text: &str) -> Self {
        Self { text: [0; ROOM], length: 0 }.text(text)
    }

    /// The same with this text behind it.
    #[inline]
    pub(crate) fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    /// The same with the name of a node, a client or the balancer behind it.
    pub(crate) fn end(self, end: Endpoint) -> Self {
        match end {
            Endpoint::Node(node) => self.node(node),
            Endpoint::Client(client) => self.client(client),
            Endpoint::Balancer => self.text("balancer"),
        }
    }

    /// The same with the name of a node behind it.
    pub(crate) fn node(self, node: NodeId) -> Self {
        self.text("n").number(node.index() + 1)
    }

    /// The same with the name of a client behind it.
    pub(crate) fn client(self, client: ClientId) -> Self {
        self.text("c").number(client.index())
    }

    fn number(self, number: usize) -> Self {
        let mut digits = [0; 20];
        let (mut start, mut rest) = (digits.len(), number);
        loop {
            start -= 1;
            digits[start] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.bytes(&digits[start..])
    }

    #[inline]
    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.text[self.length..self.length + bytes.len()].copy_from_slice(bytes);
        self.length += bytes.len();
        self
    }
}

impl AsRef<[u8]> for Name {
    fn as_ref(&self) -> &[u8] {
        &self.text[..self.length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_would_be_written() {
        let ends = [
            Endpoint::Node(NodeId::new(1)),
            Endpoint::Node(NodeId::new(10)),
            Endpoint::Node(NodeId::new(u32::MAX)),
            Endpoint::Client(ClientId::SCRIPT),
            Endpoint::Client(ClientId::new(u32::MAX)),
            Endpoint::Balancer,
        ];
        for (from, to) in ends.iter().flat_map(|from| ends.iter().map(move |to| (*from, *to))) {
            let name = Name::new("link/").end(from).text("->").end(to).text("/fate");
            assert_eq!(name.as_ref(), format!("link/{from}->{to}/fate").as_bytes());
        }
    }
}
