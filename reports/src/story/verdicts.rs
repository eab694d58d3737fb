//! What the checkers say, a property a line. Those of which nothing was expected share a line for
//! each word; where everything is told, only the levels of consistency below linearizability do.

use super::{
    StoryOptions,
    paper::{Paper, Tone},
};
use crate::text;
use judge::{
    Run,
    property::BELOW,
    record::{Expected, Judgement, Verdict},
};

pub(super) fn write(run: &Run, options: &StoryOptions, paper: &mut Paper) {
    paper.part("VERDICTS");
    let lines = lines(run, options.verbose);
    let labels = lines.iter().map(|(label, ..)| label.chars().count());
    let room = labels.max().unwrap_or_default() + 2;
    for (label, judgement, sentence) in &lines {
        line(&format!("  {label:<room$}"), judgement, sentence, paper);
    }
    if !options.verbose && !run.expects_nothing() {
        count_unstated(run, room, paper);
    }
}

/// How many of those are violated or hold of which nothing was expected. Those that are violated are
/// named where it is said why.
fn count_unstated(run: &Run, room: usize, paper: &mut Paper) {
    let unstated = run.judgements.iter().filter(|it| is_unstated(it));
    let words: Vec<_> = unstated.map(|it| it.verdict.word()).collect();
    let sorts = [("violated", "violated"), ("holds", "hold"), ("unknown", "unknown")];
    let counts = sorts.map(|(word, told)| (words.iter().filter(|it| **it == word).count(), told));
    let told = counts.iter().filter(|(count, _)| *count > 0);
    let told: Vec<_> = told.map(|(count, told)| format!("{count} {told}")).collect();
    if !told.is_empty() {
        let told = format!("{} (--verbose names them)", text::list(&told));
        let label = format!("  {:<room$}", "not stated");
        paper.hanging(&label, label.len(), &[(&told, Tone::Faint)]);
    }
}

/// What each line is of, a judgement that stands for it, and what it says.
fn lines(run: &Run, verbose: bool) -> Vec<(&'static str, &Judgement, String)> {
    // Of what the system does not have there is nothing to be said, unless it was expected.
    let is_idle = |judgement: &&Judgement| {
        is_unstated(judgement) && matches!(judgement.verdict, Verdict::NotApplicable(_))
    };
    let told = run.judgements.iter().filter(|judgement| !is_idle(judgement));
    // On a page what went as it should beside a violation is named, and not told.
    let any_violated = run.judgements.iter().any(|it| it.verdict.witness().is_some());
    let is_plain = |it: &Judgement| {
        let is_fine = matches!(it.verdict, Verdict::Holds(_)) && it.as_expected();
        any_violated && is_fine
    };
    // Where nothing is expected, all is told: what is violated in a sentence, the rest by name.
    let expects_nothing = run.expects_nothing();
    let is_named = |it: &Judgement| match (verbose, expects_nothing) {
        (true, _) => is_unstated(it) && BELOW.contains(&it.property),
        (false, true) => it.verdict.witness().is_none() || BELOW.contains(&it.property),
        (false, false) => is_plain(it),
    };
    let told = told.filter(|it| verbose || expects_nothing || !is_unstated(it));
    let (shared, own): (Vec<_>, Vec<_>) = told.partition(|it| is_named(it));
    let own = own.into_iter().map(|it| (it.property.name(), it, it.verdict.sentence().to_owned()));
    let mut lines: Vec<_> = own.collect();
    let mut label = if verbose { "levels below it" } else { "the others" };
    for stated in [true, false] {
        for word in ["holds", "violated", "unknown"] {
            let is_of = |it: &&Judgement| it.verdict.word() == word && is_unstated(it) != stated;
            let of_word: Vec<&Judgement> = shared.iter().copied().filter(is_of).collect();
            let names: Vec<_> = of_word.iter().map(|it| it.property.name()).collect();
            if let Some(first) = of_word.first() {
                lines.push((label, first, names.join(", ")));
                label = "";
            }
        }
    }
    lines
}

fn is_unstated(judgement: &Judgement) -> bool {
    judgement.expected == Expected::Unstated
}

fn line(label: &str, judgement: &Judgement, sentence: &str, paper: &mut Paper) {
    // On narrow paper the last column would be too narrow to read.
    let hang = if paper.width() < 80 { 16 } else { label.chars().count() + 28 };
    let (word, tone) = match (&judgement.verdict, judgement.as_expected()) {
        (Verdict::Holds(_), true) => ("holds", Tone::Good),
        (Verdict::Holds(_), false) => ("holds", Tone::Bad),
        (Verdict::Violated(_), _) => ("VIOLATED", Tone::Bad),
        (Verdict::Unknown(_), _) => ("unknown", Tone::Notable),
        (Verdict::NotApplicable(_), _) => ("no such", Tone::Notable),
    };
    let (expected, expected_tone) = expectation(judgement);
    let pieces = [
        (format!("{word:<10}"), tone),
        (format!("{expected:<18}"), expected_tone),
        (sentence.to_owned(), Tone::Plain),
    ];
    let pieces: Vec<_> = pieces.iter().map(|(text, tone)| (text.as_str(), *tone)).collect();
    paper.hanging(label, hang, &pieces);
}

fn expectation(judgement: &Judgement) -> (&'static str, Tone) {
    match (judgement.expected, judgement.as_expected()) {
        (Expected::Unstated, _) => ("not stated", Tone::Faint),
        (_, true) => ("as expected", Tone::Good),
        (_, false) => ("NOT AS EXPECTED", Tone::Bad),
    }
}
