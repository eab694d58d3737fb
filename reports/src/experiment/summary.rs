//! `summary.json` of an experiment.

use super::{ExperimentResults, Row, SweepResults, measure::ms};
use crate::quantile::LatencySummary;
use node::client::Route;
use scenarios::experiment::Trial;
use serde_json::{Value, json};

/// Marks the summary of an experiment as one of ours.
pub const EXPERIMENT_SCHEMA: &str = "seedbed-experiment";
/// The version of the summary's shape. It grows when a field changes its meaning or
/// goes; new fields leave it as it is.
pub const EXPERIMENT_SCHEMA_VERSION: u32 = 1;

pub(super) fn json(results: &ExperimentResults) -> String {
    let experiment = &results.experiment;
    let charts: Vec<_> = experiment
        .charts
        .iter()
        .flat_map(|chart| [format!("charts/{chart}.png"), format!("charts/{chart}.svg")])
        .collect();
    let summary = json!({
        "schema": EXPERIMENT_SCHEMA,
        "schema_version": EXPERIMENT_SCHEMA_VERSION,
        "tool_version": env!("CARGO_PKG_VERSION"),
        "experiment": experiment.name,
        "title": experiment.title,
        "about": experiment.about,
        "source": experiment.source,
        "seed": results.seed,
        "defects": results.defects(),
        "charts": charts,
        "sweeps": results.sweeps.iter().map(sweep).collect::<Vec<_>>(),
    });
    format!("{summary:#}")
}

fn sweep(results: &SweepResults) -> Value {
    json!({
        "table": format!("{}.csv", results.sweep.table),
        "varies": results.sweep.varies,
        "conditions": results.conditions(),
        "rows": results.rows.iter().map(row).collect::<Vec<_>>(),
    })
}

fn row(Row { trial, measured }: &Row) -> Value {
    json!({
        "series": trial.series,
        "setting": trial.setting,
        "system": trial.system,
        "flaws": trial.scenario.system.flaws,
        "seed": measured.seed,
        "digest": measured.digest,
        "nodes": trial.scenario.cluster.nodes,
        "clients": trial.clients(),
        "routes": routes(trial),
        "simulated_ms": ms(measured.simulated),
        "total_requests": measured.begun,
        "success": measured.succeeded,
        "failures": measured.failed(),
        "throughput_rps": measured.throughput_rps(),
        "latency": {
            "all": latency(measured.all),
            "reads": latency(measured.reads),
            "writes": latency(measured.writes),
        },
        "reads_answered": measured.reads_answered,
        "stale_reads": measured.stale_reads,
        "writes_acknowledged": measured.writes_acknowledged,
        "lost_writes": measured.lost_writes,
        "held_writes": measured.held_writes,
        "differing_keys": measured.differing_keys,
        "held_keys": measured.held_keys,
        "clock_readings": measured.clock_readings,
        "original": trial.reference.map(|theirs| json!({
            "throughput_rps": theirs.throughput_rps,
            "avg_latency_ms": theirs.avg_latency_ms,
            "p95_ms": theirs.p95_ms,
        })),
    })
}

fn routes(trial: &Trial) -> Value {
    let name = |route: Route| json!(route);
    let workload = trial.scenario.workload.as_ref();
    json!(workload.map(|w| json!({ "reads": name(w.reads), "writes": name(w.writes) })))
}

fn latency(summary: Option<LatencySummary>) -> Value {
    json!(summary.map(|s| json!({
        "count": s.count,
        "avg_ms": ms(s.mean),
        "p50_ms": ms(s.p50),
        "p95_ms": ms(s.p95),
        "p99_ms": ms(s.p99),
        "max_ms": ms(s.max),
    })))
}
