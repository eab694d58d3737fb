//! An experiment's tables as CSV.

use super::{Row, SweepResults, measure::ms};
use crate::{csv::Table, quantile::LatencySummary};
use scenarios::experiment::Shape;
use std::time::Duration;

/// The columns of a load test, those of the FastAPI outline:
///
/// - `timestamp`: when the test ended, in simulated time, as if the tests had been had one after
///   the other from the beginning of 1970 on
/// - `mode`: the kind of workload
/// - `total_requests`, `success`, `failures`: operations begun, answered as hoped, and not
/// - `concurrency`: clients
/// - `avg_latency_ms`, `p50_ms`, `p95_ms`, `p99_ms`: over answered operations; quantiles by
///   nearest rank (see [`nearest_rank`](crate::nearest_rank))
/// - `throughput_rps`: successes a second, from the first beginning to the last answer
pub const LOAD_COLUMNS: [&str; 11] = [
    "timestamp",
    "mode",
    "total_requests",
    "success",
    "failures",
    "concurrency",
    "avg_latency_ms",
    "p50_ms",
    "p95_ms",
    "p99_ms",
    "throughput_rps",
];

/// The columns of every other sweep:
///
/// - `series`, `setting`: which line of the chart, and what was varied
/// - `system`, `seed`: what was run
/// - `concurrency`, `total_requests`, `success`, `failures`, `throughput_rps`: as in [`LOAD_COLUMNS`]
/// - `read_p50_ms` to `write_p99_ms`: over answered reads and writes; empty if there were none
/// - `reads_answered`, `stale_reads`: reads, and those that returned what had been overwritten
/// - `writes_acknowledged`, `lost_writes`: writes, and those that clients could not get any more at
///   the end: no node knew of them, or, where nodes lead, none of those that do
/// - `held_writes`: how many of them each node knew of at the end, in order of the nodes' names
/// - `differing_keys`: keys that nodes held differently at the end; empty where not every node is
///   to hold every key
/// - `held_keys`: keys that any node held at the end
pub const SWEEP_COLUMNS: [&str; 22] = [
    "series",
    "setting",
    "system",
    "seed",
    "concurrency",
    "total_requests",
    "success",
    "failures",
    "throughput_rps",
    "read_p50_ms",
    "read_p95_ms",
    "read_p99_ms",
    "write_p50_ms",
    "write_p95_ms",
    "write_p99_ms",
    "reads_answered",
    "stale_reads",
    "writes_acknowledged",
    "lost_writes",
    "held_writes",
    "differing_keys",
    "held_keys",
];

pub(super) fn csv(results: &SweepResults) -> String {
    match results.sweep.shape {
        Shape::Load | Shape::Cost => load(&results.rows),
        Shape::Sweep => sweep(&results.rows),
    }
}

fn load(rows: &[Row]) -> String {
    let mut table = Table::new(LOAD_COLUMNS);
    let mut elapsed = Duration::ZERO;
    for Row { trial, measured } in rows {
        elapsed += measured.simulated;
        let mut fields = vec![
            timestamp(elapsed),
            trial.series.to_owned(),
            measured.begun.to_string(),
            measured.succeeded.to_string(),
            measured.failed().to_string(),
            trial.clients().to_string(),
        ];
        fields.extend(latencies(measured.all, |s| [s.mean, s.p50, s.p95, s.p99]));
        fields.push(format!("{:.2}", measured.throughput_rps()));
        table.row(fields);
    }
    table.finish()
}

fn sweep(rows: &[Row]) -> String {
    let mut table = Table::new(SWEEP_COLUMNS);
    for Row { trial, measured } in rows {
        let mut fields = vec![
            trial.series.to_owned(),
            trial.setting.clone(),
            trial.system.to_owned(),
            measured.seed.to_string(),
            trial.clients().to_string(),
            measured.begun.to_string(),
            measured.succeeded.to_string(),
            measured.failed().to_string(),
            format!("{:.2}", measured.throughput_rps()),
        ];
        for summary in [measured.reads, measured.writes] {
            fields.extend(latencies(summary, |s| [s.p50, s.p95, s.p99]));
        }
        fields.extend([
            measured.reads_answered.to_string(),
            measured.stale_reads.to_string(),
            measured.writes_acknowledged.to_string(),
            measured.lost_writes.to_string(),
            measured.held_writes.iter().map(u64::to_string).collect::<Vec<_>>().join(" "),
            measured.differing_keys.map_or_else(String::new, |keys| keys.to_string()),
            measured.held_keys.to_string(),
        ]);
        table.row(fields);
    }
    table.finish()
}

fn latencies<const N: usize>(
    summary: Option<LatencySummary>,
    parts: fn(LatencySummary) -> [Duration; N],
) -> [String; N] {
    let fields = summary.map(|summary| parts(summary).map(|part| format!("{:.3}", ms(part))));
    fields.unwrap_or([const { String::new() }; N])
}

/// A moment after the beginning of 1970, in the form of ISO 8601.
fn timestamp(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    let (days, hour, minute, second) =
        (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    // No experiment lasts for more than a month of simulated time.
    let day = days + 1;
    format!("1970-01-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", elapsed.subsec_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simulated_time_is_a_date() {
        assert_eq!(timestamp(Duration::from_millis(3_661_007)), "1970-01-01T01:01:01.007Z");
        assert_eq!(timestamp(Duration::from_secs(86_400)), "1970-01-02T00:00:00.000Z");
    }
}
