//! Why it held: what would have broken, and what prevented it.

use super::words;
use crate::story::{
    StoryOptions, Telling,
    paper::{Paper, Tone},
};
use judge::cause::defences;

pub(super) fn write(telling: &Telling<'_>, options: &StoryOptions, paper: &mut Paper) {
    let run = telling.run;
    let defences = defences(run);
    if defences.is_empty() {
        return;
    }
    paper.part("WHY IT HELD");
    // On a page one says enough.
    let most = if options.verbose { defences.len() } else { 1 };
    for defence in defences.iter().take(most) {
        let fault = &run.faults[defence.fault];
        let head = format!("At {}: {}.", fault.start, fault.label);
        paper.line("  ", &[(&head, Tone::Notable)]);
        for (position, step) in defence.steps.iter().enumerate() {
            let step = words::sentence(run, step);
            paper.line(&format!("  {}. ", position + 1), &[(&step, Tone::Plain)]);
        }
    }
}
