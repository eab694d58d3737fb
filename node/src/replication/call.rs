//! Matching answers to what was asked.

use rand::RngCore;
use serde::{Deserialize, Serialize};

/// Names one question of one incarnation of a node; the answer carries it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CallId(u64);

/// Hands out the names of a node's questions.
///
/// Counting starts at a random number, so that an answer to an earlier incarnation
/// of the node is not taken for one to this. On real sockets the connection, which
/// dies with the process, sees to that.
#[derive(Clone, Debug)]
pub struct Calls {
    next: u64,
}

impl Calls {
    /// Starts to count, at boot.
    pub fn new(rng: &mut dyn RngCore) -> Self {
        Self { next: u64::from(rng.next_u32()) << 32 }
    }

    /// The next name, greater than all before.
    pub fn next_id(&mut self) -> CallId {
        self.next += 1;
        CallId(self.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::mock::StepRng;

    #[test]
    fn two_incarnations_do_not_share_names() {
        let mut first = Calls::new(&mut StepRng::new(1, 1));
        let mut second = Calls::new(&mut StepRng::new(2, 1));
        let names: Vec<_> = (0..100).map(|_| first.next_id()).collect();
        assert!(names.is_sorted());
        assert!((0..100).all(|_| !names.contains(&second.next_id())));
    }
}
