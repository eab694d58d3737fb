//! Why properties were violated, or held, as the trace of the run shows it.

mod held;
mod kinds;
mod lead;
mod mend;
mod merge;
mod sentence;
mod waits;
mod words;

pub(crate) use held::{Defended, defended};
pub(crate) use sentence::Sentence;

use super::{
    StoryOptions, Telling,
    paper::{Paper, Tone},
};
use judge::{
    Run,
    cause::{Cause, Kind},
    record::{Judgement, Witness},
};
use scenarios::Property;

/// So many violations are told in full, unless everything is asked for.
const MOST_TOLD: usize = 2;
/// At most this many facts of a witness are told.
const MOST_FACTS: usize = 12;
/// So many steps of a second chain that has no name.
const FEW_STEPS: usize = 2;
/// So many where the chain tells them once more, or a story is to be short.
const FEW_FACTS: usize = 4;

/// The lower, the earlier a violation is told.
pub(super) fn rank(run: &Run, property: Property) -> (bool, usize) {
    run.judgement(property).map_or((true, usize::MAX), lead::rank)
}

/// How much is told of a violation on a page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// All of it.
    Full,
    /// What happened in one sentence, if it has a name, and what mends it.
    Brief,
}

/// A violation and how it came about.
struct Violation<'a> {
    judgement: &'a Judgement,
    witness: &'a Witness,
    cause: Option<&'a Cause<'a>>,
}

/// Why a property is violated, in words.
pub(crate) struct Reason<'a> {
    /// Which.
    pub(crate) property: Property,
    /// What the checker found, a sentence.
    pub(crate) found: String,
    /// What the checker found, as data.
    pub(crate) witness: &'a Witness,
    /// How it came about, as data.
    pub(crate) cause: Option<&'a Cause<'a>>,
    /// What happened, in one sentence.
    pub(crate) short: Option<String>,
    /// How it came about, a sentence each.
    pub(crate) steps: Vec<Sentence>,
    /// What mends it.
    pub(crate) mend: Option<String>,
}

/// All violations, in the order in which they are told.
fn violations<'a>(telling: &'a Telling<'_>) -> Vec<Violation<'a>> {
    let judgements = telling.run.judgements.iter();
    let violated = judgements.filter_map(|judgement| {
        let cause = telling.causes.iter().find(|cause| cause.property == judgement.property);
        Some(Violation { judgement, witness: judgement.verdict.witness()?, cause })
    });
    let mut violated: Vec<_> = violated.collect();
    violated.sort_by_key(|violation| lead::rank(violation.judgement));
    violated
}

pub(super) fn write(telling: &Telling<'_>, options: &StoryOptions, paper: &mut Paper) {
    let violated = violations(telling);
    let Some(first) = violated.first() else {
        return held::write(telling, options, paper);
    };
    // What is implied by the first, or came about in the same way, is named and not told again.
    let is_same = |other: &Violation<'_>| match (first.cause, other.cause) {
        (Some(first), Some(other)) => first.is_like(other),
        _ => false,
    };
    let (same, other): (Vec<_>, Vec<_>) = violated[1..].iter().partition(|it| is_same(it));
    let is_stated = |it: &&Violation<'_>| lead::is_of_its_own(it.judgement);
    let more = if options.verbose { violated.len() } else { MOST_TOLD - 1 };
    let told: Vec<_> =
        other.iter().copied().filter(|it| options.verbose || is_stated(it)).take(more).collect();
    tell(telling, options, first, Depth::Full, paper);
    name_the_rest("In the same way it violates", &same, paper);
    for violation in &told {
        tell(telling, options, violation, Depth::Brief, paper);
    }
    let is_told = |it: &Violation<'_>| {
        told.iter().any(|told| told.judgement.property == it.judgement.property)
    };
    let rest: Vec<_> = other.into_iter().filter(|it| !is_told(it)).collect();
    name_the_rest("Violated too, and told with --verbose", &rest, paper);
}

fn name_the_rest(what: &str, violations: &[&Violation<'_>], paper: &mut Paper) {
    if violations.is_empty() {
        return;
    }
    let names: Vec<_> = violations.iter().map(|it| it.judgement.property.name()).collect();
    paper.line("  ", &[(&format!("{what}: {}.", names.join(", ")), Tone::Faint)]);
}

fn tell(
    telling: &Telling<'_>,
    options: &StoryOptions,
    violation: &Violation<'_>,
    depth: Depth,
    paper: &mut Paper,
) {
    let Violation { judgement, witness, cause } = violation;
    let property = judgement.property;
    let Reason { found, short, steps, mend, .. } = reason(telling, options, violation);
    paper.part(&format!("WHY {} IS VIOLATED", property.name().to_uppercase()));
    if options.verbose {
        let promise = format!("Promised: {}.", property.summary());
        paper.line("  ", &[(&promise, Tone::Faint)]);
    }
    paper.line("  ", &[(&format!("Found: {found}"), Tone::Bad)]);
    let has_chain = cause.is_some_and(|cause| !cause.steps.is_empty());
    let most = match (options.verbose, has_chain) {
        (true, _) => MOST_FACTS,
        (false, true) => 0,
        (false, false) => FEW_FACTS,
    };
    for fact in witness.facts.iter().take(most) {
        paper.line("  - ", &[(fact, Tone::Plain)]);
    }
    let has_name = short.is_some();
    if let Some(short) = short {
        paper.line("  ", &[("In short: ", Tone::Notable), (&short, Tone::Heading)]);
    }
    // One example in full says more than several in part.
    let most = match depth {
        _ if options.verbose => usize::MAX,
        Depth::Full => usize::MAX,
        Depth::Brief if has_name => 0,
        Depth::Brief => FEW_STEPS,
    };
    numbered(&steps[..steps.len().min(most)], paper);
    if let Some(mend) = mend {
        paper.line("  ", &[("What mends it: ", Tone::Notable), (&mend, Tone::Plain)]);
    }
}

/// The reasons of all violations, in the order in which they are told.
pub(crate) fn reasons<'a>(telling: &'a Telling<'a>, options: &StoryOptions) -> Vec<Reason<'a>> {
    let violated = violations(telling);
    violated.iter().map(|violation| reason(telling, options, violation)).collect()
}

fn reason<'a>(
    telling: &'a Telling<'_>,
    options: &StoryOptions,
    violation: &Violation<'a>,
) -> Reason<'a> {
    let Violation { judgement, witness, cause } = violation;
    let mut reason = Reason {
        property: judgement.property,
        found: format!("{}.", witness.summary.trim_end_matches('.')),
        witness,
        cause: *cause,
        short: None,
        steps: Vec::new(),
        mend: None,
    };
    if let Some(cause) = cause {
        let standstill = (cause.kind == Some(Kind::WaitsForEver)).then(|| waits::explain(telling));
        (reason.short, reason.steps) = match standstill.flatten() {
            Some(standstill) => (Some(standstill.short), standstill.steps),
            None => {
                let steps = merge::sentences(telling.run, &cause.steps);
                (kinds::in_short(telling.run, cause), steps)
            }
        };
        reason.mend = mend::sentence(options, cause);
    }
    reason
}

fn numbered(steps: &[Sentence], paper: &mut Paper) {
    if !steps.is_empty() {
        paper.line("  ", &[("How it came about:", Tone::Plain)]);
    }
    for (position, step) in steps.iter().enumerate() {
        paper.line(&format!("  {}. ", position + 1), &[(&step.text, Tone::Plain)]);
    }
}
