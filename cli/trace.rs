//! `seedbed trace`: every event of a run.

use crate::{args::TraceArgs, choose::Chosen, failure::Failure};
use judge::{
    Run,
    record::{Event, History},
    text::one_line,
};
use node::client::Outcome;
use sim::Detail;
use std::{
    io::{self, BufWriter, Write},
    process::ExitCode,
};

/// Prints every event of a run.
pub(crate) fn trace(args: &TraceArgs) -> Result<ExitCode, Failure> {
    let run = Chosen::by(&args.which)?.run(Detail::Full)?;
    let mut stdout = BufWriter::new(io::stdout().lock());
    for line in lines(&run) {
        writeln!(stdout, "{line}")?;
    }
    stdout.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The events of a run as text, and with operations what they ask and what came of them.
pub(crate) fn lines(run: &Run) -> impl Iterator<Item = String> {
    let events = run.trace.iter().flat_map(|trace| &trace.events);
    let texts = events.map(|event| match event.event {
        Event::Invoke { operation } => format!("{event}: {}", asked(&run.history, operation)),
        Event::Complete { operation } => format!("{event}: {}", told(&run.history, operation)),
        Event::FaultStart { fault } | Event::FaultEnd { fault } => {
            format!("{event}: {}", run.faults[fault].label)
        }
        _ => event.to_string(),
    });
    texts.map(|text| one_line(&text).into_owned())
}

fn asked(history: &History, operation: usize) -> String {
    let record = &history.operations[operation];
    format!("{} {}", record.client, record.operation)
}

fn told(history: &History, operation: usize) -> String {
    let record = &history.operations[operation];
    let word = record.outcome_word();
    match &record.outcome {
        Outcome::Ok(answer) => format!("{word}: {answer}"),
        Outcome::Fail(failure) | Outcome::Info(failure) => format!("{word}: {failure}"),
    }
}
