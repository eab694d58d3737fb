//! A busy run with overlapping faults. It is not what a simulator would give to the
//! last detail, only of the same kind: every figure follows from a small recurrence.

use super::{Recorder, change, client, entry, n, node, retry, scenario, us};
use judge::{
    Run,
    property::{AvailabilityReport, Recovery, StaleRead, StalenessReport},
    record::{
        Counters, Digest, DropReason, Event, Expected, FaultKind, FaultOrigin, FaultRecord,
        History, Judgement, OperationRecord, Replica, Verdict, Witness,
    },
};
use node::{
    Answer, ClientId, Key, Operation, OperationKind, Time, Version, Versioned,
    client::{Failure, Outcome, Route},
    systems,
};
use scenarios::{KeyChoice, Keys, Pace, Property, Workload};
use std::{collections::BTreeMap, time::Duration};

const SECOND: u64 = 1_000_000;

/// A generator of numbers, so that the run looks like life and is always the same.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Some 800 operations over 20 s with seven faults.
pub(crate) fn run() -> Run {
    let faults = faults();
    let mut world = World {
        dice: Dice(7),
        recorder: Recorder::default(),
        held: [BTreeMap::new(), BTreeMap::new(), BTreeMap::new()],
        versions: BTreeMap::new(),
        operations: Vec::new(),
    };
    world.faults(&faults);
    let mut at = 20_000;
    while at < 20 * SECOND {
        world.operation(at);
        at += 5_000 + world.dice.below(40_000);
    }
    world.finish(faults)
}

struct World {
    dice: Dice,
    recorder: Recorder,
    held: [BTreeMap<Key, Versioned>; 3],
    versions: BTreeMap<Key, u64>,
    operations: Vec<OperationRecord>,
}

impl World {
    fn faults(&mut self, faults: &[FaultRecord]) {
        for number in 1..=3 {
            self.recorder.at(
                us(0),
                Event::Boot { node: n(number), entries: 0, on_disk: false, holds: Vec::new() },
            );
        }
        self.recorder.faults(faults);
        self.recorder.at(
            us(14 * SECOND),
            Event::Boot { node: n(1), entries: 0, on_disk: false, holds: Vec::new() },
        );
        self.recorder.at(us(20 * SECOND), Event::Heal);
    }

    fn operation(&mut self, at: u64) {
        let key: Key = format!("key{}", 1 + self.dice.below(12)).into();
        let is_put = self.dice.below(100) < 35;
        let target = if is_put { 1 } else { 1 + self.dice.below(3) as u32 };
        let mut latency = 1_050 + self.dice.below(400);
        if self.dice.below(50) == 0 {
            latency *= 6;
        }
        let leader_down = (12 * SECOND..14 * SECOND).contains(&at) && target == 1;
        let paused = (6 * SECOND..9 * SECOND).contains(&at) && target == 2;
        let outcome = if leader_down {
            if self.dice.below(5) == 0 && is_put {
                latency = SECOND;
                Outcome::Info(Failure::Timeout)
            } else {
                Outcome::Fail(Failure::Unreachable)
            }
        } else if paused {
            latency = SECOND;
            Outcome::Fail(Failure::Timeout)
        } else if is_put {
            Outcome::Ok(self.put(at, &key))
        } else {
            let found = self.held[target as usize - 1].get(&key).cloned();
            Outcome::Ok(Answer::Value(found))
        };
        let operation = if is_put {
            Operation::put(key, format!("value{}", self.operations.len()))
        } else {
            Operation::get(key)
        };
        self.operations.push(OperationRecord {
            client: ClientId::new(1 + (self.operations.len() % 10) as u32),
            operation,
            invoked: us(at),
            completed: us(at + latency),
            outcome,
            node: n(target),
            attempts: 1,
            begun_by_then: 0,
        });
    }

    fn put(&mut self, at: u64, key: &Key) -> Answer {
        let version = self.versions.entry(key.clone()).or_insert(0);
        *version += 1;
        let version = *version;
        let value = format!("value{}", self.operations.len());
        self.apply(1, at + 550, key, &value, version);
        let text = format!("put {key}={value}");
        self.recorder.delivered(us(at), us(at + 550), client(1), node(1), &text);
        for follower in [2, 3] {
            self.replicate(at + 600, follower, key, &value, version);
        }
        Answer::Written { version: Version(version), previous: None }
    }

    fn replicate(&mut self, at: u64, to: u32, key: &Key, value: &str, version: u64) {
        let text = format!("replicate {key}={value} v{version}");
        let cut = to == 3 && (11 * SECOND..13 * SECOND).contains(&at);
        if cut || self.dice.below(60) == 0 {
            let reason = if cut { DropReason::Partition } else { DropReason::Loss };
            let message = self.recorder.send(us(at), node(1), node(to), &text);
            self.recorder.at(us(at), Event::Drop { message, reason, fault: None });
            return;
        }
        let mut arrival = at + 500 + self.dice.below(300);
        if to == 3 && (4 * SECOND..8 * SECOND).contains(&at) {
            arrival += 400_000;
        }
        if to == 2 && (6 * SECOND..9 * SECOND).contains(&arrival) {
            arrival = 9 * SECOND + self.dice.below(20_000);
        }
        self.recorder.delivered(us(at), us(arrival), node(1), node(to), &text);
        self.apply(to, arrival, key, value, version);
    }

    fn apply(&mut self, to: u32, at: u64, key: &Key, value: &str, version: u64) {
        let applied = change(key.clone(), value, version);
        self.recorder.at(us(at), Event::Apply { node: n(to), change: applied });
        self.held[to as usize - 1].insert(key.clone(), entry(value, version));
        if to == 1 && at < 12 * SECOND {
            // What n1 holds dies with it, and is seldom written again.
            self.held[0].remove(key);
        }
    }

    fn finish(self, faults: Vec<FaultRecord>) -> Run {
        let sent = self.recorder.sent();
        let answered = self.operations.iter().filter(|record| record.is_ok()).count() as u64;
        let begun = self.operations.len() as u64;
        let replica = |(index, held): (usize, BTreeMap<Key, Versioned>)| Replica {
            node: n(index as u32 + 1),
            group: 0,
            entries: Some(held.into_iter().collect()),
            on_disk: None,
            leads: false,
        };
        let mut scenario = scenario(
            "busy",
            "Seven faults in twenty seconds, many of them at once",
            "Writes stop while n1 is down. Followers fall behind for three different reasons, and \
             some of what they miss they never get.",
            Duration::from_secs(20),
        );
        scenario.workload = Some(workload());
        Run {
            steps: scenario.steps.clone(),
            scenario: scenario.into(),
            system: *systems::find("async-leader").expect("it is in the registry"),
            stage: judge::Stage::Simulator,
            seed: 42,
            history: History { operations: self.operations },
            trace: Some(self.recorder.trace()),
            facts: Vec::new(),
            replicas: self.held.into_iter().enumerate().map(replica).collect(),
            waits: BTreeMap::new(),
            run_ended: us(20 * SECOND),
            ended: us(25 * SECOND),
            counters: Counters {
                simulated_ns: 25_000_000_000,
                events: 4 * sent,
                operations: begun,
                sent,
                delivered: sent - 60,
                dropped: 60,
                duplicated: 0,
                timers: 280,
                applied: 700,
                faults: faults.len() as u64,
                faults_overlapped: 0,
                faults_that_bit: faults.len() as u64,
            },
            digest: Digest(0xb057),
            judgements: judgements(begun, answered),
            staleness: StalenessReport {
                reads: 500,
                stale: vec![StaleRead {
                    operation: 400,
                    versions_behind: 2,
                    time_behind: Duration::from_millis(380),
                }],
            },
            probes: Vec::new(),
            durability: judge::property::DurabilityReport::default(),
            availability: AvailabilityReport {
                begun,
                answered,
                recoveries: vec![
                    Recovery { fault: 4, lost: us(12_001_000), regained: Some(us(14_010_000)) },
                    Recovery { fault: 2, lost: us(6_010_000), regained: None },
                ],
                ..AvailabilityReport::default()
            },
            faults,
            defects: vec!["the fault `n3's clock jumped by -2.000s` touched nothing".to_owned()],
        }
    }
}

fn workload() -> Workload {
    Workload {
        pace: Pace::Open { rate: 40.0, clients: 10 },
        start: Duration::ZERO,
        stop: Duration::from_secs(20),
        operations: None,
        mix: [(OperationKind::Put, 35.0), (OperationKind::Get, 65.0)].into(),
        keys: Keys { count: 12, choice: KeyChoice::Uniform },
        reads: Route::Any,
        writes: Route::Leader,
        retry: retry(),
        client_time: None,
        planned: None,
        updates: Default::default(),
    }
}

fn faults() -> Vec<FaultRecord> {
    let fault = |kind, label: &str, nodes: &[u32], start, end: Option<u64>| FaultRecord {
        kind,
        label: label.to_owned(),
        origin: FaultOrigin::Random,
        nodes: nodes.iter().map(|number| n(*number)).collect(),
        start: us(start),
        end: end.map(us),
        touched: 17,
    };
    let s = SECOND;
    let mut faults = vec![
        fault(FaultKind::Loss, "every link loses 2 of 100 messages", &[1, 2, 3], 0, None),
        fault(FaultKind::SlowLink, "n1 -> n3 slower by 400 ms", &[1, 3], 4 * s, Some(8 * s)),
        fault(FaultKind::Pause, "n2 paused", &[2], 6 * s, Some(9 * s)),
        fault(FaultKind::Partition, "n1 n2 | n3", &[1, 2, 3], 11 * s, Some(13 * s)),
        fault(FaultKind::Crash, "n1 crashed", &[1], 12 * s, Some(14 * s)),
        fault(
            FaultKind::Duplicate,
            "every link doubles 20 of 100 messages",
            &[1, 2, 3],
            15 * s,
            Some(17 * s),
        ),
        fault(FaultKind::ClockJump, "n3's clock jumped by -2.000s", &[3], 16 * s, Some(16 * s)),
    ];
    faults[0].origin = FaultOrigin::Background;
    faults
}

fn judgements(begun: u64, answered: u64) -> Vec<Judgement> {
    let judgement =
        |property, verdict| Judgement { property, verdict, expected: Expected::Unstated };
    let witness = |summary: &str, operations: &[usize], keys: &[&str], since| Witness {
        summary: summary.to_owned(),
        facts: vec!["n2 and n3 hold what n1 held before it crashed".to_owned()],
        operations: operations.to_vec(),
        keys: keys.iter().map(|key| (*key).into()).collect(),
        since: Some(us(since)),
    };
    let differ =
        witness("4 of 12 keys differ after 5.000s of quiet", &[], &["key3", "key7"], 11 * SECOND);
    let few: Time = us(6_010_000);
    let unanswered =
        Witness { since: Some(few), ..witness("fewer than 90% answered", &[], &[], 0) };
    let mut judgements = vec![
        judgement(Property::Convergence, Verdict::Violated(differ)),
        judgement(
            Property::Durability,
            Verdict::Unknown("the budget of 1,000,000 steps ran out".to_owned()),
        ),
        judgement(
            Property::Staleness,
            Verdict::Holds("1 of 500 reads was stale, by at most 380 ms".to_owned()),
        ),
        judgement(Property::Availability, Verdict::Violated(unanswered)),
    ];
    judgements[3].expected = Expected::Holds;
    assert!(answered < begun);
    judgements
}
