//! `seedbed trace`: every event of a run.

use crate::{args::TraceArgs, choose::Chosen, failure::Failure};
use judge::Run;
use reports::event_line;
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
    run.trace.iter().flat_map(|trace| &trace.events).map(|event| event_line(run, event))
}
