//! Where a node first holds something else than the node of the same name in the other run.
//!
//! Both replays go through one time. Nodes are compared while both are up, and up to the moment at which the first of
//! the two runs has its replicas read.

use super::{Difference, Found, Kind, LETTERS};
use judge::{
    Run,
    replay::{Moved, Replay},
    text::{quote, state},
};
use node::{Key, NodeId, Time, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The first moment at which both hold a value under a key and the values differ; and the first difference,
/// absence being one, that lasts.
pub(super) fn first(a: &Run, b: &Run) -> [Found; 2] {
    let end = a.ended.min(b.ended);
    let [Some(one), Some(other)] = [a, b].map(Replay::of) else {
        return [(); 2]
            .map(|()| Err("What nodes hold was not compared: a run has no trace.".to_owned()));
    };
    let mut walk = Walk { sides: [one, other], open: BTreeMap::new(), value: None };
    walk.to(end);
    [
        walk.value().ok_or_else(|| {
            "Where a node and its counterpart both hold a key, the value is the same.".to_owned()
        }),
        walk.lasting(end).ok_or_else(|| {
            format!("No difference between a node and its counterpart lasts to {end}.")
        }),
    ]
}

/// A node and a key.
type Place = (NodeId, Key);

/// Two replays on their way through one time.
struct Walk<'a> {
    sides: [Replay<'a>; 2],
    /// Where the two differ now, and since when.
    open: BTreeMap<Place, Time>,
    /// Where both first held a value and not the same.
    value: Option<(Time, Place, [&'a Value; 2])>,
}

impl<'a> Walk<'a> {
    fn to(&mut self, end: Time) {
        while let Some(at) = self.sides.iter().filter_map(Replay::next_at).min() {
            if at > end {
                break;
            }
            let (mut keys, mut nodes) = (BTreeSet::new(), BTreeSet::new());
            for replay in &mut self.sides {
                while replay.next_at() == Some(at) {
                    match replay.step().map(|step| step.moved) {
                        Some(Moved::Changed(node, change)) => {
                            keys.insert((node, change.key.clone()));
                        }
                        Some(Moved::Up(node)) => {
                            nodes.insert(node);
                        }
                        Some(Moved::Down(down)) => nodes.extend(down),
                        Some(Moved::Nothing) | None => {}
                    }
                }
            }
            for node in nodes {
                let held = self.sides.iter().filter_map(|replay| replay.node(node));
                let held = held.flat_map(|state| state.entries().map(|(key, _)| key.clone()));
                keys.extend(held.map(|key| (node, key)));
                // What was different may be so no more, though neither holds it now.
                let open = self.open.keys().filter(|place| place.0 == node).cloned();
                keys.extend(open.collect::<Vec<_>>());
            }
            for place in keys {
                self.look(at, place);
            }
        }
    }

    /// What both hold now; `None` while one of them is down or not known.
    fn held(&self, (node, key): &Place) -> Option<[Option<&'a Value>; 2]> {
        let held = |replay: &Replay<'a>| {
            let state = replay.node(*node).filter(|state| state.is_up())?;
            Some(state.get(key).map(|entry| &entry.value))
        };
        Some([held(&self.sides[0])?, held(&self.sides[1])?])
    }

    fn look(&mut self, at: Time, place: Place) {
        match self.held(&place) {
            Some([one, other]) if one != other => {
                if let (None, Some(one), Some(other)) = (&self.value, one, other) {
                    self.value = Some((at, place.clone(), [one, other]));
                }
                self.open.entry(place).or_insert(at);
            }
            _ => {
                self.open.remove(&place);
            }
        }
    }

    fn value(&self) -> Option<Difference> {
        let (at, (node, key), values) = self.value.as_ref()?;
        let [one, other] = values.map(|value| quote(value.as_str()));
        Some(Difference {
            kind: Kind::Value,
            label: format!("{node} key {}: A {one}, B {other}", quote(key.as_str())),
            sentence: format!(
                "The first moment at which a node and its counterpart hold different values: {node}, key {}, at {at}: {} holds {one}, {} holds {other}.",
                quote(key.as_str()),
                LETTERS[0],
                LETTERS[1]
            ),
            at: [*at; 2],
            key: Some(key.clone()),
        })
    }

    fn lasting(&self, end: Time) -> Option<Difference> {
        let (place, since) = self.open.iter().min_by_key(|(_, since)| **since)?;
        let [one, other] = self.held(place)?.map(state);
        let (node, key) = (place.0, quote(place.1.as_str()));
        Some(Difference {
            kind: Kind::Lasting,
            label: format!("{node} key {key}: in the end A {one}, B {other}"),
            sentence: format!(
                "The first difference between a node and its counterpart that lasts: {node}, key {key}, from {since} on; at {end} {} holds {one}, {} holds {other}.",
                LETTERS[0], LETTERS[1]
            ),
            at: [*since; 2],
            key: Some(place.1.clone()),
        })
    }
}
