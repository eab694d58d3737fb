//! What some nodes held under some keys, from moment to moment.

use super::{Moved, Replay};
use node::{Key, NodeId, Time, Value, Versioned};
use std::collections::BTreeMap;

/// From a moment on a node holds this under a key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment<'a> {
    /// Since when.
    pub at: Time,
    /// Which node, by position among the nodes asked about.
    pub node: usize,
    /// What; `None`: nothing.
    pub state: Option<&'a Value>,
    /// Whether the node lost what it held in a crash.
    pub by_crash: bool,
}

/// For each key, what changed on which of the nodes, in order of time. Before its first
/// moment a node holds nothing. The replay goes from where it stands to its end.
pub fn moments<'a>(
    mut replay: Replay<'a>,
    keys: &[&Key],
    nodes: &[NodeId],
) -> Vec<Vec<Moment<'a>>> {
    let positions = keys.iter().enumerate().map(|(position, key)| (*key, position));
    let positions: BTreeMap<&Key, usize> = positions.collect();
    let slot_of = |node: &NodeId| nodes.iter().position(|other| other == node);
    let mut moments = vec![Vec::new(); keys.len()];
    let mut states: Vec<Vec<Option<&'a Value>>> = vec![vec![None; nodes.len()]; keys.len()];
    while let Some(step) = replay.step() {
        let at = step.at;
        let mut note = |key: usize, node: usize, entry: Option<&'a Versioned>, is_crash: bool| {
            let state = entry.map(|entry| &entry.value);
            let before = std::mem::replace(&mut states[key][node], state);
            let by_crash = is_crash && before.is_some() && state != before;
            moments[key].push(Moment { at, node, state, by_crash });
        };
        let (whole, is_crash) = match step.moved {
            Moved::Changed(node, change) => {
                if let (Some(slot), Some(key)) = (slot_of(&node), positions.get(&change.key)) {
                    note(*key, slot, change.after.as_ref(), false);
                }
                continue;
            }
            Moved::Down(down) => (down, true),
            Moved::Up(node) => (vec![node], false),
            Moved::Nothing => continue,
        };
        for node in whole {
            let (Some(slot), Some(state)) = (slot_of(&node), replay.node(node)) else { continue };
            for (key, name) in keys.iter().enumerate() {
                note(key, slot, state.get(name), is_crash);
            }
        }
    }
    moments
}
