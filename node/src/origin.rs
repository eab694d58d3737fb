//! Which client's operation a write goes back to.

use crate::RequestId;
use std::{
    cmp::Ordering,
    hash::{Hash, Hasher},
};

/// The request that a write goes back to, kept beside it for the trace alone.
///
/// It is to a store what the context of a distributed trace is to a service: it travels with a
/// write from node to node, and nobody may decide by it. So it is equal to every other, adds
/// nothing to a hash, and a message leaves it out of its text and of its canonical bytes
/// (`#[serde(skip)]`). What comes back from a disk has lost it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Origin(Option<RequestId>);

impl Origin {
    /// The request, where it is known.
    pub const fn request(self) -> Option<RequestId> {
        self.0
    }
}

impl From<RequestId> for Origin {
    fn from(request: RequestId) -> Self {
        Self(Some(request))
    }
}

impl PartialEq for Origin {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl Eq for Origin {}

impl PartialOrd for Origin {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Origin {
    fn cmp(&self, _other: &Self) -> Ordering {
        Ordering::Equal
    }
}

impl Hash for Origin {
    fn hash<H: Hasher>(&self, _state: &mut H) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClientId;

    #[test]
    fn nothing_can_be_decided_by_it() {
        let request = RequestId { client: ClientId::new(1), attempt: 0, sequence: 3 };
        let (known, unknown) = (Origin::from(request), Origin::default());
        assert_eq!(known, unknown);
        assert_eq!(known.cmp(&unknown), Ordering::Equal);
        assert_eq!(known.request(), Some(request));
        assert_eq!(unknown.request(), None);
    }
}
