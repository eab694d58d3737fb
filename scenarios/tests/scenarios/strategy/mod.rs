//! Draws scenarios that keep every rule of the format.

use node::{
    ClientId, NodeId, Operation, OperationKind, Setting,
    client::{Retry, Route},
};
use proptest::{collection, option, prelude::*, sample};
use scenarios::*;
use std::{collections::BTreeMap, time::Duration};

const NODES: u32 = 4;
/// Systems that a scenario may run on.
const SYSTEMS: &[&str] = &["async-leader", "quorum"];
const RUN: Duration = Duration::from_secs(100);

pub(crate) fn scenario() -> impl Strategy<Value = Scenario> {
    let head = (
        "[a-z0-9]{1,5}(-[a-z0-9]{1,5}){0,2}",
        "[^\r\n]{0,8}[a-z\"'\\\\]",
        any::<String>(),
        option::of(any::<String>()),
    );
    // In boxes, since a thread of a test has too little stack for all of it at once.
    let world = (cluster(), system(), disk(), (network(), zones()), balancer()).boxed();
    let load = (option::of(workload()), option::of(nemesis()), steps(), pins()).boxed();
    let plan = (option::of(any::<u64>()), option::of(sample::select(SYSTEMS)), any::<bool>());
    let end = (phases(), (properties(), invariants()), expect()).boxed();
    let texts = (some_properties(), collection::vec(story(), 0..3)).boxed();
    let all = (head, world, load, end, texts, plan);
    let all = all.prop_map(|mut all| {
        if !goes_to_a_version(&all.1.1, &all.2.2) {
            all.1.1.next = Some(Box::default());
        }
        all
    });
    all.prop_map(|(head, world, load, end, texts, plan)| Scenario {
        // Sessions of the workload carry out no step.
        steps: with_clients(load.2, load.0.as_ref()),
        seed: plan.0,
        on: plan.1.map(str::to_owned),
        fixed_in: (plan.2 && !texts.0.is_empty()).then(|| "0.2.0".to_owned()),
        pins: load.3,
        name: head.0,
        title: head.1,
        watch: head.2,
        shows: texts.0,
        source: head.3,
        cluster: world.0,
        system: world.1,
        disk: world.2,
        network: world.3.0,
        zones: world.3.1,
        balancer: world.4,
        workload: load.0,
        nemesis: load.1,
        phases: end.0,
        properties: end.1.0,
        invariants: end.1.1,
        stories: texts.1,
        expected_first: end.2.keys().nth(1).cloned(),
        expect: end.2,
    })
}

fn time() -> impl Strategy<Value = Duration> {
    let longest = u64::try_from(MAX_DURATION.as_nanos()).expect("a year fits");
    prop_oneof![Just(0), (0..100_000_u64).prop_map(|millis| millis * 1_000_000), 0..=longest,]
        .prop_map(Duration::from_nanos)
}

fn balancer() -> impl Strategy<Value = Balancer> {
    (positive(), positive()).prop_map(|(every, timeout)| Balancer { every, timeout })
}

fn positive() -> impl Strategy<Value = Duration> {
    time().prop_map(|time| time.max(Duration::from_nanos(1)))
}

fn signed_ns() -> impl Strategy<Value = i64> {
    (time(), any::<bool>()).prop_map(|(time, back)| {
        let nanos = i64::try_from(time.as_nanos()).expect("a year fits");
        if back { -nanos } else { nanos }
    })
}

/// Two times in order.
fn limits(time: impl Strategy<Value = Duration>) -> impl Strategy<Value = (Duration, Duration)> {
    collection::vec(time, 2).prop_map(|mut two| {
        two.sort();
        (two[0], two[1])
    })
}

/// From when until when something goes on within the run.
fn span_of_time() -> impl Strategy<Value = (Duration, Duration)> {
    let nanos = u64::try_from(RUN.as_nanos()).expect("a year fits");
    let any =
        (0..nanos, 0..nanos).prop_map(move |(one, length)| (one, (one + length + 1).min(nanos)));
    prop_oneof![Just((0, nanos)), any]
        .prop_map(|(from, to)| (Duration::from_nanos(from), Duration::from_nanos(to)))
}

fn share() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(1.0), 0.0..1.0]
}

fn node_id() -> impl Strategy<Value = NodeId> {
    (1..=NODES).prop_map(NodeId::new)
}

fn two_nodes() -> impl Strategy<Value = (NodeId, NodeId)> {
    (1..=NODES, 1..NODES)
        .prop_map(|(from, by)| (NodeId::new(from), NodeId::new((from + by - 1) % NODES + 1)))
}

fn cluster() -> impl Strategy<Value = Cluster> {
    let clock = (signed_ns(), prop_oneof![Just(0.0), -999_999.0..1e6])
        .prop_map(|(offset_ns, drift_ppm)| Clock { offset_ns, drift_ppm });
    let clocks = collection::btree_map(node_id(), clock, 0..3);
    let late = sample::subsequence((2..=NODES).map(NodeId::new).collect::<Vec<_>>(), 0..3);
    let kinds = sample::select(ServiceKind::ALL.to_vec());
    let service = collection::btree_map(kinds, latency_or_none(), 0..=4);
    let cores = option::of(1..=MAX_CORES);
    let costs = (latency_or_none(), service, option::of(latency_or_none()), cores);
    (costs, time(), late, clocks).prop_map(|(costs, boot, late, clocks)| {
        let (service_time, service, wake_up, cores) = costs;
        Cluster { late, nodes: NODES as usize, service_time, service, wake_up, cores, boot, clocks }
    })
}

fn flaws() -> impl Strategy<Value = Vec<String>> {
    let known = ["no-retry", "serial-fanout"].map(str::to_owned).to_vec();
    sample::subsequence(known, 0..=2).prop_shuffle()
}

fn system() -> impl Strategy<Value = SystemSettings> {
    (version(), option::of(version()))
        .prop_map(|(first, next)| SystemSettings { next: next.map(Box::new), ..first })
}

/// Whether there is a version for the steps to go to, if one of them does.
fn goes_to_a_version(system: &SystemSettings, steps: &[Step]) -> bool {
    let upgrades =
        |action: &Action| matches!(action, Action::Install { .. } | Action::RollingUpgrade { .. });
    system.next.is_some() || !steps.iter().any(|step| upgrades(&step.action))
}

fn version() -> impl Strategy<Value = SystemSettings> {
    let quorum = option::of((0..=i64::MAX as u64).prop_map(Setting::Count));
    let sweep = option::of(time().prop_map(Setting::Duration));
    let resolve = option::of(any::<String>().prop_map(Setting::Word));
    (flaws(), quorum, sweep, resolve).prop_map(|(flaws, quorum, sweep, resolve)| {
        let settings = [("quorum", quorum), ("sweep", sweep), ("resolve", resolve)];
        SystemSettings {
            flaws,
            settings: settings
                .into_iter()
                .filter_map(|(name, setting)| Some((name.to_owned(), setting?)))
                .collect(),
            next: None,
        }
    })
}

fn latency() -> impl Strategy<Value = Latency> {
    prop_oneof![
        positive().prop_map(Latency::Constant),
        limits(positive()).prop_map(|(min, max)| Latency::Uniform { min, max }),
        positive().prop_map(|mean| Latency::Exponential { mean }),
        limits(positive()).prop_map(|(median, p99)| Latency::Lognormal { median, p99 }),
        quantiles().prop_map(Latency::Quantiles),
    ]
}

fn quantiles() -> impl Strategy<Value = Quantiles> {
    let inner = collection::btree_set(1..1_000_000_u32, 0..20);
    (inner, collection::vec(time(), 22)).prop_map(|(shares, mut times)| {
        times.sort_unstable();
        let inner = shares.into_iter().filter_map(Share::millionths);
        let shares = [Share::NONE].into_iter().chain(inner).chain([Share::ALL]);
        Quantiles::new(shares.zip(times).collect()).expect("they are in order")
    })
}

/// A latency that may be nothing.
fn latency_or_none() -> impl Strategy<Value = Latency> {
    prop_oneof![latency(), Just(Latency::Constant(Duration::ZERO))]
}

fn disk() -> impl Strategy<Value = Disk> {
    let drawn = (latency(), option::of(latency()), bytes_per_second())
        .prop_map(|(sync, read, bytes_per_second)| Disk { sync, read, bytes_per_second });
    prop_oneof![Just(Disk::default()), drawn]
}

fn bytes_per_second() -> impl Strategy<Value = Option<u64>> {
    option::of(1..=MAX_BYTES_PER_SECOND)
}

fn link() -> impl Strategy<Value = Link> {
    let order = sample::select(&[Order::Fifo, Order::Free][..]);
    let drawn = (latency(), share(), share(), order, bytes_per_second()).prop_map(
        |(latency, loss, duplicate, order, bytes_per_second)| Link {
            latency,
            loss,
            duplicate,
            order,
            bytes_per_second,
        },
    );
    prop_oneof![Just(Link::default()), drawn]
}

/// Two zones, and what lies between them. What a link has no limit of, no zone gives it.
fn zones() -> impl Strategy<Value = Zones> {
    let order = option::of(sample::select(&[Order::Fifo, Order::Free][..]));
    let crossing = (option::of(latency()), option::of(share()), option::of(share()), order);
    let crossing = crossing
        .prop_map(|(latency, loss, duplicate, order)| Crossing {
            latency,
            loss,
            duplicate,
            order,
            bytes_per_second: None,
        })
        .boxed();
    let ways = (option::of(crossing.clone()), option::of(crossing), any::<bool>());
    let names = ["east", "far-west"].map(|name| name.parse::<ZoneName>().expect("a zone's name"));
    let drawn = (collection::vec(0..3_usize, NODES as usize), ways).prop_map(move |(of, ways)| {
        let zone = |zone: usize| Zone {
            name: names[zone],
            nodes: (0..of.len()).filter(|node| of[*node] == zone).map(NodeId::from_index).collect(),
            clients: if zone == 0 { vec![ClientId::SCRIPT] } else { Vec::new() },
        };
        let (there, back, alike) = ways;
        let back = if alike { there.clone() } else { back };
        let ends = [(names[0], names[1]), (names[1], names[0])];
        let between = ends.into_iter().zip([there, back]);
        let between = between.filter_map(|(ends, crossing)| Some((ends, crossing?))).collect();
        Zones { zones: vec![zone(0), zone(1)], between }
    });
    prop_oneof![Just(Zones::default()), drawn]
}

fn network() -> impl Strategy<Value = Network> {
    let links = collection::btree_map(two_nodes(), link(), 0..3);
    let dead = sample::select(&[DeadNode::Refused, DeadNode::Lost][..]);
    (link(), link(), links, dead).prop_map(|(nodes, clients, mut links, dead)| {
        // What a link does not state is as between nodes.
        for link in links.values_mut() {
            link.bytes_per_second = link.bytes_per_second.or(nodes.bytes_per_second);
        }
        Network { nodes, clients, links, dead }
    })
}

fn pace() -> impl Strategy<Value = Pace> {
    let clients = 1..=MAX_CLIENTS;
    prop_oneof![
        (clients.clone(), time()).prop_map(|(clients, think)| Pace::Closed { clients, think }),
        (1e-6..=MAX_RATE, clients).prop_map(|(rate, clients)| Pace::Open { rate, clients }),
    ]
}

fn keys() -> impl Strategy<Value = Keys> {
    let choice = prop_oneof![
        Just(KeyChoice::Uniform),
        (0.0..=100.0).prop_map(|exponent| KeyChoice::Zipfian { exponent }),
        (0.001..0.999, share()).prop_map(|(hot, share)| KeyChoice::HotCold { hot, share }),
        (0.0..=100.0).prop_map(|exponent| KeyChoice::Latest { exponent }),
    ];
    (1..=MAX_KEYS, choice).prop_map(|(count, choice)| Keys { count, choice })
}

fn route() -> impl Strategy<Value = Route> {
    use Route::{Any, Balanced, Failover, HashRing, Leader, RoundRobin, Sticky};
    prop_oneof![
        sample::select(&[Leader, Any, Sticky, RoundRobin, Balanced, Failover, HashRing][..]),
        node_id().prop_map(Route::Node),
    ]
}

fn workload() -> impl Strategy<Value = Workload> {
    let others = collection::btree_map(sample::select(&OperationKind::ALL[..]), 0.0..1e9, 0..4);
    let mix = (others, 0.001..1.0).prop_map(|(mut mix, weight): (BTreeMap<_, _>, f64)| {
        mix.insert(OperationKind::Put, weight);
        mix
    });
    let retry = (1..=MAX_ATTEMPTS, positive(), time())
        .prop_map(|(attempts, timeout, backoff)| Retry { attempts, timeout, backoff });
    let operations = option::of(1..=i64::MAX as u64);
    let retry = prop_oneof![Just(Retry::default()), retry];
    let all = (pace(), span_of_time(), operations, mix, keys(), route(), route(), retry);
    let drawn =
        all.prop_map(|(pace, (start, stop), operations, mix, keys, reads, writes, retry)| {
            Workload {
                pace,
                start,
                stop,
                operations,
                mix,
                keys,
                reads,
                writes,
                retry,
                client_time: None,
                planned: None,
                updates: Default::default(),
            }
        });
    let drawn = (drawn, option::of(latency_or_none()))
        .prop_map(|(drawn, client_time)| Workload { client_time, ..drawn });
    let drawn = (drawn, updates()).prop_map(with_updates).boxed();
    prop_oneof![drawn.clone(), (drawn, collection::vec(planned(), 0..4)).prop_map(listed)]
}

fn updates() -> impl Strategy<Value = Updates> {
    let some = sample::subsequence(Update::ALL.to_vec(), 0..=Update::ALL.len());
    let mix =
        (some, 0.0..9.0).prop_map(|(some, weight)| some.into_iter().map(move |it| (it, weight)));
    let by = sample::select(&[None, Some(WriteBack::Put)][..]);
    (mix, -9..9_i64, 1..9_u64, any::<bool>(), by).prop_map(
        |(mix, initial, amount, overdraft, by)| {
            let mix: BTreeMap<_, _> = mix.collect();
            match mix.keys().any(|update| update.is_of_numbers()) {
                true => Updates { mix, initial, amount, overdraft, by },
                false => Updates { mix, ..Updates::default() },
            }
        },
    )
}

/// What needs a closed loop has one.
fn with_updates((mut workload, updates): (Workload, Updates)) -> Workload {
    if let Pace::Open { clients, .. } = workload.pace
        && updates.mix.keys().any(|update| *update != Update::Insert)
    {
        workload.pace = Pace::Closed { clients, think: Duration::ZERO };
    }
    Workload { updates, ..workload }
}

fn invariants() -> impl Strategy<Value = Vec<Invariant>> {
    let keys = prop_oneof![
        (1..9_u64).prop_map(InvariantKeys::First),
        collection::btree_set(any::<String>(), 1..4)
            .prop_map(|keys| InvariantKeys::Named(keys.into_iter().map(Into::into).collect())),
    ];
    let sum = prop_oneof![Just(Sum::Acknowledged), (-99..99_i64).prop_map(Sum::Exactly)];
    let bounds = (option::of(-99..0_i64), option::of(0..99_i64));
    let check = option::of("[a-z]{1,5}");
    let one = (keys, -9..9_i64, sum, bounds, check);
    collection::vec(one, 0..3).prop_map(|all| {
        let named = all.into_iter().enumerate();
        let invariant = |(number, (keys, absent, sum, bounds, check))| {
            let (at_least, at_most): (Option<i64>, Option<i64>) = bounds;
            let name = format!("{number}");
            Invariant { name, keys, absent, sum: Some(sum), at_least, at_most, check }
        };
        named.map(invariant).collect()
    })
}

/// The workload with operations of its sessions.
fn listed((workload, mut planned): (Workload, Vec<PlannedOperation>)) -> Workload {
    let clients = workload.clients();
    for operation in &mut planned {
        operation.client = ClientId::new((operation.client.index() % clients) as u32 + 1);
        operation.retry = operation.retry.filter(|retry| *retry != workload.retry);
    }
    workload.plain(planned, RUN)
}

fn planned() -> impl Strategy<Value = PlannedOperation> {
    let text = any::<String>;
    let operation = prop_oneof![
        (text(), text()).prop_map(|(key, value)| Operation::put(key, value)),
        text().prop_map(Operation::get),
        text().prop_map(|key| Operation::Delete { key: key.into() }),
        Just(Operation::ListKeys),
        (text(), option::of(text()), text()).prop_map(|(key, expected, new)| {
            let expected = expected.map(Into::into);
            Operation::CompareAndSet { key: key.into(), expected, new: new.into() }
        }),
    ];
    let retry = (1..=MAX_ATTEMPTS, positive(), time())
        .prop_map(|(attempts, timeout, backoff)| Retry { attempts, timeout, backoff });
    let nanos = u64::try_from(RUN.as_nanos()).expect("a year fits");
    let to = collection::vec(node_id(), 0..3);
    let own = (option::of(route()), option::of(retry), option::of(time()));
    (0..=nanos, 0..9_u32, operation, to, own).prop_map(|(at, client, operation, to, own)| {
        let at = Duration::from_nanos(at);
        let (route, retry, think) = own;
        let client = ClientId::new(client);
        PlannedOperation { at, client, operation, to, route, retry, think }
    })
}

fn with_clients(mut steps: Vec<Step>, workload: Option<&Workload>) -> Vec<Step> {
    let clients = workload.map_or(0, Workload::clients) as u32;
    for step in &mut steps {
        let is_operation = step.action.operation_kind().is_some();
        step.client = step.client.filter(|_| is_operation).map(|client| match client.index() {
            0 => client,
            number => ClientId::new(clients + number as u32),
        });
    }
    steps
}

fn pins() -> impl Strategy<Value = Pins> {
    let end = || {
        prop_oneof![
            node_id().prop_map(LinkEnd::Node),
            (0..9_u32).prop_map(|client| LinkEnd::Client(ClientId::new(client))),
            Just(LinkEnd::Balancer),
        ]
    };
    let ends = move || {
        let one = (node_id(), end(), any::<bool>());
        one.prop_filter("a link has two ends", |(node, other, _)| LinkEnd::Node(*node) != *other)
            .prop_map(|(node, other, from)| {
                let node = LinkEnd::Node(node);
                if from { (node, other) } else { (other, node) }
            })
    };
    let link = (ends(), positive()).prop_map(|((from, to), latency)| LinkPin { from, to, latency });
    let fate = sample::select(&[Fate::Kept, Fate::Lost, Fate::Doubled][..]);
    let times = (option::of(positive()), option::of(positive()));
    let message = (ends(), 1..=i64::MAX as u64, fate, times).prop_map(
        |((from, to), number, fate, (after, copy_after))| {
            let after = after.filter(|_| fate != Fate::Lost);
            let copy_after = copy_after.filter(|_| fate == Fate::Doubled);
            MessagePin { from, to, number, fate, after, copy_after }
        },
    );
    let links = collection::vec(link, 0..3);
    let messages = collection::vec(message, 0..3);
    (option::of(positive()), links, messages).prop_map(|(latency, mut links, mut messages)| {
        links.dedup_by_key(|pin| (pin.from, pin.to));
        messages.dedup_by_key(|pin| (pin.from, pin.to, pin.number));
        links.truncate(1);
        messages.truncate(1);
        Pins { latency, links, messages }
    })
}

fn nemesis() -> impl Strategy<Value = Nemesis> {
    // Not every system lets its nodes leave and join.
    let kinds = FaultKind::ALL.into_iter().filter(|&kind| kind != FaultKind::Membership);
    let kind = sample::select(kinds.collect::<Vec<_>>());
    let fault = (kind, 0.001..=MAX_FAULTS_PER_MINUTE, limits(positive()), links(), any::<bool>())
        .prop_map(|(kind, per_minute, lasts, links, reads)| RandomFault {
            kind,
            per_minute,
            lasts,
            links: if FaultKind::STRIKES_LINKS.contains(&kind) { links } else { Links::Nodes },
            reads: reads && kind == FaultKind::DiskErrors,
        });
    (span_of_time(), collection::vec(fault, 1..3)).prop_map(|((start, stop), faults)| Nemesis {
        start,
        stop,
        faults,
    })
}

fn links() -> impl Strategy<Value = Links> {
    sample::select(&[Links::Nodes, Links::Clients, Links::All][..])
}

fn one_node() -> impl Strategy<Value = Target> {
    use Target::{Any, Follower, Leader};
    prop_oneof![node_id().prop_map(Target::Node), sample::select(&[Leader, Follower, Any][..])]
}

fn target() -> impl Strategy<Value = Target> {
    use Target::{All, Majority, Minority};
    prop_oneof![one_node(), sample::select(&[All, Majority, Minority][..])]
}

fn sides() -> impl Strategy<Value = Vec<Vec<Party>>> {
    use Target::{Any, Leader, Majority, Minority};
    let mut parties = vec![Party::Clients];
    parties.extend([Any, Leader, Majority, Minority].map(Party::Node));
    parties.extend((1..=NODES).map(|number| Party::Node(Target::Node(NodeId::new(number)))));
    let all = parties.len();
    (sample::subsequence(parties, 2..=all).prop_shuffle(), 2..4_usize).prop_map(
        |(parties, sides)| {
            let width = parties.len().div_ceil(sides).min(parties.len() - 1);
            parties.chunks(width).map(<[Party]>::to_vec).collect()
        },
    )
}

fn factor() -> impl Strategy<Value = f64> {
    prop_oneof![Just(MAX_FACTOR), 1.001..MAX_FACTOR]
}

fn node_fault() -> impl Strategy<Value = Action> {
    let jump = signed_ns().prop_filter("a jump by nothing is refused", |&by| by != 0);
    prop_oneof![
        target().prop_map(Action::Crash),
        target().prop_map(Action::PowerLoss),
        target().prop_map(Action::Restart),
        (positive(), positive()).prop_map(|(down, gap)| Action::RollingRestart { down, gap }),
        (target(), any::<bool>(), positive()).prop_map(|(node, next, down)| {
            let release = if next { Release::Next } else { Release::First };
            Action::Install { node, release, down }
        }),
        (positive(), positive()).prop_map(|(down, gap)| Action::RollingUpgrade { down, gap }),
        target().prop_map(Action::Pause),
        target().prop_map(Action::Resume),
        (target(), factor(), positive()).prop_map(|(node, factor, lasts)| Action::SlowNode {
            node,
            factor,
            lasts
        }),
        (target(), jump).prop_map(|(node, by_ns)| Action::ClockJump { node, by_ns }),
    ]
}

fn link_fault() -> impl Strategy<Value = Action> {
    let nodes = || two_nodes().prop_map(|(from, to)| (Target::Node(from), Target::Node(to)));
    let times = || (positive(), positive());
    prop_oneof![
        sides().prop_map(Action::Partition),
        target().prop_map(Action::Isolate),
        one_node().prop_map(Action::Bridge),
        nodes().prop_map(|(from, to)| Action::OneWay { from, to }),
        (nodes(), times()).prop_map(|((from, to), (period, lasts))| Action::FlappingLink {
            from,
            to,
            period,
            lasts
        }),
        Just(Action::HealNetwork),
        (nodes(), times()).prop_map(|((from, to), (delay, lasts))| Action::SlowLink {
            from,
            to,
            delay,
            lasts
        }),
        times().prop_map(|(delay, lasts)| Action::DelaySpike { delay, lasts }),
        (times(), links()).prop_map(|((spread, lasts), links)| Action::Reorder {
            spread,
            lasts,
            links
        }),
        (share(), positive(), links()).prop_map(|(share, lasts, links)| Action::Loss {
            share,
            lasts,
            links
        }),
        (share(), positive(), links()).prop_map(|(share, lasts, links)| Action::Duplicate {
            share,
            lasts,
            links
        }),
    ]
}

fn disk_fault() -> impl Strategy<Value = Action> {
    prop_oneof![
        (target(), factor(), positive()).prop_map(|(node, factor, lasts)| Action::SlowDisk {
            node,
            factor,
            lasts
        }),
        (target(), positive()).prop_map(|(node, lasts)| Action::FullDisk { node, lasts }),
        (target(), share(), positive(), any::<bool>()).prop_map(|(node, share, lasts, reads)| {
            Action::DiskErrors { node, share, lasts, reads }
        }),
        target().prop_map(Action::BitRot),
    ]
}

fn operation() -> impl Strategy<Value = Action> {
    let text = any::<String>;
    prop_oneof![
        (text(), text(), target()).prop_map(|(key, value, to)| Action::Put {
            key: key.into(),
            value: value.into(),
            to
        }),
        (text(), target()).prop_map(|(key, from)| Action::Get { key: key.into(), from }),
        (text(), target()).prop_map(|(key, to)| Action::Delete { key: key.into(), to }),
        target().prop_map(|from| Action::ListKeys { from }),
        (text(), option::of(text()), text(), target()).prop_map(|(key, expected, new, to)| {
            let expected = expected.map(Into::into);
            Action::CompareAndSet { key: key.into(), expected, new: new.into(), to }
        }),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let nanos = u64::try_from(RUN.as_nanos()).expect("a year fits");
    let at = (0..=nanos).prop_map(Duration::from_nanos);
    let action = prop_oneof![
        node_fault().boxed(),
        link_fault().boxed(),
        disk_fault().boxed(),
        operation().boxed()
    ];
    let client = option::of((0..9_u32).prop_map(ClientId::new));
    let of = (client, any::<bool>());
    let step = (at, action, option::of(positive()), of).prop_map(|(at, action, lasts, of)| {
        let action = match lasts.filter(|_| action.can_last()) {
            Some(lasts) => action.lasting(lasts),
            None => action,
        };
        let (client, random) = of;
        Step { at, action, client, random }
    });
    collection::vec(step, 0..6).prop_map(|mut steps| {
        steps.sort_by_key(|step| step.at);
        steps
    })
}

fn phases() -> impl Strategy<Value = Phases> {
    (any::<bool>(), time()).prop_map(|(heal, settle)| Phases { run: RUN, heal, settle })
}

fn properties() -> impl Strategy<Value = Properties> {
    (time(), share(), time()).prop_map(|(max_staleness, min_availability, max_probe_latency)| {
        Properties { max_staleness, min_availability, max_probe_latency }
    })
}

fn expect() -> impl Strategy<Value = BTreeMap<String, Expectation>> {
    // The toy offers every operation that the steps and the mix may draw.
    let all = Property::ALL.len();
    let properties = sample::subsequence(Property::ALL.to_vec(), 0..=all).prop_shuffle();
    (properties, 0..=all, flaws()).prop_map(|(mut properties, holds, flaws)| {
        let violated = properties.split_off(holds.min(properties.len()));
        let expectation = Expectation { holds: properties, violated, flaws };
        BTreeMap::from([("toy".to_owned(), expectation)])
    })
}

fn some_properties() -> impl Strategy<Value = Vec<Property>> {
    sample::subsequence(Property::ALL.to_vec(), 0..=Property::ALL.len()).prop_shuffle()
}

fn story() -> impl Strategy<Value = StoryText> {
    let named = sample::subsequence(Property::ALL.to_vec(), 1..=Property::ALL.len()).prop_shuffle();
    let on = sample::subsequence(vec!["toy".to_owned()], 0..=1);
    let texts = ("[^\r\n]{0,8}[a-z\"'\\\\]", any::<String>());
    (named, any::<sample::Index>(), on, texts).prop_map(|(mut named, split, on, (title, watch))| {
        let holds = named.split_off(split.index(named.len() + 1));
        StoryText { on, violated: named, holds, title, watch }
    })
}
