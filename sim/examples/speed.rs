//! Speed probe.
use node::{
    OperationKind,
    client::{Retry, Route},
    systems::async_leader::AsyncLeader,
};
use scenarios::*;
use sim::*;
use std::{collections::BTreeMap, time::Duration};
fn main() {
    let clients: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    let ops: u64 = std::env::args().nth(2).unwrap().parse().unwrap();
    let mut s = Scenario::bare("steady", 3);
    s.workload = Some(Workload {
        pace: Pace::Closed { clients, think: Duration::ZERO },
        start: Duration::ZERO,
        stop: Duration::from_secs(100000),
        operations: Some(ops),
        mix: BTreeMap::from([(OperationKind::Put, 0.5), (OperationKind::Get, 0.5)]),
        keys: Keys { count: 1000, choice: KeyChoice::Uniform },
        reads: Route::Any,
        writes: Route::Leader,
        retry: Retry::default(),
    });
    s.phases.run = Duration::from_secs(100000);
    let t = std::time::Instant::now();
    let run = Simulation::<AsyncLeader>::new(s).seed(1).run().unwrap();
    let e = t.elapsed().as_secs_f64();
    println!(
        "{:?} {} {:.2} M delivered/s",
        run.counters,
        run.digest,
        run.counters.delivered as f64 / e / 1e6
    );
    // ghost
    let t = std::time::Instant::now();
    let n = 2000;
    for seed in 0..n {
        let mut s = Scenario::bare("ghost", 3);
        let n2 = Target::Node(node::NodeId::new(2));
        let sec = Duration::from_secs;
        s.steps = vec![
            Step { at: sec(1), action: Action::Crash(n2) },
            Step {
                at: sec(2),
                action: Action::Put {
                    key: "999".into(),
                    value: "GhostData".into(),
                    to: Target::Leader,
                },
            },
            Step { at: sec(3), action: Action::Restart(n2) },
            Step { at: sec(4), action: Action::Get { key: "999".into(), from: n2 } },
        ];
        s.phases.run = sec(5);
        let run = Simulation::<AsyncLeader>::new(s).seed(seed).run().unwrap();
        assert!(run.replicas[1].entries.as_ref().unwrap().is_empty());
    }
    println!("{:.0} runs/s", n as f64 / t.elapsed().as_secs_f64());
}
