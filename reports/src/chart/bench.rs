//! Charts of stores under the same load.

use super::{
    ChartError,
    experiment::lines::{Axis, Line, LineChart, LinePanel, Style},
    experiment::{Heading, LOOKS, Look, draw_lines},
    frame::Sample,
};
use crate::{
    bench::{Bench, Store},
    experiment::DrawnChart,
};
use node::OperationKind;
use std::{collections::BTreeSet, time::Duration};

/// Draws every chart of a bench.
pub(crate) fn draw_all(bench: &Bench) -> Result<Vec<DrawnChart>, ChartError> {
    [throughput(bench), latency(bench)].into_iter().map(draw_lines).collect()
}

/// The stores with how each looks; of more than there are looks, the first.
fn looks(bench: &Bench) -> impl Iterator<Item = (&Store, Look)> {
    bench.stores.iter().zip(LOOKS)
}

fn legend(bench: &Bench) -> Vec<(Sample, String)> {
    looks(bench).map(|(store, look)| (look.sample(), store.name.clone())).collect()
}

fn abouts(bench: &Bench) -> String {
    let about = |store: &Store| format!("{}: {}", store.name, store.about);
    bench.stores.iter().map(about).collect::<Vec<_>>().join("  -  ")
}

fn throughput(bench: &Bench) -> LineChart {
    let line = |(store, look): (&Store, Look)| {
        let whole = store.time.as_secs() as usize;
        let answered = |index: usize| {
            let counts = store.seconds[index].answered.values().map(|latency| latency.count);
            ((index + 1) as f64, counts.sum::<u64>() as f64)
        };
        // A second that was cut short would look like a fall.
        let seconds = 0..store.seconds.len().min(whole.max(1));
        Line { look: Style::Ours(look), points: seconds.map(answered).collect() }
    };
    let y = Axis { name: "operations answered a second", log: false, from_zero: true };
    LineChart {
        heading: Heading {
            name: "throughput",
            finding: bench.finding(),
            notes: [bench.load.clone(), abouts(bench)],
        },
        x: Axis { name: "second", log: false, from_zero: true },
        panels: vec![LinePanel { y, lines: looks(bench).map(line).collect() }],
        legend: legend(bench),
    }
}

fn latency(bench: &Bench) -> LineChart {
    let kinds: BTreeSet<_> = bench.stores.iter().flat_map(|store| store.kinds.keys()).collect();
    let panel = |kind: &OperationKind| LinePanel {
        y: Axis {
            name: match kind {
                OperationKind::Put => "latency of puts (ms)",
                OperationKind::Get => "latency of gets (ms)",
                OperationKind::Delete => "latency of deletes (ms)",
                OperationKind::ListKeys | OperationKind::CompareAndSet => "latency (ms)",
            },
            log: true,
            from_zero: false,
        },
        lines: looks(bench).map(|(store, look)| curve(store, *kind, look)).collect(),
    };
    let finding =
        match bench.stores.first().and_then(|ours| Some((ours, ours.kinds.iter().next()?))) {
            Some((ours, (kind, of))) => format!(
                "{}: half of the {kind}s take at most {}, 99 of 100 at most {}",
                ours.name,
                crate::text::duration(of.latency.p50),
                crate::text::duration(of.latency.p99),
            ),
            None => "nothing was measured".to_owned(),
        };
    LineChart {
        heading: Heading { name: "latency", finding, notes: [bench.load.clone(), abouts(bench)] },
        x: Axis {
            name: "one operation in so many takes longer (100: p99, 1,000: p99.9)",
            log: true,
            from_zero: false,
        },
        panels: kinds.into_iter().map(panel).collect(),
        legend: legend(bench),
    }
}

fn curve(store: &Store, kind: OperationKind, look: Look) -> Line {
    let quantiles = store.kinds.get(&kind).map_or(&[][..], |of| &of.quantiles);
    let below_all = quantiles.iter().filter(|(quantile, _)| *quantile < 1.0);
    let point = |(quantile, latency): &(f64, Duration)| {
        (1.0 / (1.0 - quantile), latency.as_nanos() as f64 / 1e6)
    };
    Line { look: Style::Ours(look), points: below_all.map(point).collect() }
}
