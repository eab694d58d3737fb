//! An event of a trace in words, with what its operation asks or was told.

use judge::{
    Run,
    record::{Event, TraceEvent},
    text::one_line,
};
use node::client::Outcome;

/// An event as a line of text: its moment to the nanosecond, what happened, and of an operation what it asks or
/// what came of it.
pub fn event_line(run: &Run, event: &TraceEvent) -> String {
    let text = match event.event {
        Event::Invoke { operation } => format!("{event}: {}", asked(run, operation)),
        Event::Complete { operation } => format!("{event}: {}", told(run, operation)),
        Event::FaultStart { fault } | Event::FaultEnd { fault } => {
            format!("{event}: {}", run.faults[fault].label)
        }
        _ => event.to_string(),
    };
    one_line(&text).into_owned()
}

fn asked(run: &Run, operation: usize) -> String {
    let record = &run.history.operations[operation];
    format!("{} {}", record.client, record.operation)
}

fn told(run: &Run, operation: usize) -> String {
    let record = &run.history.operations[operation];
    let word = record.outcome_word();
    match &record.outcome {
        Outcome::Ok(answer) => format!("{word}: {answer}"),
        Outcome::Fail(failure) | Outcome::Info(failure) => format!("{word}: {failure}"),
    }
}
