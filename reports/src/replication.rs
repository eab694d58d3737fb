//! How far replicas were apart, moment by moment, drawn from a trace.
//!
//! A *change* is what some node was first to hold under a key: a value and version, or a removal.
//! A node *lacks* a change if a running node of its group holds it or a later one under that key while
//! this node holds an earlier one or nothing, and another value. Its *lag* is the age of the oldest change that
//! it lacks. A node that is down is drawn with what it held until it boots again; from then on
//! it holds what its disk gave back.
//!
//! A key *differs* by the judge's rule, [`judge::property::agree`]: nodes of a group that are up hold
//! different values. What happens once the replicas have been read, as probes do, is left out.

use judge::{
    Run,
    property::agree,
    record::{Event, EventId, Replica},
    replay::{Moved, NodeState, Replay},
};
use node::{Change, Damaged, Fact, Key, NodeId, Time, Version, Versioned};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// How far replicas were apart over a run.
#[derive(Clone, Debug)]
pub(crate) struct Replication {
    /// Per column of time, the most keys that differed between two nodes that were up in it.
    pub(crate) differing: Vec<usize>,
    /// Per node and column of time, the longest lag in it; `None`: the node lacked nothing.
    pub(crate) lag: Vec<Vec<Option<Duration>>>,
    /// Every stretch during which a node lacked something, in order of start.
    pub(crate) gaps: Vec<Gap>,
}

/// A stretch of time during which a node lacked something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    pub(crate) node: NodeId,
    /// From when it lacked something.
    pub(crate) start: Time,
    /// When it lacked nothing any more; `None`: at the end it still did.
    pub(crate) end: Option<Time>,
    /// How many keys it lacked something of, at most and at the end.
    pub(crate) most_keys: usize,
    pub(crate) last_keys: usize,
    /// Its longest lag, and when that was.
    pub(crate) longest: Duration,
    pub(crate) longest_at: Time,
}

impl Replication {
    /// Follows the replicas through a trace, with the run cut into `columns` columns of time.
    /// `None` if no trace was kept.
    pub(crate) fn observe(run: &Run, columns: usize) -> Option<Self> {
        let mut replay = Replay::of(run)?;
        let mut tracker = Tracker::new(run, columns);
        while let Some(step) = replay.step() {
            if step.at > run.ended {
                break;
            }
            match step.moved {
                Moved::Nothing => {
                    // It runs, and shows nobody what it holds: no replica of it was read either.
                    if let Some(node) = refuses(run, step.id) {
                        tracker.advance(step.at);
                        tracker.crash(node);
                    }
                }
                Moved::Changed(node, change) => {
                    tracker.advance(step.at);
                    tracker.apply(node, change, step.at);
                }
                Moved::Up(node) => {
                    tracker.advance(step.at);
                    tracker.boot(node, replay.node(node), step.at);
                }
                Moved::Down(nodes) => {
                    tracker.advance(step.at);
                    nodes.iter().for_each(|node| tracker.crash(*node));
                }
            }
        }
        tracker.advance(run.ended);
        Some(tracker.finish())
    }

    /// The gaps that were open at the end, the node that lacks most first.
    pub(crate) fn open(&self) -> Vec<Gap> {
        let mut open: Vec<Gap> = self.gaps.iter().copied().filter(|g| g.end.is_none()).collect();
        open.sort_by_key(|gap| (std::cmp::Reverse(gap.last_keys), gap.node));
        open
    }

    /// The gap with the longest lag of all.
    pub(crate) fn longest(&self) -> Option<Gap> {
        let longest = self.gaps.iter().map(|gap| gap.longest).max()?;
        self.gaps.iter().copied().find(|gap| gap.longest == longest)
    }
}

/// The node that has found its store damaged, if the event says so, and that shows nothing of it for
/// the rest of the run.
fn refuses(run: &Run, event: EventId) -> Option<NodeId> {
    let event = run.trace.as_ref()?.events.get(usize::try_from(event.0).ok()?)?;
    let Event::Announce { node, fact: Fact::Refused { what: Damaged::Store | Damaged::Log } } =
        &event.event
    else {
        return None;
    };
    let mut replicas = run.replicas.iter();
    replicas.any(|it| it.node == *node && it.entries.is_none()).then_some(*node)
}

/// What is known of one key in one group.
#[derive(Default)]
struct KeyState<'a> {
    group: u32,
    /// When each change was made, in that order.
    made: Vec<(Time, Option<&'a Versioned>)>,
    /// The number of each change.
    number: BTreeMap<(Version, Option<&'a str>), usize>,
    /// Per node, the number of the change it holds.
    held: Vec<Option<usize>>,
    differs: bool,
}

impl<'a> KeyState<'a> {
    /// The number of a change, which is made now unless it is known.
    fn number(&mut self, version: Version, entry: Option<&'a Versioned>, at: Time) -> usize {
        let value = entry.map(|entry| entry.value.as_str());
        *self.number.entry((version, value)).or_insert_with(|| {
            self.made.push((at, entry));
            self.made.len() - 1
        })
    }
}

/// A node of the picture.
struct Drawn {
    /// The group that it is in at the end; which it was in before is not on record.
    group: u32,
    up: bool,
    /// Since when it lacks which keys, the oldest first, and the same by key.
    lacked: BTreeSet<(Time, usize)>,
    since: BTreeMap<usize, Time>,
    gap: Option<Gap>,
    lag: Vec<Option<Duration>>,
}

impl Drawn {
    /// Notes since when the node lacks something of a key; says whether that is news.
    fn note(&mut self, key: usize, since: Option<Time>) -> bool {
        let before = match since {
            Some(since) => self.since.insert(key, since),
            None => self.since.remove(&key),
        };
        if before == since {
            return false;
        }
        if let Some(before) = before {
            self.lacked.remove(&(before, key));
        }
        if let Some(since) = since {
            self.lacked.insert((since, key));
        }
        true
    }
}

struct Tracker<'a> {
    end: Time,
    now: Time,
    columns: usize,
    /// Where each group's state of a key is; no group answers for another.
    key_index: BTreeMap<(u32, &'a Key), usize>,
    keys: Vec<KeyState<'a>>,
    nodes: Vec<Drawn>,
    differing_now: usize,
    differing: Vec<usize>,
    gaps: Vec<Gap>,
}

impl<'a> Tracker<'a> {
    fn new(run: &Run, columns: usize) -> Self {
        let node = |replica: &Replica| Drawn {
            group: replica.group,
            up: true,
            lacked: BTreeSet::new(),
            since: BTreeMap::new(),
            gap: None,
            lag: vec![None; columns],
        };
        Self {
            end: run.ended,
            now: Time::ZERO,
            columns,
            key_index: BTreeMap::new(),
            keys: Vec::new(),
            nodes: run.replicas.iter().map(node).collect(),
            differing_now: 0,
            differing: vec![0; columns],
            gaps: Vec::new(),
        }
    }

    /// The column of a moment.
    fn column(&self, at: Time) -> usize {
        let share = at.as_secs_f64() / self.end.as_secs_f64().max(1e-9);
        ((share * self.columns as f64) as usize).min(self.columns - 1)
    }

    fn column_end(&self, column: usize) -> Time {
        let share = (column + 1) as f64 / self.columns as f64;
        Time::from_nanos((self.end.as_nanos() as f64 * share) as u64)
    }

    /// Notes how things stood from the last event until `at`. A lag only grows between events,
    /// so in each column it is longest at its end.
    fn advance(&mut self, at: Time) {
        if at <= self.now {
            // What lasted no time was never to be seen.
            return;
        }
        let (first, last) = (self.column(self.now), self.column(at));
        for column in first..=last {
            self.differing[column] = self.differing[column].max(self.differing_now);
            let until = if column == last { at } else { self.column_end(column) };
            for node in &mut self.nodes {
                if let Some((since, _)) = node.lacked.first() {
                    let lag = until.since(*since);
                    node.lag[column] = node.lag[column].max(Some(lag));
                }
            }
        }
        for node in &mut self.nodes {
            if let (Some((since, _)), Some(gap)) = (node.lacked.first(), &mut node.gap) {
                let lag = at.since(*since);
                if lag > gap.longest {
                    (gap.longest, gap.longest_at) = (lag, at);
                }
            }
        }
        self.now = at;
    }

    /// Where the state of a key is in the group of a node; `None` if nobody knows the node.
    fn key(&mut self, node: NodeId, key: &'a Key) -> Option<usize> {
        let group = self.nodes.get(node.index())?.group;
        let fresh = self.keys.len();
        let index = *self.key_index.entry((group, key)).or_insert(fresh);
        if index == fresh {
            let held = vec![None; self.nodes.len()];
            self.keys.push(KeyState { group, held, ..KeyState::default() });
        }
        Some(index)
    }

    fn apply(&mut self, node: NodeId, change: &'a Change, at: Time) {
        let Some(index) = self.key(node, &change.key) else {
            return;
        };
        let key = &mut self.keys[index];
        key.held[node.index()] = Some(key.number(change.version, change.after.as_ref(), at));
        self.settle(index);
    }

    fn boot(&mut self, node: NodeId, booted: Option<&NodeState<'a>>, at: Time) {
        let Some(state) = self.nodes.get_mut(node.index()) else {
            return;
        };
        state.up = true;
        self.keys.iter_mut().for_each(|key| key.held[node.index()] = None);
        for (name, entry) in booted.into_iter().flat_map(NodeState::entries) {
            if let Some(index) = self.key(node, name) {
                let key = &mut self.keys[index];
                key.held[node.index()] = Some(key.number(entry.version, Some(entry), at));
            }
        }
        (0..self.keys.len()).for_each(|key| self.settle(key));
    }

    fn crash(&mut self, node: NodeId) {
        let Some(state) = self.nodes.get_mut(node.index()) else {
            return;
        };
        state.up = false;
        (0..self.keys.len()).for_each(|key| self.settle(key));
    }

    /// Finds out anew who lacks what of one key.
    fn settle(&mut self, index: usize) {
        let key = &mut self.keys[index];
        let value = |held: Option<usize>| Some(&held.and_then(|number| key.made[number].1)?.value);
        let in_group = |node: &Drawn| node.group == key.group;
        let running = key.held.iter().zip(&self.nodes).filter(|(_, it)| it.up && in_group(it));
        let newest = running.map(|(held, _)| *held).max().flatten();
        let members: Vec<usize> =
            (0..self.nodes.len()).filter(|position| in_group(&self.nodes[*position])).collect();
        for &position in &members {
            let held = &key.held[position];
            let lacks = *held < newest && value(*held) != value(newest);
            let first_missed = held.map_or(0, |number| number + 1);
            let since = lacks.then(|| key.made[first_missed].0);
            let node = &mut self.nodes[position];
            if node.note(index, since) {
                let id = NodeId::from_index(position);
                note_gap(node, id, self.now, &mut self.gaps);
            }
        }
        let up = members.iter().filter(|position| self.nodes[**position].up);
        let differs = !agree(up.map(|position| value(key.held[*position])));
        self.differing_now += usize::from(differs);
        self.differing_now -= usize::from(key.differs);
        key.differs = differs;
    }

    fn finish(mut self) -> Replication {
        let column = self.columns - 1;
        self.differing[column] = self.differing[column].max(self.differing_now);
        let open = self.nodes.iter_mut().filter_map(|node| node.gap.take());
        self.gaps.extend(open);
        self.gaps.sort_by_key(|gap| (gap.start, gap.node));
        Replication {
            differing: self.differing,
            lag: self.nodes.into_iter().map(|node| node.lag).collect(),
            gaps: self.gaps,
        }
    }
}

/// Opens, widens or closes a node's gap after what it lacks has changed.
fn note_gap(node: &mut Drawn, id: NodeId, now: Time, gaps: &mut Vec<Gap>) {
    let keys = node.lacked.len();
    match (&mut node.gap, node.lacked.first()) {
        (None, None) => {}
        (None, Some((since, _))) => {
            node.gap = Some(Gap {
                node: id,
                start: now,
                end: None,
                most_keys: keys,
                last_keys: keys,
                longest: now.since(*since),
                longest_at: now,
            });
        }
        (Some(gap), Some(_)) => {
            gap.most_keys = gap.most_keys.max(keys);
            gap.last_keys = keys;
        }
        (Some(gap), None) => {
            gap.end = Some(now);
            gaps.push(*gap);
            node.gap = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::{causes, ghost, odd, us};
    use judge::record::Event;

    fn gaps(run: &Run, node: u32) -> Vec<Gap> {
        let replication = Replication::observe(run, 100).unwrap();
        let gaps = replication.gaps.into_iter();
        gaps.filter(|gap| gap.node == NodeId::new(node)).collect()
    }

    #[test]
    fn a_node_that_was_down_lacks_the_write_from_the_start() {
        let run = ghost::run();
        let [gap] = gaps(&run, 2)[..] else {
            panic!("one gap");
        };
        assert_eq!((gap.start, gap.end), (us(2_000_550), None));
        assert_eq!((gap.most_keys, gap.last_keys), (1, 1));
        assert_eq!(gap.longest, Duration::from_micros(10_000_000 - 2_000_550));
        let replication = Replication::observe(&run, 100).unwrap();
        assert_eq!(replication.open().len(), 1);
        assert_eq!(replication.differing.iter().position(|keys| *keys > 0), Some(20));
        assert_eq!(replication.differing.last(), Some(&1));
        assert!(replication.lag[1][..20].iter().all(Option::is_none));
        assert!(replication.lag[1][20..].windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn the_first_to_have_a_change_never_lags_and_the_told_one_for_as_long_as_the_way() {
        let run = ghost::run();
        assert!(gaps(&run, 1).is_empty());
        let [gap] = gaps(&run, 3)[..] else {
            panic!("one gap");
        };
        assert_eq!((gap.start, gap.end), (us(2_000_550), Some(us(2_001_150))));
        assert_eq!(gap.longest, Duration::from_micros(600));
    }

    #[test]
    fn a_node_that_forgot_lags_by_the_age_of_what_it_forgot() {
        let gaps = gaps(&causes::amnesia(), 2);
        let gap = gaps.last().unwrap();
        assert_eq!((gap.start, gap.end), (us(4_000_000), None));
        // What it lacks first is the change of 0.1 s.
        assert_eq!(gap.longest, Duration::from_micros(9_900_000));
    }

    /// The node of [`causes::amnesia`], but that its disk gives back some of what it held.
    fn remembers(entries: &[Versioned]) -> Run {
        let mut run = causes::amnesia();
        for event in &mut run.trace.as_mut().unwrap().events {
            if let Event::Boot { entries: count, holds, .. } = &mut event.event
                && event.at > Time::ZERO
            {
                *holds = entries.iter().map(|entry| ("k".into(), entry.clone())).collect();
                *count = holds.len();
            }
        }
        run
    }

    #[test]
    fn a_node_holds_what_its_disk_gave_back() {
        let entry =
            |value: &str, version| Versioned { value: value.into(), version: Version(version) };
        // It lacked the change while it was on its way, and never again.
        let kept = gaps(&remembers(&[entry("new", 2)]), 2);
        assert!(kept.iter().all(|gap| gap.end.is_some_and(|end| end < us(3_000_000))), "{kept:?}");
        let older = gaps(&remembers(&[entry("old", 1)]), 2);
        let gap = older.last().unwrap();
        assert_eq!((gap.start, gap.end), (us(4_000_000), None));
        // Unlike one that forgot both, it lacks but the later change.
        assert_eq!(gap.longest, Duration::from_micros(10_000_000 - 2_000_550));
    }

    #[test]
    fn what_happens_at_one_moment_is_no_difference() {
        // At 0.1 s all nodes apply the same, one after the other.
        let replication = Replication::observe(&causes::slow_link(), 100).unwrap();
        assert_eq!(replication.differing[1], 0);
        assert_eq!(replication.differing[20], 1);
    }

    #[test]
    fn an_older_value_over_a_newer_one_is_a_gap() {
        let gaps = gaps(&causes::overtaken(), 2);
        let gap = gaps.last().unwrap();
        assert_eq!((gap.start, gap.end), (us(2_300_000), None));
        assert_eq!(gap.longest, Duration::from_micros(10_000_000 - 2_000_550));
    }

    #[test]
    fn the_same_value_under_another_version_is_no_difference() {
        let observe = |value: &str| {
            let mut run = ghost::run();
            for event in &mut run.trace.as_mut().unwrap().events {
                // n3 counts its versions by itself, and in the control holds another value, too.
                if let Event::Apply { node, change } = &mut event.event
                    && *node == NodeId::new(3)
                {
                    change.version = Version(77);
                    let value = value.into();
                    change.after = Some(Versioned { value, version: Version(77) });
                }
            }
            // n2 never hears of it.
            run.replicas[1].group = 9;
            Replication::observe(&run, 100).unwrap().differing.last().copied()
        };
        assert_eq!([observe("GhostData"), observe("another")], [Some(0), Some(1)]);
    }

    #[test]
    fn what_only_a_dead_node_had_nobody_lacks() {
        let run = causes::leader_crash();
        let last = |node| *gaps(&run, node).last().unwrap();
        assert_eq!(last(2).end, Some(us(3_000_000)));
        assert_eq!(last(3).end, Some(us(3_000_000)));
        // The leader is back with nothing, and the others still hold the old value.
        assert_eq!((last(1).start, last(1).end), (us(4_000_000), None));
    }

    #[test]
    fn a_node_lacks_nothing_that_only_other_groups_have() {
        let replication = Replication::observe(&odd::two_groups(), 100).unwrap();
        assert!(replication.open().is_empty());
        // The write takes its time to get from n1 to n3, and n2 is never told.
        assert!(replication.gaps.iter().all(|gap| gap.node == NodeId::new(3)));
        assert_eq!(replication.gaps.len(), 1);
    }

    #[test]
    fn without_a_trace_nothing_is_known() {
        assert!(Replication::observe(&odd::without_trace(), 100).is_none());
    }
}
