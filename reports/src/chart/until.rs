//! Where the axis of time ends, for all charts of a run alike.
//!
//! After steps and workload a run goes on in silence until its replicas are read. Where nothing
//! happens in that time its charts leave it out, to have room for what did happen.

use crate::{replication::Replication, windows::Windows};
use judge::Run;
use node::Time;

/// Time is cut into this many columns to follow replicas.
pub(crate) const COLUMNS: usize = 540;

/// The end of the axis: when the last operation was over, the last fault, and the last difference
/// between replicas.
pub(super) fn end(run: &Run, replication: Option<&Replication>) -> Time {
    let over = run.operations().iter().map(|record| record.completed);
    let faults = run.faults.iter().map(|fault| fault.end.unwrap_or(run.ended));
    let last = over.chain(faults).fold(run.run_ended, Time::max);
    let windows = Windows::over(run.ended);
    let differing = replication.and_then(|it| it.differing.iter().rposition(|keys| *keys > 0));
    // One window more shows that they agree from then on.
    let agreed = |index| column(index, run.ended).1 + windows.width();
    let last = last.max(differing.map_or(Time::ZERO, agreed));
    // To the end of a window, so that none is cut off within.
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
