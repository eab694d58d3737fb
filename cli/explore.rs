//! `seedbed explore`: every order of events in a small scope.

use crate::{
    args::{Format, ScenarioName, SystemName, Timeout},
    choose,
    failure::Failure,
    output, progress,
};
use clap::{Args, ValueHint, builder::RangedU64ValueParser};
use hunt::explore::{Bounds, Ended, Found, Progress, Report, explore as explore_scope};
use judge::{record::Expected, text::number};
use serde_json::json;
use std::{fmt::Write as _, process::ExitCode};

/// What is explored, and how far.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    seedbed explore ghost-data                   the shortest way to ghost data\n  \
    seedbed explore ghost-data --system raft --writes 2 --crashes 1 --timers 1\n  \
    seedbed explore ghost-data --system raft --flaw vote-twice --writes 0\n  \
    seedbed explore leader-crash --depth 12 --format json\n\n\
    From each state everything that may happen next is tried: each message under way arrives or \
    is lost, each timer runs out, each node crashes or boots. The operations and the numbers of \
    faults are those of the scenario, unless options say otherwise. Time is free; what that \
    means, and what is not explored, is told in docs/exploring.md.\n\n\
    Exit codes: 0 as expected, or with --flaw something was found; 1 not; 2 bad input.")]
pub(crate) struct ExploreArgs {
    /// A scenario's name, or the path of a scenario file.
    #[arg(value_parser = ScenarioName, hide_possible_values = true,
        value_hint = ValueHint::FilePath)]
    scenario: String,
    /// The system to explore; by default that of the document it comes from.
    #[arg(long, value_name = "NAME", value_parser = SystemName)]
    system: Option<String>,
    /// A flaw to switch on; then it is as expected that something is found.
    #[arg(long, value_name = "NAME")]
    flaw: Option<String>,
    /// Puts, in place of the scenario's operations.
    #[arg(long, value_name = "N", value_parser = few(0))]
    writes: Option<usize>,
    /// Gets, in place of the scenario's operations.
    #[arg(long, value_name = "N", value_parser = few(0))]
    reads: Option<usize>,
    /// How many keys those touch in turn.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = few(1))]
    keys: usize,
    /// How often a node crashes, whichever; by default as often as in the scenario, and those.
    #[arg(long, value_name = "N")]
    crashes: Option<u8>,
    /// How often a node loses its power, whichever; by default as in the scenario. Syncs are then
    /// steps of their own.
    #[arg(long, value_name = "N")]
    power_losses: Option<u8>,
    /// How many messages are lost; by default 1 if links are cut or lose messages in the scenario.
    #[arg(long, value_name = "N")]
    losses: Option<u8>,
    /// How many messages arrive twice; by default 1 if the scenario doubles messages.
    #[arg(long, value_name = "N")]
    doubles: Option<u8>,
    /// How many timers run out, beside those that are due at once.
    #[arg(long, value_name = "N", default_value_t = 2)]
    timers: u8,
    /// How many steps a way has at most.
    #[arg(long, value_name = "N")]
    depth: Option<u32>,
    /// How many states are looked at, at most.
    #[arg(long, value_name = "N", default_value_t = 2_000_000,
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=100_000_000))]
    states: usize,
    /// Begin as the nodes boot, and not when they have settled.
    #[arg(long)]
    cold: bool,
    /// Messages of one link overtake each other, whatever the scenario says.
    #[arg(long)]
    reorder: bool,
    /// What to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Print nothing; the exit code tells.
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    pub(crate) timeout: Timeout,
}

/// From so many up to more than any scope that can be exhausted has.
fn few(least: u64) -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(least..=1000)
}

/// Explores a scope and tells what was found.
pub(crate) fn explore(args: &ExploreArgs) -> Result<ExitCode, Failure> {
    let scenario = choose::scenario(&args.scenario)?;
    let system = choose::system(&scenario, args.system.as_deref())?;
    let spinner = progress::spinner(args.quiet, format!("exploring {}", scenario.name));
    let bounds = bounds(args);
    let see = |progress: &Progress| spinner.set_message(so_far(progress));
    // Nodes that panic do so silently on a thread of runs.
    let threads = std::num::NonZeroUsize::MIN;
    let explored = sim::in_parallel(
        &[()],
        threads,
        |()| explore_scope(&scenario, system, &bounds, see),
        |(), _| {},
    );
    let report = explored.into_iter().next().expect("one exploration was had");
    spinner.finish_and_clear();
    let report = report.map_err(|error| {
        Failure::input(error.to_string(), "`seedbed explore --help` tells what can be asked for")
    })?;
    if !args.quiet {
        output::print(&match args.format {
            Format::Text => text(&report),
            Format::Json => json(&report),
        })?;
    }
    Ok(if report.as_expected() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn bounds(args: &ExploreArgs) -> Bounds {
    Bounds {
        flaw: args.flaw.clone(),
        writes: args.writes,
        reads: args.reads,
        keys: args.keys,
        crashes: args.crashes,
        power_losses: args.power_losses,
        losses: args.losses,
        doubles: args.doubles,
        timers: args.timers,
        depth: args.depth,
        states: args.states,
        cold: args.cold,
        reorder: args.reorder,
        compare: true,
    }
}

fn so_far(progress: &Progress) -> String {
    let Progress { states, looked_at, transitions, depth } = *progress;
    format!(
        "{} states, {} to look at, {} steps between them, {depth} deep",
        number(states as u64),
        number((states - looked_at) as u64),
        number(transitions)
    )
}

fn text(report: &Report) -> String {
    let mut text = format!("{} on {}, every order of events\n\n", report.scenario, report.system);
    for line in &report.scope {
        let _ = writeln!(text, "  {line}");
    }
    for line in &report.left_out {
        let _ = writeln!(text, "  left out: {line}");
    }
    if !report.compared {
        let _ = writeln!(
            text,
            "  {} cannot be compared: a node is taken to be as before only after the same events",
            report.system
        );
    }
    for found in &report.found {
        tell(found, &mut text);
    }
    let _ = writeln!(text, "\n{}", so_far_in_all(report));
    for (property, expected) in &report.judged {
        let expected = match expected {
            Expected::Holds => "expected to hold",
            Expected::Violated => "expected to be violated",
            Expected::Unstated => "nothing is expected",
        };
        let came = match (report.violates(*property), report.ended) {
            (true, _) => "violated",
            _ if report.unknown.contains(property) => "unknown, since nothing in the scope tells",
            (false, Ended::Exhausted) => "holds in the whole scope",
            (false, _) => "no violation was found as far as it was looked",
        };
        let _ = writeln!(text, "  {}: {came} ({expected})", property.name());
    }
    let verdict = if report.as_expected() { "As expected." } else { "Not as expected." };
    text + verdict + "\n"
}

fn tell(found: &Found, text: &mut String) {
    let what = match found.property {
        Some(property) => format!("{} is violated", property.name()),
        None => "A node panics".to_owned(),
    };
    let _ = writeln!(text, "\n{what}: {}\n", found.witness.summary);
    for (place, step) in found.steps.iter().enumerate() {
        let _ = writeln!(text, "{:>4}. {}", place + 1, step.what);
        for line in &step.then {
            let _ = writeln!(text, "        {line}");
        }
    }
    if let Some(left_alone) = found.left_alone {
        let _ = writeln!(text, "      Then nothing fails for {left_alone:?}, and it stays so.");
    }
    for (place, fact) in found.witness.facts.iter().enumerate() {
        let _ = writeln!(text, "{}{fact}", if place == 0 { "\n  Proof: " } else { "         " });
    }
}

fn so_far_in_all(report: &Report) -> String {
    let Progress { states, transitions, depth, .. } = report.progress;
    let ended = match report.ended {
        Ended::Exhausted => "EXHAUSTED: there is nothing else in this scope",
        Ended::Depth => "NOT EXHAUSTED: the depth is bounded, and there is more behind it",
        Ended::States => "NOT EXHAUSTED: there are more states than were to be looked at",
        Ended::Found => "NOT EXHAUSTED: what was found decides it, and the rest was not looked at",
    };
    format!(
        "{} states, {} steps between them, {depth} deep; {} quiet, {} of single nodes\n{ended}",
        number(states as u64),
        number(transitions),
        number(report.quiet as u64),
        number(report.local_states as u64),
    )
}

fn json(report: &Report) -> String {
    let judged = report.judged.iter().map(|(property, expected)| {
        json!({
            "property": property.name(),
            "expected": expected,
            "violated": report.violates(*property),
            "unknown": report.unknown.contains(property),
        })
    });
    let ended = match report.ended {
        Ended::Exhausted => "exhausted",
        Ended::Depth => "depth",
        Ended::States => "states",
        Ended::Found => "found",
    };
    let value = json!({
        "scenario": report.scenario,
        "system": report.system,
        "scope": report.scope,
        "left_out": report.left_out,
        "states": report.progress.states,
        "transitions": report.progress.transitions,
        "depth": report.progress.depth,
        "quiet_states": report.quiet,
        "node_states": report.local_states,
        "compared": report.compared,
        "ended": ended,
        "exhausted": report.ended == Ended::Exhausted,
        "judged": judged.collect::<Vec<_>>(),
        "found": report.found,
        "as_expected": report.as_expected(),
    });
    format!("{value:#}\n")
}
