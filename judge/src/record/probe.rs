//! Operations that were made to see who answers.

use node::NodeId;
use serde::{Deserialize, Serialize};

/// An operation made after healing and settling, to see whether the cluster serves.
///
/// It stands in the history like any other, behind all of those that the scenario and
/// its workload began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// Its position in the history.
    pub operation: usize,
    /// The only node that it was sent to; `None`: it was routed as clients of the
    /// scenario route theirs.
    pub at: Option<NodeId>,
}
