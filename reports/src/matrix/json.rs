//! `matrix.json`: what machines read of a matrix.

use super::{Beside, Content, Defect, Finding, Leaves, Matrix, Standing, surprise::command};
use crate::summary::expected;
use serde::Serialize;

/// Marks a matrix as one of ours.
pub const SCHEMA: &str = "seedbed-matrix";
/// The version of the shape of `matrix.json`. It grows when a field changes its meaning or goes;
/// new fields leave it as it is.
pub const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    schema_version: u32,
    tool_version: &'static str,
    finding: String,
    as_expected: bool,
    seeds: u64,
    properties: &'a [&'static str],
    systems: &'a [String],
    scenarios: Vec<&'a str>,
    cells: Vec<CellSummary<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    beside: &'a [Beside],
}

#[derive(Serialize)]
struct CellSummary<'a> {
    scenario: &'a str,
    system: &'a str,
    flaws: &'a [String],
    leaves: Option<Leaves>,
    as_expected: bool,
    properties: Vec<FindingSummary<'a>>,
    defects: Vec<DefectSummary<'a>>,
    panicked: Option<DefectSummary<'a>>,
    commands: Vec<String>,
}

#[derive(Serialize)]
struct FindingSummary<'a> {
    property: &'static str,
    verdict: Standing,
    expected: &'static str,
    as_expected: bool,
    violations: u64,
    seed: Option<u64>,
    seeds: &'a [u64],
    summary: &'a str,
}

#[derive(Serialize)]
struct DefectSummary<'a> {
    seed: u64,
    seeds: &'a [u64],
    text: &'a str,
}

impl Matrix {
    /// The matrix as JSON, indented, with a line break at its end.
    ///
    /// Beside each verdict stand what was expected, the first seed that shows it, and all that do;
    /// `commands` holds a command for each of the first seeds of a cell.
    pub fn to_json(&self) -> String {
        let document = Document {
            schema: SCHEMA,
            schema_version: SCHEMA_VERSION,
            tool_version: env!("CARGO_PKG_VERSION"),
            finding: self.finding(),
            as_expected: self.as_expected(),
            seeds: self.seeds,
            properties: &self.properties,
            systems: &self.systems,
            scenarios: self.rows.iter().map(|row| row.scenario.as_str()).collect(),
            cells: self.cells().map(|cell| summary(self, cell)).collect(),
            beside: &self.beside,
        };
        serde_json::to_string_pretty(&document).expect("a matrix has only string keys") + "\n"
    }
}

fn summary<'a>(
    matrix: &Matrix,
    (scenario, system, cell): (&'a str, &'a str, &'a super::Cell),
) -> CellSummary<'a> {
    let by_hand = matrix.by_hand(system);
    let shows = |seed| command(scenario, system, seed, by_hand, matrix.stage);
    let (findings, defects, panicked): (&[Finding], &[Defect], _) = match &cell.content {
        Content::Judged { findings, defects } => (findings, defects, None),
        Content::Panicked(panic) => (&[], &[], Some(panic)),
    };
    let wrong = defects.iter().chain(panicked).map(Defect::seed);
    let mut seeds: Vec<u64> = findings.iter().filter_map(Finding::seed).chain(wrong).collect();
    seeds.sort_unstable();
    seeds.dedup();
    CellSummary {
        scenario,
        system,
        flaws: &cell.flaws,
        leaves: cell.leaves,
        as_expected: cell.as_expected(),
        properties: findings.iter().map(finding_summary).collect(),
        defects: defects.iter().map(defect_summary).collect(),
        panicked: panicked.map(defect_summary),
        commands: seeds.into_iter().map(shows).collect(),
    }
}

fn defect_summary(defect: &Defect) -> DefectSummary<'_> {
    DefectSummary { seed: defect.seed(), seeds: &defect.seeds, text: &defect.text }
}

fn finding_summary(finding: &Finding) -> FindingSummary<'_> {
    FindingSummary {
        property: finding.property,
        verdict: finding.standing,
        expected: expected(finding.expected),
        as_expected: finding.as_expected(),
        violations: finding.violations(),
        seed: finding.seed(),
        seeds: &finding.seeds,
        summary: &finding.summary,
    }
}
