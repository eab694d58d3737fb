//! The invariants of Raft (the paper's figure 3) and what clients may see, checked while a run goes on.

use node::{
    Change, Key, NodeId, Role, Value, Versioned,
    systems::raft::{LogProbe, Raft, RaftProbe},
};
use std::collections::BTreeMap;

pub(crate) type Finding = Result<(), String>;

/// All that a run has shown so far.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    /// Who leads each term.
    leaders: BTreeMap<u64, NodeId>,
    committed: BTreeMap<u64, Committed>,
    /// How far each node's committed entries have been compared.
    compared: BTreeMap<NodeId, u64>,
    /// What each write did, by its index in the log.
    pub(crate) applied: BTreeMap<u64, (Key, Option<Value>)>,
    /// What each node announced that its store holds.
    announced: BTreeMap<NodeId, BTreeMap<Key, Versioned>>,
    /// The last index that some client knows to be in the past.
    pub(crate) floor: u64,
    reads: Vec<Read>,
}

#[derive(Debug)]
struct Committed {
    entry: LogProbe,
    /// The term of the node that was first seen to have committed it.
    by_term: u64,
}

/// An answered read, or what amounts to one.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) key: Key,
    pub(crate) found: Option<Versioned>,
    /// [`Checks::floor`] when it was asked.
    pub(crate) floor: u64,
}

impl Checks {
    /// A node starts, or starts again.
    pub(crate) fn on_boot(&mut self, id: NodeId, node: &impl node::Node) {
        self.compared.remove(&id);
        let entries = node.entries().into_iter().collect();
        self.announced.insert(id, entries);
    }

    /// How many terms have had a leader.
    pub(crate) fn elections(&self) -> u64 {
        self.leaders.len() as u64
    }

    /// A node has handled an event.
    pub(crate) fn after_event(&mut self, id: NodeId, node: &Raft) -> Finding {
        let from = self.compared.get(&id).map_or(0, |&index| index + 1);
        let Some(probe) = node.probe_from(from) else {
            return Ok(());
        };
        if probe.role == Role::Leader && self.leaders.get(&probe.term) != Some(&id) {
            self.on_new_leader(id, node, &probe)?;
        }
        self.compare_committed(id, &probe)?;
        self.compared.insert(id, probe.commit);
        Ok(())
    }

    /// One leader a term, and it has all that was committed before.
    fn on_new_leader(&mut self, id: NodeId, node: &Raft, probe: &RaftProbe) -> Finding {
        let term = probe.term;
        if let Some(other) = self.leaders.insert(term, id) {
            return Err(format!("term {term} has two leaders, {other} and {id}"));
        }
        let log = node.probe().expect("it takes part");
        let entries: BTreeMap<_, _> = by_index(&log.entries).collect();
        for (index, committed) in self.committed.range(log.base.index + 1..) {
            if committed.by_term < term && entries.get(index) != Some(&committed.entry) {
                let entry = committed.entry.position;
                return Err(format!("{id} leads term {term} without committed {entry}"));
            }
        }
        Ok(())
    }

    /// What one node has committed, no node commits otherwise.
    fn compare_committed(&mut self, id: NodeId, probe: &RaftProbe) -> Finding {
        for (index, entry) in by_index(&probe.entries) {
            if index > probe.commit {
                break;
            }
            let by_term = probe.term;
            let known = self.committed.entry(index).or_insert(Committed { entry, by_term });
            if known.entry != entry {
                return Err(format!(
                    "{id} has committed {} where {} was committed",
                    entry.position, known.entry.position
                ));
            }
        }
        Ok(())
    }

    /// Looks at whole logs and stores: cheap enough now and then.
    pub(crate) fn compare_all<'a>(
        &mut self,
        nodes: impl Iterator<Item = (NodeId, &'a Raft)> + Clone,
    ) -> Finding {
        for (id, node) in nodes.clone() {
            let Some(probe) = node.probe() else { continue };
            self.compare_committed(id, &probe)?;
            let entries: BTreeMap<_, _> = node::Node::entries(node).into_iter().collect();
            if self.announced.get(&id) != Some(&entries) {
                return Err(format!("{id} holds something else than it announced"));
            }
        }
        let logs: Vec<_> =
            nodes.filter_map(|(id, node)| Some((id, node.probe()?.entries))).collect();
        for (at, (one, left)) in logs.iter().enumerate() {
            for (other, right) in &logs[..at] {
                logs_match(left, right).map_err(|why| format!("{one} and {other}: {why}"))?;
            }
        }
        Ok(())
    }

    /// A node has announced a change; what comes out of a snapshot may be the sum of several.
    pub(crate) fn on_apply(
        &mut self,
        id: NodeId,
        change: Change,
        is_from_snapshot: bool,
    ) -> Finding {
        let store = self.announced.entry(id).or_default();
        if store.get(&change.key) != change.before.as_ref() {
            return Err(format!("{id} announced `{change}` over something else"));
        }
        match &change.after {
            Some(entry) => store.insert(change.key.clone(), entry.clone()),
            None => store.remove(&change.key),
        };
        if is_from_snapshot {
            return Ok(());
        }
        let index = change.version.0;
        let effect = (change.key, change.after.map(|entry| entry.value));
        if let (_, Some(value)) = &effect
            && self
                .applied
                .iter()
                .any(|(&at, (_, held))| at != index && held.as_ref() == Some(value))
        {
            return Err(format!("{id} applied the write of {value} twice"));
        }
        let known = self.applied.entry(index).or_insert_with(|| effect.clone());
        if *known != effect {
            return Err(format!("{id} applied {effect:?} at {index}, others {known:?}"));
        }
        Ok(())
    }

    /// A client was told that its write of `value` is at an index.
    pub(crate) fn on_written(&mut self, value: &Value, index: u64, floor: u64) -> Finding {
        match self.applied.get(&index) {
            Some((_, Some(held))) if held == value => {}
            held => {
                return Err(format!("{value} was acknowledged at {index}, where {held:?} is"));
            }
        }
        if index <= floor {
            return Err(format!("{value} was written before {floor}, which was over"));
        }
        self.floor = self.floor.max(index);
        Ok(())
    }

    pub(crate) fn on_read(&mut self, read: Read) {
        let seen = read.found.as_ref().map_or(0, |found| found.version.0);
        self.floor = self.floor.max(read.floor).max(seen);
        self.reads.push(read);
    }

    /// Each read found what its key held at some moment between question and answer.
    pub(crate) fn reads_are_linearizable(&self) -> Finding {
        let mut histories: BTreeMap<&Key, Vec<(u64, Option<&Value>)>> = BTreeMap::new();
        for (&index, (key, value)) in &self.applied {
            histories.entry(key).or_insert_with(|| vec![(0, None)]).push((index, value.as_ref()));
        }
        let untouched = vec![(0, None)];
        for read in &self.reads {
            let history = histories.get(&read.key).unwrap_or(&untouched);
            let was_held = history.iter().enumerate().any(|(at, &(index, value))| {
                let until = history.get(at + 1).map_or(u64::MAX, |next| next.0);
                let is_found = match &read.found {
                    Some(found) => index == found.version.0 && value == Some(&found.value),
                    None => value.is_none(),
                };
                is_found && until > read.floor
            });
            if !was_held {
                return Err(format!("a stale or invented read: {read:?}"));
            }
        }
        Ok(())
    }

    /// After healing, the stores of all who take part are the same.
    pub(crate) fn have_converged<'a>(
        &self,
        nodes: impl Iterator<Item = (NodeId, &'a Raft)>,
    ) -> Finding {
        let taking_part = nodes.filter(|(_, node)| node.probe_from(u64::MAX / 2).is_some());
        let mut stores = taking_part.map(|(id, _)| &self.announced[&id]);
        let first = stores.next();
        match stores.all(|store| Some(store) == first) {
            true => Ok(()),
            false => Err("the stores differ after the cluster has healed".to_owned()),
        }
    }
}

/// Two logs that have an entry of the same term at some index agree in all before it.
fn logs_match(left: &[LogProbe], right: &[LogProbe]) -> Finding {
    let right: BTreeMap<_, _> = by_index(right).collect();
    let mut must_agree = false;
    for (index, entry) in by_index(left).rev() {
        let Some(other) = right.get(&index) else {
            continue;
        };
        must_agree |= entry.position == other.position;
        if must_agree && entry != *other {
            return Err(format!("logs part at {} but agree later", entry.position));
        }
    }
    Ok(())
}

fn by_index(entries: &[LogProbe]) -> impl DoubleEndedIterator<Item = (u64, LogProbe)> + '_ {
    entries.iter().map(|&entry| (entry.position.index, entry))
}
