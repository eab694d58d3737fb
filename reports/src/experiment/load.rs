//! What the tests of the FastAPI outline and of the ghost-data report show beside the originals' own figures.

use super::{Row, measure::ms};

/// A row's figures, and the original's where it has the same row.
pub(crate) fn beside_original(row: &Row) -> [String; 3] {
    let Some(theirs) = row.trial.reference else {
        return [const { String::new() }; 3];
    };
    [
        theirs.throughput_rps.map_or_else(String::new, |rps| format!("{rps:.0}")),
        milliseconds(theirs.avg_latency_ms),
        theirs.p95_ms.map_or_else(String::new, milliseconds),
    ]
}

/// With as many decimals as a short latency needs.
fn milliseconds(ms: f64) -> String {
    if ms < 10.0 { format!("{ms:.2}") } else { format!("{ms:.1}") }
}

/// Ours: throughput, mean, p50, p95 and p99.
pub(crate) fn ours(row: &Row) -> [String; 5] {
    let rps = format!("{:.0}", row.measured.throughput_rps());
    let latencies = row.measured.all.map(|s| [s.mean, s.p50, s.p95, s.p99].map(ms));
    let text = |position: usize| {
        latencies.map_or_else(|| "-".to_owned(), |all| milliseconds(all[position]))
    };
    [rps, text(0), text(1), text(2), text(3)]
}
