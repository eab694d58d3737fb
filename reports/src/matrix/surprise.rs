//! What is not as expected, one by one.

use super::{Cell, Content, Finding, Matrix, Standing};
use crate::flaw_options;
use judge::{
    Stage,
    record::Expected,
    text::{number, program},
};

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
    /// Where it showed.
    pub stage: Stage,
}

impl Surprise<'_> {
    /// The command that shows it.
    pub fn command(&self) -> String {
        command(self.scenario, self.system, self.seed, self.flaws, self.stage)
    }
}

/// The command that has one run again.
pub(super) fn command(
    scenario: &str,
    system: &str,
    seed: u64,
    flaws: &[String],
    stage: Stage,
) -> String {
    let flaws = flaw_options(flaws);
    let on = match stage {
        Stage::Simulator => "",
        Stage::Processes => " --on processes",
    };
    format!("{} run {scenario}{on} --system {system} --seed {seed}{flaws}", program())
}

impl Matrix {
    /// Everything that is not as expected, row by row.
    pub fn surprises(&self) -> Vec<Surprise<'_>> {
        let surprises =
            |(scenario, system, cell)| of(scenario, system, cell, self.by_hand(system), self.stage);
        self.cells().flat_map(surprises).collect()
    }
}

fn of<'a>(
    scenario: &'a str,
    system: &'a str,
    cell: &'a Cell,
    flaws: &'a [String],
    stage: Stage,
) -> Vec<Surprise<'a>> {
    let surprise = |seed, what, why| Surprise { scenario, system, seed, what, why, flaws, stage };
    if cell.expects_nothing() {
        return Vec::new();
    }
    match &cell.content {
        Content::Panicked(panic) => {
            vec![surprise(
                panic.seed(),
                format!("panicked with {}", seeds(&panic.seeds)),
                &panic.text,
            )]
        }
        Content::Judged { findings, defects } => {
            let missed = findings.iter().filter(|finding| !finding.as_expected());
            let missed = missed.map(|finding| {
                // What shows with no seed is shown as well by the first.
                surprise(finding.seed().unwrap_or(0), miss(finding), finding.summary.as_str())
            });
            let defects = defects.iter().map(|defect| {
                let what = format!("the scenario itself is wrong with {}", seeds(&defect.seeds));
                surprise(defect.seed(), what, &defect.text)
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
    match (finding.standing, &finding.seeds[..]) {
        (Standing::NotApplicable, _) => format!("{name} {wanted}, and there is no such thing"),
        (Standing::Holds, _) | (_, []) => format!("{name} {wanted}, and holds with every seed"),
        (standing, all) => {
            format!("{name} {wanted}, and is {} with {}", standing.word(), seeds(all))
        }
    }
}

/// So many seeds are told of one thing; the others are counted.
const MOST_SEEDS: usize = 10;

/// The seeds by their number and names: one, several, or some of many.
fn seeds(all: &[u64]) -> String {
    let told: Vec<_> = all.iter().take(MOST_SEEDS).map(u64::to_string).collect();
    let told = told.join(", ");
    match (all.len(), all.len().saturating_sub(MOST_SEEDS)) {
        (1, _) => format!("seed {told}"),
        (count, 0) => format!("{count} seeds: {told}"),
        (count, more) => {
            format!("{} seeds: {told} and {} more", number(count as u64), number(more as u64))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::seeds;

    #[test]
    fn many_seeds_are_counted() {
        assert_eq!(seeds(&[7]), "seed 7");
        assert_eq!(seeds(&[1, 7]), "2 seeds: 1, 7");
        let many: Vec<_> = (0..1012).collect();
        assert_eq!(seeds(&many), "1,012 seeds: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 1,002 more");
    }
}
