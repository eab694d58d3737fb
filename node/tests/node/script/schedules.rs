//! What the module pages guarantee, under schedules that nobody thought of.

use super::Cluster;
use node::{
    Key, Node, NodeId, Operation, Setting, Time, Versioned,
    systems::{
        anti_entropy::AntiEntropy, peer_to_peer::PeerToPeer, quorum::Quorum,
        sync_leader::SyncLeader,
    },
};
use proptest::{collection::vec, prelude::*, sample::Index};
use std::{collections::BTreeMap, time::Duration};

/// Something that can happen next; an index chooses among what is under way.
#[derive(Clone, Debug)]
enum Act {
    Put(usize, u8),
    Delete(usize, u8),
    Get(usize, u8),
    Deliver(Index),
    /// The oldest message from one node to another arrives.
    DeliverOn(usize, usize),
    Duplicate(Index),
    Drop(Index),
    Push(usize),
    Sync(usize),
    Crash(usize),
    Boot(usize),
}

fn write() -> BoxedStrategy<Act> {
    let put = (0..3usize, 0..3u8).prop_map(|(node, key)| Act::Put(node, key));
    let delete = (0..3usize, 0..3u8).prop_map(|(node, key)| Act::Delete(node, key));
    prop_oneof![3 => put, 1 => delete].boxed()
}

fn deliver() -> BoxedStrategy<Act> {
    let once = any::<Index>().prop_map(Act::Deliver);
    let twice = any::<Index>().prop_map(Act::Duplicate);
    prop_oneof![5 => once, 1 => twice].boxed()
}

fn fault() -> BoxedStrategy<Act> {
    prop_oneof![
        any::<Index>().prop_map(Act::Drop),
        (1..3usize).prop_map(Act::Crash),
        (1..3usize).prop_map(Act::Boot),
        (1..3usize).prop_map(Act::Sync),
    ]
    .boxed()
}

/// Three nodes and what has been told of them.
struct Play<N: Node> {
    cluster: Cluster<N>,
    clock: u64,
    writes: u32,
}

impl<N: Node> Play<N> {
    fn new(settings: &[(&str, Setting)]) -> Self {
        Self::flawed(&[], settings)
    }

    fn flawed(flaws: &[&str], settings: &[(&str, Setting)]) -> Self {
        let settings: BTreeMap<_, _> =
            settings.iter().map(|(name, setting)| ((*name).to_owned(), setting.clone())).collect();
        let flaws = flaws.iter().map(|&flaw| flaw.to_owned()).collect();
        let booted = Cluster::boot(3, flaws, settings);
        Self { cluster: booted.expect("the settings fit").0, clock: 0, writes: 0 }
    }

    /// Lets something happen, if it can; what that caused.
    fn act(&mut self, act: &Act) -> String {
        let node = |index: &usize| NodeId::from_index(*index);
        let key = |key: &u8| Key::from(format!("k{key}"));
        let under_way = self.cluster.under_way();
        let nothing_to_choose = under_way == 0;
        let told = match act {
            Act::Put(at, k) => {
                self.writes += 1;
                let value = format!("w{}.", self.writes);
                self.request(node(at), Operation::put(key(k), value))
            }
            Act::Delete(at, k) => self.request(node(at), Operation::delete(key(k))),
            Act::Get(at, k) => self.request(node(at), Operation::get(key(k))),
            Act::Deliver(_) | Act::Duplicate(_) | Act::Drop(_) if nothing_to_choose => {
                Ok(String::new())
            }
            Act::Deliver(index) => self.cluster.deliver_at(index.index(under_way)),
            Act::DeliverOn(from, to) => self.cluster.deliver(node(from), node(to), 0),
            Act::Duplicate(index) => self.cluster.duplicate_at(index.index(under_way)),
            Act::Drop(index) => {
                self.cluster.drop_at(index.index(under_way));
                Ok(String::new())
            }
            Act::Push(at) => self.cluster.fire(node(at), "push"),
            Act::Sync(at) => self.cluster.fire(node(at), "sync"),
            Act::Crash(at) => self.cluster.crash(node(at)).map(|()| String::new()),
            Act::Boot(at) => self.cluster.boot_node(node(at)),
        };
        // What cannot be, such as a crash of a node that is down, is left out.
        told.unwrap_or_default()
    }

    fn request(&mut self, node: NodeId, operation: Operation) -> Result<String, String> {
        self.clock += 1;
        for each in self.cluster.nodes() {
            let now = Time::from(Duration::from_millis(self.clock));
            self.cluster.set_clock(each, now)?;
        }
        self.cluster.request(node, 1, operation)
    }

    fn held(&self, index: usize) -> Option<Vec<(Key, Versioned)>> {
        self.cluster.held(NodeId::from_index(index))
    }

    /// Sends and delivers until nothing is left to do.
    fn quiesce(&mut self) {
        for index in 0..3 {
            self.act(&Act::Push(index));
        }
        self.cluster.deliver_all().expect("the nodes exist");
    }

    fn assert_agreement(&self) {
        for index in 1..3 {
            assert_eq!(self.held(0), self.held(index), "n1 and n{}", index + 1);
        }
    }
}

fn word(word: &str) -> Setting {
    Setting::Word(word.to_owned())
}

/// Crashes the leader after these acts and boots it again: how many entries the longer one of its
/// followers' logs had before, if the leader does not come back with that.
///
/// Where nothing is deleted, the highest version that a node holds is the length of its log.
fn comes_back_without(play: &mut Play<AntiEntropy>, acts: &[Act]) -> Option<u64> {
    for act in acts {
        play.act(act);
    }
    play.act(&Act::Crash(0));
    play.cluster.deliver_all().expect("the nodes exist");
    let length = |held: &[(Key, Versioned)]| held.iter().map(|(_, it)| it.version.0).max();
    let logs = (1..3).map(|index| play.held(index).expect("followers stay up"));
    let longest = logs.max_by_key(|held| length(held)).expect("there are two");
    play.act(&Act::Boot(0));
    play.quiesce();
    let held = play.held(0).expect("it is up");
    (held != longest).then(|| length(&longest).unwrap_or_default())
}

#[test]
fn with_empty_leader_rules_it_comes_back_with_nothing() {
    let acts = [Act::Put(0, 0), Act::Push(0), Act::Put(0, 1), Act::Push(0)];
    let lost = |flaws: &[&str]| {
        let mut play = Play::<AntiEntropy>::flawed(flaws, &[]);
        play.quiesce();
        let mut acts = acts.to_vec();
        // n2 has both writes, n3 none.
        acts.extend([Act::DeliverOn(0, 1), Act::DeliverOn(0, 1)]);
        comes_back_without(&mut play, &acts)
    };
    assert_eq!(lost(&[]), None);
    assert_eq!(lost(&["empty-leader-rules"]), Some(2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_follower_of_anti_entropy_is_always_at_some_past_state_of_the_leader(
        acts in vec(prop_oneof![
            2 => write(), 2 => Just(Act::Push(0)), 4 => deliver(), 2 => fault(),
        ], 0..120),
    ) {
        let mut play = Play::<AntiEntropy>::new(&[]);
        play.quiesce();
        let mut past = vec![Vec::new()];
        for act in acts {
            play.act(&act);
            past.extend(play.held(0));
            for index in 1..3 {
                let at_some_past_state = play.held(index).is_none_or(|held| past.contains(&held));
                prop_assert!(at_some_past_state, "n{} after {act:?}", index + 1);
            }
        }
        for index in 1..3 {
            play.act(&Act::Boot(index));
            play.act(&Act::Sync(index));
        }
        play.quiesce();
        for index in 1..3 {
            play.act(&Act::Sync(index));
        }
        play.quiesce();
        play.assert_agreement();
    }

    #[test]
    fn a_leader_of_anti_entropy_comes_back_with_all_that_its_followers_have(
        rounds in vec(vec(prop_oneof![
            2 => (0..3u8).prop_map(|key| Act::Put(0, key)), 1 => Just(Act::Push(0)),
            2 => deliver(), 1 => any::<Index>().prop_map(Act::Drop), 1 => (1..3usize).prop_map(Act::Sync),
        ], 0..40), 1..4),
    ) {
        let mut play = Play::<AntiEntropy>::new(&[]);
        play.quiesce();
        for acts in rounds {
            prop_assert_eq!(comes_back_without(&mut play, &acts), None);
        }
    }

    #[test]
    fn what_sync_leader_acknowledges_in_time_is_on_every_node(
        acts in vec(prop_oneof![1 => write(), 3 => deliver()], 0..120),
    ) {
        let mut play = Play::<SyncLeader>::new(&[]);
        let mut written = BTreeMap::new();
        let mut request = 0;
        for act in acts {
            let told = play.act(&act);
            if let Act::Put(at, key) = act {
                written.insert(request, (at, Key::from(format!("k{key}"))));
            }
            if matches!(act, Act::Put(..) | Act::Delete(..)) {
                request += 1;
            }
            for line in told.lines().filter(|line| line.contains(": written v")) {
                let (head, version) = line.split_once(": written v").expect("it is there");
                let number = head.split_once('#').expect("replies name requests").1;
                let key = &written[&number.parse::<i32>().expect("a number")].1;
                for index in 0..3 {
                    let held = play.held(index).expect("nobody crashes");
                    let found = held.iter().find(|(held, _)| held == key);
                    let version = version.parse().expect("a number");
                    prop_assert!(found.is_some_and(|(_, found)| found.version.0 >= version));
                }
            }
        }
        play.quiesce();
        play.assert_agreement();
    }

    #[test]
    fn peers_agree_by_stamp_in_whatever_order_changes_arrive(
        acts in vec(prop_oneof![
            2 => write(), 2 => (0..3usize).prop_map(Act::Push), 4 => deliver(),
        ], 0..120),
    ) {
        let mut play = Play::<PeerToPeer>::new(&[("resolve", word("last-writer-wins"))]);
        for act in &acts {
            play.act(act);
        }
        play.quiesce();
        play.assert_agreement();
    }

    #[test]
    fn a_read_of_a_quorum_finds_the_last_acknowledged_write(
        operations in vec((
            prop_oneof![write(), (0..3usize, 0..3u8).prop_map(|(at, key)| Act::Get(at, key))],
            vec(deliver(), 60),
        ), 0..25),
        sizes in prop_oneof![Just((2, 2)), Just((1, 3)), Just((3, 1))],
        resolve in prop_oneof![Just("last-writer-wins"), Just("vector-clocks")],
    ) {
        let mut play = Play::<Quorum>::new(&[
            ("r", Setting::Count(sizes.0)),
            ("w", Setting::Count(sizes.1)),
            ("resolve", word(resolve)),
        ]);
        let mut expected = BTreeMap::new();
        for (operation, deliveries) in operations {
            // One operation at a time; what is still under way from earlier ones stays so.
            let mut told = play.act(&operation);
            for delivery in deliveries {
                if told.contains(" reply ") {
                    break;
                }
                told += &play.act(&delivery);
            }
            if !told.contains(" reply ") {
                told += &play.cluster.deliver_all().expect("the nodes exist");
            }
            match operation {
                Act::Put(_, key) => {
                    expected.insert(key, format!("w{}.", play.writes));
                }
                Act::Delete(_, key) => {
                    expected.remove(&key);
                }
                Act::Get(_, key) => {
                    let value = expected.get(&key).map_or("(absent)", String::as_str);
                    let answer = told.split_once(" reply ").expect("all messages arrived").1;
                    let answer = answer.lines().next().expect("a line");
                    prop_assert!(answer.contains(&format!(": {value}")), "{answer}, not {value}");
                }
                _ => unreachable!("clients put, delete and get"),
            }
        }
    }
}
