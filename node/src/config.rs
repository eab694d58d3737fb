//! What a node is told when it boots.

use crate::NodeId;
use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

/// The value of a system's setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// A whole number.
    Count(u64),
    /// A length of time.
    Duration(Duration),
    /// One of a few words.
    Word(String),
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(number) => number.fmt(f),
            Self::Duration(length) => write!(f, "{length:?}"),
            Self::Word(word) => f.write_str(word),
        }
    }
}

/// A node's static configuration: who it is, who the others are, how the system is set.
#[derive(Clone, Debug)]
pub struct Config {
    /// This node.
    pub id: NodeId,
    /// Every node, this one among them, in order.
    pub members: Arc<[NodeId]>,
    /// Those of them that are not there at the start, in order: they may come later.
    pub late: Arc<[NodeId]>,
    /// Who leads, in systems where that is configured and not elected: `n1`.
    pub leader: NodeId,
    /// The flaws that are switched on, by name.
    pub flaws: Arc<[String]>,
    /// The settings that differ from the system's defaults, by name.
    pub settings: Arc<BTreeMap<String, Setting>>,
    /// Whether other nodes may be of another version, so that flaws and settings are not everyone's.
    pub mixed: bool,
}

impl Config {
    /// A cluster of `nodes` nodes led by `n1`, no flaw, default settings.
    pub fn new(id: NodeId, nodes: usize) -> Self {
        Self {
            id,
            members: (0..nodes).map(NodeId::from_index).collect(),
            late: Arc::new([]),
            leader: NodeId::new(1),
            flaws: Arc::new([]),
            settings: Arc::default(),
            mixed: false,
        }
    }

    /// The same configuration, seen from another node.
    pub fn for_node(&self, id: NodeId) -> Self {
        Self { id, ..self.clone() }
    }

    /// Whether the named flaw is switched on.
    pub fn has_flaw(&self, name: &str) -> bool {
        self.flaws.iter().any(|flaw| flaw == name)
    }

    /// Every node but this one.
    pub fn peers(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.members.iter().copied().filter(|&member| member != self.id)
    }
}
