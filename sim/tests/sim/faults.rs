//! Every fault of nodes, links and disks bites, ends, and is named in the plan.

use crate::common::{Message, busy, detailed, messages, ms, node, step, target};
use judge::record::DropReason;
use node::{
    Answer, Canonical, Config, Context, Encoder, Key, Node, NodeId, Operation, Request, Role,
    SyncId, SystemInfo, Time, Version, Versioned, systems::async_leader::AsyncLeader,
};
use scenarios::{Action, FaultKind, Links, Nemesis, RandomFault, Scenario, Target};
use sim::{Run, Simulation};
use std::{collections::VecDeque, convert::Infallible, fmt, time::Duration};

/// Appends each put to a file and acknowledges it when the platter has it.
struct Scribe {
    lines: Vec<String>,
    waiting: VecDeque<(SyncId, Request)>,
}

#[derive(Clone, Debug)]
struct Never(Infallible);

impl fmt::Display for Never {
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}

impl Canonical for Never {
    fn encode(&self, out: &mut Encoder) {
        out.text(self);
    }
}

impl Node for Scribe {
    type Message = Never;
    type Timer = Never;

    const INFO: SystemInfo = SystemInfo { name: "scribe", has_leader: false, ..AsyncLeader::INFO };

    fn boot(_config: &Config, ctx: &mut Context<'_, Self>) -> Self {
        let content = ctx.disk().read_all("log").unwrap().unwrap_or_default();
        // A line that a power loss has torn would run into the next one.
        let whole = content.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        ctx.disk().truncate("log", whole as u64).unwrap();
        let text = String::from_utf8_lossy(&content[..whole]).into_owned();
        let lines = text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
        Self { lines: lines.map(str::to_owned).collect(), waiting: VecDeque::new() }
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        let Operation::Put { value, .. } = &request.operation else { return };
        let end = ctx.disk().len("log").unwrap_or(0);
        if ctx.disk().write("log", end, format!("{value}\n").as_bytes()).is_err() {
            ctx.reply(request.id, Answer::Unknown);
            return;
        }
        let sync = ctx.sync("log");
        self.waiting.push_back((sync, request));
    }

    fn on_message(&mut self, _from: NodeId, message: Never, _ctx: &mut Context<'_, Self>) {
        match message.0 {}
    }

    fn on_timer(&mut self, timer: Never, _ctx: &mut Context<'_, Self>) {
        match timer.0 {}
    }

    fn on_synced(&mut self, sync: SyncId, ctx: &mut Context<'_, Self>) {
        let position = self.waiting.iter().position(|(waiting, _)| *waiting == sync);
        let (_, request) = self.waiting.remove(position.unwrap()).unwrap();
        let Operation::Put { value, .. } = request.operation else { return };
        self.lines.push(value.to_string());
        let version = Version(self.lines.len() as u64);
        ctx.reply(request.id, Answer::Written { version, previous: None });
    }

    fn role(&self) -> Role {
        Role::Peer
    }

    fn entries(&self) -> Vec<(Key, Versioned)> {
        let entry = |line: &String| {
            let held = Versioned { value: line.as_str().into(), version: Version(1) };
            (Key::from(line.as_str()), held)
        };
        let mut entries: Vec<_> = self.lines.iter().map(entry).collect();
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        entries.dedup();
        entries
    }
}

/// One scribe, and clients that put values of their own all the while.
fn scribe(steps: Vec<scenarios::Step>) -> Scenario {
    let mut scenario = busy(6);
    scenario.cluster.nodes = 1;
    scenario.workload.as_mut().unwrap().mix.remove(&node::OperationKind::Get);
    scenario.steps = steps;
    scenario
}

fn run_scribe(scenario: Scenario, seed: u64) -> Run {
    Simulation::<Scribe>::new(scenario).seed(seed).run().unwrap()
}

/// How many acknowledged values the node does not hold at the end.
fn lost(run: &Run) -> usize {
    let held = run.replicas[0].entries.as_ref().unwrap();
    let acknowledged = run.operations().iter().filter(|operation| operation.is_ok());
    let values = acknowledged.filter_map(|operation| operation.leaves().flatten());
    values.filter(|value| !held.iter().any(|(_, entry)| entry.value == **value)).count()
}

#[test]
fn what_was_synced_survives_power_losses_and_what_was_not_may_not() {
    let (mut unacknowledged, mut lost_bytes) = (0, 0);
    for seed in 0..20 {
        let power_cut = |at| {
            let down = step(at, Action::PowerLoss(target("n1")));
            [down, step(at + 20, Action::Restart(target("n1")))]
        };
        let steps = [200, 400, 600].into_iter().flat_map(power_cut).collect();
        let run = run_scribe(scribe(steps), seed);
        assert_eq!(lost(&run), 0, "seed {seed}");
        assert_eq!(run.faults[0].kind, FaultKind::PowerLoss);
        lost_bytes += run.faults.iter().map(|fault| fault.touched).sum::<u64>();
        unacknowledged += run.operations().iter().filter(|o| !o.is_ok()).count();
    }
    assert!(unacknowledged > 0, "a power loss meets work under way");
    assert!(lost_bytes > 0, "and takes some of it");
}

#[test]
fn disk_faults_bite_and_are_counted() {
    let lasts = ms(200);
    let node = target("n1");
    let cases = [
        (Action::SlowDisk { node, factor: 50.0, lasts }, FaultKind::SlowDisk),
        (Action::FullDisk { node, lasts }, FaultKind::FullDisk),
        (Action::DiskErrors { node, share: 0.3, lasts, reads: false }, FaultKind::DiskErrors),
        (Action::BitRot(node), FaultKind::BitRot),
        (Action::SlowNode { node, factor: 20.0, lasts }, FaultKind::SlowNode),
    ];
    for (action, kind) in cases {
        let run = run_scribe(scribe(vec![step(300, action.clone())]), 1);
        assert_eq!(run.faults[0].kind, kind);
        assert!(run.faults[0].touched > 0, "{action}: {:?}", run.faults);
        assert_eq!(run.steps[0].action, action);
        if kind != FaultKind::BitRot {
            assert_eq!(run.faults[0].end, Some(Time::from(ms(500))));
        }
    }
}

#[test]
fn a_slow_disk_makes_acknowledgments_late_while_it_lasts() {
    let fault = Action::SlowDisk { node: target("n1"), factor: 40.0, lasts: ms(300) };
    let run = run_scribe(scribe(vec![step(300, fault)]), 1);
    let slowest = |from: u64, until: u64| {
        let begun = run.operations().iter().filter(|operation| {
            (Time::from(ms(from))..Time::from(ms(until))).contains(&operation.invoked)
        });
        begun.map(judge::record::OperationRecord::latency_ms).fold(0.0, f64::max)
    };
    assert!(slowest(320, 580) > 20.0 && slowest(0, 250) < 20.0);
}

/// However slow it was, a disk or a node is as fast as ever afterwards, and with what it had begun
/// before too.
#[test]
fn what_was_begun_slowly_ends_soon_after_the_fault() {
    let node = target("n1");
    ends_soon_after(|lasts| Action::SlowDisk { node, factor: 1e6, lasts: ms(lasts) });
    ends_soon_after(|lasts| Action::SlowNode { node, factor: 1e9, lasts: ms(lasts) });
}

fn ends_soon_after(fault: impl Fn(u64) -> Action) {
    let completed = |steps: Vec<scenarios::Step>| {
        let run = run_scribe(scribe(steps), 1);
        let answered = run.operations().iter().filter(|it| it.is_ok());
        let slowed: Vec<_> = answered.map(|it| it.completed).collect();
        let during = Time::from(ms(310))..Time::from(ms(600));
        assert!(!slowed.iter().any(|at| during.contains(at)), "nothing ends while it lasts");
        assert!(run.faults[0].touched > 0);
        slowed.into_iter().filter(|at| *at >= Time::from(ms(600))).min().unwrap()
    };
    assert!(completed(vec![step(300, fault(300))]) < Time::from(ms(605)));
    // Two at once are a disk slower still, until the last of them is over.
    let two = vec![step(300, fault(300)), step(310, fault(200))];
    assert!(completed(two) < Time::from(ms(605)));
    // With the end of the run everything is over.
    let healed = completed(vec![step(300, fault(60_000))]);
    assert!((Time::from(ms(1000))..Time::from(ms(1005))).contains(&healed), "{healed}");
}

#[test]
fn a_rolling_restart_takes_every_node_down_once_in_turn() {
    let mut scenario = busy(4);
    scenario.steps = vec![step(100, Action::RollingRestart { down: ms(50), gap: ms(100) })];
    let run = detailed(scenario, 1);
    let crashes: Vec<_> = run
        .faults
        .iter()
        .map(|fault| (fault.label.as_str(), fault.start.as_nanos() / 1_000_000))
        .collect();
    assert_eq!(crashes, [("n1 crashed", 100), ("n2 crashed", 250), ("n3 crashed", 400)]);
    assert_eq!(run.steps.len(), 3, "the plan names each crash and how long it lasts");
    assert!(run.defects.is_empty(), "{:?}", run.defects);
}

#[test]
fn a_bridge_joins_two_halves_that_cannot_reach_each_other() {
    let mut scenario = busy(6);
    scenario.cluster.nodes = 5;
    scenario.steps = vec![step(100, Action::Bridge(target("n1")))];
    let run = detailed(scenario, 3);
    assert_eq!(run.faults[0].kind, FaultKind::Bridge);
    // Only the leader speaks to others here, and the leader is the bridge.
    assert_eq!(run.faults[0].touched, 0);
    let mut scenario = busy(6);
    scenario.cluster.nodes = 5;
    scenario.steps = vec![step(100, Action::Bridge(target("n2")))];
    let run = detailed(scenario, 3);
    assert!(run.faults[0].touched > 0);
    let to_bridge = messages(&run).into_values().filter(|message| {
        message.to == judge::record::Endpoint::Node(node("n2"))
            && message.dropped == Some(DropReason::Partition)
    });
    assert_eq!(to_bridge.count(), 0);
}

#[test]
fn a_flapping_link_loses_what_meets_a_cut_and_nothing_else() {
    let mut scenario = busy(6);
    let (from, to) = (target("n1"), target("n2"));
    let (period, lasts) = (ms(100), ms(400));
    scenario.network.nodes.latency = scenarios::Latency::Constant(ms(1));
    scenario.steps = vec![step(200, Action::FlappingLink { from, to, period, lasts })];
    let run = detailed(scenario, 3);
    for message in messages(&run).values() {
        let on_link = message.to == judge::record::Endpoint::Node(node("n2"))
            && message.from == judge::record::Endpoint::Node(node("n1"));
        let sent_ms = message.sent.as_nanos() / 1_000_000;
        let meets_cut = |at: u64| (200..300).contains(&at) || (400..500).contains(&at);
        let expected = on_link && (meets_cut(sent_ms) || meets_cut(sent_ms + 1));
        let cut = message.dropped == Some(DropReason::Partition);
        // At the very edges a message of one millisecond may do either.
        let at_edge = [199, 200, 299, 300, 399, 400, 499, 500].contains(&sent_ms);
        assert!(at_edge || cut == expected, "{message:?}");
    }
    assert!(run.faults[0].touched > 0);
    assert_eq!(run.faults[0].end, Some(Time::from(ms(600))));
}

#[test]
fn a_delay_spike_slows_all_and_reordering_lets_messages_overtake() {
    let run_with = |action| {
        let mut scenario = busy(8);
        scenario.network.nodes.latency = scenarios::Latency::Constant(ms(1));
        scenario.steps = vec![step(0, action)];
        detailed(scenario, 2)
    };
    let lasts = Duration::from_secs(1);
    let spike = run_with(Action::DelaySpike { delay: ms(30), lasts });
    let peers = |run: &Run| -> Vec<Message> {
        let all = messages(run).into_values();
        all.filter(|message| message.class == judge::record::MessageClass::Peer).collect()
    };
    assert!(peers(&spike).iter().all(|m| m.arrived.unwrap().since(m.sent) == ms(31)));
    let reordered = run_with(Action::Reorder { spread: ms(30), lasts, links: Links::Nodes });
    let to_n2 =
        peers(&reordered).into_iter().filter(|m| m.to == judge::record::Endpoint::Node(node("n2")));
    let arrivals: Vec<_> = to_n2.map(|message| message.arrived.unwrap()).collect();
    assert!(arrivals.windows(2).any(|pair| pair[1] < pair[0]));
}

#[test]
fn a_majority_holds_the_leader_and_outnumbers_the_minority() {
    for seed in 0..10 {
        let mut scenario = busy(4);
        scenario.cluster.nodes = 5;
        scenario.steps = vec![
            step(100, Action::Crash(Target::Minority)),
            step(200, Action::Restart(Target::All)),
            step(300, Action::Crash(Target::Majority)),
        ];
        let run = detailed(scenario, seed);
        let crashed = |at: u64| -> Vec<NodeId> {
            let at_that_time = run.faults.iter().filter(|fault| fault.start == Time::from(ms(at)));
            at_that_time.flat_map(|fault| fault.nodes.clone()).collect()
        };
        let (minority, majority) = (crashed(100), crashed(300));
        assert_eq!((minority.len(), majority.len()), (2, 3));
        assert!(majority.contains(&node("n1")));
        assert!(minority.iter().all(|node| !majority.contains(node)));
    }
}

#[test]
fn every_random_kind_comes_and_the_plan_gives_the_run_again() {
    let mut scenario = busy(5);
    let fault = |kind| RandomFault {
        kind,
        per_minute: 200.0,
        lasts: (ms(20), ms(100)),
        links: Links::All,
        reads: true,
    };
    scenario.nemesis = Some(Nemesis {
        start: ms(0),
        stop: ms(900),
        faults: FaultKind::ALL.into_iter().map(fault).collect(),
    });
    let mut kinds = std::collections::BTreeSet::new();
    for seed in 0..20 {
        let run = Simulation::<AsyncLeader>::new(scenario.clone()).seed(seed).run().unwrap();
        kinds.extend(run.faults.iter().map(|fault| fault.kind));
        let again = Simulation::<AsyncLeader>::new(run.plan()).seed(seed).run().unwrap();
        assert_eq!(run.digest, again.digest, "seed {seed}");
    }
    assert_eq!(kinds.len(), FaultKind::ALL.len());
}

/// Every kind of fault has a method on the cluster, which strikes as the step of a scenario does.
#[test]
fn each_fault_has_a_name_in_code() {
    use std::collections::BTreeSet;
    let (run, ()) = Simulation::<node::systems::raft::Raft>::of(5)
        .run_with(async |cluster: sim::Cluster| {
            let (short, links) = (ms(20), Links::default());
            cluster.sleep(ms(1000)).await;
            cluster.crash("n2").await;
            cluster.restart("n2").await;
            cluster.power_loss("follower").await;
            cluster.restart("all").await;
            cluster.pause("n3").await;
            cluster.resume("n3").await;
            cluster.slow_node("n1", 20.0, short).await;
            cluster.partition(&[&["n1", "n2"], &["n3", "n4", "n5", "clients"]]).await;
            cluster.isolate("leader").await;
            cluster.one_way("n1", "n2").await;
            cluster.bridge("n3").await;
            cluster.heal_network().await;
            cluster.flapping_link("n1", "n2", ms(5), short).await;
            cluster.slow_link("n1", "n2", ms(5), short).await;
            cluster.delay_spike(ms(5), short).await;
            cluster.reorder(ms(5), short, links).await;
            cluster.loss(0.5, short, links).await;
            cluster.duplicate(0.5, short, links).await;
            cluster.slow_disk("n1", 20.0, short).await;
            cluster.full_disk("n2", short).await;
            cluster.disk_errors("n3", 0.1, false, short).await;
            cluster.clock_jump("n4", -5_000_000).await;
            cluster.sleep(ms(500)).await;
            cluster.leave("n5").await;
            cluster.sleep(ms(500)).await;
            cluster.join("n5").await;
            cluster.rolling_restart(ms(20), ms(20)).await;
            cluster.sleep(ms(500)).await;
            cluster.bit_rot("n4").await;
            cluster.sleep(ms(10)).await;
        })
        .unwrap();
    let struck: BTreeSet<_> = run.faults.iter().map(|fault| fault.kind).collect();
    assert_eq!(struck, FaultKind::ALL.into_iter().collect());
}

#[test]
fn a_number_out_of_range_is_refused_where_it_is_given() {
    let refused = |strike: fn(&sim::Cluster)| {
        let body = move |cluster: sim::Cluster| async move { strike(&cluster) };
        let error = Simulation::<AsyncLeader>::of(3).run_with(body).map(drop).unwrap_err();
        error.to_string()
    };
    let slow = refused(|cluster| drop(cluster.slow_node("n1", 0.5, ms(5))));
    assert!(slow.ends_with("0.5 times as long: it must be above 1"), "{slow}");
    let lossy = refused(|cluster| drop(cluster.loss(1.5, ms(5), Links::default())));
    assert!(lossy.ends_with("a share of 1.5: it must be from 0 to 1"), "{lossy}");
    let absent = refused(|cluster| drop(cluster.power_loss("n4")));
    assert!(absent.ends_with("the cluster has no node `n4`: its nodes are n1 to n3"), "{absent}");
}
