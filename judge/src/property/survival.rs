//! What became of each acknowledged write on each replica.

use super::{
    Evidence,
    index::{Index, Write},
    replay::held,
};
use node::{Key, NodeId, Time, Value, Versioned};

/// How many of the latest writes are compared before the slower way is taken.
const GLANCE: usize = 4;

/// A replica that can be asked, or could be if its node came back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holder<'a> {
    pub(super) node: NodeId,
    pub(super) leads: bool,
    /// Whether only its disk is left.
    pub(super) is_down: bool,
    group: u32,
    entries: &'a [(Key, Versioned)],
}

/// What became of an acknowledged write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Every replica of its group knows of it.
    Stable,
    /// Some do, and who leads is among them, if anybody leads.
    Held,
    /// Some do, and none of those who lead.
    LostByLeaders,
    /// None does.
    Lost,
}

/// A key whose latest acknowledged write some replica does not show at a glance.
#[derive(Debug)]
pub(super) struct OfKey {
    key: usize,
    writes: Vec<(Write, Fate)>,
}

/// What became of the acknowledged writes.
#[derive(Debug)]
pub(super) struct Survival<'a> {
    holders: Vec<Holder<'a>>,
    /// How many writes each holder lacks.
    lacks: Vec<u64>,
    open: Vec<OfKey>,
}

impl OfKey {
    /// The number of the key.
    pub(super) fn key(&self) -> usize {
        self.key
    }

    /// Its acknowledged writes, in order of invocation.
    pub(super) fn writes(&self) -> impl Iterator<Item = &(Write, Fate)> + Clone {
        self.writes.iter()
    }
}

impl<'a> Survival<'a> {
    /// Looks at every replica.
    pub(super) fn new(evidence: &Evidence<'a>, index: &Index<'a>) -> Self {
        let holders = evidence.replicas.iter().filter_map(|replica| {
            let serving = replica.entries.as_deref();
            let entries = serving.or(replica.on_disk.as_deref())?;
            let (leads, is_down) = (replica.leads, serving.is_none());
            Some(Holder { node: replica.node, leads, is_down, group: replica.group, entries })
        });
        let holders: Vec<Holder<'a>> = holders.collect();
        let mut survival = Self { lacks: vec![0; holders.len()], holders, open: Vec::new() };
        for key in survival.not_at_a_glance(index) {
            survival.judge(evidence, index, key);
        }
        survival
    }

    /// Everybody who holds something, and how many acknowledged writes it lacks.
    pub(super) fn holders(&self) -> impl Iterator<Item = (&Holder<'a>, u64)> {
        self.holders.iter().zip(self.lacks.iter().copied())
    }

    /// Who leads.
    pub(super) fn leaders(&self) -> impl Iterator<Item = NodeId> {
        self.holders.iter().filter(|holder| holder.leads).map(|holder| holder.node)
    }

    /// The keys that had to be looked at closely, in order of their numbers.
    pub(super) fn open(&self) -> &[OfKey] {
        &self.open
    }

    /// How many acknowledged writes some replica of their group does not know of.
    pub(super) fn unstable(&self) -> u64 {
        let writes = self.open.iter().flat_map(OfKey::writes);
        writes.filter(|(_, fate)| *fate != Fate::Stable).count() as u64
    }

    /// The keys whose latest acknowledged write is not on every replica by a look at the few
    /// last writes. In a healthy run the look settles all keys but the deleted ones.
    fn not_at_a_glance(&self, index: &Index<'a>) -> Vec<usize> {
        let mut is_open = vec![self.holders.is_empty(); index.keys()];
        for holder in &self.holders {
            let mut is_shown = vec![false; index.keys()];
            for (name, entry) in holder.entries {
                let Some(key) = index.key(name) else { continue };
                let Some(latest) = index.latest_acknowledged(key) else { continue };
                is_shown[key] = index.latest_writes(key).take(GLANCE).any(|write| {
                    write.completed >= latest && index.left_by(write) == Some(&entry.value)
                });
            }
            for (is_open, is_shown) in is_open.iter_mut().zip(is_shown) {
                *is_open |= !is_shown;
            }
        }
        let open = (0..index.keys()).filter(|key| is_open[*key]);
        open.filter(|key| index.latest_acknowledged(*key).is_some()).collect()
    }

    fn judge(&mut self, evidence: &Evidence<'a>, index: &Index<'a>, key: usize) {
        let writes = index.writes_to(key);
        let Some(name) = writes.first().map(|first| index.name_by(first)) else {
            return;
        };
        let until = self.explained_until(index, writes, name);
        // Of several groups, the one that knows the latest is the key's.
        let best = until.iter().zip(&self.holders).max_by_key(|(until, _)| **until);
        let group = best.map(|(_, holder)| holder.group);
        let is_home = |place: usize| Some(self.holders[place].group) == group;
        let home: Vec<usize> = (0..self.holders.len()).filter(|place| is_home(*place)).collect();
        let led = home.iter().any(|place| self.holders[*place].leads);
        let judged = writes
            .iter()
            .filter(|write| write.is_acknowledged() && write.invoked < evidence.run_ended);
        let mut fates = Vec::new();
        for write in judged {
            let knows = |place: &usize| until[*place].is_some_and(|until| until >= write.invoked);
            let knowing = home.iter().filter(|place| knows(place)).count();
            let leader_knows =
                !led || home.iter().any(|place| self.holders[*place].leads && knows(place));
            let fate = match (knowing, leader_knows) {
                (0, _) => Fate::Lost,
                (_, false) => Fate::LostByLeaders,
                (some, true) if some == home.len() => Fate::Stable,
                _ => Fate::Held,
            };
            for place in home.iter().filter(|place| !knows(place)) {
                self.lacks[*place] += 1;
            }
            fates.push((*write, fate));
        }
        self.open.push(OfKey { key, writes: fates });
    }

    /// For each holder, the latest completion of a write that leaves what it holds; `None` if
    /// no write did.
    fn explained_until(
        &self,
        index: &Index<'a>,
        writes: &[Write],
        name: &Key,
    ) -> Vec<Option<Time>> {
        let held: Vec<Option<&Value>> =
            self.holders.iter().map(|holder| held(holder.entries, name)).collect();
        let mut states = held.clone();
        states.sort_unstable();
        states.dedup();
        let mut until = vec![None; states.len()];
        for write in writes {
            if let Ok(place) = states.binary_search(&index.left_by(write)) {
                until[place] = until[place].max(Some(write.completed));
            }
        }
        let place = |state| states.binary_search(state).expect("each state is among them");
        held.iter().map(|state| until[place(state)]).collect()
    }
}
