//! `seedbed pinpoint`: when a violation became inevitable.

use crate::{
    args::{Format, Jobs, Which},
    choose::Chosen,
    failure::Failure,
    hunt::property,
    interrupt,
    limits::{self, Limits},
    output, progress, trace,
};
use clap::{Args, ValueEnum, ValueHint};
use hunt::pinpoint::{
    Cut, Pinpoint, PinpointError, PinpointProgress, Pinpointed, Tipped, pinpoint as pinpoint_run,
};
use judge::{Run, text::number};
use node::Time;
use reports::pinpoint::{Course, Later, Point, Tip};
use scenarios::Property;
use std::{path::PathBuf, process::ExitCode};

#[derive(Args)]
#[command(after_help = "Examples:\n  \
    seedbed pinpoint ghost-data\n  \
    seedbed pinpoint ghost-data --later calm          which fault doomed it\n  \
    seedbed pinpoint reordering --system async-leader --property convergence\n  \
    seedbed pinpoint corpus/async-leader-convergence-1.toml --futures 200\n\n\
    The run is had again up to a moment and goes on from there with other draws, over and over. The share\n\
    of these futures in which the same property is violated is how likely the violation was at that\n\
    moment. Moments are halved down to single events: the one after which it always came, and the one\n\
    that made it most more likely. What the file states, faults and operations, happens in each\n\
    future, unless --later is `calm`. If it was inevitable from the beginning, since the file leaves nothing\n\
    to chance, calm futures are tried of themselves.\n\n\
    Exit codes: 0 it was pinpointed, 2 bad input, such as a run in which nothing is violated, 3 the\n\
    harness failed.")]
pub(crate) struct PinpointArgs {
    #[command(flatten)]
    which: Which,
    /// The property that is meant; by default one that the file `shows`, or the first that is
    /// violated.
    #[arg(long, value_name = "NAME", value_parser = property)]
    property: Option<Property>,
    /// How many futures each moment gets; one that seems to decide everything gets four times as many.
    #[arg(long, value_name = "N", default_value_t = 50,
        value_parser = clap::value_parser!(u32).range(2..=100_000))]
    futures: u32,
    /// What strikes the futures; by default what the file says, and calm where that decides all.
    #[arg(long, value_enum, value_name = "WHAT")]
    later: Option<Strikes>,
    /// Where text, table and pictures go; by default out/pinpoint-NAME.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    out: Option<PathBuf>,
    /// How to print what was found.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Print nothing; the files are written all the same.
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    jobs: Jobs,
    #[command(flatten)]
    pub(crate) limits: Limits,
}

/// What strikes the futures.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Strikes {
    /// The faults that the file states, and random ones drawn anew.
    Faults,
    /// No fault at all, stated or drawn; operations and repairs go on.
    Calm,
}

/// Pinpoints, and tells what was found.
pub(crate) fn pinpoint(args: &PinpointArgs) -> Result<ExitCode, Failure> {
    let chosen = Chosen::by(&args.which)?;
    let folder = || PathBuf::from("out").join(format!("pinpoint-{}", chosen.scenario.name));
    let target = args.out.clone().unwrap_or_else(folder);
    // Known before the runs, so that nobody waits for nothing.
    reports::pinpoint::check_target(&target)?;
    interrupt::ask_politely();
    let later = args.later.unwrap_or(Strikes::Faults);
    let first = go(args, &chosen, later)?;
    if first.cuts.is_empty() {
        // It was ended before there was anything to tell.
        return match interrupt::time_that_was_over() {
            Some(time) => Err(limits::too_long(time)),
            None => Ok(ExitCode::from(130)),
        };
    }
    let mut courses = vec![course(&first, later)];
    if args.later.is_none() && courses[0].is_from_the_beginning() {
        let calm = go(args, &chosen, Strikes::Calm)?;
        courses.extend(Some(course(&calm, Strikes::Calm)).filter(|it| !it.points.is_empty()));
    }
    let told = reports::Pinpoint {
        run: &first.run,
        command: chosen.command("run"),
        property: first.property,
        sentence: &first.sentence,
        courses,
    };
    let files = {
        let _whole_or_not_at_all = interrupt::while_writing();
        reports::pinpoint::write(&told, &target)?
    };
    if !args.quiet {
        output::print(&match args.format {
            Format::Text => {
                format!("{}  {} files in {}\n", told.to_text(), files.len(), target.display())
            }
            Format::Json => told.to_json(),
        })?;
    }
    Ok(ExitCode::SUCCESS)
}

fn go(args: &PinpointArgs, chosen: &Chosen, later: Strikes) -> Result<Pinpointed, Failure> {
    let of = Pinpoint {
        scenario: chosen.scenario.clone(),
        system: chosen.system,
        seed: chosen.seed,
        property: args.property,
        later: match later {
            Strikes::Faults => sim::Later::Faults,
            Strikes::Calm => sim::Later::Calm,
        },
        futures: args.futures,
        jobs: args.jobs.count(),
    };
    let spinner = progress::spinner(args.quiet, format!("running {}", chosen.scenario.name));
    let pinpointed = pinpoint_run(&of, &mut |so_far: PinpointProgress| {
        let PinpointProgress { moments, futures } = so_far;
        spinner.set_message(format!("{moments} moments, {} futures", number(futures)));
        !interrupt::was_asked()
    });
    spinner.finish_and_clear();
    pinpointed.map_err(|error| match error {
        PinpointError::Run(error) => chosen.failure(error),
        holds @ PinpointError::Holds { .. } => Failure::input(
            holds.to_string(),
            "only what is violated became inevitable: name a seed with which it is, as \
             `seedbed hunt` finds them, or another property",
        ),
    })
}

fn course(pinpointed: &Pinpointed, later: Strikes) -> Course {
    let Pinpointed { run, cuts, inevitable, rise, is_done, .. } = pinpointed;
    Course {
        later: match later {
            Strikes::Faults => Later::Faults,
            Strikes::Calm => Later::Calm,
        },
        points: cuts.iter().map(point).collect(),
        inevitable: inevitable.map(|tipped| tip(run, &tipped)),
        rise: rise.map(|tipped| tip(run, &tipped)),
        is_done: *is_done,
    }
}

fn point(cut: &Cut) -> Point {
    Point {
        place: cut.place,
        from: cut.from,
        came: cut.failed,
        futures: cut.futures,
        bounds: cut.bounds(),
    }
}

/// With what happened at the moment between the two.
fn tip(run: &Run, tipped: &Tipped) -> Tip {
    let at = Time::from_nanos(tipped.after.from.as_nanos() - 1);
    let trace = run.trace.iter().flat_map(|trace| &trace.events);
    let lines = trace.zip(trace::lines(run)).filter(|(event, _)| event.at == at);
    Tip {
        before: point(&tipped.before),
        after: point(&tipped.after),
        at,
        events: lines.map(|(_, line)| line.trim_start().to_owned()).collect(),
    }
}
