//! Where the axis of time ends.
//!
//! After steps and workload a run goes on in silence until its replicas are read. A chart
//! in which nothing happens in that time leaves it out, to have room for what did happen.

use super::finding::COLUMNS;
use crate::{replication::Replication, windows::Windows};
use judge::Run;
use node::Time;

/// The end of a chart of operations and faults.
pub(super) fn operations_end(run: &Run) -> Time {
    window_end(run, last_operation_or_fault(run))
}

/// The end of a chart of replicas, which may differ in the silence too.
pub(super) fn replicas_end(run: &Run, replication: &Replication) -> Time {
    let differing = replication.differing.iter().rposition(|keys| *keys > 0);
    // One window more shows that they agree from then on.
    let agreed = |index| column(index, run.ended).1 + Windows::over(run.ended).width();
    let last = differing.map_or(Time::ZERO, agreed);
    window_end(run, last.max(last_operation_or_fault(run)))
}

fn last_operation_or_fault(run: &Run) -> Time {
    let begun = run.operations().iter().map(|record| record.invoked);
    let faults = run.faults.iter().map(|fault| fault.end.unwrap_or(run.ended));
    begun.chain(faults).fold(run.run_ended, Time::max)
}

/// The end of the window in which something ends, so that none is cut off within.
fn window_end(run: &Run, last: Time) -> Time {
    let windows = Windows::over(run.ended);
    let within = Time::from_nanos(last.as_nanos().saturating_sub(1));
    windows.bounds(windows.index(within)).1.min(run.ended)
}

/// The edges of column `index` in time, where a run is cut into [`COLUMNS`].
pub(super) fn column(index: usize, end: Time) -> (Time, Time) {
    let edge = |index: usize| {
        Time::from_nanos((end.as_nanos() as f64 * index as f64 / COLUMNS as f64) as u64)
    };
    (edge(index), edge(index + 1))
}
