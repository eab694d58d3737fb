//! `seedbed trace`: every event of a run.

use crate::{args::TraceArgs, choose, failure::Failure};
use sim::{Detail, Gear};
use std::{
    io::{self, BufWriter, Write},
    process::ExitCode,
};

/// Prints every event of a run.
pub(crate) fn trace(args: &TraceArgs) -> Result<ExitCode, Failure> {
    let scenario = choose::scenario(&args.which.scenario)?;
    let system = choose::system(&scenario, args.which.system.as_deref())?;
    let run = sim::run(&scenario, system.name, args.which.seed, Detail::Full, Gear::Advance)?;
    let mut stdout = BufWriter::new(io::stdout().lock());
    for event in run.trace.iter().flat_map(|trace| &trace.events) {
        writeln!(stdout, "{event}")?;
    }
    stdout.flush()?;
    Ok(ExitCode::SUCCESS)
}
