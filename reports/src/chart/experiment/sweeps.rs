//! The charts of general sweeps.

use super::{
    BarChart, Heading, LOOKS, LineChart,
    bars::{BarPanel, BarSeries},
    lines::{Axis, Line, LinePanel, Style},
};
use crate::{
    chart::{
        canvas::{DARK, LIGHT},
        frame::Sample,
    },
    experiment::{ExperimentResults, Row, SweepResults, milliseconds as ms},
    text::{list, number},
};
use node::Setting;
use plotters::style::RGBColor;

const THROUGHPUT: Axis = Axis { name: "throughput (operations/s)", log: false, from_zero: true };

type Figure = fn(&Row) -> Option<f64>;

const RPS: Figure = |row| Some(row.measured.throughput_rps());
const WRITE_P50: Figure = |row| Some(ms(row.measured.writes?.p50));
const WRITE_P99: Figure = |row| Some(ms(row.measured.writes?.p99));

pub(super) fn concurrency(results: &ExperimentResults) -> LineChart {
    let data = results.sweep("data");
    let finding = format!(
        "Most operations/s with any number of clients: {}",
        each(data, |rows| {
            let peak = rows.iter().filter_map(|row| RPS(row)).fold(0.0, f64::max);
            number(peak.round() as u64)
        })
    );
    let y = Axis { name: "latency of writes, p99 (ms, log scale)", log: true, from_zero: true };
    let x = Axis { name: "concurrency (clients, log scale)", log: true, from_zero: true };
    chart("concurrency", finding, results, x, vec![(THROUGHPUT, RPS), (y, WRITE_P99)])
}

pub(super) fn nodes(results: &ExperimentResults) -> LineChart {
    let data = results.sweep("data");
    let finding = format!(
        "From 3 to 9 nodes, times the throughput: {}",
        each(data, |rows| {
            match (rows.first().and_then(|row| RPS(row)), rows.last().and_then(|row| RPS(row))) {
                (Some(first), Some(last)) if first > 0.0 => format!("{:.2}", last / first),
                _ => "-".to_owned(),
            }
        })
    );
    let y = Axis { name: "latency of writes, p50 (ms)", log: false, from_zero: true };
    let x = Axis { name: "nodes", log: false, from_zero: false };
    chart("nodes", finding, results, x, vec![(THROUGHPUT, RPS), (y, WRITE_P50)])
}

pub(super) fn link_latency(results: &ExperimentResults) -> LineChart {
    let data = results.sweep("data");
    let finding = format!(
        "At 20 ms between nodes, p50 of writes: {}",
        each(data, |rows| {
            let last = rows.last().and_then(|row| WRITE_P50(row));
            last.map_or("-".to_owned(), |last| format!("{last:.0} ms"))
        })
    );
    let y = Axis { name: "latency of writes, p50 (ms, log scale)", log: true, from_zero: true };
    let x =
        Axis { name: "median latency between nodes (ms, log scale)", log: true, from_zero: true };
    chart("link_latency", finding, results, x, vec![(THROUGHPUT, RPS), (y, WRITE_P50)])
}

/// `async-leader 3, raft 5`: what is said of the rows of each series.
fn each(data: &SweepResults, say: impl Fn(&[&Row]) -> String) -> String {
    let series = data.series().into_iter();
    let parts: Vec<_> =
        series.map(|name| format!("{name} {}", say(&data.of(name).collect::<Vec<_>>()))).collect();
    parts.join(", ")
}

fn chart(
    name: &'static str,
    finding: String,
    results: &ExperimentResults,
    x: Axis,
    panels: Vec<(Axis, Figure)>,
) -> LineChart {
    let data = results.sweep("data");
    let series = data.series();
    let lines = |figure: Figure| {
        let line = |(name, look): (&&str, _)| Line {
            look: Style::Ours(look),
            points: data.of(name).filter_map(|row| Some((row.trial.x, figure(row)?))).collect(),
        };
        series.iter().zip(LOOKS).map(line).collect()
    };
    let clients: Vec<_> = data.rows.iter().map(|row| row.trial.clients()).collect();
    let clients = match (clients.iter().min(), clients.iter().max()) {
        (Some(least), Some(most)) if least == most => format!("{least} clients"),
        (Some(least), Some(most)) => format!("{least} to {most} clients"),
        _ => String::new(),
    };
    let push = match series.contains(&"async-leader") {
        true => "; async-leader tells its followers in one more event at the leader",
        false => "",
    };
    let first = format!("half writes, half reads, {clients}{push}  -  seed {}", results.seed);
    LineChart {
        heading: Heading { name, finding, notes: [first, data.conditions()] },
        x,
        panels: panels
            .into_iter()
            .map(|(y, figure)| LinePanel { y, lines: lines(figure) })
            .collect(),
        legend: series
            .iter()
            .zip(LOOKS)
            .map(|(name, look)| (look.sample(), (*name).to_owned()))
            .collect(),
    }
}

pub(super) fn replication_factor(results: &ExperimentResults) -> BarChart {
    const PALE: RGBColor = RGBColor(0xb8, 0xdb, 0xf2);
    const PALE_BROWN: RGBColor = RGBColor(0xe8, 0xb8, 0x98);
    let data = results.sweep("data");
    let bars = |figure: Figure, colour| BarSeries {
        colour,
        values: data.rows.iter().map(|row| figure(row).unwrap_or_default()).collect(),
        theirs: Vec::new(),
    };
    let latencies: [(&str, RGBColor, Figure); 4] = [
        ("read p50", PALE, |row| Some(ms(row.measured.reads?.p50))),
        ("read p99", LIGHT, |row| Some(ms(row.measured.reads?.p99))),
        ("write p50", PALE_BROWN, WRITE_P50),
        ("write p99", RGBColor(0xc0, 0x48, 0x00), WRITE_P99),
    ];
    let stale: Figure = |row| {
        let read = row.measured.reads_answered.max(1);
        Some(row.measured.stale_reads as f64 * 1e4 / read as f64)
    };
    let finding = stale_where(data);
    let seed = results.seed;
    let mut legend: Vec<_> = latencies
        .iter()
        .map(|(name, colour, _)| (Sample::Swatch(*colour), (*name).to_owned()))
        .collect();
    legend.push((Sample::Swatch(DARK), "stale reads".to_owned()));
    BarChart {
        heading: Heading {
            name: "replication_factor",
            finding,
            notes: [
                format!(
                    "half writes, half reads, 1,000 operations/s on 5 keys, any node coordinates  -  quorum, seed {seed}"
                ),
                data.conditions(),
            ],
        },
        axis: "N replicas of a key, R answers to a read, W acknowledgments of a write",
        groups: data
            .rows
            .iter()
            .map(|row| row.trial.setting.replace(['N', 'R', 'W', '='], "").replace(' ', " / "))
            .collect(),
        panels: vec![
            BarPanel {
                axis: "latency (ms)",
                labelled: false,
                series: latencies
                    .iter()
                    .map(|(_, colour, figure)| bars(*figure, *colour))
                    .collect(),
            },
            BarPanel {
                axis: "stale reads of 10,000",
                labelled: true,
                series: vec![bars(stale, DARK)],
            },
        ],
        legend,
    }
}

/// With which sizes reads were stale, and whether those are the ones where they may be.
fn stale_where(data: &SweepResults) -> String {
    let stale: Vec<_> = data.rows.iter().filter(|row| row.measured.stale_reads > 0).collect();
    let size = |row: &Row, name| match row.trial.scenario.system.settings.get(name) {
        Some(Setting::Count(count)) => *count,
        _ => 0,
    };
    let sizes = |row: &&Row| format!("{}/{}/{}", size(row, "n"), size(row, "r"), size(row, "w"));
    let names: Vec<_> = stale.iter().map(sizes).collect();
    let may_be = |row: &&Row| size(row, "r") + size(row, "w") <= size(row, "n");
    match names.as_slice() {
        [] => "No read was stale, whatever N, R and W".to_owned(),
        some if stale.iter().all(may_be) => {
            format!("Stale reads only where R + W is at most N: {}", list(some))
        }
        some => format!("Stale reads with N/R/W {}", list(some)),
    }
}
