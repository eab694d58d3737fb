use super::*;
use crate::{
    Effect, Host, Origin, Time,
    systems::testing::{Cluster, n},
};
use proptest::prelude::*;
use std::sync::Arc;

type Nodes = Cluster<DurableEventual>;

fn config(flaws: &[&str], settings: &[(&str, Setting)]) -> Config {
    let own = |(name, setting): &(&str, Setting)| ((*name).to_owned(), setting.clone());
    Config {
        flaws: flaws.iter().map(|&flaw| flaw.to_owned()).collect(),
        settings: Arc::new(settings.iter().map(own).collect()),
        ..Config::new(n(1), 3)
    }
}

/// Three nodes that have found each other.
fn cluster(flaws: &[&str]) -> Nodes {
    let mut cluster = Nodes::boot(config(flaws, &[]));
    cluster.run_for(Duration::from_millis(10));
    cluster
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn count_sent(cluster: &Nodes, what: &str) -> usize {
    cluster.sent.iter().filter(|text| text.contains(what)).count()
}

#[test]
fn any_node_takes_a_write_and_all_come_to_hold_it() {
    let mut cluster = cluster(&[]);
    assert!(cluster.put(n(2), "a", "1").starts_with("written"));
    assert!(cluster.put(n(3), "a", "2").ends_with("was 1"));
    assert!(cluster.put(n(1), "b", "3").starts_with("written"));
    for node in [n(1), n(2), n(3)] {
        assert_eq!(cluster.held(node), "a=2 b=3");
        assert_eq!(cluster.get(node, "a"), "2");
        assert_eq!(cluster.call(node, Operation::ListKeys), "found 2 keys");
    }
    // Six deliveries for three writes: nobody passes on what it received.
    assert_eq!(count_sent(&cluster, "replicate"), 6);
}

#[test]
fn a_delete_reaches_everyone_and_does_not_come_back() {
    let mut cluster = cluster(&[]);
    cluster.put(n(1), "a", "1");
    cluster.crash(n(3));
    assert_eq!(cluster.delete(n(2), "a"), "deleted");
    assert_eq!(cluster.delete(n(2), "a"), "nothing to delete");
    cluster.run_for(seconds(20));
    cluster.restart(n(3));
    assert_eq!(cluster.held(n(3)), "a=1");
    cluster.run_for(seconds(2));
    for node in [n(1), n(2), n(3)] {
        assert_eq!(cluster.get(node, "a"), "(absent)");
        assert_eq!(cluster.held(node), "");
    }
    assert!(cluster.put(n(1), "a", "2").starts_with("written"));
    assert_eq!(cluster.get(n(3), "a"), "2");
}

#[test]
fn the_limits_are_128_and_2048_bytes() {
    let mut cluster = cluster(&[]);
    let (key, value) = ("k".repeat(128), "v".repeat(2048));
    assert!(cluster.put(n(1), &key, &value).starts_with("written"));
    assert_eq!(cluster.get(n(2), &key), value);
    let long = format!("{key}k");
    for answer in
        [cluster.put(n(1), &long, "v"), cluster.get(n(1), &long), cluster.delete(n(1), &long)]
    {
        assert_eq!(answer, "refused: a key has at most 128 bytes");
    }
    // Bytes count, not characters.
    let umlauts = "ü".repeat(1025);
    assert_eq!(cluster.put(n(1), "k", &umlauts), "refused: a value has at most 2,048 bytes");
    assert_eq!(cluster.put(n(1), "", "v"), "refused: a key must not be empty");
    let swap = Operation::CompareAndSet { key: "k".into(), expected: None, new: "v".into() };
    assert_eq!(cluster.call(n(1), swap), "refused: no such operation here");
}

#[test]
fn an_acknowledged_write_outlives_its_node_and_the_whole_cluster() {
    let mut cluster = cluster(&[]);
    cluster.put(n(1), "a", "1");
    for node in [n(1), n(2), n(3)] {
        cluster.crash(node);
    }
    for node in [n(1), n(2), n(3)] {
        cluster.restart(node);
        assert_eq!(cluster.get(node, "a"), "1");
    }
}

#[test]
fn a_peer_gets_three_attempts_one_and_two_seconds_apart() {
    let mut cluster = cluster(&["no-catch-up"]);
    cluster.isolate(n(3));
    cluster.put(n(1), "a", "1");
    let attempts = |cluster: &Nodes| count_sent(cluster, "n1 > n3: replicate a=1");
    // Deadlines at 3, 7 and 12 s; attempts at 0, 4 and 9 s.
    for (until, expected) in [(3900, 1), (4100, 2), (8900, 2), (9100, 3), (60_000, 3)] {
        let end = Time::from(Duration::from_millis(10 + until));
        cluster.run_for(end.since(cluster.now()));
        assert_eq!(attempts(&cluster), expected, "after {until} ms");
    }
    assert_eq!(count_sent(&cluster, "n1 > n2: replicate"), 1);
}

#[test]
fn a_short_absence_is_bridged_by_a_retry() {
    let mut cluster = cluster(&["no-catch-up"]);
    cluster.isolate(n(3));
    cluster.put(n(1), "a", "1");
    cluster.run_for(seconds(2));
    cluster.heal();
    assert_eq!(cluster.held(n(3)), "");
    cluster.run_for(seconds(3));
    assert_eq!(cluster.held(n(3)), "a=1");
    cluster.run_for(seconds(30));
    assert_eq!(count_sent(&cluster, "n1 > n3: replicate"), 2);
}

#[test]
fn a_long_absence_is_made_good_on_reconnection_both_ways() {
    let mut cluster = cluster(&[]);
    cluster.put(n(1), "both", "0");
    cluster.isolate(n(3));
    cluster.put(n(1), "here", "1");
    cluster.put(n(3), "there", "2");
    cluster.put(n(1), "both", "old");
    cluster.run_for(Duration::from_millis(20));
    cluster.put(n(3), "both", "new");
    cluster.run_for(seconds(60));
    assert_eq!(cluster.held(n(3)), "both=new there=2");
    cluster.heal();
    cluster.run_for(seconds(3));
    for node in [n(1), n(2), n(3)] {
        assert_eq!(cluster.held(node), "both=new here=1 there=2");
    }
    assert_eq!(cluster.entries(n(1)), cluster.entries(n(3)));
    // Everyone is back, so nobody is pinged any more.
    let pings = count_sent(&cluster, "ping");
    cluster.run_for(seconds(10));
    assert_eq!(count_sent(&cluster, "ping"), pings);
}

#[test]
fn a_one_way_cut_is_made_good_too() {
    let mut cluster = cluster(&[]);
    cluster.cut(n(1), n(3));
    cluster.put(n(1), "a", "1");
    cluster.run_for(seconds(60));
    assert_eq!(cluster.held(n(3)), "");
    cluster.heal();
    cluster.run_for(seconds(3));
    assert_eq!(cluster.held(n(3)), "a=1");
}

#[test]
fn flaw_no_catch_up_leaves_a_hole_for_ever() {
    let mut cluster = cluster(&["no-catch-up"]);
    cluster.crash(n(3));
    cluster.put(n(1), "999", "GhostData");
    cluster.run_for(seconds(60));
    cluster.restart(n(3));
    cluster.run_for(seconds(600));
    assert_eq!(cluster.get(n(1), "999"), "GhostData");
    assert_eq!(cluster.get(n(3), "999"), "(absent)");
}

/// n2 applies `a=old`, but its acknowledgment is lost; then n3 stores `a=new`.
fn retry_after_a_newer_put(flaws: &[&str]) -> Nodes {
    let mut cluster = cluster(flaws);
    cluster.cut(n(2), n(1));
    cluster.put(n(1), "a", "old");
    cluster.run_for(seconds(1));
    assert!(cluster.put(n(3), "a", "new").ends_with("was old"));
    assert_eq!(cluster.get(n(2), "a"), "new");
    cluster.heal();
    cluster.run_for(seconds(30));
    assert_eq!(count_sent(&cluster, "n1 > n2: replicate a=old"), 2);
    cluster
}

#[test]
fn a_retry_that_was_applied_before_changes_nothing() {
    let mut cluster = retry_after_a_newer_put(&[]);
    assert_eq!(cluster.get(n(2), "a"), "new");
}

#[test]
fn flaw_unlabelled_retry_lets_the_old_value_win() {
    let mut cluster = retry_after_a_newer_put(&["unlabelled-retry"]);
    assert_eq!(cluster.get(n(2), "a"), "old");
    assert_eq!(cluster.get(n(3), "a"), "new");
}

/// Reads twenty keys at once; how many answers are another's.
fn mixed_up_answers(flaws: &[&str]) -> usize {
    let mut cluster = cluster(flaws);
    let keys: Vec<_> = (0..20).map(|i| format!("key{i}")).collect();
    for key in &keys {
        cluster.put(n(1), key, &format!("value of {key}"));
    }
    let asked: Vec<_> =
        keys.iter().map(|key| cluster.ask(n(1), Operation::get(key.as_str()))).collect();
    cluster.run_for(seconds(1));
    keys.iter()
        .zip(asked)
        .map(|(key, id)| (format!("value of {key}"), cluster.answer(id).expect("answered")))
        .filter(|(expected, answer)| *expected != answer.to_string())
        .count()
}

#[test]
fn flaw_shared_result_queue_hands_out_other_clients_values() {
    assert_eq!(mixed_up_answers(&[]), 0);
    assert!(mixed_up_answers(&["shared-result-queue"]) > 5);
}

#[test]
fn a_full_store_refuses_and_with_the_flaw_map_full_forgets() {
    let small = [("capacity_bytes", Setting::Count(10))];
    let mut cluster = Nodes::boot(config(&[], &small));
    assert!(cluster.put(n(1), "k", "12345678").starts_with("written"));
    assert_eq!(cluster.put(n(1), "l", "1"), "refused: the store is full");
    assert_eq!(cluster.delete(n(1), "k"), "deleted");
    assert!(cluster.put(n(1), "l", "1").starts_with("written"));

    let mut cluster = Nodes::boot(config(&["map-full"], &small));
    cluster.put(n(1), "k", "12345678");
    assert!(cluster.put(n(1), "l", "1").starts_with("written"));
    assert_eq!(cluster.get(n(1), "l"), "(absent)");
    assert_eq!(cluster.held(n(2)), "k=12345678");
}

#[test]
fn concurrent_writes_converge_and_one_of_them_is_lost() {
    let mut cluster = cluster(&[]);
    let first = cluster.ask(n(1), Operation::put("a", "1"));
    let second = cluster.ask(n(2), Operation::put("a", "2"));
    cluster.run_for(seconds(1));
    for id in [first, second] {
        assert!(matches!(cluster.answer(id), Some(Answer::Written { .. })));
    }
    for node in [n(1), n(2), n(3)] {
        assert_eq!(cluster.held(node), "a=2");
    }
}

#[test]
fn a_client_that_fails_over_may_miss_its_own_write() {
    let mut cluster = cluster(&[]);
    cluster.isolate(n(1));
    cluster.put(n(1), "a", "mine");
    assert_eq!(cluster.get(n(1), "a"), "mine");
    assert_eq!(cluster.get(n(2), "a"), "(absent)");
}

#[test]
fn a_lagging_clock_does_not_lose_a_write_that_saw_the_earlier_one() {
    let mut host = Host::<DurableEventual>::boot(config(&[], &[]));
    host.now = Time::from(seconds(100));
    host.request(Request::example(Operation::put("a", "1")));
    host.now = Time::from(seconds(50));
    let effects = host.request(Request::example(Operation::put("a", "2")));
    assert_eq!(effects[0].to_string(), "apply a=2 v100000001");
}

#[test]
fn a_clock_that_is_ahead_wins_against_later_writes() {
    let mut host = Host::<DurableEventual>::boot(config(&[], &[]));
    let written = |version, writer| Stamp { version: Version(version), writer };
    let record = |value: &str, stamp| Message::Replicate {
        key: "a".into(),
        record: Record { stamp, value: Some(value.into()), origin: Origin::default() },
    };
    host.message(n(2), record("ahead", written(10_000_000, n(2))));
    let effects = host.message(n(3), record("later", written(1_000_000, n(3))));
    // It is acknowledged, since there is nothing left to be done about it.
    assert_eq!(effects[0].to_string(), "send n3: applied a v1000000@n3");
    assert_eq!(host.node().entries()[0].1.value, "ahead".into());
}

#[test]
fn a_peer_that_missed_a_write_while_catching_up_is_not_back() {
    let pinged = |host: &mut Host<DurableEventual>| {
        let effects = host.timer(Timer::Probe);
        let texts: Vec<_> = effects.iter().map(ToString::to_string).collect();
        texts.iter().any(|text| text == "send n2: ping")
    };
    let mut host = Host::<DurableEventual>::boot(config(&[], &[("attempts", Setting::Count(1))]));
    assert!(pinged(&mut host));
    let round = round_with_n2(&mut host);
    let effects = host.request(Request::example(Operation::put("a", "1")));
    let deadline = effects.into_iter().find_map(|effect| match effect {
        Effect::SetTimer { timer, .. } => Some(timer),
        _ => None,
    });
    host.timer(deadline.expect("n2 has a deadline"));
    host.message(n(2), Message::CaughtUp { round });
    assert!(pinged(&mut host));
    let round = round_with_n2(&mut host);
    host.message(n(2), Message::CaughtUp { round });
    assert!(!pinged(&mut host));
}

/// The round in which `n2`, which is away, is to catch up.
fn round_with_n2(host: &mut Host<DurableEventual>) -> crate::replication::CallId {
    let effects = host.message(n(2), Message::Pong);
    let Some(Effect::Send { message: Message::Summary { round, .. }, .. }) =
        effects.first().cloned()
    else {
        panic!("a peer that is away gets a summary");
    };
    round
}

#[test]
fn what_a_peer_lacked_in_an_earlier_life_says_nothing_of_this_one() {
    let life = |seed: u64| {
        let rng = rand::rngs::mock::StepRng::new(seed, 1);
        let disk = crate::Disk::in_memory();
        let mut host = Host::<DurableEventual, _>::boot_on(config(&[], &[]), disk, rng);
        host.take_effects();
        host
    };
    let effects = life(1).message(n(2), Message::Pong);
    let Some(Effect::Send { message: Message::Summary { round, .. }, .. }) = effects.first() else {
        panic!("a peer that is away gets a summary");
    };
    let mut host = life(2);
    for late in [
        Message::CaughtUp { round: *round },
        Message::Missing { round: *round, records: Vec::new(), wanted: Vec::new() },
    ] {
        host.message(n(2), late);
        let effects = host.timer(Timer::Probe);
        assert!(effects.iter().any(|effect| effect.to_string() == "send n2: ping"));
    }
}

#[test]
fn a_node_with_a_damaged_store_says_so_and_serves_nothing() {
    let mut cluster = cluster(&[]);
    cluster.put(n(1), "a", "1");
    cluster.crash(n(2));
    let disk = cluster.disk(n(2));
    let length = disk.len(replica::FILE).expect("the store is there");
    disk.write(replica::FILE, 4096, &vec![0x55; (length - 4096) as usize])
        .expect("a disk in memory takes everything");
    cluster.restart(n(2));
    assert!(!cluster.node(n(2)).serves() && cluster.node(n(1)).serves());
    let refusal = "refused: the node's store is damaged or its disk failed";
    assert_eq!(cluster.get(n(2), "a"), refusal);
    assert_eq!(cluster.put(n(2), "b", "2"), refusal);
    assert_eq!(cluster.call(n(2), Operation::ListKeys), refusal);
    cluster.put(n(1), "c", "3");
    cluster.run_for(seconds(30));
    assert_eq!(cluster.held(n(2)), "");
    assert_eq!(cluster.held(n(3)), "a=1 c=3");
}

#[derive(Clone, Debug)]
enum Step {
    Put(u32, u8),
    Delete(u32, u8),
    Crash(u32),
    Restart(u32),
    Cut(u32, u32),
    Isolate(u32),
    Heal,
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let node = || 1..4u32;
    prop_oneof![
        6 => (node(), 0..4u8).prop_map(|(node, key)| Step::Put(node, key)),
        2 => (node(), 0..4u8).prop_map(|(node, key)| Step::Delete(node, key)),
        1 => node().prop_map(Step::Crash),
        1 => node().prop_map(Step::Restart),
        1 => (node(), node()).prop_map(|(from, to)| Step::Cut(from, to)),
        1 => node().prop_map(Step::Isolate),
        1 => Just(Step::Heal),
        3 => (0..8_000u64).prop_map(Step::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_happened_all_come_to_hold_the_same(
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let mut cluster = cluster(&[]);
        for (i, step) in steps.into_iter().enumerate() {
            match step {
                Step::Put(node, key) if cluster.is_up(n(node)) => {
                    cluster.ask(n(node), Operation::put(format!("k{key}"), format!("v{i}")));
                }
                Step::Delete(node, key) if cluster.is_up(n(node)) => {
                    cluster.ask(n(node), Operation::delete(format!("k{key}")));
                }
                Step::Put(..) | Step::Delete(..) => {}
                Step::Crash(node) => cluster.crash(n(node)),
                Step::Restart(node) if !cluster.is_up(n(node)) => cluster.restart(n(node)),
                Step::Restart(_) => {}
                Step::Cut(from, to) => cluster.cut(n(from), n(to)),
                Step::Isolate(node) => cluster.isolate(n(node)),
                Step::Heal => cluster.heal(),
                Step::Wait(millis) => cluster.run_for(Duration::from_millis(millis)),
            }
        }
        cluster.heal();
        for node in 1..4 {
            if !cluster.is_up(n(node)) {
                cluster.restart(n(node));
            }
        }
        // The last attempt may have been made just before healing: 3 s until it
        // times out, 12 s for a write just begun, and a second for the next ping.
        cluster.run_for(seconds(14));
        prop_assert_eq!(cluster.entries(n(1)), cluster.entries(n(2)));
        prop_assert_eq!(cluster.entries(n(1)), cluster.entries(n(3)));
    }
}
