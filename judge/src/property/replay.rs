//! Questions to what nodes held from moment to moment.

use super::Evidence;
use crate::replay::{Moment, Replay, moments};
use node::{Key, NodeId, Time, Value};

/// For each key, what changed on which of the nodes, in order of time; `None` without a
/// trace.
pub(super) fn replay<'a>(
    evidence: &Evidence<'a>,
    keys: &[&Key],
    nodes: &[NodeId],
) -> Option<Vec<Vec<Moment<'a>>>> {
    let replay = Replay::new(evidence.trace?, evidence.faults, evidence.replicas);
    Some(moments(replay, keys, nodes))
}

/// What a replica holds under a key.
pub(super) fn held<'a>(entries: &'a [(Key, node::Versioned)], key: &Key) -> Option<&'a Value> {
    let place = entries.binary_search_by(|(other, _)| other.cmp(key)).ok()?;
    Some(&entries[place].1.value)
}

/// The moment since which the nodes have not held the same again; `None` if they do at the end.
///
/// Linear in the number of moments on average: each is compared with one node's state,
/// and only a change of that node is compared with all.
pub(super) fn differ_since(moments: &[Moment<'_>], nodes: usize) -> Option<Time> {
    let mut states: Vec<Option<&Value>> = vec![None; nodes];
    let mut unlike_first = 0;
    let mut since = None;
    for moment in moments {
        let before = std::mem::replace(&mut states[moment.node], moment.state);
        if moment.node == 0 {
            unlike_first = states.iter().filter(|state| **state != states[0]).count();
        } else {
            unlike_first -= usize::from(before != states[0]);
            unlike_first += usize::from(moment.state != states[0]);
        }
        since = match unlike_first {
            0 => None,
            _ => since.or(Some(moment.at)),
        };
    }
    since
}

/// The last moment at which the last node that held a fitting state ceased to.
pub(super) fn gone_since<'a, 'm>(
    moments: &'m [Moment<'a>],
    nodes: usize,
    fits: impl Fn(Option<&'a Value>) -> bool,
) -> Option<&'m Moment<'a>> {
    let mut fitting = vec![fits(None); nodes];
    let mut amount = fitting.iter().filter(|fits| **fits).count();
    let mut gone = None;
    for moment in moments {
        let before = std::mem::replace(&mut fitting[moment.node], fits(moment.state));
        amount -= usize::from(before);
        amount += usize::from(fitting[moment.node]);
        gone = match amount {
            0 => gone.or(Some(moment).filter(|_| before)),
            _ => None,
        };
    }
    gone
}
