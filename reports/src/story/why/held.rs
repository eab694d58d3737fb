//! Why it held: what would have broken, and what prevented it.

use super::Sentence;
use crate::story::{
    StoryOptions, Telling,
    paper::{Paper, Tone},
};
use judge::cause::{Step, defences};

/// What a fault would have broken, and what prevented it.
pub(crate) struct Defended<'a> {
    /// The fault, by position among those of the run.
    pub(crate) fault: usize,
    /// What prevented it, as data.
    pub(crate) chain: Vec<Step<'a>>,
    /// The same, a sentence each.
    pub(crate) steps: Vec<Sentence>,
}

/// What was prevented, in order of the faults.
pub(crate) fn defended<'a>(telling: &Telling<'a>) -> Vec<Defended<'a>> {
    let run = telling.run;
    let told = defences(run).into_iter().map(|defence| Defended {
        fault: defence.fault,
        steps: defence.steps.iter().map(|step| Sentence::of(run, step)).collect(),
        chain: defence.steps,
    });
    told.collect()
}

pub(super) fn write(telling: &Telling<'_>, options: &StoryOptions, paper: &mut Paper) {
    let defended = defended(telling);
    if defended.is_empty() {
        return;
    }
    paper.part("WHY IT HELD");
    // On a page one says enough.
    let most = if options.verbose { defended.len() } else { 1 };
    for defended in defended.iter().take(most) {
        let fault = &telling.run.faults[defended.fault];
        let head = format!("At {}: {}.", fault.start, fault.label);
        paper.line("  ", &[(&head, Tone::Notable)]);
        for (position, step) in defended.steps.iter().enumerate() {
            paper.line(&format!("  {}. ", position + 1), &[(&step.text, Tone::Plain)]);
        }
    }
}
