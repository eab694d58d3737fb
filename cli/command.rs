//! The command itself, over the built-in systems and those of whoever calls it.

use crate::{
    args::{Args, Command},
    audit, bench, calibrate, check, child, compare, completions, corpus, experiment, explore,
    failure::Failure,
    flaws, glossary, hunt, interrupt, judge, limits, list, matrix, new, pinpoint, play, report,
    run, serve,
    served::Served,
    shard, show, shrink, site, step, trace,
};
use clap::Parser;
use miette::Report;
use node::{Node, Wire, systems::RegisterError};
use scenarios::Scenario;
use std::{fs, io, path::Path, process::ExitCode};

/// A system that a program brings: a node, or one that is [`Served`], of which processes are made, too.
pub trait Brought {
    /// Adds it to those that there are.
    ///
    /// # Errors
    ///
    /// If its name is taken, or anything was asked for before.
    fn register() -> Result<(), RegisterError>;
}

impl<N: Node> Brought for N {
    fn register() -> Result<(), RegisterError> {
        node::systems::register::<N>()
    }
}

impl<N: Node<Message: Wire>> Brought for Served<N> {
    fn register() -> Result<(), RegisterError> {
        Self::register()
    }
}

/// Systems that a program brings: a tuple, such as `(MyStore,)` or `(Served<MyStore>, Another)`.
pub trait Systems {
    /// Adds them to those that there are.
    ///
    /// # Errors
    ///
    /// If a name is taken, or anything was asked for before.
    fn register() -> Result<(), RegisterError>;
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: Brought),*> Systems for ($($name,)*) {
            fn register() -> Result<(), RegisterError> {
                $($name::register()?;)*
                Ok(())
            }
        }
    };
}

tuples!();
tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);

/// Where a program's own scenarios are looked for.
pub(crate) const FOLDER: &str = "scenarios";

/// What commands begin with that tell how to have a run again, in a program with systems of its own: there
/// cargo builds and runs it.
const OWN_PROGRAM: &str = "cargo run --";

/// The whole command: `list`, `run`, `matrix`, `hunt`, `shrink` and all else, over these systems and the
/// built-in ones. Where no system is named, the program's own are meant. Scenarios are those of the
/// folder `scenarios` in the present one, and the built-in ones that the systems can carry out.
///
/// Exit codes: 0 as expected, 1 not as expected, 2 bad input, 3 the harness failed; 130 after an
/// interrupt.
pub fn main<S: Systems>() -> ExitCode {
    child::end_with_parent();
    match set_up::<S>().and_then(|()| carry_out(Args::try_parse()?)) {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}

fn set_up<S: Systems>() -> Result<(), Failure> {
    S::register().map_err(|error| Failure::input(error.to_string(), "see `Node::INFO`"))?;
    if !node::systems::registered().is_empty() {
        ::judge::text::name_program(OWN_PROGRAM);
        let scenarios = scenarios_of(Path::new(FOLDER))?;
        scenarios::extend(scenarios).map_err(|error| Failure::Input(Report::new(error)))?;
    }
    interrupt::install();
    silence_panics_of_runs();
    Ok(())
}

/// The scenarios of a folder by their names, in order; none if there is no such folder.
fn scenarios_of(folder: &Path) -> Result<Vec<(String, String)>, Failure> {
    let cannot = |error: io::Error| {
        Failure::input(
            format!("the scenarios in `{}` cannot be read: {error}", folder.display()),
            "each file that ends in .toml there is a scenario",
        )
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(cannot(error)),
    };
    let mut scenarios = Vec::new();
    for entry in entries {
        let path = entry.map_err(cannot)?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        if let (Some(stem), Some("toml")) = (stem, path.extension().and_then(|it| it.to_str())) {
            let text = fs::read_to_string(&path).map_err(cannot)?;
            scenarios.push((stem.to_owned(), whole(&path, text)?));
        }
    }
    scenarios.sort();
    Ok(scenarios)
}

/// The text of a scenario with what it names beside itself, a trace, written out: that is found from its own
/// folder, which a scenario of the library no longer has.
fn whole(path: &Path, text: String) -> Result<String, Failure> {
    if !text.contains("trace") {
        return Ok(text);
    }
    let read = Scenario::parse(&path.display().to_string(), &text, node::systems::all());
    read.map(|scenario| scenario.to_toml()).map_err(|error| Failure::Input(Report::new(error)))
}

fn carry_out(args: Args) -> Result<ExitCode, Failure> {
    limits::begin(&args.command);
    let code = had(args.command)?;
    match interrupt::time_that_was_over() {
        // It has ended with what there is. What was found stands.
        Some(time) if code == ExitCode::SUCCESS => {
            let too_long = limits::too_long(time);
            too_long.tell();
            Ok(too_long.code())
        }
        _ => Ok(code),
    }
}

fn had(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::List(args) => list::list(&args),
        Command::Glossary(args) => glossary::glossary(&args),
        Command::Show(args) => show::show(&args),
        Command::Run(args) => run::run(&args),
        Command::Play(args) => play::play(&args),
        Command::Step(args) => step::step(&args),
        Command::Site(args) => site::site(&args),
        Command::Report(args) => report::report(&args),
        Command::Compare(args) => compare::compare(&args),
        Command::Matrix(args) => matrix::matrix(&args),
        Command::Audit(args) => audit::audit(&args),
        Command::Corpus(args) => corpus::corpus(&args),
        Command::Hunt(args) => hunt::hunt(&args),
        Command::Shrink(args) => shrink::shrink(&args),
        Command::Flaws(args) => flaws::flaws(&args),
        Command::Pinpoint(args) => pinpoint::pinpoint(&args),
        Command::Check(args) => check::check(&args),
        Command::Merge(args) => shard::merge::merge(&args),
        Command::Bench(args) => bench::bench(&args),
        Command::Calibrate(args) => calibrate::calibrate(&args),
        Command::Explore(args) => explore::explore(&args),
        Command::Judge(args) => judge::judge(&args),
        Command::Serve(args) => serve::serve(&args),
        Command::New(args) => new::new(&args),
        Command::Experiment(args) => experiment::experiment(&args),
        Command::Trace(args) => trace::trace(&args),
        Command::Completions(args) => completions::completions(&args),
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
