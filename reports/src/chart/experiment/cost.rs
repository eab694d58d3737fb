//! The chart of the ghost-data report's table.

use super::{
    BarChart, Heading,
    bars::{BarPanel, BarSeries},
};
use crate::{
    chart::{
        canvas::{LIGHT, Shape},
        frame::Sample,
    },
    experiment::{ExperimentResults, Row, milliseconds as ms},
    text::number,
};

/// One figure of a row, of ours or of theirs.
type Figure = fn(&Row) -> Option<f64>;

const MEAN: Figure = |row| Some(ms(row.measured.all?.mean));
const RPS: Figure = |row| Some(row.measured.throughput_rps());

pub(super) fn write_cost(results: &ExperimentResults) -> BarChart {
    let data = results.sweep("data");
    let rows: Vec<_> = results.sweep("local-write").rows.iter().chain(&data.rows).collect();
    let panel = |axis, ours: Figure, theirs: Figure| BarPanel {
        axis,
        labelled: true,
        series: vec![BarSeries {
            colour: LIGHT,
            values: rows.iter().map(|row| ours(row).unwrap_or_default()).collect(),
            theirs: rows.iter().map(|row| theirs(row)).collect(),
        }],
    };
    let group = |row: &&Row| format!("{}, {}", row.trial.series, row.trial.clients());
    let first = format!(
        "a local write: a lone node, and its client in its process; all else: two followers  -  \
         async-leader and (both at once) sync-leader, seed {}",
        results.seed
    );
    BarChart {
        heading: Heading {
            name: "write_cost",
            finding: finding(&rows),
            notes: [first, data.conditions()],
        },
        axis: "what is asked, how followers are told of a write, and how many clients ask",
        groups: rows.iter().map(group).collect(),
        panels: vec![
            panel("mean latency (ms)", MEAN, |row| Some(row.trial.reference?.avg_latency_ms)),
            panel("throughput (operations/s)", RPS, |row| row.trial.reference?.throughput_rps),
        ],
        legend: vec![(Sample::Hollow(Shape::Diamond), "the original's own figure".to_owned())],
    }
}

/// Which way to tell two followers comes nearest to the original's replicated write.
fn finding(rows: &[&Row]) -> String {
    let said = |row: &&Row| {
        let theirs = row.trial.reference?;
        let (latency, rps) = (MEAN(row)?, RPS(row)?);
        let factor = |ours: f64, theirs: f64| (ours / theirs).max(theirs / ours);
        let apart = factor(latency, theirs.avg_latency_ms) * factor(rps, theirs.throughput_rps?);
        Some((apart, row.trial.series, latency, rps))
    };
    let replicated =
        rows.iter().filter(|row| row.trial.scenario.cluster.nodes > 1).filter_map(said);
    let nearest = replicated.min_by(|a, b| a.0.total_cmp(&b.0));
    nearest.map_or("What a write costs".to_owned(), |(_, series, latency, rps)| {
        format!(
            "Nearest to 2.1 ms at 4,000 replicated writes/s: {}, {latency:.1} ms at {}/s",
            series,
            number(rps.round() as u64)
        )
    })
}
