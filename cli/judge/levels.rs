//! The levels of consistency by their names, and what each says of a history.

use crate::failure::Failure;
use judge::{
    consistency::{
        Budget, Finding, Known, LEVELS, Proof, Subject,
        linear::{self, Outcome},
    },
    foreign::{History, Lines},
};

/// The level that is asked for if none is named.
pub(crate) const LINEARIZABILITY: &str = "linearizability";

/// The name that stands for every level.
pub(crate) const ALL: &str = "all";

const SUMMARY: &str =
    "each operation takes effect at one moment between its invocation and its answer";

/// Every level, the strongest first: its name, and what it promises.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    let others = LEVELS.iter().map(|level| (level.name, level.summary));
    let first = others.clone().all(|(name, _)| name != LINEARIZABILITY);
    first.then_some((LINEARIZABILITY, SUMMARY)).into_iter().chain(others)
}

/// The levels that are named, each once.
pub(crate) fn named(names: &[String]) -> Result<Vec<&'static str>, Failure> {
    let known: Vec<_> = all().map(|(name, _)| name).collect();
    let mut chosen = Vec::new();
    for name in names {
        if name == ALL {
            return Ok(known);
        }
        let Some(level) = known.iter().find(|level| *level == name) else {
            let help = match scenarios::nearest(name, &known) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("a history is judged by {}, or `{ALL}`", known.join(", ")),
            };
            return Err(Failure::input(format!("there is no property `{name}`"), help));
        };
        if !chosen.contains(level) {
            chosen.push(*level);
        }
    }
    Ok(chosen)
}

/// What a level says of a history.
pub(crate) struct Verdict {
    pub(crate) property: &'static str,
    /// `holds`, `violated` or `unknown`.
    pub(crate) word: &'static str,
    /// One sentence.
    pub(crate) summary: String,
    /// The proof of a violation, a line a fact.
    pub(crate) facts: Vec<String>,
    /// The operations it rests on, by position.
    pub(crate) operations: Vec<usize>,
}

impl Verdict {
    /// The verdict as tables show it.
    pub(crate) fn shown(&self) -> &'static str {
        match self.word {
            "violated" => "VIOLATED",
            word => word,
        }
    }
}

/// Judges a history by levels.
pub(crate) fn judge(
    history: &History,
    levels: &[&'static str],
    steps: Option<u64>,
) -> Vec<Verdict> {
    let budget = steps.map_or_else(linear::Budget::default, linear::Budget::steps);
    let outcome = linear::linearizability(&history.calls, budget);
    let known = Known {
        linearizable: match &outcome {
            Outcome::Linearizable => Some(true),
            Outcome::NotLinearizable(_) => Some(false),
            Outcome::Undecided(_) => None,
        },
    };
    let budget = steps.map_or_else(Budget::default, |steps| Budget { steps });
    let subject = Subject::new(&history.calls);
    let verdict = |property: &&'static str| {
        let level = LEVELS.iter().find(|level| level.name == *property);
        match level.filter(|level| level.name != LINEARIZABILITY) {
            None => linearizability(history, &outcome),
            Some(level) => {
                let finding = (level.judge)(&subject, known, budget);
                of_finding(history, level.name, finding)
            }
        }
    };
    levels.iter().map(verdict).collect()
}

fn linearizability(history: &History, outcome: &Outcome) -> Verdict {
    let calls = history.calls.calls.len();
    let verdict = |word, summary| Verdict {
        property: LINEARIZABILITY,
        word,
        summary,
        facts: Vec::new(),
        operations: Vec::new(),
    };
    match outcome {
        Outcome::Linearizable => {
            let summary = match calls {
                0 => "there is no operation that tells anything".to_owned(),
                1 => "the one operation that tells something is explained".to_owned(),
                calls => format!("an order explains the answers of all {calls} operations"),
            };
            verdict("holds", summary)
        }
        Outcome::NotLinearizable(window) => {
            let name = |position: usize| who(history, position);
            let mut facts = window.lines(name);
            let summary = if facts.is_empty() { String::new() } else { facts.remove(0) };
            let of_tail = window.tail.iter().map(|placed| placed.position);
            let of_blocked = window.blocked.iter().map(|blocked| blocked.position);
            let operations = of_tail.chain(of_blocked).collect();
            Verdict { facts, operations, ..verdict("violated", summary) }
        }
        Outcome::Undecided(keys) => {
            let keys: Vec<_> = keys.iter().flatten().map(|key| format!("{key:?}")).collect();
            let whose = match keys.as_slice() {
                [] => "the history".to_owned(),
                [key] => format!("key {key}"),
                [first, more @ ..] => format!("key {first} and {} more", more.len()),
            };
            let summary = format!(
                "the steps were spent before {whose} was decided; `--steps` gives more of them"
            );
            verdict("unknown", summary)
        }
    }
}

fn of_finding(history: &History, property: &'static str, finding: Finding) -> Verdict {
    let word = finding.word();
    let (summary, facts, operations) = match finding {
        Finding::Holds(summary) | Finding::Unknown(summary) => (summary, Vec::new(), Vec::new()),
        Finding::Violated(Proof { summary, facts, calls, .. }) => {
            let facts = facts
                .into_iter()
                .map(|(position, fact)| format!("{}: {fact}", lines(history, position)));
            (summary, facts.collect(), calls)
        }
    };
    Verdict { property, word, summary, facts, operations }
}

/// How an operation is called by whoever has the file.
fn who(history: &History, position: usize) -> String {
    let lines = lines(history, position);
    match history.calls.calls.iter().find(|call| call.position == position) {
        Some(call) => format!("process {}, {lines}", call.session),
        None => lines,
    }
}

fn lines(history: &History, position: usize) -> String {
    match history.lines.get(position) {
        None => format!("operation {position}"),
        Some(Lines { invoked, returned: Some(returned) }) if returned != invoked => {
            format!("lines {invoked} and {returned}")
        }
        Some(Lines { invoked, .. }) => format!("line {invoked}"),
    }
}
