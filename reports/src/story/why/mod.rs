//! Why a property was violated, drawn from the events of the run.

mod availability;
mod convergence;
mod durability;
mod evidence;
mod order;
mod staleness;
mod state_machine;
mod versions;
mod waits;

use super::{
    Telling,
    paper::{Paper, Tone},
};
use judge::{
    property::BELOW,
    record::{Expected, Judgement},
};
use scenarios::Property;

/// At most this many facts of a witness are told.
const MOST_FACTS: usize = 12;

/// How a violation came about.
#[derive(Default)]
struct Cause {
    /// All of it in one sentence.
    short: Option<String>,
    /// The steps, in order of time.
    steps: Vec<String>,
    /// What would have prevented or would repair it.
    mend: Option<String>,
}

pub(super) fn write(telling: &Telling<'_>, paper: &mut Paper) {
    let violated = || {
        let judgements = telling.run.judgements.iter();
        judgements.filter_map(|judgement| Some((judgement, judgement.verdict.witness()?)))
    };
    let is_stated = |judgement: &Judgement| judgement.expected != Expected::Unstated;
    let any_stated = violated().any(|(judgement, _)| is_stated(judgement));
    let any_linear = violated().any(|(it, _)| it.property == Property::Linearizability);
    // What the scenario is about comes alone; where it is about nothing, what is implied by
    // another violation does not come again. The table names the rest.
    let is_told = |it: &Judgement| {
        is_stated(it) || !(any_stated || any_linear && BELOW.contains(&it.property))
    };
    for (judgement, witness) in violated().filter(|(it, _)| is_told(it)) {
        let name = judgement.property.name();
        paper.part(&format!("WHY {} IS VIOLATED", name.to_uppercase()));
        let promise = format!("Promised: {}.", judgement.property.summary());
        paper.line("  ", &[(&promise, Tone::Faint)]);
        let found = format!("Found: {}.", witness.summary.trim_end_matches('.'));
        paper.line("  ", &[(&found, Tone::Bad)]);
        for fact in witness.facts.iter().take(MOST_FACTS) {
            paper.line("  - ", &[(fact, Tone::Plain)]);
        }
        if let Some(more) = witness.facts.len().checked_sub(MOST_FACTS + 1) {
            paper.line("  - ", &[(&format!("and {} more", more + 1), Tone::Faint)]);
        }
        let cause = match judgement.property {
            Property::Convergence => convergence::explain(telling, witness),
            Property::Durability => durability::explain(telling, witness),
            Property::Staleness => staleness::explain(telling, witness),
            Property::Availability => availability::explain(telling),
            Property::StateMachine => state_machine::explain(telling.run, witness),
            Property::PerKeyOrder => order::explain(telling, witness),
            Property::Versions => versions::explain(telling, witness),
            // The witness says it all.
            _ => Cause::default(),
        };
        tell(&cause, paper);
    }
}

fn tell(cause: &Cause, paper: &mut Paper) {
    if let Some(short) = &cause.short {
        paper.line("  ", &[("In short: ", Tone::Notable), (short, Tone::Heading)]);
    }
    if !cause.steps.is_empty() {
        paper.line("  ", &[("How it came about:", Tone::Plain)]);
    }
    for (position, step) in cause.steps.iter().enumerate() {
        paper.line(&format!("  {}. ", position + 1), &[(step, Tone::Plain)]);
    }
    if let Some(mend) = &cause.mend {
        paper.line("  ", &[("What would mend it: ", Tone::Notable), (mend, Tone::Plain)]);
    }
}
