//! What the checkers say, a property a line.

use super::paper::{Paper, Tone};
use judge::{
    Run,
    record::{Expected, Judgement, Verdict},
};
use scenarios::Property;

pub(super) fn write(run: &Run, paper: &mut Paper) {
    paper.part("VERDICTS");
    // On narrow paper the last column would be too narrow to read.
    let hang = if paper.width() < 80 { 16 } else { 44 };
    // A system without a replicated log has nothing to be said of it.
    let is_idle = |judgement: &&Judgement| {
        judgement.property == Property::StateMachine
            && judgement.expected == Expected::Unstated
            && run.facts.is_empty()
    };
    for judgement in run.judgements.iter().filter(|judgement| !is_idle(judgement)) {
        let (word, tone) = match (&judgement.verdict, judgement.as_expected()) {
            (Verdict::Valid(_), true) => ("holds", Tone::Good),
            (Verdict::Valid(_), false) => ("holds", Tone::Bad),
            (Verdict::Invalid(_), _) => ("VIOLATED", Tone::Bad),
            (Verdict::Unknown(_), _) => ("unknown", Tone::Notable),
        };
        let summary = match &judgement.verdict {
            Verdict::Valid(text) | Verdict::Unknown(text) => text,
            Verdict::Invalid(witness) => &witness.summary,
        };
        let (expected, expected_tone) = expectation(judgement);
        let indent = format!("  {:<14}", judgement.property.name());
        let pieces = [
            (format!("{word:<10}"), tone),
            (format!("{expected:<18}"), expected_tone),
            (summary.clone(), Tone::Plain),
        ];
        let pieces: Vec<_> = pieces.iter().map(|(text, tone)| (text.as_str(), *tone)).collect();
        paper.hanging(&indent, hang, &pieces);
    }
}

fn expectation(judgement: &Judgement) -> (&'static str, Tone) {
    match (judgement.expected, judgement.as_expected()) {
        (Expected::Unstated, _) => ("not stated", Tone::Faint),
        (_, true) => ("as expected", Tone::Good),
        (_, false) => ("NOT AS EXPECTED", Tone::Bad),
    }
}
