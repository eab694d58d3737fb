//! Runs on processes beside the same in the simulator: where their verdicts differ.

use super::Matrix;
use crate::{
    csv::Table,
    paper::{Paper, Tone},
    summary,
};
use judge::{
    record::{Expected, Judgement},
    text::count,
};
use serde::Serialize;

/// The columns of `beside.csv`.
const COLUMNS: [&str; 7] =
    ["scenario", "system", "seed", "property", "expected", "simulator", "processes"];

/// What was found of a property in a run on processes, and in the simulator with the same seed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Beside {
    /// The scenario.
    pub scenario: String,
    /// The system.
    pub system: String,
    /// The seed.
    pub seed: u64,
    /// The property.
    pub property: &'static str,
    /// What the scenario states.
    pub expected: Expected,
    /// The verdict in the simulator, in one word.
    pub simulator: &'static str,
    /// The verdict on processes.
    pub processes: &'static str,
}

impl Beside {
    /// What was found of each property in two runs of one scenario on one system.
    pub fn of(
        scenario: &str,
        system: &str,
        seed: u64,
        simulator: &[Judgement],
        processes: &[Judgement],
    ) -> Vec<Self> {
        let beside = |live: &Judgement| {
            let same = simulator.iter().find(|it| it.property == live.property)?;
            Some(Self {
                scenario: scenario.to_owned(),
                system: system.to_owned(),
                seed,
                property: live.property.name(),
                expected: live.expected,
                simulator: same.verdict.word(),
                processes: live.verdict.word(),
            })
        };
        processes.iter().filter_map(beside).collect()
    }

    /// Whether the two verdicts differ.
    pub fn differs(&self) -> bool {
        self.simulator != self.processes
    }
}

impl Matrix {
    /// The verdicts side by side as CSV, a row each; `None` if there is nothing to compare.
    pub fn beside_csv(&self) -> Option<String> {
        if self.beside.is_empty() {
            return None;
        }
        let mut table = Table::new(COLUMNS);
        for it in &self.beside {
            let (seed, expected) = (it.seed.to_string(), summary::expected(it.expected));
            let Beside { scenario, system, property, simulator, processes, .. } = it;
            table.row([scenario.as_str(), system, &seed, property, expected, simulator, processes]);
        }
        Some(table.finish())
    }
}

/// Tells where the two differ, those first of which the scenario states something.
pub(super) fn tell(matrix: &Matrix, paper: &mut Paper) {
    if matrix.beside.is_empty() {
        return;
    }
    paper.part("ON PROCESSES AND IN THE SIMULATOR");
    let mut differing: Vec<&Beside> = matrix.beside.iter().filter(|it| it.differs()).collect();
    differing.sort_by_key(|it| it.expected == Expected::Unstated);
    let verdicts = count(matrix.beside.len() as u64, "verdict", "verdicts");
    let stated = differing.iter().filter(|it| it.expected != Expected::Unstated).count();
    let text = match (differing.len(), stated) {
        (0, _) => format!("{verdicts}, the same on both."),
        (all, 0) => format!("{verdicts}; {all} differ, none of which anything is stated."),
        (all, some) => format!("{verdicts}; {all} differ, {some} of which something is stated."),
    };
    paper.line("  ", &[(&text, Tone::Plain)]);
    for it in differing {
        let Beside { scenario, system, seed, property, simulator, processes, .. } = it;
        let place = format!("{scenario} on {system}, seed {seed}: ");
        let what = format!("{property} {processes} on processes, {simulator} in the simulator");
        let tone = match it.expected {
            Expected::Unstated => Tone::Faint,
            _ => Tone::Bad,
        };
        paper.line("  - ", &[(&place, Tone::Plain), (&what, tone)]);
    }
}
