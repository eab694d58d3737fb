//! Why it held: what would have broken, and what prevented it.

use super::words;
use crate::story::{
    Telling,
    paper::{Paper, Tone},
};
use judge::cause::defences;

pub(super) fn write(telling: &Telling<'_>, paper: &mut Paper) {
    let run = telling.run;
    let defences = defences(run);
    if defences.is_empty() {
        return;
    }
    paper.part("WHY IT HELD");
    for defence in &defences {
        let fault = &run.faults[defence.fault];
        let head = format!("At {}: {}.", fault.start, fault.label);
        paper.line("  ", &[(&head, Tone::Notable)]);
        for (position, step) in defence.steps.iter().enumerate() {
            let step = words::sentence(run, step);
            paper.line(&format!("  {}. ", position + 1), &[(&step, Tone::Plain)]);
        }
    }
}
