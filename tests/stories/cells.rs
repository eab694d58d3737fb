//! The cells of the matrix, each run and looked at once for all tests.

use super::{claims, clauses, page, support::run};
use judge::cause::{Kind, defences};
use reports::StoryOptions;
use scenarios::Property;
use std::sync::OnceLock;

/// What one cell's story and reasons say.
pub(crate) struct Told {
    pub(crate) scenario: &'static str,
    pub(crate) system: String,
    /// Whether everything held although there were faults.
    pub(crate) withstood: bool,
    /// Whether it is said then what prevented harm.
    pub(crate) defended: bool,
    /// How many words its story takes as `run` prints it, without what is proved.
    pub(crate) words: usize,
    /// How many sentences say why.
    pub(crate) sentences: usize,
    /// Those of them that the trace does not show.
    pub(crate) unproved: Vec<String>,
    /// The kinds that its violations are said to be of.
    pub(crate) kinds: Vec<(Property, Kind)>,
    /// Those of them that the events do not show.
    pub(crate) unshown: Vec<String>,
}

impl Told {
    /// Findings, each with the name of the cell.
    pub(crate) fn of(&self, findings: &[String]) -> Vec<String> {
        let name = |it: &String| format!("{} on {}, {it}", self.scenario, self.system);
        findings.iter().map(name).collect()
    }
}

/// Every cell.
pub(crate) fn told() -> &'static [Told] {
    static TOLD: OnceLock<Vec<Told>> = OnceLock::new();
    TOLD.get_or_init(|| {
        let cells = cells();
        assert!(cells.len() > 300, "the library has as many");
        let threads = std::thread::available_parallelism().unwrap();
        sim::in_parallel(&cells, threads, |(scenario, system)| tell(scenario, system), |_, _| {})
    })
}

fn cells() -> Vec<(&'static str, String)> {
    let mut cells = Vec::new();
    for embedded in scenarios::library() {
        let scenario = scenarios::find(embedded.name).unwrap();
        cells.extend(scenario.expect.keys().map(|system| (embedded.name, system.clone())));
    }
    cells
}

fn tell(scenario: &'static str, system: &str) -> Told {
    let run = run(scenario, system);
    let (sentences, unproved) = claims::look(&run);
    let (kinds, unshown) = clauses::look(&run);
    let words = page::words(&reports::story(&run, &StoryOptions::default()));
    let violated = run.judgements.iter().any(|it| it.verdict.witness().is_some());
    let withstood = !violated && !run.faults.is_empty();
    let defended = withstood && !defences(&run).is_empty();
    Told {
        withstood,
        defended,
        words,
        scenario,
        system: system.to_owned(),
        sentences,
        unproved,
        kinds,
        unshown,
    }
}
