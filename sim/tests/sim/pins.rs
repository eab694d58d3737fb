//! What a plan pins of links and messages, and that it shifts no draw but causes what it must.

use crate::common::{busy, detailed, ms, node, step, target};
use judge::record::{DropReason, Endpoint, Event, FaultOrigin};
use scenarios::{Action, Fate, Link, LinkEnd, LinkPin, MessagePin, Order, Scenario};
use sim::Run;
use std::{collections::BTreeMap, time::Duration};

type Ends = (Endpoint, Endpoint);

/// What became of a message: the time it took, if it arrived, and that of its copy.
type Fates = Vec<[Option<u64>; 2]>;

/// What became of each message of each link, in order.
fn fates(run: &Run) -> BTreeMap<Ends, Fates> {
    let mut fates: BTreeMap<Ends, Fates> = BTreeMap::new();
    let mut places = BTreeMap::new();
    for event in &run.trace.as_ref().unwrap().events {
        match event.event {
            Event::Send { message, from, to, copy_of: None, .. } => {
                let link = fates.entry((from, to)).or_default();
                link.push([None; 2]);
                places.insert(message, ((from, to), link.len() - 1, 0));
            }
            Event::Send { message, copy_of: Some(original), .. } => {
                let (ends, number, _) = places[&original];
                places.insert(message, (ends, number, 1));
            }
            Event::Deliver { message, sent, arrived } => {
                let (ends, number, copy) = places[&message];
                fates.get_mut(&ends).unwrap()[number][copy] =
                    Some(arrived.since(sent).as_nanos() as u64);
            }
            _ => {}
        }
    }
    fates
}

/// Clients of nodes that lose, double and overtake.
fn rough() -> Scenario {
    let mut scenario = busy(8);
    scenario.workload.as_mut().unwrap().retry.timeout = ms(10);
    let link = Link { loss: 0.1, duplicate: 0.1, order: Order::Free, ..Link::default() };
    (scenario.network.nodes, scenario.network.clients) = (link.clone(), link);
    scenario
}

fn ends() -> (LinkEnd, LinkEnd) {
    (LinkEnd::Node(node("n1")), LinkEnd::Node(node("n2")))
}

fn ends_of_pinned() -> Ends {
    (Endpoint::Node(node("n1")), Endpoint::Node(node("n2")))
}

fn pin(number: u64, fate: Fate, after: Option<Duration>) -> MessagePin {
    let (from, to) = ends();
    MessagePin { from, to, number, fate, after, copy_after: None }
}

fn with(pin: MessagePin) -> Scenario {
    let mut scenario = rough();
    scenario.pins.messages = vec![pin];
    scenario
}

/// Whether the draws of two runs are the same wherever both arrived or neither did: of every
/// message of every link but this one.
fn draw_alike(one: &Run, other: &Run, but: usize) -> bool {
    let (one, other) = (fates(one), fates(other));
    let mut alike = 0;
    for (ends, fates) in &one {
        let both = fates.iter().zip(other.get(ends).into_iter().flatten()).enumerate();
        for (number, (one, other)) in both {
            let is_pinned = *ends == ends_of_pinned() && number + 1 == but;
            // What was under way at the end arrived in neither or in one.
            if !is_pinned && one[0].is_some() && other[0].is_some() {
                if one[0] != other[0] {
                    return false;
                }
                alike += 1;
            }
        }
    }
    assert!(alike > 100, "too few messages to say anything: {alike}");
    true
}

/// The first message of the link that arrives once, or does not, counted from 1.
fn first_that(fates: &Fates, wanted: impl Fn(&[Option<u64>; 2]) -> bool) -> usize {
    fates.iter().skip(3).position(wanted).unwrap() + 4
}

#[test]
fn a_message_meets_the_fate_that_the_plan_states_and_no_draw_shifts() {
    for seed in 0..5 {
        let plain = detailed(rough(), seed);
        let drawn = &fates(&plain)[&ends_of_pinned()];
        let kept = first_that(drawn, |it| it[0].is_some() && it[1].is_none());
        let lost = first_that(drawn, |it| it[0].is_none());
        let doubled = first_that(drawn, |it| it[0].is_some() && it[1].is_some());
        for number in [kept, lost, doubled] {
            for fate in [Fate::Lost, Fate::Doubled, Fate::Kept] {
                let pinned = detailed(
                    with(pin(number as u64, fate, Some(ms(3)).filter(|_| fate != Fate::Lost))),
                    seed,
                );
                let place = format!("seed {seed}, message {number}, {fate:?}");
                let [first, copy] = fates(&pinned)[&ends_of_pinned()][number - 1];
                let expected = (fate != Fate::Lost).then_some(3_000_000);
                assert_eq!((first, copy.is_some()), (expected, fate == Fate::Doubled), "{place}");
                assert!(draw_alike(&plain, &pinned, number), "{place}");
                let named: Vec<_> =
                    pinned.faults.iter().filter(|it| it.origin == FaultOrigin::Pin(0)).collect();
                let [named] = named[..] else { panic!("{place}: one fault") };
                assert!(named.label.ends_with(", as the plan says"), "{}", named.label);
                assert_eq!(named.touched, 1);
            }
        }
    }
}

#[test]
fn a_fate_alone_leaves_the_time_as_drawn() {
    let plain = detailed(rough(), 1);
    let drawn = &fates(&plain)[&ends_of_pinned()];
    let doubled = first_that(drawn, |it| it[0].is_some() && it[1].is_some());
    let pinned = detailed(with(pin(doubled as u64, Fate::Kept, None)), 1);
    let [first, copy] = fates(&pinned)[&ends_of_pinned()][doubled - 1];
    assert_eq!((first, copy), (drawn[doubled - 1][0], None));
    let pinned = detailed(with(pin(doubled as u64, Fate::Doubled, None)), 1);
    assert_eq!(fates(&pinned)[&ends_of_pinned()][doubled - 1], drawn[doubled - 1]);
}

/// A naive pin: the message is cut, so that nothing is drawn for it.
#[test]
fn without_the_draw_the_later_ones_do_shift() {
    let shifts = (0..5).any(|seed| {
        let plain = detailed(rough(), seed);
        let mut cut = rough();
        let (from, to) = (target("n1"), target("n2"));
        cut.steps = vec![step(200, Action::OneWay { from, to }.lasting(ms(5)))];
        !draw_alike(&plain, &detailed(cut, seed), usize::MAX)
    });
    assert!(shifts);
}

#[test]
fn a_lost_message_is_dropped_by_the_fault_that_says_so() {
    let run = detailed(with(pin(1, Fate::Lost, None)), 0);
    let (number, fault) =
        run.faults.iter().enumerate().find(|(_, it)| it.origin == FaultOrigin::Pin(0)).unwrap();
    assert_eq!(fault.label, "n1 -> n2 loses message 1, as the plan says");
    let dropped = run.trace.as_ref().unwrap().events.iter().any(|it| {
        matches!(it.event, Event::Drop { reason: DropReason::Loss, fault: Some(by), .. } if by == number)
    });
    assert!(dropped);
    assert!(run.defects.is_empty(), "{:?}", run.defects);
}

#[test]
fn a_pin_of_a_message_that_is_never_sent_is_a_defect() {
    let run = detailed(with(pin(1_000_000, Fate::Lost, None)), 0);
    let [defect] = &run.defects[..] else { panic!("{:?}", run.defects) };
    assert!(defect.starts_with("message 1000000 of n1 -> n2 is pinned, and only "), "{defect}");
}

#[test]
fn a_link_that_keeps_order_keeps_it_whatever_is_pinned() {
    let mut scenario = busy(3);
    scenario.pins.messages =
        vec![pin(2, Fate::Kept, Some(ms(200))), pin(5, Fate::Kept, Some(ms(1)))];
    let run = detailed(scenario, 3);
    let sent = run.trace.as_ref().unwrap().events.iter().filter_map(|it| match it.event {
        Event::Deliver { sent, arrived, .. } => Some((sent, arrived)),
        _ => None,
    });
    let slow = sent.filter(|(sent, arrived)| arrived.since(*sent) >= ms(150)).count();
    assert!(slow > 1, "those behind it wait");
    let mut arrivals: BTreeMap<Ends, u64> = BTreeMap::new();
    for message in crate::common::messages(&run).into_values() {
        let Some(arrived) = message.arrived else { continue };
        let last = arrivals.entry((message.from, message.to)).or_default();
        assert!(arrived.as_nanos() >= *last);
        *last = arrived.as_nanos();
    }
}

#[test]
fn latencies_can_be_stated_for_a_link_and_for_all() {
    let plain = detailed(busy(3), 2);
    let mut scenario = busy(3);
    let (from, to) = ends();
    scenario.pins.links = vec![LinkPin { from, to, latency: ms(1) }];
    let of_link = detailed(scenario.clone(), 2);
    let all_take = |fates: &Fates, time| fates.iter().flat_map(|it| it[0]).all(|it| it == time);
    for (ends, fates) in fates(&of_link) {
        assert_eq!(all_take(&fates, 1_000_000), ends == ends_of_pinned(), "{ends:?}");
    }
    assert!(!all_take(&fates(&plain)[&ends_of_pinned()], 1_000_000), "the control");
    scenario.pins.latency = Some(ms(2));
    for (ends, fates) in fates(&detailed(scenario, 2)) {
        let time = if ends == ends_of_pinned() { 1_000_000 } else { 2_000_000 };
        assert!(all_take(&fates, time), "{ends:?}");
    }
}
