//! `latency.csv`

use super::Table;
use crate::{figures, quantile::LatencySummary, text, windows::Windows};
use judge::Run;
use node::Time;

/// The columns of `latency.csv`:
///
/// - `kind`: a kind of operation, or `all`
/// - `window`: the number of the window from 0, or [`WHOLE_RUN`]
/// - `window_start_ms`, `window_end_ms`: an answer belongs to the window in which it was given
/// - `count`: operations answered; only these have a latency
/// - `mean_ms`, `p50_ms`, `p95_ms`, `p99_ms`, `max_ms`: over their latencies;
///   quantiles by nearest rank (see [`nearest_rank`](crate::nearest_rank)), empty if `count` is 0
pub const LATENCY_COLUMNS: [&str; 10] = [
    "kind",
    "window",
    "window_start_ms",
    "window_end_ms",
    "count",
    "mean_ms",
    "p50_ms",
    "p95_ms",
    "p99_ms",
    "max_ms",
];

/// What the column `window` says of the row over the whole run.
pub const WHOLE_RUN: &str = "whole-run";

/// For `all` and each kind of operation: a row for the whole run, then one for each window.
pub fn latency(run: &Run) -> String {
    let mut table = Table::new(LATENCY_COLUMNS);
    let windows = Windows::over(run.ended);
    let kinds = text::kinds(run);
    for kind in std::iter::once(None).chain(kinds.into_iter().map(Some)) {
        let name = kind.map_or("all", |kind| kind.name());
        let whole = figures::latency(run, kind);
        row(&mut table, name, WHOLE_RUN, (Time::ZERO, run.ended), whole);
        let by_window = figures::latency_by_window(run, kind, windows);
        for (index, summary) in by_window.into_iter().enumerate() {
            row(&mut table, name, &index.to_string(), windows.bounds(index), summary);
        }
    }
    table.finish()
}

fn row(
    table: &mut Table,
    kind: &str,
    window: &str,
    (start, end): (Time, Time),
    summary: Option<LatencySummary>,
) {
    let mut fields = vec![
        kind.to_owned(),
        window.to_owned(),
        text::time_ms(start),
        text::time_ms(end),
        summary.map_or(0, |summary| summary.count).to_string(),
    ];
    let lengths = summary.map(|s| [s.mean, s.p50, s.p95, s.p99, s.max]);
    for position in 0..5 {
        let field = lengths.map(|lengths| text::exact_ms(lengths[position].as_nanos()));
        fields.push(field.unwrap_or_default());
    }
    table.row(fields);
}
