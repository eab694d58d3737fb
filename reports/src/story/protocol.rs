//! What nodes said of their protocol: elections, epochs, rings, what was refused, handed over or kept
//! side by side.

use super::Telling;
use judge::record::Event;
use node::{Dropped, Fact, Key, NodeId, Note, Time};

/// One thing that a node said.
pub(super) struct Said {
    pub(super) at: Time,
    pub(super) node: NodeId,
    pub(super) what: String,
}

/// What is told of a run, at most so many, in order of time, and how many more there are. What comes after
/// the first fault goes before what a cluster does as it starts.
pub(super) fn said(telling: &Telling<'_>, most: usize) -> (Vec<Said>, usize) {
    let run = telling.run;
    let struck = run.faults.iter().map(|fault| fault.start).min().unwrap_or(Time::ZERO);
    let events = run.trace.iter().flat_map(|trace| &trace.events);
    let mut all: Vec<Said> = Vec::new();
    for event in events.filter(|event| event.at > Time::ZERO && event.at <= run.ended) {
        let (node, what) = match &event.event {
            Event::Announce { node, fact } if is_telling(fact) => (*node, fact.to_string()),
            Event::Note { node, note } if is_of_keys(note, &telling.keys) => {
                (*node, note.to_string())
            }
            _ => continue,
        };
        all.push(Said { at: event.at, node, what });
    }
    let count = all.len();
    // The sort is stable: each half stays in order of time.
    all.sort_by_key(|said| said.at < struck);
    all.truncate(most);
    all.sort_by_key(|said| said.at);
    let left_out = count - all.len();
    (all, left_out)
}

/// Whether a fact changes who decides, or what a node holds.
const fn is_telling(fact: &Fact) -> bool {
    match fact {
        Fact::Elected { .. }
        | Fact::Epoch { .. }
        | Fact::Recovered { .. }
        | Fact::GroupJoins { .. }
        | Fact::GroupLeaves { .. }
        | Fact::InstalledSnapshot { .. }
        | Fact::Refused { .. } => true,
        Fact::Dropped { what, .. } => matches!(what, Dropped::EarlierEpoch),
        _ => false,
    }
}

/// Whether a note tells what became of a write of one of these keys.
fn is_of_keys(note: &Note, keys: &[Key]) -> bool {
    match note {
        Note::Decided { key, newcomer_stays: false, .. }
        | Note::Siblings { key, .. }
        | Note::ForgotDelete { key, .. }
        | Note::KeptHint { key, .. }
        | Note::HandedHint { key, .. } => keys.contains(key),
        _ => false,
    }
}
