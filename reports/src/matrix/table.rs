//! `matrix.csv`

use super::{Content, Matrix};
use crate::{csv::Table, summary::expected};

/// The columns of `matrix.csv`:
///
/// - `scenario`, `system`: the cell
/// - `flaws`: those of the system that were switched on, with spaces between
/// - `property`: one row for each; empty in rows that say what else is wrong with the cell
/// - `verdict`: `holds` (with every seed), `violated` (with at least one), `unknown`; or
///   `defect` (of the scenario itself) or `panicked`
/// - `expected`: `holds`, `violated` or `unstated`; empty without a property
/// - `as_expected`: `true` or `false`
/// - `violations`: with how many seeds it is violated; empty without a property
/// - `seed`: the first that shows a verdict other than `holds`
/// - `summary`: the verdict in one sentence
pub const COLUMNS: [&str; 10] = [
    "scenario",
    "system",
    "flaws",
    "property",
    "verdict",
    "expected",
    "as_expected",
    "violations",
    "seed",
    "summary",
];

impl Matrix {
    /// The cells as CSV, a row for each property of each.
    pub fn csv(&self) -> String {
        let mut table = Table::new(COLUMNS);
        for (scenario, system, cell) in self.cells() {
            let flaws = &cell.flaws.join(" ");
            let mut wrong = |verdict, defect: &super::Defect| {
                let seed = defect.seed().to_string();
                let text = &defect.text;
                table.row([scenario, system, flaws, "", verdict, "", "false", "", &seed, text]);
            };
            let (findings, defects) = match &cell.content {
                Content::Panicked(panic) => {
                    wrong("panicked", panic);
                    continue;
                }
                Content::Judged { findings, defects } => (findings, defects),
            };
            defects.iter().for_each(|defect| wrong("defect", defect));
            for finding in findings {
                table.row([
                    scenario,
                    system,
                    flaws,
                    finding.property,
                    finding.standing.word(),
                    expected(finding.expected),
                    if finding.as_expected() { "true" } else { "false" },
                    &finding.violations().to_string(),
                    &finding.seed().map(|seed| seed.to_string()).unwrap_or_default(),
                    &finding.summary,
                ]);
            }
        }
        table.finish()
    }
}
