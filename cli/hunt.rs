//! `seedbed hunt`: seed after seed until something breaks.

mod parts;

pub(crate) use parts::merged;

use crate::{
    args::{FlawName, Format, Jobs, ScenarioName, SystemName, Which},
    choose::{self, Chosen},
    failure::Failure,
    interrupt,
    limits::{self, Limits, span},
    output, progress,
    shard::{Share, Times},
};
use clap::{Args, ValueHint};
use cpu_time::ProcessTime;
use hunt::{Corpus, Entry, Failures, Group, Hunt, Hunted, Source, Stopped, What, draw};
use judge::text::{count, number, program};
use scenarios::{Property, Scenario};
use serde_json::json;
use sim::{Detail, Gear};
use std::{
    ops::Range,
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};

#[derive(Args)]
#[command(after_help = "Examples:\n  \
    seedbed hunt random --system raft --seeds 0..20000\n  \
    seedbed hunt random --system async-leader --for 30s --save corpus\n  \
    seedbed hunt random --system raft --flaw commit-old-term --stop-after 1\n  \
    seedbed hunt chaos-five --system raft --property linearizability --for 10m\n\n\
    With `random`, every seed draws a configuration of its own: nodes, clients, keys, links, kinds of \
    fault and how often they come. With a scenario, every seed has that scenario. Runs that fail are \
    grouped by what they show, and of each group the one is kept in which least happened. What was \
    found depends on the seeds alone, not on how many runs are had at once.\n\n\
    Ctrl-C ends the hunt with what it has.\n\
    A part of the seeds is hunted with `--shard I/N --results FILE`, and `seedbed merge` joins the parts.\n\
    Exit codes: 0 nothing was found, 1 something was, 2 bad input, 3 the harness failed.")]
pub(crate) struct HuntArgs {
    /// `random`, a scenario's name, or the path of a scenario file.
    #[arg(value_parser = ScenarioName, hide_possible_values = true,
        value_hint = ValueHint::FilePath)]
    what: String,
    /// The system; a scenario has one of its own.
    #[arg(long, value_name = "NAME", value_parser = SystemName)]
    system: Option<String>,
    /// Switch on a flaw of the system; may be given again.
    #[arg(long = "flaw", value_name = "NAME", value_parser = FlawName, hide_possible_values = true)]
    flaws: Vec<String>,
    /// Which seeds, from the first up to but without the last.
    #[arg(long, value_name = "A..B", value_parser = seeds)]
    seeds: Option<Range<u64>>,
    /// For how long, such as `60s` or `1h`; without `--seeds` and `--for`, a minute.
    #[arg(long = "for", value_name = "TIME", value_parser = span)]
    time: Option<Duration>,
    /// Stop after so many runs that failed.
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(1..))]
    stop_after: Option<u64>,
    /// Count only violations of this property; may be given again.
    #[arg(long = "property", value_name = "NAME", value_parser = property)]
    properties: Vec<Property>,
    /// Keep the cheapest run of each group in this folder, as a plan that runs by itself.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    save: Option<PathBuf>,
    /// How to print what was found.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Print nothing; the exit code tells.
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    jobs: Jobs,
    #[command(flatten)]
    share: Share,
    #[command(flatten)]
    pub(crate) limits: Limits,
}

const A_MINUTE: Duration = Duration::from_secs(60);

fn seeds(text: &str) -> Result<Range<u64>, String> {
    let range = text.split_once("..").and_then(|(from, to)| {
        let number = |text: &str| text.replace('_', "").parse::<u64>().ok();
        Some(number(from)?..number(to)?)
    });
    match range {
        Some(range) if range.start < range.end => Ok(range),
        Some(range) => Err(format!(
            "there is no seed from {} up to {}: the first must be the smaller",
            range.start, range.end
        )),
        None => Err("write two numbers with two dots between them, such as `0..1000`".to_owned()),
    }
}

pub(crate) fn property(text: &str) -> Result<Property, String> {
    let known = |property: &Property| property.name() == text;
    Property::EVERY.into_iter().find(known).ok_or_else(|| {
        let names: Vec<_> = Property::EVERY.iter().map(|property| property.name()).collect();
        match scenarios::nearest(text, &names) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("the properties are {}", names.join(", ")),
        }
    })
}

/// Hunts, and says what was found and what was covered.
pub(crate) fn hunt(args: &HuntArgs) -> Result<ExitCode, Failure> {
    let whole = chosen(args)?;
    let of = Hunt { seeds: parts::seeds(args, &whole)?, ..whole };
    // Known before the runs, so that nobody waits for nothing.
    args.share.check()?;
    let corpus = args.save.as_deref().map(Corpus::open).transpose().map_err(bad_corpus)?;
    let clocks = Clocks::start();
    let (hunted, mut stopped) = go(&of, args, &clocks);
    let took = clocks.so_far();
    if let Some(Stopped { seed, error, .. }) = stopped.take_if(|_| args.share.results.is_some()) {
        return Err(Failure::of_run(*error, &again(&of, args, seed)));
    }
    if args.share.results.is_some() && hunted.seeds < of.seeds.end - of.seeds.start {
        output::tell("ended before all seeds of the part were hunted: no results are written");
        return match interrupt::time_that_was_over() {
            Some(time) => Err(limits::too_long(time)),
            None => Ok(ExitCode::from(130)),
        };
    }
    let times = Times { seconds: took.real.as_secs_f64(), cpu_seconds: took.cpu.as_secs_f64() };
    args.share.write(args.arguments(), &parts::files(args), Some(times), &hunted)?;
    // What parts have found is kept where they are joined.
    let corpus = corpus.filter(|_| args.share.results.is_none());
    let failure = stopped.map(|stopped| {
        let again = again(&of, args, stopped.seed);
        Failure::of_run(*stopped.error, &again)
    });
    let code = say(&of, args, &hunted, took, corpus.as_ref(), failure.as_ref())?;
    Ok(failure.map_or(code, |failure| {
        failure.tell();
        failure.code()
    }))
}

fn say(
    of: &Hunt,
    args: &HuntArgs,
    hunted: &Hunted,
    took: Took,
    corpus: Option<&Corpus>,
    stopped: Option<&Failure>,
) -> Result<ExitCode, Failure> {
    let saved = match corpus {
        Some(corpus) => save(of, &hunted.failures, corpus)?,
        None => Vec::new(),
    };
    if !args.quiet {
        output::print(&match args.format {
            Format::Text => text(of, args, hunted, took, &saved),
            Format::Json => format!("{:#}\n", as_json(of, hunted, took, &saved, stopped)),
        })?;
    }
    let is_clean = hunted.failures.runs() == 0;
    Ok(if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn chosen(args: &HuntArgs) -> Result<Hunt, Failure> {
    let (source, system) = if args.what == "random" {
        let own = node::systems::registered().first().map(|own| own.name);
        let Some(name) = args.system.as_deref().or(own) else {
            return Err(Failure::input(
                "`hunt random` draws everything but the system",
                "name one, as in `seedbed hunt random --system raft`",
            ));
        };
        let system = choose::system_named(name)?;
        choose::check_flaws(&[system], &args.flaws)?;
        (Source::Random(args.flaws.clone()), system)
    } else {
        let chosen = Chosen::by(&Which {
            scenario: args.what.clone(),
            seed: None,
            system: args.system.clone(),
            flaws: args.flaws.clone(),
        })?;
        (Source::Scenario(chosen.scenario), chosen.system)
    };
    Ok(Hunt {
        source,
        system,
        seeds: args.seeds.clone().unwrap_or(0..u64::MAX >> 1),
        only: args.properties.clone(),
        stop_after: args.stop_after,
        jobs: args.jobs.count(),
    })
}

/// How long a hunt took.
#[derive(Clone, Copy)]
struct Took {
    real: Duration,
    cpu: Duration,
}

struct Clocks {
    real: Instant,
    cpu: ProcessTime,
}

impl Clocks {
    fn start() -> Self {
        #[expect(clippy::disallowed_methods, reason = "how long a hunt may take is real time")]
        let real = Instant::now();
        Self { real, cpu: ProcessTime::now() }
    }

    fn so_far(&self) -> Took {
        Took { real: self.real.elapsed(), cpu: self.cpu.elapsed() }
    }
}

/// Hunts; the second is what stopped the hunt before its end, if anything did.
fn go(of: &Hunt, args: &HuntArgs, clocks: &Clocks) -> (Hunted, Option<Stopped>) {
    let is_bounded = args.seeds.is_some();
    let most = args.time.or((!is_bounded).then_some(A_MINUTE));
    let all = if is_bounded { of.seeds.end - of.seeds.start } else { 0 };
    let bar = progress::bar(args.quiet, all as usize);
    interrupt::ask_politely();
    let is_over =
        || interrupt::was_asked() || most.is_some_and(|most| clocks.so_far().real >= most);
    let hunted = hunt::hunt(of, is_over, |hunted| {
        let real = clocks.so_far().real;
        if !is_bounded {
            bar.set_length(estimate(hunted.seeds, real, most.unwrap_or(A_MINUTE)));
        }
        bar.set_position(hunted.seeds);
        bar.set_message(message(hunted, real));
    });
    bar.finish_and_clear();
    match hunted {
        Ok(hunted) => (hunted, None),
        Err(mut stopped) => (std::mem::take(&mut stopped.so_far), Some(stopped)),
    }
}

/// About how many seeds there will be when the time is over.
fn estimate(seeds: u64, so_far: Duration, most: Duration) -> u64 {
    let share = so_far.as_secs_f64() / most.as_secs_f64();
    (seeds as f64 / share.clamp(1e-6, 1.0)) as u64
}

fn message(hunted: &Hunted, real: Duration) -> String {
    let speed = hunted.seeds as f64 / real.as_secs_f64().max(1e-9);
    let times = hunted.simulated.as_secs_f64() / real.as_secs_f64().max(1e-9);
    let failures: Vec<_> = hunted
        .failures
        .by_what()
        .into_iter()
        .map(|(what, count)| format!("{} {count}", what.name()))
        .collect();
    let failures =
        if failures.is_empty() { "nothing failed".to_owned() } else { failures.join(", ") };
    format!("{speed:.0} seeds/s, {times:.0} times as fast as time; {failures}")
}

/// Puts the cheapest run of each group into the corpus; the answer is their names.
fn save(of: &Hunt, failures: &Failures, corpus: &Corpus) -> Result<Vec<String>, Failure> {
    let _whole_or_not_at_all = interrupt::while_writing();
    let mut names = Vec::new();
    for group in failures.groups() {
        let seed = group.cheapest.seed;
        let mut entry = Entry::new(group.what, &group.cheapest.sentence, of.system.name, seed);
        if let Source::Random(flaws) = &of.source {
            let knobs = draw(of.system, flaws, seed).knobs;
            entry.knobs = knobs.into_iter().map(|it| (it.name.to_owned(), it.value)).collect();
        }
        let scenario = of.source.scenario(of.system, seed);
        let mut plan = match group.what {
            // What panics has no end at which its operations could be read.
            What::Panic => Scenario::clone(&scenario),
            What::Violated(property) => {
                let name = of.system.name;
                let run = sim::run(scenario.clone(), name, seed, Detail::Full, Gear::Advance);
                let plan = match run {
                    Ok(run) => {
                        entry.digest = Some(run.digest.to_string());
                        run.full_plan().expect("a run in full has a trace")
                    }
                    // With its trace it is more than a run may keep.
                    Err(sim::Error::OverLimit { .. }) => Scenario::clone(&scenario),
                    Err(error) => return Err(Failure::of_run(error, "seedbed hunt")),
                };
                Scenario { shows: vec![property], ..plan }
            }
        };
        plan.on = Some(of.system.name.to_owned());
        plan.seed = Some(seed);
        let (name, _) = corpus.add(&entry, &plan).map_err(bad_corpus)?;
        names.push(name);
    }
    Ok(names)
}

pub(crate) fn bad_corpus(error: hunt::CorpusError) -> Failure {
    Failure::input(error.to_string(), "name a folder of its own, such as `--save corpus`")
}

fn text(of: &Hunt, args: &HuntArgs, hunted: &Hunted, took: Took, saved: &[String]) -> String {
    let mut text = format!(
        "{} of {} on {} in {:.1} s, {:.0} a second and core of the processor; {:.0} s of simulated time\n\n",
        count(hunted.seeds, "run", "runs"),
        args.what,
        of.system.name,
        took.real.as_secs_f64(),
        hunted.seeds as f64 / took.cpu.as_secs_f64().max(1e-9),
        hunted.simulated.as_secs_f64(),
    );
    text += &found(of, args, hunted, saved);
    text += &covered(hunted);
    text
}

fn found(of: &Hunt, args: &HuntArgs, hunted: &Hunted, saved: &[String]) -> String {
    let groups = hunted.failures.groups();
    if groups.is_empty() {
        return "NOTHING FAILED\n\n".to_owned();
    }
    let mut text = format!(
        "FAILED: {} of {} runs, in {}\n",
        number(hunted.failures.runs()),
        number(hunted.seeds),
        count(groups.len() as u64, "group", "groups")
    );
    for (place, group) in groups.iter().enumerate() {
        let Group { what, count: runs, first, cheapest, .. } = group;
        // Groups of a property stand together, the largest first; of the others their number is told.
        if place > 0 && groups[place - 1].what == *what {
            continue;
        }
        let others = groups.iter().filter(|group| group.what == *what).count() as u64 - 1;
        let others = match others {
            0 => String::new(),
            others => format!(", and {} of another shape", count(others, "group", "groups")),
        };
        text += &format!(
            "\n  {} in {}{others}; first with seed {first}, least happens with seed {}\n    {}\n",
            what.name(),
            count(*runs, "run", "runs"),
            cheapest.seed,
            cheapest.sentence,
        );
        if let Source::Random(flaws) = &of.source {
            let knobs = draw(of.system, flaws, cheapest.seed).knobs;
            let knobs: Vec<_> =
                knobs.iter().map(|knob| format!("{}: {}", knob.name, knob.value)).collect();
            text += &format!("    drawn: {}\n", knobs.join("; "));
        }
        text += &match saved.get(place) {
            Some(name) => {
                let folder = args.save.clone().unwrap_or_default();
                format!("    {} run {}\n", program(), folder.join(format!("{name}.toml")).display())
            }
            None => format!("    {}\n", again(of, args, cheapest.seed)),
        };
    }
    text + "\n"
}

/// The command that finds the run of one seed again.
fn again(of: &Hunt, args: &HuntArgs, seed: u64) -> String {
    let flaws: String = args.flaws.iter().map(|flaw| format!(" --flaw {flaw}")).collect();
    match of.source {
        Source::Random(_) => format!(
            "{} hunt random --system {}{flaws} --seeds {seed}..{} --save corpus",
            program(),
            of.system.name,
            seed + 1
        ),
        Source::Scenario(_) => {
            format!(
                "{} run {} --system {}{flaws} --seed {seed}",
                program(),
                args.what,
                of.system.name
            )
        }
    }
}

fn covered(hunted: &Hunted) -> String {
    let coverage = &hunted.coverage;
    let list = |all: Vec<String>| match all.is_empty() {
        true => "none".to_owned(),
        false => all.join(", "),
    };
    let faults =
        coverage.faults.iter().map(|(kind, runs)| format!("{} {}", kind.name(), number(*runs)));
    let states = coverage.states.iter().map(|(state, runs)| format!("{state} {}", number(*runs)));
    format!(
        "COVERED, each in how many runs\n  faults that touched something: {}\n  what nodes said they \
         did: {}\n  {} of such a fault under way and something said\n  nothing new in the last {}\n",
        list(faults.collect()),
        list(states.collect()),
        count(coverage.pairs.len() as u64, "pair", "pairs"),
        count(coverage.runs_since_new(), "run", "runs"),
    )
}

fn as_json(
    of: &Hunt,
    hunted: &Hunted,
    took: Took,
    saved: &[String],
    stopped: Option<&Failure>,
) -> serde_json::Value {
    let groups = hunted.failures.groups();
    let groups = groups.iter().enumerate().map(|(place, group)| {
        json!({
            "property": group.what.name(),
            "shape": group.shape,
            "runs": group.count,
            "first_seed": group.first,
            "cheapest_seed": group.cheapest.seed,
            "witness": group.cheapest.sentence,
            "saved": saved.get(place),
        })
    });
    let coverage = &hunted.coverage;
    let pairs = coverage.pairs.iter().map(
        |((fault, state), runs)| json!({ "fault": fault.name(), "state": state, "runs": runs }),
    );
    let faults = coverage.faults.iter().map(|(fault, runs)| (fault.name(), *runs));
    json!({
        "system": of.system.name,
        "seeds": hunted.seeds,
        "error": stopped.map(Failure::to_json),
        "seconds": took.real.as_secs_f64(),
        "cpu_seconds": took.cpu.as_secs_f64(),
        "simulated_seconds": hunted.simulated.as_secs_f64(),
        "failed": hunted.failures.runs(),
        "groups": groups.collect::<Vec<_>>(),
        "coverage": {
            "faults": faults.collect::<std::collections::BTreeMap<_, _>>(),
            "states": coverage.states,
            "pairs": pairs.collect::<Vec<_>>(),
            "runs_since_new": coverage.runs_since_new(),
        },
    })
}
