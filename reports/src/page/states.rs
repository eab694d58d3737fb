//! What nodes held, said and led, from moment to moment.

use super::{data::LeftOut, lanes::Lanes, room, texts::Texts};
use judge::{
    Run,
    record::{Event, EventId, Trace},
    replay::{Moved, Replay, Role},
};
use node::{Fact, Key, NodeId, Time, Versioned, systems::Announces};
use serde::Serialize;
use std::collections::BTreeMap;

/// What becomes of what a node holds.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Change {
    /// At, node, 0, what it holds as it boots, whether its disk is in use.
    Boots(u64, usize, u8, Vec<(usize, usize, u64)>, u8),
    /// At, node, 1, what its disk will give back, if a later boot or the end of the run shows it; of a node with a
    /// replicated log nothing, as what that holds shows only once it is applied.
    Gone(u64, usize, u8, Option<Vec<(usize, usize, u64)>>),
    /// At, node, 2, key, value, version.
    Holds(u64, usize, u8, usize, usize, u64),
    /// At, node, 3, key.
    Removes(u64, usize, u8, usize),
}

/// What nodes held, said and led.
pub(super) type States = (Vec<Change>, Vec<(u64, usize, usize)>, Vec<(usize, i64, u64, u64)>);

pub(super) fn states(
    run: &Run,
    window: [u64; 2],
    lanes: &Lanes,
    texts: &mut Texts,
    left_out: &mut LeftOut,
) -> States {
    let has_log = run.system.announces == Announces::ItsLog;
    let (Some(mut replay), Some(trace)) = (Replay::of(run), &run.trace) else {
        return States::default();
    };
    let entry = |texts: &mut Texts, (key, entry): (&Key, &Versioned)| {
        (texts.place(key.as_str()), texts.place(entry.value.as_str()), entry.version.0)
    };
    let (mut changes, mut said) = (Vec::new(), Vec::new());
    let boots = last_boots(trace);
    let mut reigns = Reigns::default();
    let budget = room::MOST;
    while let Some(step) = replay.step() {
        let at = step.at.as_nanos();
        let event = &trace.events[step.id.0 as usize].event;
        match (&step.moved, event) {
            (Moved::Up(node), Event::Boot { on_disk, .. }) => {
                let state = replay.node(*node).expect("a node that boots is known");
                let holds = state.entries().map(|it| entry(texts, it)).collect();
                changes.push(Change::Boots(at, lanes.node(*node), 0, holds, u8::from(*on_disk)));
            }
            (Moved::Down(nodes), _) => {
                for node in nodes {
                    let boots_again = boots.get(node).is_some_and(|boot| *boot > step.id);
                    let was_read =
                        run.replicas.iter().any(|it| it.node == *node && it.on_disk.is_some());
                    let state =
                        replay.node(*node).filter(|_| !has_log && (boots_again || was_read));
                    let left = state.map(|state| state.entries().map(|it| entry(texts, it)));
                    let left = left.map(Iterator::collect);
                    changes.push(Change::Gone(at, lanes.node(*node), 1, left));
                }
            }
            (Moved::Changed(node, change), _) if changes.len() < budget => {
                let lane = lanes.node(*node);
                let key = texts.place(change.key.as_str());
                changes.push(match &change.after {
                    Some(after) => {
                        let value = texts.place(after.value.as_str());
                        Change::Holds(at, lane, 2, key, value, after.version.0)
                    }
                    None => Change::Removes(at, lane, 3, key),
                });
            }
            (Moved::Changed(..), _) => left_out.changes += 1,
            _ => {}
        }
        let words = match event {
            Event::Announce { fact: Fact::Appended { .. } | Fact::Applied { .. }, .. } => None,
            Event::Announce { node, fact } => Some((node, fact.to_string())),
            Event::Note { node, note } => Some((node, note.to_string())),
            _ => None,
        };
        if let Some((node, words)) = words {
            said.push((at, lanes.node(*node), words));
        }
        let is_of_reigns = matches!(event, Event::Announce { .. })
            || matches!(step.moved, Moved::Up(_) | Moved::Down(_));
        if is_of_reigns {
            reigns.look(at, &replay, lanes);
        }
    }
    let kept = room::kept(run, window, &said, |it| Time::from_nanos(it.0), |_| false);
    left_out.said = kept.iter().filter(|kept| !**kept).count();
    let said = said.into_iter().zip(kept).filter(|(_, kept)| *kept);
    let said = said.map(|((at, lane, words), _)| (at, lane, texts.place(&words))).collect();
    (changes, said, reigns.finish(run, lanes))
}

/// The last boot of each node.
fn last_boots(trace: &Trace) -> BTreeMap<NodeId, EventId> {
    let boots = trace.events.iter().enumerate().filter_map(|(place, event)| match event.event {
        Event::Boot { node, .. } => Some((node, EventId(place as u64))),
        _ => None,
    });
    boots.collect()
}

/// Who led when.
#[derive(Default)]
struct Reigns {
    open: BTreeMap<usize, (i64, u64)>,
    over: Vec<(usize, i64, u64, u64)>,
}

impl Reigns {
    fn look(&mut self, at: u64, replay: &Replay<'_>, lanes: &Lanes) {
        for (node, state) in replay.nodes() {
            let lane = lanes.node(node);
            let leads = state.is_up() && state.role == Some(Role::Leader);
            let term = state.term.map_or(-1, |term| term as i64);
            match self.open.get(&lane) {
                Some((former, _)) if leads && *former == term => {}
                None if !leads => {}
                _ => {
                    if let Some((term, since)) = self.open.remove(&lane) {
                        self.over.push((lane, term, since, at));
                    }
                    if leads {
                        self.open.insert(lane, (term, at));
                    }
                }
            }
        }
    }

    fn finish(mut self, run: &Run, lanes: &Lanes) -> Vec<(usize, i64, u64, u64)> {
        let end = run.ended.as_nanos();
        for (lane, (term, since)) in std::mem::take(&mut self.open) {
            self.over.push((lane, term, since, end));
        }
        // Where nobody has said that it leads, it is whom the configuration names.
        let mut leaders = run.replicas.iter().filter(|replica| replica.leads);
        if let (true, Some(leader), None) = (self.over.is_empty(), leaders.next(), leaders.next()) {
            self.over.push((lanes.node(leader.node), -1, 0, end));
        }
        self.over.sort_unstable_by_key(|reign| (reign.2, reign.0));
        self.over
    }
}
