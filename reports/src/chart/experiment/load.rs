//! The charts of the FastAPI outline.

use super::{
    BarChart, Heading, LOOKS, LineChart,
    bars::{BarPanel, BarSeries},
    lines::{Axis, Line, LinePanel, Style},
};
use crate::{
    chart::{
        canvas::{DARK, LIGHT, Shape},
        frame::Sample,
    },
    experiment::{ExperimentResults, Row, SweepResults, milliseconds as ms},
    quantile::LatencySummary,
    text::number,
};
use plotters::style::RGBColor;
use scenarios::experiment::{MODES, Reference};
use std::time::Duration;

const CLIENTS: Axis = Axis {
    name: "concurrency (clients, each with one request under way)",
    log: false,
    from_zero: true,
};
const LATENCY: Axis = Axis { name: "latency (ms)", log: false, from_zero: true };
const ORIGINAL: &str = "the original's own figure";
/// The concurrencies shown as bars.
const SHOWN: [usize; 4] = [5, 20, 40, 50];
const RAMP: [RGBColor; 4] = [RGBColor(0xb8, 0xdb, 0xf2), LIGHT, RGBColor(0x1c, 0x62, 0xa0), DARK];

/// One figure of a summary of latencies.
type Part = fn(&LatencySummary) -> Duration;
/// One of the original's figures.
type Theirs = fn(Reference) -> Option<f64>;

pub(super) fn throughput_by_mode(results: &ExperimentResults) -> BarChart {
    let data = results.sweep("data");
    let find =
        |mode: &str, clients: usize| data.of(mode).find(|row| row.trial.clients() == clients);
    let rps = |row: &Row| row.measured.throughput_rps();
    let groups = data.series();
    let series = SHOWN.into_iter().zip(RAMP).map(|(clients, colour)| BarSeries {
        colour,
        values: groups.iter().map(|mode| find(mode, clients).map_or(0.0, rps)).collect(),
        theirs: groups
            .iter()
            .map(|mode| find(mode, clients)?.trial.reference?.throughput_rps)
            .collect(),
    });
    // Of the bars that are drawn, not of all rows.
    let peak = |mode: &str| {
        SHOWN.iter().filter_map(|clients| find(mode, *clients)).map(rps).fold(0.0, f64::max)
    };
    let most = |mode: &&str| format!("{} {mode}", number(peak(mode).round() as u64));
    let parts: Vec<_> = groups.iter().map(most).collect();
    let legend = SHOWN
        .into_iter()
        .zip(RAMP)
        .map(|(clients, colour)| (Sample::Swatch(colour), format!("{clients} clients")));
    BarChart {
        heading: Heading {
            name: "throughput_by_mode",
            finding: format!("The highest bar of each kind, requests/s: {}", parts.join(", ")),
            notes: notes(data, &groups, results.seed),
        },
        axis: "kind of workload",
        groups: groups.iter().map(|mode| label(mode)).collect(),
        panels: vec![BarPanel {
            axis: "throughput (requests/s)",
            labelled: true,
            series: series.collect(),
        }],
        legend: legend.chain([(Sample::Hollow(Shape::Diamond), ORIGINAL.to_owned())]).collect(),
    }
}

pub(super) fn latency_vs_concurrency(results: &ExperimentResults) -> LineChart {
    let data = results.sweep("data");
    let parts: [(&str, Part); 2] = [("mean", |s| s.mean), ("p95", |s| s.p95)];
    let mut lines = Vec::new();
    let mut legend = Vec::new();
    for ((name, part), look) in parts.into_iter().zip([LOOKS[0], LOOKS[3]]) {
        lines.push(Line { look: Style::Ours(look), points: points(data, "mixed", part) });
        legend.push((look.sample(), name.to_owned()));
    }
    let theirs: [(&str, Shape, Theirs); 2] = [
        ("original's mean", Shape::Circle, |r| Some(r.avg_latency_ms)),
        ("original's p95", Shape::Square, |r| r.p95_ms),
    ];
    for (name, shape, part) in theirs {
        let of = |row: &Row| Some((row.trial.x, part(row.trial.reference?)?));
        let points = data.of("mixed").filter_map(of).collect();
        lines.push(Line { look: Style::Theirs(shape), points });
        legend.push((Sample::Hollow(shape), name.to_owned()));
    }
    LineChart {
        heading: Heading {
            name: "latency_vs_concurrency",
            finding: grows(data),
            notes: notes(data, &["mixed"], results.seed),
        },
        x: CLIENTS,
        panels: vec![LinePanel { y: LATENCY, lines }],
        legend,
    }
}

/// That latency grows and throughput does not, with the figures of five clients and of the most.
fn grows(data: &SweepResults) -> String {
    let rows: Vec<_> = data.of("mixed").collect();
    let five = rows.iter().find(|row| row.trial.clients() == 5);
    let (Some(few), Some(many)) = (five.or(rows.first()), rows.last()) else {
        return "No mixed load was run".to_owned();
    };
    let mean = |row: &Row| row.measured.all.map_or(0.0, |s| ms(s.mean));
    let rps = |row: &Row| row.measured.throughput_rps();
    let gain = rps(many) / rps(few).max(1e-9);
    let gain = match (gain - 1.0).abs() < 0.05 {
        true => "the same throughput".to_owned(),
        false => format!("{gain:.1} times the throughput"),
    };
    let (a, b) = (few.trial.clients(), many.trial.clients());
    format!(
        "{b} clients wait {:.0} times as long as {a} ({:.0} and {:.0} ms), for {gain}",
        mean(many) / mean(few).max(1e-9),
        mean(many),
        mean(few),
    )
}

pub(super) fn read_heavy_vs_write_heavy(results: &ExperimentResults) -> LineChart {
    let data = results.sweep("data");
    let parts: [(&str, &str, Part); 4] = [
        ("read-heavy", "mean", |s| s.mean),
        ("read-heavy", "p95", |s| s.p95),
        ("write-heavy", "mean", |s| s.mean),
        ("write-heavy", "p95", |s| s.p95),
    ];
    let mut lines = Vec::new();
    let mut legend = Vec::new();
    for ((mode, name, part), look) in parts.into_iter().zip(LOOKS) {
        lines.push(Line { look: Style::Ours(look), points: points(data, mode, part) });
        legend.push((look.sample(), format!("{mode}, {name}")));
    }
    let at = |mode: &str, clients: usize| {
        let row = data.of(mode).find(|row| row.trial.clients() == clients)?;
        Some(ms(row.measured.all?.mean))
    };
    let finding = match (at("read-heavy", 50), at("write-heavy", 50)) {
        (Some(reads), Some(writes)) => format!(
            "With 50 clients a write-heavy load waits {:.1} times as long as a read-heavy one \
             ({writes:.0} and {reads:.0} ms)",
            writes / reads
        ),
        _ => "What a read-heavy and a write-heavy load wait".to_owned(),
    };
    LineChart {
        heading: Heading {
            name: "read_heavy_vs_write_heavy",
            finding,
            notes: notes(data, &["read-heavy", "write-heavy"], results.seed),
        },
        x: CLIENTS,
        panels: vec![LinePanel { y: LATENCY, lines }],
        legend,
    }
}

pub(super) fn tail_latency(results: &ExperimentResults) -> LineChart {
    let data = results.sweep("tail-latency");
    let parts: [(&str, Part); 2] = [("p50", |s| s.p50), ("p99", |s| s.p99)];
    let writes = |series: &str, part: Part| -> Vec<(f64, f64)> {
        let of = |row: &Row| Some((row.trial.x, ms(part(&row.measured.writes?))));
        data.of(series).filter_map(of).collect()
    };
    let mut looks = LOOKS.into_iter();
    let (mut lines, mut legend) = (Vec::new(), Vec::new());
    for series in data.series() {
        for ((name, part), look) in parts.into_iter().zip(looks.by_ref()) {
            lines.push(Line { look: Style::Ours(look), points: writes(series, part) });
            legend.push((look.sample(), format!("{series}: {name}")));
        }
    }
    let value = |position: usize, rate: f64| {
        let line: &Line = lines.get(position)?;
        line.points.iter().find(|point| point.0 == rate).map(|point| point.1)
    };
    let at_200 = |position| value(position, 200.0);
    let finding = match (at_200(0), at_200(1), at_200(2), at_200(3)) {
        (Some(p50), Some(p99), Some(p50_first), Some(p99_first)) => format!(
            "Writes at 200 requests/s: p50 {p50:.0} ms and p99 {p99:.0} ms that wait for \
             followers, {p50_first:.0} and {p99_first:.0} ms answered first"
        ),
        _ => "Latency of writes that wait for followers, and that are answered first".to_owned(),
    };
    let first = format!(
        "writes, half of all requests; where they are answered first the push is modelled as one more \
         event at the leader, which fills it sooner  -  sync-leader, seed {}",
        results.seed
    );
    LineChart {
        heading: Heading {
            name: "tail_latency_with_and_without_replication",
            finding,
            notes: [first, data.conditions()],
        },
        x: Axis { name: "offered load (requests/s)", log: false, from_zero: true },
        panels: vec![LinePanel {
            y: Axis { name: "latency of writes (ms, log scale)", log: true, from_zero: true },
            lines,
        }],
        legend,
    }
}

fn points(data: &SweepResults, mode: &str, part: Part) -> Vec<(f64, f64)> {
    let of = |row: &Row| Some((row.trial.x, ms(part(&row.measured.all?))));
    data.of(mode).filter_map(of).collect()
}

/// `mixed (50% writes)`.
fn label(mode: &str) -> String {
    let known = MODES.iter().find(|known| known.name == mode);
    known.map_or(mode.to_owned(), |known| format!("{mode} ({:.0}% writes)", known.puts * 100.0))
}

fn notes(data: &SweepResults, modes: &[&str], seed: u64) -> [String; 2] {
    let system = data.rows.first().map_or("", |row| row.trial.system);
    let modes: Vec<_> = modes.iter().map(|mode| label(mode)).collect();
    [format!("{}  -  {system}, seed {seed}", modes.join(", ")), data.conditions()]
}
