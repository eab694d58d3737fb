//! What seed 0's load tests show beside the original's own figures.

use super::{Row, measure::ms};

/// A row's figures, and the original's where it has the same row.
pub(crate) fn beside_original(row: &Row) -> [String; 3] {
    let Some(theirs) = row.trial.reference else {
        return [const { String::new() }; 3];
    };
    [
        format!("{:.0}", theirs.throughput_rps),
        format!("{:.1}", theirs.avg_latency_ms),
        format!("{:.1}", theirs.p95_ms),
    ]
}

/// Ours: throughput, mean, p50, p95 and p99.
pub(crate) fn ours(row: &Row) -> [String; 5] {
    let rps = format!("{:.0}", row.measured.throughput_rps());
    let latencies = row.measured.all.map(|s| [s.mean, s.p50, s.p95, s.p99].map(ms));
    let text = |position: usize| {
        latencies.map_or_else(|| "-".to_owned(), |all| format!("{:.1}", all[position]))
    };
    [rps, text(0), text(1), text(2), text(3)]
}
