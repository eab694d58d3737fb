//! A scenario drawn from a seed, knob by knob.
//!
//! Each run of a hunt has a configuration of its own: some kinds of fault and not others, few keys or
//! many, links that lose messages or none. Groce and others, *Swarm Testing* (2012): what every run
//! leaves to all kinds of chance at once, no run gives much room. Each knob is drawn from a stream of
//! its own, apart from all streams of the run.

use node::{
    OperationKind, Setting, SystemInfo,
    client::{Retry, Route},
};
use scenarios::{
    FaultKind, KeyChoice, Keys, Latency, Nemesis, Order, Pace, RandomFault, Scenario, Workload,
};
use sim::seed::{Streams, draw_below, draw_unit};
use std::{collections::BTreeMap, time::Duration};

/// A scenario, and what was drawn to make it.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// The scenario. It expects nothing.
    pub scenario: Scenario,
    /// What was drawn, in the order in which it is told.
    pub knobs: Vec<Knob>,
}

/// One thing that was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Knob {
    /// What.
    pub name: &'static str,
    /// How it came out.
    pub value: String,
}

/// Kinds of fault that are not drawn: what rots on most platters at once, no majority survives.
const NEVER: [FaultKind; 1] = [FaultKind::BitRot];

/// Draws the scenario of a seed for a system, with these flaws switched on.
pub fn draw(system: &SystemInfo, flaws: &[String], seed: u64) -> Drawn {
    let mut drawer = Drawer { streams: Streams::new(seed), knobs: Vec::new() };
    let nodes = drawer.nodes(system);
    let mut scenario = Scenario::bare("hunted", nodes);
    scenario.title = format!("A run of {} that was drawn", system.name);
    scenario.seed = Some(seed);
    scenario.on = Some(system.name.to_owned());
    scenario.properties = scenarios::Properties { min_availability: 0.0, ..Default::default() };
    scenario.system.flaws = flaws.to_vec();
    drawer.settings(system, &mut scenario);
    drawer.links(&mut scenario);
    scenario.phases.run = Duration::from_millis(500 + 250 * drawer.below("length", 11));
    drawer.tell("length of the run", format!("{:?}", scenario.phases.run));
    scenario.workload = Some(drawer.workload(system, scenario.phases.run));
    scenario.nemesis = drawer.faults(system, scenario.phases.run);
    Drawn { scenario, knobs: drawer.knobs }
}

struct Drawer {
    streams: Streams,
    knobs: Vec<Knob>,
}

impl Drawer {
    fn below(&self, knob: &str, bound: u64) -> u64 {
        draw_below(bound, &mut self.streams.named(format!("hunt/{knob}")))
    }

    fn unit(&self, knob: &str) -> f64 {
        draw_unit(&mut self.streams.named(format!("hunt/{knob}")))
    }

    /// Between two values, each power of two as likely as the next.
    fn spread(&self, knob: &str, least: f64, most: f64) -> f64 {
        least * (most / least).powf(self.unit(knob))
    }

    fn tell(&mut self, name: &'static str, value: impl ToString) {
        self.knobs.push(Knob { name, value: value.to_string() });
    }

    fn nodes(&mut self, system: &SystemInfo) -> usize {
        let nodes = [3, 3, 5].map(|nodes: usize| nodes.max(system.min_nodes));
        let nodes = nodes[self.below("nodes", 3) as usize];
        self.tell("nodes", nodes);
        nodes
    }

    /// A system that writes snapshots does so after few entries in half of the runs, since else it
    /// would never do so in short ones.
    fn settings(&mut self, system: &SystemInfo, scenario: &mut Scenario) {
        const AFTER: &str = "snapshot-after";
        let has_it = system.settings.iter().any(|setting| setting.name == AFTER);
        if has_it && self.unit(AFTER) < 0.5 {
            let after = 5 + self.below("snapshot-after/entries", 40);
            self.tell(AFTER, after);
            scenario.system.settings.insert(AFTER.to_owned(), Setting::Count(after));
        }
    }

    fn links(&mut self, scenario: &mut Scenario) {
        let network = &mut scenario.network;
        // Where most messages took as long as an election waits, no cluster would answer for long.
        let median = Duration::from_micros(self.spread("latency", 100.0, 3000.0) as u64);
        let tail = [2, 10, 50][self.below("tail", 3) as usize];
        network.nodes.latency = Latency::Lognormal { median, p99: median * tail };
        self.tell("latency between nodes", format!("{median:?}, p99 {:?}", median * tail));
        // The slowest of thousands of messages takes many times what one in a hundred takes; what
        // is under way when the run ends may still arrive, and must be waited for.
        let settle = &mut scenario.phases.settle;
        *settle = (*settle).max(median * tail * 50);
        let sync = Duration::from_micros(self.spread("sync", 50.0, 10_000.0) as u64);
        scenario.disk.sync = Latency::Constant(sync);
        self.tell("sync of a disk", format!("{sync:?}"));
        let network = &mut scenario.network;
        if self.unit("order") < 0.5 {
            (network.nodes.order, network.clients.order) = (Order::Free, Order::Free);
            self.tell("order of messages", "free");
        }
        if self.unit("loss") < 0.25 {
            network.nodes.loss = 0.05 * self.unit("loss/share");
            self.tell("loss between nodes", format!("{:.4}", network.nodes.loss));
        }
        if self.unit("duplicate") < 0.25 {
            let share = 0.05 * self.unit("duplicate/share");
            (network.nodes.duplicate, network.clients.duplicate) = (share, share);
            self.tell("messages that come twice", format!("{share:.4}"));
        }
    }

    fn workload(&mut self, system: &SystemInfo, run: Duration) -> Workload {
        let clients = 1 + self.below("clients", 8) as usize;
        let keys = 1 + self.below("keys", 4);
        let operations = 20 + self.below("operations", 181);
        // So that the operations are spread over the run.
        let think = run * clients as u32 / operations as u32;
        self.tell("clients", clients);
        self.tell("keys", keys);
        self.tell("operations", operations);
        self.tell("pause of a client", format!("{think:?}"));
        let mix = self.mix(system);
        let told: Vec<_> = mix.iter().map(|(kind, weight)| format!("{kind} {weight:.2}")).collect();
        self.tell("mix", told.join(", "));
        let any_or_leader = |drawer: &Self, knob: &str, any: f64| {
            let is_any = !system.has_leader || drawer.unit(knob) < any;
            if is_any { Route::Any } else { Route::Leader }
        };
        let reads = any_or_leader(self, "reads", 0.6);
        let writes = any_or_leader(self, "writes", 0.2);
        let word = |route: Route| if route == Route::Any { "any node" } else { "the leader" };
        self.tell("routes", format!("reads to {}, writes to {}", word(reads), word(writes)));
        let timeout = Duration::from_millis(50 + 50 * self.below("timeout", 10));
        let attempts = 1 + self.below("attempts", 5) as u32;
        self.tell("attempts", format!("{attempts}, each {timeout:?}"));
        Workload {
            pace: Pace::Closed { clients, think },
            start: Duration::ZERO,
            stop: run,
            operations: Some(operations),
            mix,
            keys: Keys { count: keys, choice: KeyChoice::Uniform },
            reads,
            writes,
            retry: Retry { timeout, attempts, ..Retry::default() },
            client_time: None,
            planned: None,
            updates: Default::default(),
        }
    }

    fn mix(&self, system: &SystemInfo) -> BTreeMap<OperationKind, f64> {
        let rare = [OperationKind::Delete, OperationKind::CompareAndSet, OperationKind::ListKeys];
        let share = 0.2 + 0.6 * self.unit("puts");
        let mut mix =
            BTreeMap::from([(OperationKind::Put, share), (OperationKind::Get, 1.0 - share)]);
        for kind in rare.into_iter().filter(|kind| system.operations.contains(kind)) {
            if self.unit(&format!("mix/{kind}")) < 0.4 {
                mix.insert(kind, 0.1 + 0.2 * self.unit(&format!("mix/{kind}/weight")));
            }
        }
        mix
    }

    fn faults(&mut self, system: &SystemInfo, run: Duration) -> Option<Nemesis> {
        let can = |kind: &FaultKind| {
            !NEVER.contains(kind) && (*kind != FaultKind::Membership || system.membership)
        };
        let mut faults = Vec::new();
        for kind in FaultKind::ALL.into_iter().filter(can) {
            let knob = |part: &str| format!("fault/{}{part}", kind.name());
            if self.unit(&knob("")) >= 0.3 {
                continue;
            }
            let per_minute = self.spread(&knob("/rate"), 15.0, 240.0).round();
            let most = self.spread(&knob("/lasts"), 50.0, 1500.0).round();
            let lasts = (Duration::from_millis(10), Duration::from_millis(most as u64));
            let links = scenarios::Links::default();
            faults.push(RandomFault { kind, per_minute, lasts, links, reads: false });
        }
        let told: Vec<_> = faults
            .iter()
            .map(|fault| {
                format!("{} {}/min up to {:?}", fault.kind.name(), fault.per_minute, fault.lasts.1)
            })
            .collect();
        let told = if told.is_empty() { "none".to_owned() } else { told.join(", ") };
        self.tell("faults", told);
        (!faults.is_empty()).then_some(Nemesis { start: Duration::ZERO, stop: run, faults })
    }
}
