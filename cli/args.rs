//! What can be said on the command line.

use crate::{
    judge::JudgeArgs,
    limits::{Limits, span},
    processes::{On, Place},
    shard::Share,
};
use clap::{
    Args as ClapArgs, Parser, Subcommand, ValueEnum, ValueHint,
    builder::{PossibleValue, TypedValueParser},
};
use std::{ffi::OsStr, num::NonZeroUsize, path::PathBuf, thread, time::Duration};

/// A deterministic simulation testbed for replicated key-value stores.
#[derive(Parser)]
#[command(
    name = "seedbed",
    version,
    about,
    propagate_version = true,
    arg_required_else_help = true,
    after_help = "Examples:\n  \
        seedbed run ghost-data               see a killed follower lose a write for ever\n  \
        seedbed run ghost-data --seed 7      the same with other latencies\n  \
        seedbed list                         what there is to run, on one screen\n  \
        seedbed glossary quorum              what a word means\n  \
        seedbed matrix                       which system survives which scenario\n  \
        seedbed audit --seeds 20             show that runs can be had again, event by event\n\n\
        Exit codes: 0 as expected, 1 not as expected, 2 bad input, 3 the harness failed."
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the scenarios by what they show, and the systems.
    List(ListArgs),
    /// Say what a word of stories and reports means.
    Glossary(GlossaryArgs),
    /// Show what a scenario does and what it expects.
    Show(ShowArgs),
    /// Run a scenario, tell its story, and write tables and charts.
    Run(RunArgs),
    /// Play a run in the terminal at a human pace, or tell it in plain lines.
    Play(crate::play::PlayArgs),
    /// Run scenarios against systems and show which hold what, in one table.
    Matrix(MatrixArgs),
    /// Have the same runs again, on other threads and in another process, and compare.
    Audit(AuditArgs),
    /// Have run after run until something breaks, and keep what breaks.
    Hunt(crate::hunt::HuntArgs),
    /// List, replay or prune what hunts have kept.
    Corpus(crate::corpus::CorpusArgs),
    /// Make a run that fails as small as it can be, as a scenario of a few steps.
    Shrink(crate::shrink::ShrinkArgs),
    /// Find the event after which a violation was inevitable.
    Pinpoint(crate::pinpoint::PinpointArgs),
    /// Measure how soon hunts catch each planted flaw.
    Flaws(crate::flaws::FlawsArgs),
    /// Run the library, or every plan of a folder, and compare with what is stored.
    Check(crate::check::CheckArgs),
    /// Join what the parts of a command found on several machines.
    Merge(crate::shard::merge::MergeArgs),
    /// Measure how fast a scenario runs on a system, judged.
    Bench(crate::bench::BenchArgs),
    /// Fit the simulator to this machine, and say how far its predictions can be believed.
    Calibrate(crate::calibrate::CalibrateArgs),
    /// Look at every order of events in a small scope, and find the shortest way to a violation.
    Explore(crate::explore::ExploreArgs),
    /// Be the network of a run: choose which message arrives, what is lost, who crashes.
    Step(crate::step::StepArgs),
    /// Write the report of a run once more, from its folder or its record.
    Report(crate::report::ReportArgs),
    /// Put two runs on one page and one time axis, and find where they first differ.
    Compare(crate::compare::CompareArgs),
    /// Write every run as a page, and an index of them, for a web server.
    Site(crate::site::SiteArgs),
    /// Judge histories from elsewhere: are they linearizable, and if not, why?
    Judge(JudgeArgs),
    /// Serve one node of a system, as a process on real connections and files.
    Serve(crate::serve::ServeArgs),
    /// Write a crate for a store of your own, with a small one in it that has a bug.
    New(crate::new::NewArgs),
    /// Carry out a sweep of runs, and write its tables and charts.
    Experiment(ExperimentArgs),
    /// Print every event of a run, a line an event.
    Trace(TraceArgs),
    /// Print a completion script for a shell.
    #[command(
        after_help = "Example:\n  seedbed completions bash > ~/.local/share/bash-completion/completions/seedbed"
    )]
    Completions(CompletionsArgs),
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:\n  \
    seedbed list                                one screen\n  \
    seedbed list clock                          what speaks of clocks\n  \
    seedbed list --tag lost-writes              a line of that screen\n  \
    seedbed list --system raft --tag crash      what crashes nodes of raft\n  \
    seedbed list --format json | jq '.scenarios[].name'\n\n\
    A tag is a line of the screen, a fault such as `crash`, a property that must be violated\n\
    such as `durability`, or `flaw`. All of them are read off the scenarios themselves.")]
pub(crate) struct ListArgs {
    /// Words that the scenario or system must speak of, all of them.
    #[arg(value_name = "WORD")]
    pub(crate) words: Vec<String>,
    /// Those meant for this system alone, by what they show on it.
    #[arg(long, value_name = "NAME", value_parser = SystemName, hide_possible_values = true)]
    pub(crate) system: Option<String>,
    /// Those that bear this tag alone.
    #[arg(long, value_name = "TAG", value_parser = TagName, hide_possible_values = true)]
    pub(crate) tag: Option<String>,
    /// Every scenario and every system.
    #[arg(long)]
    pub(crate) all: bool,
    /// How to print the lists.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

impl ListArgs {
    /// Whether more is asked for than the summary.
    pub(crate) fn chooses(&self) -> bool {
        self.all || self.system.is_some() || self.tag.is_some() || !self.words.is_empty()
    }
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:\n  \
    seedbed glossary                 every word\n  \
    seedbed glossary quorum\n  \
    seedbed glossary read repair\n  \
    seedbed glossary --format json")]
pub(crate) struct GlossaryArgs {
    /// The word, which may be several; by default all.
    #[arg(value_name = "WORD", value_parser = TermName, hide_possible_values = true)]
    pub(crate) words: Vec<String>,
    /// How to print the words.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:\n  \
    seedbed show ghost-data\n  \
    seedbed show ghost-data --toml > mine.toml    a scenario of your own to start from")]
pub(crate) struct ShowArgs {
    /// A scenario's name, or the path of a scenario file.
    #[arg(value_parser = ScenarioName, hide_possible_values = true,
        value_hint = ValueHint::FilePath)]
    pub(crate) scenario: String,
    /// Print the scenario as TOML, defaults and all.
    #[arg(long)]
    pub(crate) toml: bool,
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:\n  \
    seedbed run ghost-data\n  \
    seedbed run ghost-data --open                          walk through it in the browser\n  \
    seedbed run ghost-data --seed 7 --format json\n  \
    seedbed run mine.toml --out mine-charts\n  \
    seedbed run chaos-five --system raft --flaw commit-old-term\n  \
    seedbed run chaos --seed 3 --plan full --out found\n  \
    seedbed run found/plan.toml                            the same run from its plan\n\n\
    A plan holds its seed, its system and every step with its node, and gives the same digest. With\n\
    `--plan full` it holds every operation too, a line each, of which any may be taken out.\n\
    A scenario runs on any system that can carry it out. Where it states no expectation for the\n\
    system, or a flaw was switched on by hand, the story says what holds and what does not.\n\
    Exit codes: 0 as expected, or nothing was; 1 not as expected, 2 bad input, 3 the harness failed.")]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) which: Which,
    #[command(flatten)]
    pub(crate) place: Place,
    /// Where the files go; by default `out/<scenario>-<system>-<seed>`.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) out: Option<PathBuf>,
    /// What `plan.toml` states: the faults with their nodes, or every operation of the clients too.
    #[arg(long, value_enum, value_name = "WHAT", default_value_t)]
    pub(crate) plan: Plan,
    /// What to print: the story, or the summary as JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// Write the whole run into a file too, a line of JSON for each operation and event.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) record: Option<PathBuf>,
    /// Tell everything: every verdict, every violation in full, a longer timeline.
    #[arg(long, short, conflicts_with = "quiet")]
    pub(crate) verbose: bool,
    /// Tell what the words of the reasons mean, a line each.
    #[arg(long, conflicts_with = "quiet")]
    pub(crate) explain: bool,
    /// Print nothing; the exit code tells.
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Open the page of the run, `report.html`, in the browser.
    #[arg(long)]
    pub(crate) open: bool,
    #[command(flatten)]
    pub(crate) limits: Limits,
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:\n  \
    seedbed trace ghost-data --seed 7\n  \
    seedbed trace ghost-data --seed 7 | grep n2")]
pub(crate) struct TraceArgs {
    #[command(flatten)]
    pub(crate) which: Which,
    #[command(flatten)]
    pub(crate) limits: Limits,
}

/// How long the whole command may take.
#[derive(ClapArgs)]
pub(crate) struct Timeout {
    /// How long the command may take, such as `10m`; then it ends with exit code 2, and with nothing
    /// half written.
    #[arg(long, value_name = "TIME", help_heading = "Limits", value_parser = span)]
    pub(crate) timeout: Option<Duration>,
}

impl Command {
    /// How much its runs may take, if it has any.
    pub(crate) fn limits(&self) -> Option<&Limits> {
        match self {
            Self::Run(args) => Some(&args.limits),
            Self::Play(args) => Some(&args.limits),
            Self::Matrix(args) => Some(&args.limits),
            Self::Audit(args) => Some(&args.limits),
            Self::Hunt(args) => Some(&args.limits),
            Self::Corpus(args) => Some(args.limits()),
            Self::Shrink(args) => Some(&args.limits),
            Self::Pinpoint(args) => Some(&args.limits),
            Self::Flaws(args) => Some(&args.limits),
            Self::Check(args) => Some(&args.limits),
            Self::Bench(args) => Some(&args.limits),
            Self::Calibrate(args) => Some(&args.limits),
            Self::Experiment(args) => Some(&args.limits),
            Self::Trace(args) => Some(&args.limits),
            Self::Site(args) => Some(&args.limits),
            Self::Step(args) => Some(&args.limits),
            Self::Report(args) => Some(&args.limits),
            Self::Compare(args) => Some(&args.limits),
            Self::List(_)
            | Self::Glossary(_)
            | Self::Show(_)
            | Self::Merge(_)
            | Self::Explore(_)
            | Self::Judge(_)
            | Self::Serve(_)
            | Self::New(_)
            | Self::Completions(_) => None,
        }
    }

    /// How long it may take, if it can take long.
    pub(crate) fn timeout(&self) -> Option<&Timeout> {
        match self {
            Self::Explore(args) => Some(&args.timeout),
            Self::Judge(args) => Some(&args.timeout),
            other => other.limits().map(|limits| &limits.whole),
        }
    }
}

/// Names one run.
#[derive(ClapArgs)]
pub(crate) struct Which {
    /// A scenario's name, or the path of a scenario file.
    #[arg(value_parser = ScenarioName, hide_possible_values = true,
        value_hint = ValueHint::FilePath)]
    pub(crate) scenario: String,
    /// The seed that decides everything else; by default that of the file, or 0.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// The system to run it on; by default that of the file, or of the document it comes from.
    #[arg(long, value_name = "NAME", value_parser = SystemName)]
    pub(crate) system: Option<String>,
    /// Switch on a flaw of the system, beside those that it has there; may be given again. What
    /// the scenario expects is not judged then.
    #[arg(long = "flaw", value_name = "NAME", value_parser = FlawName, hide_possible_values = true)]
    pub(crate) flaws: Vec<String>,
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:\n  \
    seedbed matrix                                       every scenario on every system it names\n  \
    seedbed matrix --systems raft,quorum --seeds 20\n  \
    seedbed matrix --scenarios ghost-data,mine.toml --format csv > cells.csv\n  \
    seedbed matrix --scenarios chaos-five --systems raft --flaw commit-old-term\n  \
    seedbed matrix --on processes                        what is known to show, by real processes\n  \
    seedbed matrix --seeds 1000 --shard 1/8 --results parts/1.json    then `seedbed merge parts`\n\n\
    A cell is a scenario on a system for which it states an expectation, run with each seed. \
    Where scenarios and systems are both named, and for a file that expects nothing, there is a \
    cell wherever the system can carry the scenario out. A \
    property holds in a cell if it holds with every seed; it is violated if it is with at least \
    one, and the first such seed is named. So a violation that is expected need show with one \
    seed only, while `seedbed run` wants it of the seed it is given. A run that panics, or a \
    fault that touches nothing, is never as expected.\n\n\
    On processes a run takes as long as it says, so that without `--scenarios` only a part of the library is run: \
    the failures that the documents behind it tell of, and what must never happen to raft.\n\n\
    The folder gets matrix.csv, matrix.md, matrix.json, matrix.png and matrix.svg; of a part, which is \
    not all, it gets nothing.\n\
    Exit codes: 0 every cell as expected, 1 some not, 2 bad input, 3 the harness failed.")]
pub(crate) struct MatrixArgs {
    /// Scenarios by name or path, with commas between; by default all that are built in.
    #[arg(long, value_name = "NAME,..", value_delimiter = ',', value_parser = ScenarioName,
        hide_possible_values = true, value_hint = ValueHint::FilePath)]
    pub(crate) scenarios: Vec<String>,
    /// Systems, with commas between; by default all for which a scenario is meant.
    #[arg(long, value_name = "NAME,..", value_delimiter = ',', value_parser = SystemName)]
    pub(crate) systems: Vec<String>,
    /// Switch on a flaw of the systems that have it; may be given again. What the scenarios expect
    /// is not judged then. Without `--systems`, the systems are those that have all these flaws.
    #[arg(long = "flaw", value_name = "NAME", value_parser = FlawName, hide_possible_values = true)]
    pub(crate) flaws: Vec<String>,
    /// How many seeds: from that of the file up, or from 0; by default 3, and on processes 1.
    #[arg(long, value_name = "N", default_value_t = 3, hide_default_value = true,
        default_value_if("on", "processes", "1"), value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) seeds: u64,
    /// Where to have the runs: in the simulator, or by a process for each node, in real time; then the
    /// verdicts are set beside those of the simulator.
    #[arg(long, value_enum, value_name = "WHERE", default_value_t)]
    pub(crate) on: On,
    /// Where the files go.
    #[arg(long, value_name = "DIR", default_value = "out/matrix", value_hint = ValueHint::DirPath)]
    pub(crate) out: PathBuf,
    /// What to print.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: MatrixFormat,
    /// Print nothing; the exit code tells.
    #[arg(long, short)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) jobs: Jobs,
    #[command(flatten)]
    pub(crate) share: Share,
    #[command(flatten)]
    pub(crate) limits: Limits,
}

/// How many runs are had at once.
#[derive(ClapArgs)]
pub(crate) struct Jobs {
    /// How many runs at once; by default one for each core.
    #[arg(long, value_name = "N", value_parser = jobs)]
    jobs: Option<NonZeroUsize>,
}

/// So many runs at once at most: each has a thread.
const MOST_JOBS: usize = 1024;

fn jobs(text: &str) -> Result<NonZeroUsize, String> {
    let count = text.parse::<NonZeroUsize>().ok().filter(|count| count.get() <= MOST_JOBS);
    count.ok_or_else(|| format!("write a number from 1 to {MOST_JOBS}"))
}

impl Jobs {
    /// The number asked for, if one was.
    pub(crate) fn stated(&self) -> Option<NonZeroUsize> {
        self.jobs
    }

    /// The number asked for, or that of the cores.
    pub(crate) fn count(&self) -> NonZeroUsize {
        let cores = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        self.jobs.unwrap_or_else(cores)
    }
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:\n  \
    seedbed audit                          every scenario, one seed\n  \
    seedbed audit ghost-data --seeds 100\n  \
    seedbed audit --digests > before       to be compared after a change, by diff\n  \
    seedbed audit --shard 1/8 --results parts/1.json    a part of it; then `seedbed merge parts`\n\n\
    Each run is had three times: on two threads of this process, and in a second process.\n\
    The digest of a run covers every event. Where two differ, the first event that differs\n\
    is named, and the exit code is 1.")]
pub(crate) struct AuditArgs {
    /// Scenarios by name or path; by default all that are built in.
    #[arg(value_parser = ScenarioName, hide_possible_values = true,
        value_hint = ValueHint::FilePath)]
    pub(crate) scenarios: Vec<String>,
    /// How many seeds: from that of the file up, or from 0.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) seeds: u64,
    /// How to print the result.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// Print nothing; the exit code tells.
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Print the digest of each run, and compare nothing.
    #[arg(long)]
    pub(crate) digests: bool,
    #[command(flatten)]
    pub(crate) jobs: Jobs,
    #[command(flatten)]
    pub(crate) share: Share,
    #[command(flatten)]
    pub(crate) limits: Limits,
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:\n  \
    seedbed experiment --list\n  \
    seedbed experiment throughput-by-mode     the load test of the FastAPI outline, beside its own figures\n  \
    seedbed experiment ladder                 what each design costs, and what it still loses")]
pub(crate) struct ExperimentArgs {
    /// The experiment's name; without one, all are listed.
    #[arg(value_parser = ExperimentName)]
    pub(crate) name: Option<String>,
    /// List the experiments.
    #[arg(long, conflicts_with = "name")]
    pub(crate) list: bool,
    /// The seed that decides everything else.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Where the files go; by default out/experiment-NAME.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) out: Option<PathBuf>,
    /// What to print: tables, or the summary as JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// Print nothing; the exit code tells.
    #[arg(long, short)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) limits: Limits,
}

#[derive(ClapArgs)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

/// How to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// What a run's plan states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Plan {
    /// Every fault and step, with nodes in place of roles; operations are drawn from the seed.
    #[default]
    Faults,
    /// The operations of the clients too, each with its moment, its client and its nodes.
    Full,
}

/// How to print a matrix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum MatrixFormat {
    /// A table for people, and what is not as expected.
    #[default]
    Text,
    /// For programs, with everything.
    Json,
    /// A row for each property of each cell.
    Csv,
    /// A table for a page.
    Markdown,
}

/// Takes any text, and offers the built-in scenarios to completions.
#[derive(Clone)]
pub(crate) struct ScenarioName;

/// Takes any text, and offers the experiments to completions.
#[derive(Clone)]
struct ExperimentName;

/// Takes any text, and offers the tags of scenarios to completions.
#[derive(Clone)]
struct TagName;

/// Takes any text, and offers the words of the glossary to completions.
#[derive(Clone)]
struct TermName;

/// Takes any text, and offers the registry's systems to completions.
#[derive(Clone)]
pub(crate) struct SystemName;

/// Takes any text, and offers the flaws of all systems to completions.
#[derive(Clone)]
pub(crate) struct FlawName;

macro_rules! offers {
    ($parser:ty, $names:expr) => {
        impl TypedValueParser for $parser {
            type Value = String;

            fn parse_ref(
                &self,
                command: &clap::Command,
                arg: Option<&clap::Arg>,
                value: &OsStr,
            ) -> Result<String, clap::Error> {
                clap::builder::StringValueParser::new().parse_ref(command, arg, value)
            }

            fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
                Some(Box::new($names))
            }
        }
    };
}

offers!(ScenarioName, scenarios::library().map(|embedded| PossibleValue::new(embedded.name)));
offers!(TagName, scenarios::tags().into_iter().map(PossibleValue::new));
offers!(TermName, reports::glossary::ALL.iter().map(|term| PossibleValue::new(term.name)));
offers!(
    ExperimentName,
    scenarios::experiment::ALL
        .iter()
        .map(|experiment| { PossibleValue::new(experiment.name).help(experiment.title) })
);
offers!(
    SystemName,
    node::systems::all()
        .iter()
        .map(|system| { PossibleValue::new(system.name).help(system.summary) })
);
offers!(
    FlawName,
    node::systems::all()
        .iter()
        .flat_map(|system| system.flaws)
        .map(|flaw| PossibleValue::new(flaw.name).help(flaw.summary))
);
