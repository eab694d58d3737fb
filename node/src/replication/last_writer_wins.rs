//! Last writer wins: conflicts resolved by the writers' clocks.

use crate::{NodeId, Time, Version, WriteStamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// When a write was made, by the clock of the node that took it.
///
/// The greater stamp wins; the node's name breaks ties, so that every replica
/// decides alike. The clock is the weak spot: a node whose clock is ahead wins
/// over writes made later, and one whose clock is behind loses to earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stamp {
    /// What the clock showed.
    pub at: Time,
    /// Whose clock.
    pub by: NodeId,
}

impl Stamp {
    /// The stamp as a version: nanoseconds on the writer's clock.
    pub fn version(self) -> Version {
        Version(self.at.as_nanos())
    }
}

impl From<Stamp> for WriteStamp {
    fn from(Stamp { at, by }: Stamp) -> Self {
        Self::Clock { at, by }
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}/{}", self.at, self.by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn stamp(secs: u64, node: u32) -> Stamp {
        Stamp { at: Time::from(Duration::from_secs(secs)), by: NodeId::new(node) }
    }

    #[test]
    fn the_clock_decides_and_the_name_breaks_ties() {
        assert!(stamp(11, 1) > stamp(2, 3));
        assert!(stamp(2, 3) > stamp(2, 1));
        assert_eq!(stamp(2, 3).to_string(), "@2.000s/n3");
        assert_eq!(stamp(2, 3).version(), Version(2_000_000_000));
    }
}
