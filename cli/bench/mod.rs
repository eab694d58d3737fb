//! `seedbed bench`: how fast a scenario runs in the simulator, or a system on real connections.

mod live;
mod place;
mod process;
mod rivals;
mod simulated;

use crate::{
    args::{FlawName, Format, ScenarioName, SystemName, Which},
    failure::Failure,
    limits::{Limits, span},
};
use ::live::load::Mix;
use clap::{Args, ValueEnum, ValueHint};
use std::{num::NonZeroUsize, path::PathBuf, process::ExitCode, time::Duration};

#[derive(Args)]
#[command(after_help = "Examples:\n  \
    seedbed bench ghost-data\n  \
    seedbed bench chaos-five --system raft --runs 200\n  \
    seedbed bench --on raft                                   three processes, beside etcd and redis if they are there\n  \
    seedbed bench --on async-leader --clients 50 --mix put=1,get=1 --for 10s --beside none\n  \
    seedbed bench --on raft --rate 5000                       operations are due, however slow the store is\n  \
    seedbed bench --on 127.0.0.1:7001,127.0.0.1:7002,127.0.0.1:7003 --system raft\n\n\
    Of a scenario: the runs have the seeds from --seed on, one after the other on one core, with every checker \
    and nothing written. Times are of the processor, so that what else the machine does counts little; \
    compare them only with times of the same machine.\n\n\
    With --on, of processes that speak over real connections and sync real files. Without --rate each client asks \
    as soon as it was answered. With it operations are due at that rate, and latencies count from when each was \
    due, so that a store that stalls cannot hide it. Stores are measured one after the other with everything new. The \
    folder gets summary.json, bench.csv, quantiles.csv, report.txt and charts. Ctrl-C ends with what there is; every \
    process that was started is ended.\n\
    Exit codes: 0 measured, 1 nothing was answered, 2 bad input, 3 the harness failed.")]
pub(crate) struct BenchArgs {
    /// A scenario's name, or the path of a scenario file.
    #[arg(value_parser = ScenarioName, hide_possible_values = true, value_hint = ValueHint::FilePath,
        required_unless_present = "on")]
    scenario: Option<String>,
    /// The seed that decides everything else: by default that of the file, or 0. With --on, what is drawn from.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// The system to run it on; by default that of the file, or of the document it comes from. With addresses after
    /// --on, the system that listens there.
    #[arg(long, value_name = "NAME", value_parser = SystemName)]
    system: Option<String>,
    /// Switch on a flaw of the system, beside those that it has there; may be given again.
    #[arg(long = "flaw", value_name = "NAME", value_parser = FlawName, hide_possible_values = true)]
    flaws: Vec<String>,
    /// How many runs; by default as many as take about two seconds.
    #[arg(long, value_name = "N")]
    runs: Option<NonZeroUsize>,
    /// How to print the figures.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    load: LoadArgs,
    #[command(flatten)]
    pub(crate) limits: Limits,
}

/// What is asked of processes, and of which.
#[derive(Args)]
#[command(next_help_heading = "On real connections")]
pub(super) struct LoadArgs {
    /// A system, of which processes are started for the time; or where the nodes of one listen, n1 first, with commas
    /// between.
    #[arg(long, value_name = "SYSTEM|ADDRESS,..")]
    on: Option<String>,
    /// How many nodes are started, of each store.
    #[arg(long, value_name = "N", default_value_t = 3, requires = "on",
        value_parser = clap::value_parser!(u8).range(1..=15))]
    nodes: u8,
    /// Set something about the system, as a scenario does in `[system]`; may be given again.
    #[arg(long = "setting", value_name = "NAME=VALUE", requires = "on")]
    settings: Vec<String>,
    /// A file with the secret of the nodes that listen.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "on")]
    secret_file: Option<PathBuf>,
    /// Stores that are measured beside it, with commas between; by default those of them that are installed, and
    /// none beside addresses.
    #[arg(long, value_name = "STORE,..", value_delimiter = ',', value_enum, requires = "on")]
    beside: Vec<Rival>,
    /// How many clients ask, each one thing at a time.
    #[arg(long, value_name = "N", default_value_t = 50, requires = "on",
        value_parser = clap::value_parser!(u32).range(1..=10_000))]
    clients: u32,
    /// How many connections to each node the clients share; by default each has its own up to 500. More clients to a
    /// connection are answered faster, and no longer what other stores are asked.
    #[arg(long, value_name = "N", requires = "on",
        value_parser = clap::value_parser!(u32).range(1..=10_000))]
    connections: Option<u32>,
    /// How many operations are due a second, in all; without it each client asks as soon as it was answered.
    #[arg(long, value_name = "N", requires = "on", value_parser = rate)]
    rate: Option<f64>,
    /// How often each kind of operation comes: put, get, delete.
    #[arg(long, value_name = "KIND=N,..", default_value = "put=1", requires = "on")]
    mix: Mix,
    /// How many keys there are.
    #[arg(long, value_name = "N", default_value_t = 10_000, requires = "on",
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    keys: u32,
    /// By which exponent keys are asked for less the higher their rank, such as 0.99; by default all alike.
    #[arg(long, value_name = "EXPONENT", requires = "on", value_parser = exponent)]
    zipf: Option<f64>,
    /// How long a value is.
    #[arg(long, value_name = "N", default_value_t = 64, requires = "on",
        value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    value_bytes: u32,
    /// For how long it is measured.
    #[arg(long = "for", value_name = "TIME", default_value = "10s", requires = "on", value_parser = span)]
    time: Duration,
    /// For how long it is asked before that.
    #[arg(long, value_name = "TIME", default_value = "1s", requires = "on",
        value_parser = humantime::parse_duration)]
    warm_up: Duration,
    /// How often each store is measured, in turn; the figures are those of the round with the middle throughput.
    #[arg(long, value_name = "N", default_value_t = 1, requires = "on",
        value_parser = clap::value_parser!(u8).range(1..=99))]
    rounds: u8,
    /// The folder in which the stores keep their files meanwhile; it decides which disk is measured.
    #[arg(long, value_name = "DIR", default_value = ".", requires = "on", value_hint = ValueHint::DirPath)]
    data: PathBuf,
    /// Where the files go; by default out/bench-SYSTEM.
    #[arg(long, value_name = "DIR", requires = "on", value_hint = ValueHint::DirPath)]
    out: Option<PathBuf>,
}

/// Another store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Rival {
    /// etcd, by its gRPC service.
    Etcd,
    /// redis, a leader and replicas of it, in memory.
    Redis,
    /// None.
    None,
}

/// Measures, and prints how fast it was.
pub(crate) fn bench(args: &BenchArgs) -> Result<ExitCode, Failure> {
    if args.load.on.is_some() {
        return live::bench(args);
    }
    let which = Which {
        scenario: args.scenario.clone().expect("it is required without `--on`"),
        seed: args.seed,
        system: args.system.clone(),
        flaws: args.flaws.clone(),
    };
    simulated::bench(&which, args.runs, args.format)
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|rate| (0.1..=1e6).contains(rate));
    rate.ok_or_else(|| "write how many a second, from 0.1 to 1000000".to_owned())
}

fn exponent(text: &str) -> Result<f64, String> {
    let exponent = text.parse().ok().filter(|exponent| (0.0..=10.0).contains(exponent));
    exponent.ok_or_else(|| "write an exponent from 0 to 10, such as 0.99".to_owned())
}
