//! `seedbed calibrate`: fits the simulator to this machine, and says how far it can be believed.

mod fit;
mod tell;
mod verdict;

use crate::{
    args::{Format, SystemName},
    choose,
    failure::Failure,
    interrupt, limits,
    limits::Limits,
    output, progress,
    served::OnWire,
};
use clap::{Args, ValueHint};
use fit::{Fit, Load, Measured};
use live::{
    load::{self, Plan},
    measure::{Processes, Samples, pings, processor_time},
};
use node::{SystemInfo, Time};
use reports::Calibration;
use sim::{Detail, Gear, Run};
use std::{
    env,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    process::ExitCode,
    thread,
    time::Duration,
};
use tell::Row;
use tempfile::TempDir;
use verdict::Compared;

/// So many nodes are measured.
const NODES: usize = 3;

/// So many pings tell how long a message is under way.
const PINGS: usize = 6000;

/// The pause between two pings: none, as a client makes none between its operations.
const BETWEEN_PINGS: Duration = Duration::ZERO;

#[derive(Args)]
#[command(after_help = "Examples:\n  \
    seedbed calibrate                              async-leader and raft, fitted at 1 client\n  \
    seedbed calibrate raft --clients 10,50 --for 5s --repetitions 7\n  \
    seedbed calibrate quorum --format json\n\n\
    It starts three processes of a system on this machine, with files and real syncs, has one client put for\n\
    a while, and measures in place how long each kind of event takes, how long an idle node takes to wake up,\n\
    how long messages are under way, syncs, and clients. `fragment.toml` says so as a scenario does, and\n\
    `scenario.toml` is one that runs with it. Then it predicts other loads in the simulator, carries them\n\
    out for real in turn, and says of each measure whether the prediction is within 20% of the\n\
    median, outside, or whether the machine differs too much from itself to tell.\n\
    Nothing else should run meanwhile. Exit codes: 0 it was measured, 2 bad input, 3 a process failed.")]
pub(crate) struct CalibrateArgs {
    /// The systems, with blanks between; by default async-leader and raft.
    #[arg(value_name = "SYSTEM", value_parser = SystemName, hide_possible_values = true)]
    systems: Vec<String>,
    /// The loads that are predicted: how many clients, with commas between.
    #[arg(long, value_name = "N,..", value_delimiter = ',', default_values_t = [1, 10, 50],
        value_parser = clap::value_parser!(u32).range(1..=1000))]
    clients: Vec<u32>,
    /// How long each load counts, after a second that does not.
    #[arg(long = "for", value_name = "TIME", default_value = "2s", value_parser = limits::span)]
    time: Duration,
    /// How often each load is carried out, for real and in the simulator in turn.
    #[arg(long, value_name = "N", default_value = "5")]
    repetitions: NonZeroUsize,
    /// The folder of what is written, a folder a system; by default out/calibrate-<system>.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    out: Option<PathBuf>,
    /// How to print the table.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    pub(crate) limits: Limits,
}

/// What one load came to, for real or in the simulator.
#[derive(Clone, Copy, Debug)]
struct Came {
    per_second: f64,
    p50: Duration,
    p99: Duration,
}

/// Fits, predicts, measures, and prints how far they agree.
pub(crate) fn calibrate(args: &CalibrateArgs) -> Result<ExitCode, Failure> {
    let named: Vec<&str> = match args.systems.is_empty() {
        true => vec!["async-leader", "raft"],
        false => args.systems.iter().map(String::as_str).collect(),
    };
    let systems: Vec<_> = named.into_iter().map(choose::system_named).collect::<Result<_, _>>()?;
    for system in &systems {
        OnWire::of_system(system)?;
        // Known before anything is measured, so that nobody waits for nothing.
        reports::check_calibration_target(&folder(args, system))?;
    }
    let mut all = Vec::new();
    for system in systems {
        let (fit, rows) = one(args, system)?;
        if args.format == Format::Text {
            output::print(&tell::text(system, &fit, &rows))?;
        }
        all.push((system, rows));
    }
    if args.format == Format::Json {
        output::print(&tell::json(args.time, &all))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Where what is found out about a system goes.
fn folder(args: &CalibrateArgs, system: &SystemInfo) -> PathBuf {
    match &args.out {
        Some(out) => out.join(system.name),
        None => Path::new("out").join(format!("calibrate-{}", system.name)),
    }
}

fn one(args: &CalibrateArgs, system: &'static SystemInfo) -> Result<(Fit, Vec<Row>), Failure> {
    let load = Load { warm_up: Duration::from_secs(1), time: args.time, keys: 1000 };
    let fit = Fit::of(&measured(system, &load)?).ok_or_else(|| {
        Failure::harness(format!("nothing of {} was measured: it answered no ping", system.name))
    })?;
    let bar = progress::bar(false, args.clients.len() * args.repetitions.get());
    let mut rows = Vec::new();
    for &clients in &args.clients {
        let clients = clients as usize;
        let (mut real, mut predicted) = (Vec::new(), Vec::new());
        for seed in 0..args.repetitions.get() as u64 {
            let (came, _, _) = carried_out(system, &load, clients, seed, false)?;
            real.push(came);
            let scenario = fit.scenario(system, NODES, &load, clients);
            let run = sim::run(&scenario, system.name, seed, Detail::Verdicts, Gear::Advance)
                .map_err(|error| Failure::of_run(error, "seedbed calibrate"))?;
            predicted.push(of_run(&run, &load));
            progress::step(&bar, || format!("{} at {clients} clients", system.name));
        }
        rows.extend(compared(clients, &predicted, &real));
    }
    bar.finish_and_clear();
    let most = args.clients.iter().max().copied().unwrap_or(1) as usize;
    let scenario = fit.scenario(system, NODES, &load, most);
    let calibration = Calibration {
        summary: tell::json(args.time, &[(system, rows.clone())]),
        table: tell::csv(&rows),
        fragment: fit.fragment(system, NODES),
        scenario: scenario.to_toml(),
    };
    {
        let _whole_or_not_at_all = interrupt::while_writing();
        reports::write_calibration(calibration, &folder(args, system))?;
    }
    Ok((fit, rows))
}

/// Measures a cluster at one client.
fn measured(system: &'static SystemInfo, load: &Load) -> Result<Measured, Failure> {
    let (came, samples, spent) = carried_out(system, load, 1, 0, true)?;
    let operations = came.per_second * (load.warm_up + load.time).as_secs_f64();
    let pinged = samples.1;
    Ok(Measured {
        samples: samples.0,
        pings: pinged,
        client: spent.div_f64(operations.max(1.0)),
        cores: thread::available_parallelism().map_or(1, NonZeroUsize::get),
    })
}

/// What a real load came to, what nodes and pings timed of it, and what its clients cost.
type Loaded = (Came, (Samples, Vec<Duration>), Duration);

/// What is compared, and how it is read off.
type Measure = (&'static str, fn(&Came) -> f64);

/// Loads a cluster of its own for real. Where it is timed, the answers are joined by what the nodes timed, by pings,
/// and by how long the processor was at work for the clients.
fn carried_out(
    system: &'static SystemInfo,
    load: &Load,
    clients: usize,
    seed: u64,
    timed: bool,
) -> Result<Loaded, Failure> {
    let failed = |why: String| Failure::harness(format!("{}: {why}", system.name));
    let folder = TempDir::new().map_err(|why| failed(why.to_string()))?;
    let program = env::current_exe().map_err(|why| failed(why.to_string()))?;
    let processes = Processes::start(&program, system.name, NODES, folder.path(), timed);
    let processes = processes.map_err(failed)?;
    let plan = Plan {
        clients,
        keys: load.keys,
        warm_up: load.warm_up,
        time: load.time,
        seed,
        ..Plan::default()
    };
    let addresses = processes.addresses().to_vec();
    let target = load::Cluster::new(system, addresses.clone(), None, clients.min(100));
    let before = processor_time();
    let figures = load::load(&target, &plan, || false).map_err(|why| failed(why.to_string()))?;
    let spent = processor_time().saturating_sub(before);
    let pinged = match timed {
        true => pings(system.name, &addresses, PINGS, BETWEEN_PINGS),
        false => Ok(Vec::new()),
    };
    let pinged = pinged.map_err(|why| failed(why.to_string()))?;
    let samples = processes.end().map_err(failed)?;
    let answered = figures.kinds.values().next().filter(|it| it.in_time > 0);
    let answered = answered.ok_or_else(|| failed("it answered nothing in time".to_owned()))?;
    let at = |share| Duration::from_nanos(answered.latency.value_at_quantile(share));
    let came = Came { per_second: figures.per_second(None), p50: at(0.5), p99: at(0.99) };
    Ok((came, (samples, pinged), spent))
}

/// What a run came to, counted as for real.
fn of_run(run: &Run, load: &Load) -> Came {
    let (from, to) = (Time::from(load.warm_up), Time::from(load.warm_up + load.time));
    let counts =
        run.operations().iter().filter(|it| it.is_ok() && it.invoked >= from && it.completed <= to);
    let mut took: Vec<Duration> = counts.map(|it| it.completed.since(it.invoked)).collect();
    took.sort_unstable();
    let at = |share: usize| {
        let rank = (took.len() * share).div_ceil(100).max(1) - 1;
        took.get(rank).copied().unwrap_or_default()
    };
    let per_second = took.len() as f64 / load.time.as_secs_f64();
    Came { per_second, p50: at(50), p99: at(99) }
}

fn compared(clients: usize, predicted: &[Came], real: &[Came]) -> Vec<Row> {
    let measures: [Measure; 3] = [
        ("operations a second", |came| came.per_second),
        ("p50, us", |came| came.p50.as_secs_f64() * 1e6),
        ("p99, us", |came| came.p99.as_secs_f64() * 1e6),
    ];
    let row = |(measure, of): Measure| {
        let all = |came: &[Came]| came.iter().map(of).collect::<Vec<_>>();
        let compared = Compared::of(&all(predicted), &all(real))?;
        Some(Row { clients, measure, compared })
    };
    measures.into_iter().filter_map(row).collect()
}
