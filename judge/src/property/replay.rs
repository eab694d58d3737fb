//! Replays a trace: what each node held under some keys, from moment to moment.

use super::{Evidence, index::TextMap};
use crate::record::{Event, Trace};
use node::{Key, NodeId, Time, Value};

/// From a moment on a node holds this under a key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moment<'a> {
    /// Since when.
    pub(super) at: Time,
    /// Which node, by position among the nodes asked about.
    pub(super) node: usize,
    /// What; `None`: nothing.
    pub(super) state: Option<&'a Value>,
    /// Whether the node lost what it held in a crash.
    pub(super) by_crash: bool,
}

/// For each key, what changed on which of the nodes, in order of time. Before its first
/// moment a node holds nothing.
///
/// A node that boots empty counts as empty from the moment of its crash. Where a trace does
/// not say what a node found on its disk, that is taken to be what it held before, unless
/// the next change of the key or the replica at the end shows otherwise.
pub(super) fn replay<'a>(
    evidence: &Evidence<'a>,
    trace: &'a Trace,
    keys: &[&'a Key],
    nodes: &[NodeId],
) -> Vec<Vec<Moment<'a>>> {
    let mut replay = Replay::new(keys, nodes);
    for event in &trace.events {
        match &event.event {
            Event::FaultStart { fault } => {
                let fault = &evidence.faults[*fault];
                if fault.kind.takes_down() {
                    replay.crash(event.at, &fault.nodes);
                }
            }
            Event::Boot { node, entries, holds, .. } => {
                replay.boot(event.at, *node, *entries, keys, holds);
            }
            Event::Apply { node, change } => {
                let before = change.before.as_ref().map(|entry| &entry.value);
                let after = change.after.as_ref().map(|entry| &entry.value);
                replay.apply(event.at, *node, &change.key, before, after);
            }
            _ => {}
        }
    }
    replay.finish(evidence, keys, nodes)
}

struct Replay<'a> {
    ids: TextMap<&'a str, usize>,
    /// The position of a node among those asked about, by its index.
    slots: Vec<Option<usize>>,
    moments: Vec<Vec<Moment<'a>>>,
    /// For each key and node the place of its last moment.
    last: Vec<Vec<Option<Last>>>,
    crashed: Vec<Option<Time>>,
}

#[derive(Clone, Copy)]
struct Last {
    place: usize,
    guessed: bool,
}

impl<'a> Replay<'a> {
    fn new(keys: &[&'a Key], nodes: &[NodeId]) -> Self {
        let length = nodes.iter().map(|node| node.index() + 1).max();
        let mut slots = vec![None; length.unwrap_or(0)];
        for (slot, node) in nodes.iter().enumerate() {
            slots[node.index()] = Some(slot);
        }
        let numbered = keys.iter().enumerate();
        Self {
            ids: numbered.map(|(id, key)| (key.as_str(), id)).collect(),
            slots,
            moments: vec![Vec::new(); keys.len()],
            last: vec![vec![None; nodes.len()]; keys.len()],
            crashed: vec![None; nodes.len()],
        }
    }

    fn slot(&self, node: NodeId) -> Option<usize> {
        self.slots.get(node.index()).copied().flatten()
    }

    fn state(&self, key: usize, slot: usize) -> Option<&'a Value> {
        self.last[key][slot].and_then(|last| self.moments[key][last.place].state)
    }

    fn push(&mut self, key: usize, moment: Moment<'a>, guessed: bool) {
        let place = self.moments[key].len();
        self.last[key][moment.node] = Some(Last { place, guessed });
        self.moments[key].push(moment);
    }

    /// Puts what is known now in the place of a guess.
    fn correct(&mut self, key: usize, slot: usize, state: Option<&'a Value>) {
        if let Some(Last { place, guessed: true }) = self.last[key][slot] {
            self.moments[key][place].state = state;
            self.last[key][slot] = Some(Last { place, guessed: false });
        }
    }

    fn crash(&mut self, at: Time, nodes: &[NodeId]) {
        for node in nodes {
            if let Some(slot) = self.slot(*node) {
                self.crashed[slot] = Some(at);
            }
        }
    }

    fn boot(
        &mut self,
        at: Time,
        node: NodeId,
        entries: usize,
        keys: &[&Key],
        holds: &'a [(Key, node::Versioned)],
    ) {
        let Some(slot) = self.slot(node) else {
            return;
        };
        let crashed = self.crashed[slot].take();
        for (key, name) in keys.iter().enumerate() {
            let held = self.state(key, slot);
            let guessed = entries > 0 && holds.is_empty();
            let found = if guessed { held } else { self::held(holds, name) };
            let moment = Moment {
                at: if entries == 0 { crashed.unwrap_or(at) } else { at },
                node: slot,
                state: found,
                by_crash: entries == 0 && held.is_some(),
            };
            self.push(key, moment, guessed);
        }
    }

    fn apply(
        &mut self,
        at: Time,
        node: NodeId,
        key: &Key,
        before: Option<&'a Value>,
        after: Option<&'a Value>,
    ) {
        let (Some(slot), Some(&key)) = (self.slot(node), self.ids.get(key.as_str())) else {
            return;
        };
        self.correct(key, slot, before);
        let moment = Moment { at, node: slot, state: after, by_crash: false };
        self.push(key, moment, false);
    }

    fn finish(
        mut self,
        evidence: &Evidence<'a>,
        keys: &[&Key],
        nodes: &[NodeId],
    ) -> Vec<Vec<Moment<'a>>> {
        for (slot, node) in nodes.iter().enumerate() {
            let replica = evidence.replicas.iter().find(|other| other.node == *node);
            let entries = replica.and_then(|replica| replica.entries.as_deref());
            for (key, name) in keys.iter().enumerate() {
                match (entries, self.crashed[slot]) {
                    (Some(entries), _) => self.correct(key, slot, held(entries, name)),
                    (None, Some(at)) => {
                        let by_crash = self.state(key, slot).is_some();
                        let moment = Moment { at, node: slot, state: None, by_crash };
                        self.push(key, moment, false);
                    }
                    (None, None) => {}
                }
            }
        }
        for moments in &mut self.moments {
            // The sort is stable: what one node did at one moment stays in order.
            moments.sort_by_key(|moment| moment.at);
        }
        self.moments
    }
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
