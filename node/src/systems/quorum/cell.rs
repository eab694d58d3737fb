//! What a replica keeps under a key, and which of several writes stays.

use crate::{
    Contender, Key, NodeId, Note, Origin, Value, Version, Versioned, WriteStamp,
    replication::{Causality, Stamp, VectorClock},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Who counts writes in vector clocks: one incarnation of a coordinator.
///
/// A coordinator that has forgotten its count in a crash must not count the same
/// numbers again, or new writes would be taken for old ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Actor {
    /// Which node.
    pub node: NodeId,
    /// Drawn at boot.
    pub incarnation: u32,
}

/// What decides between two writes to a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Mark {
    /// The coordinator's clock, with last-writer-wins.
    Stamp(Stamp),
    /// What the write knew of, with vector clocks.
    Clock(VectorClock<Actor>),
}

/// One write to a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write {
    /// Decides against other writes.
    pub mark: Mark,
    /// What was written; `None`: the key was deleted, and this is the tombstone.
    pub value: Option<Value>,
    /// Who asked for it.
    #[serde(skip)]
    pub origin: Origin,
}

/// The writes to one key that no other write has replaced.
///
/// With last-writer-wins there is at most one; with vector clocks, concurrent
/// writes stay side by side as siblings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    writes: Vec<Write>,
}

impl Write {
    /// Whether it replaces another write to the same key.
    fn supersedes(&self, other: &Self) -> bool {
        match (&self.mark, &other.mark) {
            // Of two writes with one stamp the greater value stays, so that all decide alike.
            (Mark::Stamp(ours), Mark::Stamp(theirs)) => {
                (ours, &self.value) > (theirs, &other.value)
            }
            (Mark::Clock(ours), Mark::Clock(theirs)) => ours.causality(theirs) == Causality::After,
            _ => unreachable!("all nodes of a cluster resolve alike"),
        }
    }

    /// The write as one that met others.
    pub(super) fn contender(&self) -> Contender {
        let stamp = match &self.mark {
            Mark::Stamp(stamp) => (*stamp).into(),
            Mark::Clock(clock) => WriteStamp::Vector(clock.counts()),
        };
        Contender { value: self.value.clone(), stamp, request: self.origin.request() }
    }

    pub(super) fn version(&self) -> Version {
        match &self.mark {
            Mark::Stamp(stamp) => stamp.version(),
            Mark::Clock(clock) => Version(clock.total()),
        }
    }
}

impl From<Write> for Cell {
    fn from(write: Write) -> Self {
        let writes = vec![write];
        Self { writes }
    }
}

impl Cell {
    /// Takes another replica's writes in, and lets go of what is replaced by them.
    pub fn merge(&mut self, other: &Self) {
        for write in &other.writes {
            let known = |held: &Write| held == write || held.supersedes(write);
            if !self.writes.iter().any(known) {
                self.writes.retain(|held| !write.supersedes(held));
                self.writes.push(write.clone());
            }
        }
        // In whichever order writes came, equal cells compare equal.
        self.writes.sort_by(|a, b| {
            let order = |write: &Write| write.version();
            (order(a), &a.value, &a.mark).cmp(&(order(b), &b.value, &b.mark))
        });
    }

    /// The writes that no other has replaced.
    pub(super) fn writes(&self) -> &[Write] {
        &self.writes
    }

    /// Whose writes they are.
    pub(super) fn origins(&self) -> impl Iterator<Item = Origin> + '_ {
        self.writes.iter().map(|write| write.origin)
    }

    /// What each write decides that another replica's would bring: for each, which of the two stays.
    pub(super) fn decisions(&self, key: &Key, other: &Self) -> Vec<Note> {
        let mut notes = Vec::new();
        for new in &other.writes {
            for held in self.writes.iter().filter(|held| *held != new) {
                let newcomer_stays = new.supersedes(held);
                if newcomer_stays || held.supersedes(new) {
                    let (stays, goes) = if newcomer_stays { (new, held) } else { (held, new) };
                    let (stays, goes) = (stays.contender(), goes.contender());
                    notes.push(Note::Decided { key: key.clone(), stays, goes, newcomer_stays });
                }
            }
        }
        notes
    }

    /// Everything that its writes know of.
    pub fn context(&self) -> VectorClock<Actor> {
        let mut context = VectorClock::default();
        for write in &self.writes {
            if let Mark::Clock(clock) = &write.mark {
                context.merge(clock);
            }
        }
        context
    }

    /// The values that a client may see, the latest last; none: the key is absent.
    pub fn values(&self) -> Vec<Versioned> {
        let values = self.writes.iter().filter_map(|write| {
            Some(Versioned { value: write.value.clone()?, version: write.version() })
        });
        values.collect()
    }

    /// The greatest version of its writes, tombstones among them.
    pub fn version(&self) -> Version {
        let versions = self.writes.iter().map(Write::version);
        versions.max().unwrap_or_default()
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)?;
        match self.incarnation {
            0 => Ok(()),
            drawn => write!(f, "~{drawn:x}"),
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stamp(stamp) => stamp.fmt(f),
            Self::Clock(clock) => clock.fmt(f),
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.writes.is_empty() {
            return f.write_str("(absent)");
        }
        for (position, write) in self.writes.iter().enumerate() {
            let separator = if position == 0 { "" } else { " | " };
            let value = write.value.as_ref().map_or("(deleted)", Value::as_str);
            write!(f, "{separator}{value} {}", write.mark)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Time;
    use proptest::{collection::vec, prelude::*};

    fn stamped(secs: u64, node: u32, value: &str) -> Cell {
        let by = NodeId::new(node);
        let at = Time::from_nanos(secs * 1_000_000_000);
        Cell::from(Write {
            mark: Mark::Stamp(Stamp { at, by }),
            value: Some(value.into()),
            origin: Origin::default(),
        })
    }

    fn clocked(counts: &[(u32, u64)], value: Option<&str>) -> Cell {
        let mut clock = VectorClock::default();
        for &(node, count) in counts {
            let node = NodeId::new(node);
            let incarnation = 0;
            clock.observe(Actor { node, incarnation }, count);
        }
        Cell::from(Write {
            mark: Mark::Clock(clock),
            value: value.map(Value::from),
            origin: Origin::default(),
        })
    }

    fn merged(cells: &[Cell]) -> Cell {
        let mut all = Cell::default();
        cells.iter().for_each(|cell| all.merge(cell));
        all
    }

    #[test]
    fn the_last_writer_by_clock_wins_alone() {
        let cell = merged(&[stamped(11, 1, "ahead"), stamped(2, 2, "later")]);
        assert_eq!(cell, stamped(11, 1, "ahead"));
        assert_eq!(cell.to_string(), "ahead @11.000s/n1");
    }

    #[test]
    fn concurrent_writes_are_siblings_until_one_knows_of_both() {
        let (one, two) = (clocked(&[(1, 1)], Some("x")), clocked(&[(2, 1)], Some("y")));
        let both = merged(&[one.clone(), two]);
        assert_eq!(both.to_string(), "x {n1:1} | y {n2:1}");
        assert_eq!(both.values().len(), 2);
        let third = clocked(&[(1, 1), (2, 1), (3, 1)], Some("z"));
        assert_eq!(merged(&[both, third.clone(), one]), third);
    }

    #[test]
    fn a_delete_that_did_not_know_of_a_write_leaves_it_visible() {
        let known = merged(&[clocked(&[(1, 1)], Some("x")), clocked(&[(1, 2)], None)]);
        assert!(known.values().is_empty());
        let unknown = merged(&[clocked(&[(1, 1)], Some("x")), clocked(&[(2, 1)], None)]);
        assert_eq!(unknown.values().len(), 1);
    }

    /// Cells as clients and coordinators can make them: a clock names one write.
    fn any_write() -> impl Strategy<Value = Cell> {
        vec(0u64..3, 3).prop_map(|counts| {
            let value = format!("{counts:?}");
            let counts: Vec<_> = (1..).zip(counts).collect();
            clocked(&counts, Some(&value))
        })
    }

    proptest! {
        #[test]
        fn replicas_agree_in_whatever_order_and_however_often_writes_come(
            writes in vec(any_write(), 1..6),
            doubled in any::<prop::sample::Index>(),
            turn in any::<prop::sample::Index>(),
        ) {
            let all = merged(&writes);
            let mut other = writes.clone();
            other.push(writes[doubled.index(writes.len())].clone());
            other.reverse();
            let turn = turn.index(other.len());
            other.rotate_left(turn);
            prop_assert_eq!(&merged(&other), &all);
            let halves = writes.split_at(writes.len() / 2);
            let (first, second) = (merged(halves.0), merged(halves.1));
            prop_assert_eq!(&merged(&[first, second]), &all);
            prop_assert!(!all.values().is_empty());
        }
    }
}
