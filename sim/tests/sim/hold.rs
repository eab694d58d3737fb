//! Messages that are held back until a plan says otherwise.

use crate::common::{busy, detailed, ms};
use judge::{
    record::{Endpoint, MessageClass},
    replay::{Fate, messages},
};
use node::{Time, systems::async_leader::AsyncLeader};
use sim::{Detail, Hold, Run, Simulation};

fn held(from: Time, clients: bool) -> Run {
    let simulation = Simulation::<AsyncLeader>::new(busy(5)).seed(1).detail(Detail::Full);
    simulation.hold(Hold { from, clients }).run().unwrap()
}

/// How many messages of nodes, and of clients, that left at that time or later were handled or lost.
fn settled(run: &Run, from: Time) -> (usize, usize) {
    let trace = run.trace.as_ref().unwrap();
    let late: Vec<_> = messages(trace).into_iter().filter(|it| it.sent >= from).collect();
    let settled = |is_peer: bool| {
        let meant = late.iter().filter(|it| (it.class == MessageClass::Peer) == is_peer);
        assert!(meant.clone().count() > 0, "somebody sends");
        meant.filter(|it| it.fate != Fate::UnderWay).count()
    };
    (settled(true), settled(false))
}

#[test]
fn what_is_held_never_arrives_and_what_left_before_does() {
    let from = Time::ZERO + ms(300);
    let free = detailed(busy(5), 1);
    let (peers, clients) = settled(&free, from);
    assert!(peers > 0 && clients > 0, "the control: without a hold they arrive");
    let of_peers = settled(&held(from, false), from);
    assert!(of_peers.0 == 0 && of_peers.1 > 0, "{of_peers:?}");
    assert_eq!(settled(&held(from, true), from), (0, 0));
    // Up to the first message that would have been handled it is the same run.
    let run = held(from, true);
    let events = |run: &Run| {
        let events = run.trace.clone().unwrap().events;
        events.into_iter().filter(|event| event.at <= from).collect::<Vec<_>>()
    };
    assert_eq!(events(&run), events(&free));
    assert!(!events(&run).is_empty());
    let arrives = |run: &Run| {
        let trace = run.trace.as_ref().unwrap();
        let to_node = |end: Endpoint| end.node().is_some();
        messages(trace).iter().filter(|it| it.sent < from && to_node(it.to)).count()
    };
    assert_eq!(arrives(&run), arrives(&free));
}
