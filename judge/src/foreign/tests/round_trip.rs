//! What is written in a format is read as it was meant, and a text that was tampered with
//! is read or refused, but never brings the reader down.

use super::*;
use crate::consistency::Call;
use proptest::prelude::*;
use std::fmt::Write as _;

/// One step of a process: it asks for something, or what it asked for completes.
type Step = (u64, u8, u8, u8, u8, u8);

/// An event in a form from which each format is written.
struct Event {
    process: u64,
    kind: &'static str,
    f: &'static str,
    key: u8,
    value: String,
}

/// What a writer is given, and what must be read from it.
fn history(steps: &[Step]) -> (Vec<Event>, Vec<Call>) {
    let (mut events, mut calls): (Vec<Event>, Vec<Call>) = Default::default();
    let mut open: [Option<usize>; 4] = [None; 4];
    for &(process, function, key, one, other, outcome) in steps {
        let moment = events.len() as u64 + 1;
        let slot = &mut open[process as usize];
        if let Some(at) = slot.take() {
            let found = (one > 0).then(|| one.to_string());
            let (kind, call) = (["ok", "ok", "info"][outcome as usize % 3], &mut calls[at]);
            let value = complete(call, kind, moment, found);
            let begun = events.iter().rfind(|event| event.process == process).unwrap();
            let (f, key) = (begun.f, begun.key);
            let value = value.unwrap_or_else(|| begun.value.clone());
            events.push(Event { process, kind, f, key, value });
            continue;
        }
        *slot = Some(calls.len());
        let name = Key::from(key.to_string());
        let (one, other) = (one.to_string(), other.to_string());
        let (f, value, action) = match function % 3 {
            0 => ("read", "nil".to_owned(), Action::Read { key: name, found: None }),
            1 => {
                let action = Action::Write { key: name, value: one.clone().into(), previous: None };
                ("write", one, action)
            }
            _ => {
                let (expected, new) = (Some(one.as_str().into()), other.as_str().into());
                let action = Action::CompareAndSet { key: name, expected, new, outcome: None };
                ("cas", format!("[{one} {other}]"), action)
            }
        };
        events.push(Event { process, kind: "invoke", f, key, value });
        let position = calls.len();
        calls.push(Call { position, session: process, action, invoked: moment, returned: None });
    }
    // A read that never returned tells nothing.
    calls.retain(|call| call.returned.is_some() || !matches!(call.action, Action::Read { .. }));
    for (position, call) in calls.iter_mut().enumerate() {
        call.position = position;
    }
    (events, calls)
}

/// Completes a call, and gives the value that its completion has if it is another.
fn complete(call: &mut Call, kind: &str, moment: u64, found: Option<String>) -> Option<String> {
    if kind == "info" {
        return None;
    }
    call.returned = Some(moment);
    match &mut call.action {
        Action::Read { found: told, .. } => {
            *told = Some(found.as_deref().map(Value::from));
            Some(found.unwrap_or_else(|| "nil".to_owned()))
        }
        Action::CompareAndSet { outcome, .. } => {
            *outcome = Some(Swap::Swapped);
            None
        }
        _ => None,
    }
}

/// Every way in which the events can be written.
fn written(events: &[Event]) -> Vec<(&'static str, String)> {
    let mut texts = Vec::new();
    let fields = |event: &Event| {
        let Event { process, kind, f, .. } = event;
        format!(":process {process}, :type :{kind}, :f :{f}")
    };
    let mut by_field = String::new();
    let mut by_value = String::from("[");
    let mut columns = String::new();
    let mut log = String::from("some words\n");
    for event in events {
        let Event { process, kind, f, key, value } = event;
        let _ = writeln!(by_field, "{{{}, :key {key}, :value {value}}}", fields(event));
        let _ = write!(by_value, "{{:time 1.5 {} :value [{key} {value}]}} ; x\n ", fields(event));
        let _ = writeln!(columns, "{process}\t:{kind}\t:{f}\t[{key} {value}]");
        let _ = writeln!(log, "INFO jepsen.util - {process} :{kind} :{f} [{key} {value}]\nnoise");
    }
    texts.push(("fields", by_field));
    texts.push(("values", by_value + "]"));
    texts.push(("columns", columns));
    texts.push(("log", log));
    texts
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0..4_u64, 0..3_u8, 0..3_u8, 0..4_u8, 0..4_u8, 0..3_u8);
    prop::collection::vec(step, 1..60)
}

proptest! {
    #[test]
    fn what_is_written_is_read(steps in steps()) {
        let (events, calls) = history(&steps);
        let meaning = Asked { nil_read: Some(NilRead::Absent), ..Asked::default() };
        for (name, text) in written(&events) {
            let read = asked(&text, &meaning);
            prop_assert_eq!(&read.calls.calls, &calls, "{}", name);
            prop_assert_eq!(read.meaning.model, Model::Map);
            for (call, lines) in read.calls.calls.iter().zip(&read.lines) {
                let line = text.lines().nth(lines.invoked as usize - 1).unwrap();
                prop_assert!(line.contains("invoke") && line.contains(&call.session.to_string()));
            }
        }
    }

    #[test]
    fn what_was_tampered_with_brings_nothing_down(
        steps in steps(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..8),
    ) {
        for (_, text) in written(&history(&steps).0) {
            let mut bytes = text.into_bytes();
            for (at, byte, change) in &changes {
                let at = at.index(bytes.len());
                match change {
                    0 => bytes[at] = *byte,
                    1 => bytes.insert(at, b"[]{}()\"\\#:;^ 0n"[*byte as usize % 15]),
                    2 => _ = bytes.remove(at),
                    _ => bytes.truncate(at.max(1)),
                }
                if bytes.is_empty() {
                    bytes.push(b'[');
                }
            }
            if let Err(mistake) = read(bytes.as_slice(), &Asked::default(), Limits::default()) {
                let lines = bytes.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
                let place = mistake.place();
                prop_assert!((1..=lines).contains(&place.line) && place.column > 0, "{}", mistake);
                prop_assert!(place.offset <= bytes.len() as u64, "{}", mistake);
            }
        }
    }

    #[test]
    fn whatever_the_bytes_are_nothing_comes_down(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(bytes.as_slice(), &Asked::default(), Limits::default());
    }
}
