//! What is not as expected, one by one.

use super::{Cell, Content, Finding, Matrix, Standing};
use crate::flaw_options;
use judge::{record::Expected, text::program};

/// Something in a cell that is not as expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Surprise<'a> {
    /// The scenario.
    pub scenario: &'a str,
    /// The system.
    pub system: &'a str,
    /// The first seed that shows it.
    pub seed: u64,
    /// What it is, in one line.
    pub what: String,
    /// The checker's sentence, or the message of a panic.
    pub why: &'a str,
    /// The flaws that were switched on by hand.
    pub flaws: &'a [String],
}

impl Surprise<'_> {
    /// The command that shows it.
    pub fn command(&self) -> String {
        command(self.scenario, self.system, self.seed, self.flaws)
    }
}

/// The command that has one run again.
pub(super) fn command(scenario: &str, system: &str, seed: u64, flaws: &[String]) -> String {
    let flaws = flaw_options(flaws);
    format!("{} run {scenario} --system {system} --seed {seed}{flaws}", program())
}

impl Matrix {
    /// Everything that is not as expected, row by row.
    pub fn surprises(&self) -> Vec<Surprise<'_>> {
        let surprises = |(scenario, system, cell)| of(scenario, system, cell, self.by_hand(system));
        self.cells().flat_map(surprises).collect()
    }
}

fn of<'a>(
    scenario: &'a str,
    system: &'a str,
    cell: &'a Cell,
    flaws: &'a [String],
) -> Vec<Surprise<'a>> {
    let surprise = |seed, what, why| Surprise { scenario, system, seed, what, why, flaws };
    if cell.expects_nothing() {
        return Vec::new();
    }
    match &cell.content {
        Content::Panicked(panic) => {
            vec![surprise(panic.seed, format!("panicked, seed {}", panic.seed), &panic.text)]
        }
        Content::Judged { findings, defects } => {
            let missed = findings.iter().filter(|finding| !finding.as_expected());
            let missed = missed.map(|finding| {
                // What shows with no seed is shown as well by the first.
                surprise(finding.seed.unwrap_or(0), miss(finding), finding.summary.as_str())
            });
            let defects = defects.iter().map(|defect| {
                surprise(defect.seed, "the scenario itself is wrong".to_owned(), &defect.text)
            });
            missed.chain(defects).collect()
        }
    }
}

fn miss(finding: &Finding) -> String {
    let wanted = match finding.expected {
        Expected::Violated => "was to be violated",
        Expected::Holds | Expected::Unstated => "was to hold",
    };
    let name = finding.property;
    match (finding.standing, finding.seed) {
        (Standing::NotApplicable, _) => format!("{name} {wanted}, and there is no such thing"),
        (Standing::Holds, _) | (_, None) => format!("{name} {wanted}, and holds with every seed"),
        (standing, Some(seed)) => {
            format!("{name} {wanted}, and is {} with seed {seed}", standing.word())
        }
    }
}
