//! Which beat a step of the reason speaks of.

use super::{Beat, Mark, READ, Weight};
use crate::page::chain;
use node::Time;
use std::{collections::BTreeMap, time::Duration};

/// Steps are written in whole milliseconds.
const HALF: Duration = Duration::from_micros(500);

/// Marks for each step the beat that it speaks of: of those whose moment is written as its own is, the one
/// that shares the most words with it. Where there is none, it is a beat of its own. A step that
/// names no moment belongs to the last.
pub(super) fn place(steps: &[String], beats: &mut Vec<Beat>) {
    let weights: BTreeMap<Time, Weight> = beats.iter().map(|beat| (beat.at, beat.weight)).collect();
    for (number, step) in steps.iter().enumerate() {
        let place = match chain::moment(step) {
            Some(at) => best(step, at, beats, &weights).unwrap_or_else(|| own(step, at, beats)),
            None if beats.is_empty() => continue,
            None => read(beats),
        };
        let beat = &mut beats[place];
        beat.steps.push(number);
        beat.weight = Weight::Key;
        beat.mark(Mark::Step);
    }
}

fn best(step: &str, at: Time, beats: &[Beat], weights: &BTreeMap<Time, Weight>) -> Option<usize> {
    let from = Time::from_nanos(at.as_nanos().saturating_sub(HALF.as_nanos() as u64));
    let first = beats.partition_point(|beat| beat.at < from);
    let near = beats[first..].iter().enumerate().take_while(|(_, beat)| beat.at <= at + HALF);
    let near = near.filter(|(_, beat)| beat.at.to_string() == at.to_string());
    let score = |beat: &Beat| {
        let told = beat.sentence();
        let words = step.split(|letter: char| !letter.is_alphanumeric() && letter != '-');
        let shared = words.filter(|word| word.len() > 1 && told.contains(word)).count();
        // What an earlier step has made of a beat does not count.
        (weights.get(&beat.at).is_some_and(|weight| *weight > Weight::Routine), shared)
    };
    let mut best = None;
    for (place, beat) in near {
        // Of several that score alike, the first.
        if best.is_none_or(|(known, _)| score(beat) > known) {
            best = Some((score(beat), first + place));
        }
    }
    best.map(|(_, place)| place)
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
