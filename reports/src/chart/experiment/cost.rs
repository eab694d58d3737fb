//! The chart of the costs of a write.

use super::{
    BarChart, Heading,
    bars::{BarPanel, BarSeries, short},
};
use crate::{
    chart::{
        canvas::{LIGHT, Shape},
        frame::Sample,
    },
    experiment::{ExperimentResults, Row, milliseconds as ms},
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
        "alone: one node, client in process; not awaited: to tell the followers is one more event at \
         the leader  -  async-leader, sync-leader, seed {}",
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

/// What a write takes on average, by way to tell two followers of it.
fn finding(rows: &[&Row]) -> String {
    // As it stands above its bar.
    let said = |row: &&Row, what: &str| Some(format!("{what} {}", short(MEAN(row)?)));
    let lone = rows.iter().filter(|row| row.trial.scenario.cluster.nodes == 1);
    let lone = lone.filter_map(|row| said(row, "alone"));
    let is_way = |row: &&&Row| {
        row.trial.scenario.cluster.nodes > 1
            && row.trial.clients() == 1
            && row.measured.writes.is_some()
    };
    let ways = rows.iter().filter(is_way).filter_map(|row| said(row, row.trial.series));
    let parts: Vec<_> = lone.chain(ways).collect();
    format!("Mean latency of a write by one client, ms: {}", parts.join(", "))
}
