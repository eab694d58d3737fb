//! What the disks of nodes give back, as boots and the end of a run show it.

use super::{
    state::{Entries, NodeState},
    taken_down,
};
use crate::record::{Event, FaultRecord, Replica, Trace};
use node::{Key, NodeId, Versioned};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of the disks of all nodes.
#[derive(Clone, Debug, Default)]
pub(super) struct Disks<'a> {
    /// What each node finds at each boot, by the place of the boot among the events.
    boots: BTreeMap<NodeId, Vec<(usize, Found<'a>)>>,
    /// What was found on the disks, or in the nodes, at the end.
    at_end: BTreeMap<NodeId, &'a [(Key, Versioned)]>,
}

/// What a node finds as it boots.
#[derive(Clone, Debug)]
enum Found<'a> {
    Told(&'a [(Key, Versioned)]),
    /// The boot does not say it.
    Untold {
        /// What later events show to have been found.
        shown: BTreeMap<&'a Key, Option<&'a Versioned>>,
        /// Whether that is all; otherwise the rest is what was there before.
        is_all: bool,
    },
}

impl<'a> Disks<'a> {
    pub(super) fn new(
        trace: &'a Trace,
        faults: &'a [FaultRecord],
        replicas: &'a [Replica],
    ) -> Self {
        let mut disks = Self::default();
        // The nodes that are up since a boot that did not say what it found.
        let mut open = BTreeSet::new();
        for (place, event) in trace.events.iter().enumerate() {
            match &event.event {
                Event::Boot { node, entries, holds, .. } => {
                    let is_told = *entries == 0 || !holds.is_empty();
                    if is_told {
                        open.remove(node)
                    } else {
                        open.insert(*node)
                    };
                    let found = match is_told {
                        true => Found::Told(holds),
                        false => Found::Untold { shown: BTreeMap::new(), is_all: false },
                    };
                    disks.boots.entry(*node).or_default().push((place, found));
                }
                Event::Apply { node, change } if open.contains(node) => {
                    disks.shows(*node, &change.key, change.before.as_ref());
                }
                other => {
                    for node in taken_down(other, faults) {
                        open.remove(node);
                    }
                }
            }
        }
        for replica in replicas {
            disks.end(replica, open.contains(&replica.node));
        }
        disks
    }

    /// A node shows what it found under a key at its last boot, unless it did before.
    fn shows(&mut self, node: NodeId, key: &'a Key, entry: Option<&'a Versioned>) {
        let last = self.boots.get_mut(&node).and_then(|boots| boots.last_mut());
        if let Some((_, Found::Untold { shown, .. })) = last {
            shown.entry(key).or_insert(entry);
        }
    }

    /// What was held at the end and never changed since the last boot was found by it.
    fn end(&mut self, replica: &'a Replica, is_open: bool) {
        if let Some(entries) = replica.entries.as_deref().filter(|_| is_open) {
            for (key, entry) in entries {
                self.shows(replica.node, key, Some(entry));
            }
            let last = self.boots.get_mut(&replica.node).and_then(|boots| boots.last_mut());
            if let Some((_, Found::Untold { is_all, .. })) = last {
                *is_all = true;
            }
        }
        let left = replica.on_disk.as_deref().or(replica.entries.as_deref());
        self.at_end.extend(left.map(|entries| (replica.node, entries)));
    }

    /// A node goes down, and from then on holds what it will find when it boots.
    pub(super) fn crash(&self, place: usize, node: NodeId, state: &mut NodeState<'a>) {
        let boots = self.boots.get(&node).map_or(&[][..], Vec::as_slice);
        let next = boots.partition_point(|(boot, _)| *boot <= place);
        let entries = match (boots.get(next), self.at_end.get(&node)) {
            (Some((_, found)), _) => found.after(&state.entries),
            (None, Some(entries)) => told(entries),
            (None, None) => Entries::new(),
        };
        state.begin(entries, true);
    }

    /// A node boots; this is the boot at this place.
    pub(super) fn boot(&self, place: usize, node: NodeId, state: &mut NodeState<'a>) {
        let boots = self.boots.get(&node).map_or(&[][..], Vec::as_slice);
        let boot = boots.binary_search_by_key(&place, |(boot, _)| *boot);
        let found = boot.map(|boot| boots[boot].1.after(&state.entries));
        state.begin(found.unwrap_or_default(), false);
    }
}

impl<'a> Found<'a> {
    /// All that is found, where this was there before.
    fn after(&self, before: &Entries<'a>) -> Entries<'a> {
        match self {
            Self::Told(holds) => told(holds),
            Self::Untold { shown, is_all } => {
                let mut entries = if *is_all { Entries::new() } else { before.clone() };
                for (key, entry) in shown {
                    match entry {
                        Some(entry) => entries.insert(key, entry),
                        None => entries.remove(key),
                    };
                }
                entries
            }
        }
    }
}

fn told(holds: &[(Key, Versioned)]) -> Entries<'_> {
    holds.iter().map(|(key, entry)| (key, entry)).collect()
}
