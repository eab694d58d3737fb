//! Services that are drawn, nodes that share cores, and clients that cost time.

use crate::common::{busy, messages, ms, node, step, target};
use judge::{
    Run,
    record::{Endpoint, MessageClass, OperationRecord},
};
use node::{
    ClientId, NodeId, Time,
    client::{Outcome, Route},
    systems::peer_to_peer::PeerToPeer,
};
use scenarios::{Action, Latency, Pace, Quantiles, Scenario, ServiceKind, Share, Workload};
use sim::{Detail, Gear, Simulation};
use std::{collections::BTreeMap, time::Duration};

/// Gets by so many clients, at the nodes of their turns, without a pause: nodes are all that is waited for.
fn gets(clients: usize) -> Scenario {
    let mut scenario = busy(clients);
    scenario.cluster.service_time = ms(1).into();
    scenario.network.clients.latency = Duration::from_micros(1).into();
    change(&mut scenario, |workload| {
        workload.pace = Pace::Closed { clients, think: Duration::ZERO };
        workload.mix = [(node::OperationKind::Get, 1.0)].into();
        workload.reads = Route::RoundRobin;
    });
    scenario
}

fn change(scenario: &mut Scenario, change: impl FnOnce(&mut Workload)) {
    change(scenario.workload.as_mut().unwrap());
}

fn run(scenario: Scenario) -> Run {
    Simulation::<PeerToPeer>::new(scenario).seed(1).detail(Detail::Full).run().unwrap()
}

/// How many operations were answered while clients asked.
fn answered(run: &Run) -> usize {
    let in_time = |it: &&OperationRecord| it.is_ok() && it.completed <= Time::from(ms(900));
    run.operations().iter().filter(in_time).count()
}

/// How long each event of a kind of message took from its arrival at a node to its end.
fn handled(run: &Run, class: MessageClass, at: NodeId) -> Vec<Duration> {
    let messages = messages(run).into_values();
    let of_node = messages.filter(|it| it.class == class && it.to == Endpoint::Node(at));
    of_node.filter_map(|it| Some(it.handled?.since(it.arrived?))).collect()
}

#[test]
fn three_busy_nodes_on_one_core_deliver_a_third() {
    let of = |cores: Option<usize>| {
        let mut scenario = gets(30);
        scenario.cluster.cores = cores;
        answered(&run(scenario)) as f64
    };
    let alone = of(None);
    assert!((2600.0..2750.0).contains(&alone), "each answers one in a millisecond: {alone}");
    let near = |cores: usize, part: f64| {
        let part_of = of(Some(cores)) / alone;
        assert!((part_of / part - 1.0).abs() < 0.02, "{cores} cores: {part_of}");
    };
    near(1, 1.0 / 3.0);
    near(2, 2.0 / 3.0);
    near(3, 1.0);
    near(8, 1.0);
}

#[test]
fn a_core_of_a_node_that_dies_or_stands_still_is_free_for_others() {
    let of = |action: Action| {
        let mut scenario = gets(30);
        scenario.cluster.cores = Some(1);
        // Nodes that answer no more hold their clients up, one after the other.
        change(&mut scenario, |workload| workload.reads = Route::Any);
        change(&mut scenario, |workload| workload.retry.timeout = ms(50));
        scenario.phases.heal = false;
        scenario.steps = vec![step(100, action)];
        let run = run(scenario);
        let late = Time::from(ms(200));
        let at = |node: NodeId| {
            let late = |operation: &&OperationRecord| operation.invoked > late;
            let operations = run.operations().iter().filter(late);
            operations.filter(|it| matches!(it.outcome, Outcome::Ok(_)) && it.node == node).count()
        };
        [1, 2, 3].map(|number| at(NodeId::new(number)))
    };
    for action in [Action::Crash(target("n2")), Action::Pause(target("n2"))] {
        let [first, second, third] = of(action.clone());
        assert_eq!(second, 0, "{action}");
        assert!(first > 50 && third > 50, "{action}: {first} and {third}");
    }
    // Control: the node that nothing strikes answers.
    assert!(of(Action::HealNetwork)[1] > 50);
}

#[test]
fn each_kind_of_event_takes_its_own_time() {
    let mut scenario = busy(1);
    scenario.network.clients.latency = ms(1).into();
    scenario.network.nodes.latency = ms(1).into();
    scenario.cluster.service_time = ms(1).into();
    let service = [(ServiceKind::Request, ms(5)), (ServiceKind::Message, ms(2))];
    scenario.cluster.service = service.map(|(kind, takes)| (kind, takes.into())).into();
    let run = run(scenario);
    let requests = handled(&run, MessageClass::Request, node("n1"));
    let peers = handled(&run, MessageClass::Peer, node("n2"));
    assert!(requests.iter().min() == Some(&ms(5)), "{requests:?}");
    assert!(peers.iter().min() == Some(&ms(2)), "{peers:?}");
}

#[test]
fn an_idle_node_takes_longer_by_its_wake_up() {
    let of = |clients| {
        let mut scenario = gets(clients);
        scenario.cluster.wake_up = Some(ms(2).into());
        let run = run(scenario);
        handled(&run, MessageClass::Request, node("n1"))
    };
    let alone = of(1);
    assert!(alone.iter().all(|takes| *takes == ms(3)), "one client finds each node idle");
    // Control: a node that always has something to do is not woken.
    let queued = of(30);
    let shortest = queued.windows(2).map(|pair| pair[1].abs_diff(pair[0])).min();
    assert!(queued.len() > 2 * alone.len() && shortest < Some(ms(2)), "{}", queued.len());
}

#[test]
fn who_wakes_up_leaves_the_cores_to_others() {
    let of = |wake_up: Option<Latency>, service: u64| {
        let mut scenario = gets(3);
        scenario.cluster.cores = Some(1);
        scenario.cluster.wake_up = wake_up;
        scenario.cluster.service_time = ms(service).into();
        answered(&run(scenario))
    };
    let woken = of(Some(ms(4).into()), 2);
    // The control: were the core theirs meanwhile, they would get through no more than this.
    let held = of(None, 6);
    assert!(held <= 150 && woken > 2 * held, "{held} and {woken}");
}

#[test]
fn a_node_that_is_struck_while_it_wakes_up_goes_on_afterwards() {
    let of = |action: Option<Action>| {
        let mut scenario = gets(1);
        scenario.cluster.wake_up = Some(ms(50).into());
        change(&mut scenario, |workload| workload.retry.timeout = ms(2000));
        scenario.steps = action.into_iter().map(|action| step(120, action)).collect();
        scenario.steps.push(step(400, Action::Resume(target("n1"))));
        answered(&run(scenario))
    };
    // Three nodes take turns, each for 51 ms; this one is to be waited for until it goes on.
    let (undisturbed, paused) = (of(None), of(Some(Action::Pause(target("n1")))));
    assert!((2..=6).contains(&(undisturbed - paused)), "{paused} of {undisturbed}");
}

#[test]
fn services_are_drawn_by_their_quantiles() {
    let us = Duration::from_micros;
    let known = [("p0", us(100)), ("p90", us(200)), ("p99", us(3000)), ("p100", us(3000))];
    let known = known.map(|(name, at)| (name.parse::<Share>().unwrap(), at));
    let mut scenario = gets(1);
    let measured = Latency::Quantiles(Quantiles::new(known.to_vec()).unwrap());
    scenario.cluster.service.insert(ServiceKind::Request, measured);
    let run = run(scenario);
    let mut takes: Vec<_> = ["n1", "n2", "n3"]
        .iter()
        .flat_map(|it| handled(&run, MessageClass::Request, node(it)))
        .collect();
    takes.sort_unstable();
    let near = |at: usize, expected: Duration| {
        let found = takes[takes.len() * at / 1000].as_secs_f64() / expected.as_secs_f64();
        assert!((found - 1.0).abs() < 0.15, "p{at}/10 is off {found} times");
    };
    assert!(takes.len() > 1000);
    near(450, us(150));
    near(900, us(200));
    near(995, us(3000));
}

#[test]
fn a_client_takes_its_time_before_a_request_and_after_an_answer() {
    let of = |client_time: Option<Latency>| {
        let mut scenario = gets(1);
        change(&mut scenario, |workload| workload.client_time = client_time);
        let run = run(scenario);
        run.operations()[0].completed.since(run.operations()[0].invoked)
    };
    let free = of(None);
    assert_eq!(free, ms(1) + Duration::from_micros(2));
    assert_eq!(of(Some(ms(4).into())), free + ms(8));
    assert_eq!(of(Some(Duration::ZERO.into())), free);
}

#[test]
fn clients_share_the_cores_of_the_nodes() {
    let of = |cores: Option<usize>| {
        let mut scenario = gets(30);
        scenario.cluster.cores = cores;
        change(&mut scenario, |workload| workload.client_time = Some(ms(1).into()));
        answered(&run(scenario)) as f64
    };
    // One of three milliseconds of a core is the node's.
    let part_of = of(Some(1)) / 900.0;
    assert!((part_of - 1.0 / 3.0).abs() < 0.02, "{part_of}");
    assert!(of(None) > 2600.0, "with cores of their own they hold nobody up");
}

#[test]
fn what_is_drawn_and_shared_is_the_same_in_every_gear_and_moves_no_other_draw() {
    let scenario = |drawn: bool| {
        let mut scenario = busy(8);
        if drawn {
            let exponential = Latency::Exponential { mean: Duration::from_micros(80) };
            scenario.cluster.service_time = exponential.clone();
            scenario.cluster.wake_up = Some(exponential.clone());
            scenario.cluster.cores = Some(2);
            change(&mut scenario, |workload| workload.client_time = Some(exponential));
        }
        scenario
    };
    let digest = |gear: Gear, detail: Detail| {
        let simulation = Simulation::<PeerToPeer>::new(scenario(true)).seed(5);
        simulation.gear(gear).detail(detail).run().unwrap().digest
    };
    let plain = digest(Gear::Plain, Detail::Full);
    assert_eq!(plain, digest(Gear::Advance, Detail::Full));
    assert_eq!(plain, digest(Gear::Sleep, Detail::Digest));
    let first_operations = |drawn: bool| {
        let mut first = BTreeMap::<ClientId, String>::new();
        for operation in run(scenario(drawn)).operations() {
            first.entry(operation.client).or_insert_with(|| operation.operation.to_string());
        }
        first
    };
    assert_eq!(first_operations(false), first_operations(true));
}
