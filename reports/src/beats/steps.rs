//! Which beat a step of the reason speaks of.

use super::{Beat, Mark, READ, Weight};
use crate::story::Sentence;
use node::Time;

/// Marks for each step the beat of its moment. Where there is none, it is a beat of its own. A step
/// about no moment belongs to the last.
pub(super) fn place(steps: &[Sentence], beats: &mut Vec<Beat>) {
    for (number, step) in steps.iter().enumerate() {
        let place = match step.at {
            Some(at) => match beats.binary_search_by_key(&at, |beat| beat.at) {
                Ok(place) => place,
                Err(_) => own(&step.text, at, beats),
            },
            None if beats.is_empty() => continue,
            None => read(beats),
        };
        let beat = &mut beats[place];
        beat.steps.push(number);
        beat.weight = Weight::Key;
        beat.mark(Mark::Step);
    }
}

/// A beat of a step's own.
fn own(step: &str, at: Time, beats: &mut Vec<Beat>) -> usize {
    let place = beats.partition_point(|beat| beat.at <= at);
    let mut beat = Beat::new(at);
    beat.words = step.trim_end_matches('.').to_owned();
    beats.insert(place, beat);
    place
}

/// Where the replicas are read.
fn read(beats: &[Beat]) -> usize {
    beats.iter().position(|beat| beat.words == READ).unwrap_or(beats.len() - 1)
}
