//! What the checkers say, a property a line.

use super::paper::{Paper, Tone};
use judge::{
    Run,
    record::{Expected, Judgement, Verdict},
};

pub(super) fn write(run: &Run, paper: &mut Paper) {
    paper.part("VERDICTS");
    // On narrow paper the last column would be too narrow to read.
    let hang = if paper.width() < 80 { 16 } else { 51 };
    // Of what the system does not have there is nothing to be said, unless it was expected.
    let is_idle = |judgement: &&Judgement| {
        judgement.expected == Expected::Unstated
            && matches!(judgement.verdict, Verdict::NotApplicable(_))
    };
    for judgement in run.judgements.iter().filter(|judgement| !is_idle(judgement)) {
        let (word, tone) = match (&judgement.verdict, judgement.as_expected()) {
            (Verdict::Valid(_), true) => ("holds", Tone::Good),
            (Verdict::Valid(_), false) => ("holds", Tone::Bad),
            (Verdict::Invalid(_), _) => ("VIOLATED", Tone::Bad),
            (Verdict::Unknown(_), _) => ("unknown", Tone::Notable),
            (Verdict::NotApplicable(_), _) => ("no such", Tone::Notable),
        };
        let (expected, expected_tone) = expectation(judgement);
        let indent = format!("  {:<21}", judgement.property.name());
        let pieces = [
            (format!("{word:<10}"), tone),
            (format!("{expected:<18}"), expected_tone),
            (judgement.verdict.sentence().to_owned(), Tone::Plain),
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
