//! What the links promise: cuts hold, order holds, shares and latencies are as stated.

use crate::common::{Message, busy, detailed, messages, ms, node, step, target};
use judge::record::{DropReason, Endpoint, MessageClass};
use node::Time;
use proptest::prelude::*;
use scenarios::{Action, DeadNode, Latency, Order, Party};
use std::{collections::BTreeMap, time::Duration};

fn is_between_nodes(message: &Message) -> bool {
    message.class == MessageClass::Peer
}

fn at(millis: u64) -> Time {
    Time::from(ms(millis))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn nothing_is_delivered_across_a_partition(seed: u64, start in 100u64..400, lasts in 1u64..400) {
        let mut scenario = busy(6);
        let party = |name: &str| Party::Node(target(name));
        let sides = vec![vec![party("n1"), Party::Clients], vec![party("n2"), party("n3")]];
        scenario.steps = vec![
            step(start, Action::Partition(sides)),
            step(start + lasts, Action::HealNetwork),
        ];
        let run = detailed(scenario, seed);
        let side = |end: Endpoint| end == Endpoint::Node(node("n2")) || end == Endpoint::Node(node("n3"));
        let (start, end) = (at(start), at(start + lasts));
        let mut cut = 0;
        for message in messages(&run).values().filter(|message| side(message.from) != side(message.to)) {
            if let Some(arrived) = message.arrived {
                prop_assert!(arrived < start || message.sent >= end, "{message:?} crossed");
            }
            cut += u64::from(message.dropped == Some(DropReason::Partition));
        }
        prop_assert_eq!(run.faults[0].touched, cut);
    }

    #[test]
    fn fifo_links_keep_the_order_and_free_ones_need_not(seed: u64) {
        let overtakings = |order| {
            let mut scenario = busy(8);
            scenario.network.nodes.order = order;
            scenario.network.nodes.duplicate = 0.1;
            let mut last: BTreeMap<_, Time> = BTreeMap::new();
            let mut overtakings = 0;
            for message in messages(&detailed(scenario, seed)).values().filter(|m| is_between_nodes(m)) {
                let Some(arrived) = message.arrived else { continue };
                let last = last.entry((message.from, message.to)).or_default();
                overtakings += u32::from(arrived < *last);
                *last = arrived.max(*last);
            }
            overtakings
        };
        prop_assert_eq!(overtakings(Order::Fifo), 0);
        prop_assert!(overtakings(Order::Free) > 0);
    }

    #[test]
    fn loss_and_duplication_keep_to_their_shares(seed: u64, loss in 0.05..0.5, duplicate in 0.05..0.5) {
        let mut scenario = busy(40);
        scenario.network.nodes.loss = loss;
        scenario.network.nodes.duplicate = duplicate;
        let run = detailed(scenario, seed);
        let messages: Vec<_> = messages(&run).into_values().filter(is_between_nodes).collect();
        let originals = messages.iter().filter(|message| !message.is_copy).count() as f64;
        let lost = messages.iter().filter(|m| m.dropped == Some(DropReason::Loss)).count() as f64;
        let copies = messages.iter().filter(|message| message.is_copy).count() as f64;
        // Five deviations of a binomial share.
        let bound = |share: f64, of: f64| 5.0 * (share * (1.0 - share) / of).sqrt();
        prop_assert!(originals > 1000.0);
        prop_assert!((lost / originals - loss).abs() < bound(loss, originals));
        let kept = originals - lost;
        prop_assert!((copies / kept - duplicate).abs() < bound(duplicate, kept));
        prop_assert_eq!(run.faults[0].touched, lost as u64);
        prop_assert_eq!(run.faults[1].touched, copies as u64);
    }
}

#[test]
fn latencies_below_a_millisecond_are_exact() {
    let mut scenario = busy(2);
    scenario.network.nodes.latency = Latency::Constant(Duration::from_nanos(137_050));
    let run = detailed(scenario, 1);
    let mut seen = 0;
    for message in messages(&run).values().filter(|message| is_between_nodes(message)) {
        let arrived = message.arrived.expect("nothing is lost");
        assert_eq!(arrived.since(message.sent), Duration::from_nanos(137_050));
        seen += 1;
    }
    assert!(seen > 100);
}

#[test]
fn a_message_under_way_when_a_partition_comes_does_not_cross_even_if_it_is_healed_by_then() {
    let mut scenario = busy(0);
    scenario.workload = None;
    scenario.network.nodes.latency = Latency::Constant(ms(50));
    let put = Action::Put { key: "k".into(), value: "v".into(), to: target("leader") };
    scenario.steps = vec![
        step(100, put),
        step(120, Action::Isolate(target("n3"))),
        step(130, Action::HealNetwork),
    ];
    let run = detailed(scenario, 1);
    let fates: Vec<_> = messages(&run)
        .into_values()
        .filter(is_between_nodes)
        .map(|message| message.dropped)
        .collect();
    assert_eq!(fates, [None, Some(DropReason::Partition)]);
    assert_eq!(run.faults[0].touched, 1);
    assert!(run.defects.is_empty());
}

#[test]
fn one_way_means_one_way() {
    let mut scenario = busy(0);
    scenario.workload = None;
    let put = |value: &str| Action::Put { key: "k".into(), value: value.into(), to: target("n1") };
    let one_way = |from: &str, to: &str| Action::OneWay { from: target(from), to: target(to) };
    scenario.steps = vec![
        step(100, one_way("n2", "n1")),
        step(200, put("heard")),
        step(300, one_way("n1", "n2")),
        step(400, put("unheard")),
    ];
    let run = detailed(scenario, 1);
    assert_eq!([run.faults[0].touched, run.faults[1].touched], [0, 1]);
    assert_eq!(run.defects.len(), 1, "the first cut touched nothing: {:?}", run.defects);
}

#[test]
fn a_slow_link_delays_what_is_sent_while_it_lasts() {
    let mut scenario = busy(0);
    scenario.workload = None;
    scenario.network.nodes.latency = Latency::Constant(ms(1));
    let put = || Action::Put { key: "k".into(), value: "v".into(), to: target("n1") };
    let (from, to) = (target("n1"), target("n2"));
    scenario.steps = vec![
        step(100, Action::SlowLink { from, to, delay: ms(40), lasts: ms(200) }),
        step(150, put()),
        step(400, put()),
    ];
    let run = detailed(scenario, 1);
    let latencies: Vec<_> = messages(&run)
        .into_values()
        .filter(is_between_nodes)
        .map(|message| message.arrived.unwrap().since(message.sent))
        .collect();
    assert_eq!(latencies, [ms(41), ms(1), ms(1), ms(1)]);
    assert_eq!(run.faults[0].touched, 1);
}

#[test]
fn a_dead_node_refuses_at_once_or_is_silent() {
    let outcome = |dead| {
        let mut scenario = busy(0);
        scenario.workload = None;
        scenario.network.dead = dead;
        scenario.network.clients.latency = Latency::Constant(ms(2));
        scenario.steps = vec![
            step(100, Action::Crash(target("n2"))),
            step(200, Action::Get { key: "k".into(), from: target("n2") }),
        ];
        // The run goes on until the client has given up.
        scenario.phases.run = ms(2000);
        let run = detailed(scenario, 1);
        let operation = &run.operations()[0];
        let took = operation.completed.since(operation.invoked);
        let node::client::Outcome::Fail(failure) = &operation.outcome else {
            panic!("a read of a dead node fails")
        };
        (failure.to_string(), took)
    };
    assert_eq!(outcome(DeadNode::Refused), ("connection refused".to_owned(), ms(4)));
    assert_eq!(outcome(DeadNode::Lost), ("timeout".to_owned(), ms(1000)));
}
