//! The `seedbed` command.
//!
//! Exit codes: 0 as expected, 1 not as expected, 2 bad input, 3 the harness failed;
//! 130 after an interrupt.

mod args;
mod audit;
mod bench;
mod check;
mod choose;
mod completions;
mod corpus;
mod experiment;
mod explore;
mod failure;
mod flaws;
mod glossary;
mod hunt;
mod interrupt;
mod judge;
mod list;
mod matrix;
mod output;
mod progress;
mod run;
mod shard;
mod show;
mod shrink;
mod trace;

use args::{Args, Command};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args = Args::parse();
    interrupt::install();
    silence_panics_of_runs();
    let result = match args.command {
        Command::List(args) => list::list(&args),
        Command::Glossary(args) => glossary::glossary(&args),
        Command::Show(args) => show::show(&args),
        Command::Run(args) => run::run(&args),
        Command::Matrix(args) => matrix::matrix(&args),
        Command::Audit(args) => audit::audit(&args),
        Command::Corpus(args) => corpus::corpus(&args),
        Command::Hunt(args) => hunt::hunt(&args),
        Command::Shrink(args) => shrink::shrink(&args),
        Command::Flaws(args) => flaws::flaws(&args),
        Command::Check(args) => check::check(&args),
        Command::Merge(args) => shard::merge::merge(&args),
        Command::Bench(args) => bench::bench(&args),
        Command::Explore(args) => explore::explore(&args),
        Command::Judge(args) => judge::judge(&args),
        Command::Experiment(args) => experiment::experiment(&args),
        Command::Trace(args) => trace::trace(&args),
        Command::Completions(args) => completions::completions(&args),
    };
    match result {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}

/// A panic on the thread of a run becomes an error that says more than a backtrace.
fn silence_panics_of_runs() {
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().name() != Some(sim::RUN_THREAD) {
            default(info);
        }
    }));
}
