//! The tables of a bench as CSV.

use super::{Bench, Latencies};
use crate::{csv::Table, text::exact_ms};

/// The columns of `bench.csv`:
///
/// - `store`, `kind`: what was asked, and for which kind of operation
/// - `second`: which second since it counted, from 1; empty in the row of the whole
/// - `answered`, `per_second`: how many operations were answered in time
/// - `failed`: how many ended otherwise; of a second, of all kinds together, in the row of its first kind
/// - `p50_ms` to `max_ms`: how long what was answered took, by histograms that keep three digits; in an open loop since
///   it was due; empty where nothing was answered
pub const BENCH_COLUMNS: [&str; 11] = [
    "store",
    "kind",
    "second",
    "answered",
    "per_second",
    "failed",
    "p50_ms",
    "p95_ms",
    "p99_ms",
    "p999_ms",
    "max_ms",
];

/// The columns of `quantiles.csv`:
///
/// - `store`, `kind`: what was asked, and for which kind of operation
/// - `quantile`: the share of the operations, 0 to 1
/// - `latency_ms`: how long it took at most
pub const QUANTILE_COLUMNS: [&str; 4] = ["store", "kind", "quantile", "latency_ms"];

pub(super) fn bench(bench: &Bench) -> String {
    let mut table = Table::new(BENCH_COLUMNS);
    for store in &bench.stores {
        let last = store.seconds.len().saturating_sub(1);
        for (index, second) in store.seconds.iter().enumerate() {
            // The last one may be shorter.
            let span = match index == last {
                true => store.time.as_secs_f64() - index as f64,
                false => 1.0,
            };
            for (position, (kind, latency)) in second.answered.iter().enumerate() {
                let failed = if position == 0 { second.failed } else { 0 };
                let per_second = latency.count as f64 / span.max(1e-3);
                let head = [store.name.clone(), kind.to_string(), (index + 1).to_string()];
                table.row(head.into_iter().chain(row(latency, per_second, failed)));
            }
        }
        for (kind, of) in &store.kinds {
            let head = [store.name.clone(), kind.to_string(), String::new()];
            table.row(head.into_iter().chain(row(&of.latency, of.per_second, of.failed())));
        }
    }
    table.finish()
}

fn row(latency: &Latencies, per_second: f64, failed: u64) -> impl Iterator<Item = String> {
    let counts = [latency.count.to_string(), format!("{per_second:.1}"), failed.to_string()];
    let any = latency.count > 0;
    let quantiles = latency.named().map(|(_, span)| match any {
        true => exact_ms(span.as_nanos()),
        false => String::new(),
    });
    counts.into_iter().chain(quantiles)
}

pub(super) fn quantiles(bench: &Bench) -> String {
    let mut table = Table::new(QUANTILE_COLUMNS);
    for store in &bench.stores {
        for (kind, of) in &store.kinds {
            for (quantile, latency) in &of.quantiles {
                let (kind, latency) = (kind.to_string(), exact_ms(latency.as_nanos()));
                table.row([&store.name, &kind, &format!("{quantile:.6}"), &latency]);
            }
        }
    }
    table.finish()
}
