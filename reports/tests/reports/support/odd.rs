//! Runs at the edges: nothing happens, all happens at once, nobody answers.

use super::{busy, ghost, n, us};
use judge::{
    Run,
    record::{FaultKind, FaultOrigin, FaultRecord, History, Replica, Trace},
};
use node::client::{Failure, Outcome};

/// No operation, no fault, and no replica holds anything.
pub(crate) fn idle() -> Run {
    let mut run = ghost::run();
    run.history = History::default();
    run.faults.clear();
    run.trace = Some(Trace::default());
    run.judgements.clear();
    for replica in &mut run.replicas {
        replica.entries = Some(Vec::new());
    }
    run
}

/// The ghost run without its trace, as when hunting.
pub(crate) fn without_trace() -> Run {
    Run { trace: None, ..ghost::run() }
}

/// Forty faults at once, with long labels.
pub(crate) fn forty_faults() -> Run {
    let mut run = busy::run();
    run.faults = (0..40u32)
        .map(|index| FaultRecord {
            kind: FaultKind::SlowLink,
            label: format!("n{} -> n3 slower by {} ms for a good while", 1 + index % 2, index * 10),
            origin: FaultOrigin::Random,
            nodes: vec![n(1), n(3)],
            start: us(600_000 * u64::from(index)),
            end: Some(us(600_000 * u64::from(index) + 1_500_000)),
            touched: 3,
        })
        .collect();
    run
}

/// Nobody answered, in a run of 30 ms.
pub(crate) fn short_and_silent() -> Run {
    let mut run = ghost::run();
    for (index, record) in run.history.operations.iter_mut().enumerate() {
        record.invoked = us(5_000 * index as u64);
        record.completed = us(5_000 * index as u64 + 20_000);
        record.outcome = Outcome::Info(Failure::Timeout);
    }
    run.faults[0].start = us(2_000);
    run.faults[0].end = None;
    run.trace = Some(Trace::default());
    run.run_ended = us(30_000);
    run.ended = us(30_000);
    run.replicas[1] = Replica { node: n(2), group: 0, entries: None, on_disk: None, leads: false };
    run
}

/// The ghost run in a cluster of thirty, where n2 and n30 lack the write.
pub(crate) fn thirty_nodes() -> Run {
    let mut run = ghost::run();
    let held = run.replicas[0].entries.clone();
    run.replicas.extend((4..=30).map(|number| Replica {
        node: n(number),
        group: 0,
        entries: held.clone(),
        on_disk: None,
        leads: false,
    }));
    run.replicas[29].entries = Some(Vec::new());
    run
}

/// The ghost run, where n2 makes up a group of its own and so lacks nothing.
pub(crate) fn two_groups() -> Run {
    let mut run = ghost::run();
    run.replicas[1].group = 2;
    run
}

/// The same with n4 beside n2, which holds the write and n2 does not, n5 that is down, and
/// n6 by itself, with nothing.
pub(crate) fn two_groups_that_differ() -> Run {
    let mut run = two_groups();
    let held = run.replicas[0].entries.clone();
    run.replicas.push(Replica { node: n(4), group: 2, entries: held, on_disk: None, leads: false });
    run.replicas.push(Replica { node: n(5), group: 0, entries: None, on_disk: None, leads: false });
    run.replicas.push(Replica {
        node: n(6),
        group: 3,
        entries: Some(Vec::new()),
        on_disk: None,
        leads: false,
    });
    run
}
