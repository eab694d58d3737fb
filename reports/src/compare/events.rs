//! The first event of two traces that is not the same; looked for in two runs of one system alone.

use super::{Difference, Found, Kind, LETTERS};
use crate::{event_line::event_line, text};
use judge::{
    Run,
    record::{Event, Trace, TraceEvent},
};
use node::Time;

pub(super) fn first(a: &Run, b: &Run) -> Found {
    if a.system.name != b.system.name {
        return Err("Events were not compared: the systems differ.".to_owned());
    }
    let [Some(one), Some(other)] = [&a.trace, &b.trace] else {
        return Err("Events were not compared: a run has no trace.".to_owned());
    };
    let places = one.events.len().max(other.events.len());
    let pair = |place: usize| (one.events.get(place), other.events.get(place));
    let differ = (0..places).find(|place| match pair(*place) {
        (Some(one), Some(other)) => !is_same(a, b, one, other),
        _ => true,
    });
    let Some(place) = differ else {
        let all = text::count(places as u64, "event", "events");
        return Err(format!("The traces are the same, event by event: {all}."));
    };
    let number = text::number(place as u64 + 1);
    let told = [told(a, one, place), told(b, other, place)];
    let [first, second] = &told;
    Ok(Difference {
        kind: Kind::Event,
        label: "first event that differs".to_owned(),
        sentence: format!(
            "Event {number} is the first that differs: {} {}; {} {}.",
            LETTERS[0], first.1, LETTERS[1], second.1
        ),
        at: told.map(|(at, _)| at),
        key: None,
    })
}

/// Whether two events say the same of the same moment, with what they name.
fn is_same(a: &Run, b: &Run, one: &TraceEvent, other: &TraceEvent) -> bool {
    if one.at != other.at || one.event != other.event {
        return false;
    }
    match one.event {
        Event::Invoke { operation } => {
            let [one, other] = [a, b].map(|run| &run.history.operations[operation]);
            (one.client, &one.operation) == (other.client, &other.operation)
        }
        Event::Complete { operation } => {
            let [one, other] = [a, b].map(|run| &run.history.operations[operation]);
            one.outcome == other.outcome
        }
        Event::FaultStart { fault } | Event::FaultEnd { fault } => {
            a.faults[fault].label == b.faults[fault].label
        }
        _ => true,
    }
}

/// The moment of an event, and what a sentence says of it; a trace that is over has none any more.
fn told(run: &Run, trace: &Trace, place: usize) -> (Time, String) {
    match trace.events.get(place) {
        Some(event) => {
            let line = event_line(run, event);
            let what = line.split_once(" ns  ").map_or(line.as_str(), |(_, what)| what);
            (event.at, format!("at {}: {}", event.at, text::shorten(&uncaused(what), 120)))
        }
        None => (run.ended, "has no event any more".to_owned()),
    }
}

/// Without the numbers of the events that it came about by: they say nothing in a sentence.
fn uncaused(what: &str) -> String {
    let apart = what.split_once(" [because of ").and_then(|(what, rest)| {
        let (_, after) = rest.split_once(']')?;
        Some(format!("{what}{after}"))
    });
    apart.unwrap_or_else(|| what.to_owned())
}
