//! Why properties were violated, as the trace of the run shows it.

mod kinds;
mod lead;
mod waits;
mod words;

use super::{
    Telling,
    paper::{Paper, Tone},
};
use judge::{
    cause::Cause,
    record::{Judgement, Witness},
};

/// At most this many facts of a witness are told.
const MOST_FACTS: usize = 3;

pub(super) fn write(telling: &Telling<'_>, paper: &mut Paper) {
    let violated = telling.run.judgements.iter();
    let mut violated: Vec<(&Judgement, &Witness)> =
        violated.filter_map(|it| Some((it, it.verdict.witness()?))).collect();
    violated.sort_by_key(|(judgement, _)| lead::rank(judgement));
    let mut told: Vec<&Cause<'_>> = Vec::new();
    for (judgement, witness) in violated {
        let cause = telling.causes.iter().find(|cause| cause.property == judgement.property);
        let same = cause.and_then(|cause| told.iter().find(|known| known.is_like(cause)));
        let name = judgement.property.name();
        if let Some(same) = same {
            let _ = same;
            continue;
        }
        paper.part(&format!("WHY {} IS VIOLATED", name.to_uppercase()));
        let found = format!("Found: {}.", witness.summary.trim_end_matches('.'));
        paper.line("  ", &[(&found, Tone::Bad)]);
        for fact in witness.facts.iter().take(MOST_FACTS) {
            paper.line("  - ", &[(fact, Tone::Plain)]);
        }
        if let Some(cause) = cause {
            let kind = cause.kind.map_or("?", judge::cause::Kind::name);
            paper.line("  ", &[("KIND: ", Tone::Notable), (kind, Tone::Notable)]);
            tell(telling, cause, paper);
            told.push(cause);
        }
    }
}

fn tell(telling: &Telling<'_>, cause: &Cause<'_>, paper: &mut Paper) {
    if let Some(short) = kinds::in_short(telling.run, cause) {
        paper.line("  ", &[("In short: ", Tone::Notable), (&short, Tone::Heading)]);
    }
    if !cause.steps.is_empty() {
        paper.line("  ", &[("How it came about:", Tone::Plain)]);
    }
    for (position, step) in cause.steps.iter().enumerate() {
        let step = words::sentence(telling.run, step);
        paper.line(&format!("  {}. ", position + 1), &[(&step, Tone::Plain)]);
    }
}
