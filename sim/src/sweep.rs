//! A scenario with seed after seed, for tests: the first failures, and how to go on from there.

use crate::{Error, Run, Simulation, in_parallel};
use indicatif::{ProgressBar, ProgressStyle};
use judge::text::{count, program};
use node::Node;
use std::{
    fmt, fs, io,
    num::NonZeroUsize,
    ops::Range,
    path::{Path, PathBuf},
    thread,
};

/// What a sweep has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swept {
    /// The scenario.
    pub scenario: String,
    /// The system.
    pub system: &'static str,
    /// How many runs were had.
    pub runs: u64,
    /// The first seeds that failed, at most [`MOST_FAILURES`].
    pub failures: Vec<FailedSeed>,
}

/// A seed with which a run is not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedSeed {
    /// The seed.
    pub seed: u64,
    /// What is not as expected, in a sentence.
    pub why: String,
}

/// So many failures end a sweep.
pub const MOST_FAILURES: usize = 5;

/// So many runs of a core make a round.
const ROUND: u64 = 32;

impl<N: Node> Simulation<N> {
    /// Has the scenario with each seed, on all cores, until some runs are not
    /// [as expected](Run::as_expected). A bar on stderr shows how far it is, if that is a terminal.
    ///
    /// ```
    /// use node::systems::raft::Raft;
    /// use sim::Simulation;
    ///
    /// let ghost_data = scenarios::find("ghost-data").unwrap();
    /// Simulation::<Raft>::new(ghost_data).sweep(0..20).assert_as_expected();
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if a run cannot be had for another reason than a panic of a node.
    pub fn sweep(&self, seeds: Range<u64>) -> Swept {
        self.sweep_in_order(std::iter::empty(), seeds)
    }

    /// The same, but seeds that failed before are tried first: they stand in a file, a line each, to
    /// which those are added that fail now. It is a file to be kept with the test.
    ///
    /// # Errors
    ///
    /// If the file is there and cannot be read or holds something else, or cannot be written.
    ///
    /// # Panics
    ///
    /// As [`sweep`](Self::sweep).
    pub fn sweep_with(&self, file: impl AsRef<Path>, seeds: Range<u64>) -> io::Result<Swept> {
        let file = Remembered::read(file.as_ref())?;
        let swept = self.sweep_in_order(file.seeds.iter().copied(), seeds);
        file.add(&swept)?;
        Ok(swept)
    }

    fn sweep_in_order(&self, first: impl Iterator<Item = u64>, then: Range<u64>) -> Swept {
        let mut swept = Swept {
            scenario: self.scenario().name.clone(),
            system: N::INFO.name,
            runs: 0,
            failures: Vec::new(),
        };
        let jobs = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let first: Vec<u64> = first.collect();
        let known = first.clone();
        let runs = then.end.saturating_sub(then.start);
        let bar = bar_of(&swept, runs, ROUND * jobs.get() as u64);
        let mut seeds = first.into_iter().chain(then.filter(|seed| !known.contains(seed)));
        while swept.failures.len() < MOST_FAILURES {
            let round: Vec<u64> = seeds.by_ref().take(ROUND as usize * jobs.get()).collect();
            if round.is_empty() {
                break;
            }
            let ended = in_parallel(&round, jobs, |seed| self.clone().seed(*seed).run(), |_, _| {});
            for (seed, ended) in round.iter().zip(ended) {
                swept.add(*seed, ended);
            }
            bar.set_position(swept.runs);
        }
        bar.finish_and_clear();
        swept.failures.truncate(MOST_FAILURES);
        swept
    }
}

impl Swept {
    fn add(&mut self, seed: u64, ended: Result<Run, Error>) {
        self.runs += 1;
        let why = match ended {
            Ok(run) if run.as_expected() => return,
            Ok(run) => surprise(&run),
            Err(Error::Panicked { message, .. }) => format!("a node panicked: {message}"),
            Err(error) => panic!("{error}"),
        };
        self.failures.push(FailedSeed { seed, why });
    }

    /// Whether every run is as expected, and there was one.
    pub fn as_expected(&self) -> bool {
        self.failures.is_empty() && self.runs > 0
    }

    /// Panics with the first failures, and the commands to go on with.
    ///
    /// # Panics
    ///
    /// Panics if a run is not as expected, or none was had.
    #[track_caller]
    pub fn assert_as_expected(&self) {
        assert!(self.as_expected(), "{self}");
    }
}

impl fmt::Display for Swept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scenario, system, runs, failures } = self;
        let runs = count(*runs, "run", "runs");
        let Some(first) = failures.first() else {
            return write!(f, "{scenario} on {system}: {runs}, all as expected");
        };
        writeln!(f, "{scenario} on {system}: not as expected in {} of {runs}", failures.len())?;
        for FailedSeed { seed, why } in failures {
            writeln!(f, "  seed {seed}: {why}")?;
        }
        let options = format!("{scenario} --system {system} --seed {}", first.seed);
        for (command, what) in [("run", "the story"), ("shrink", "the few steps that it takes")] {
            writeln!(f, "  {} {command} {options}    # {what}", program())?;
        }
        Ok(())
    }
}

/// A bar that fills, for more than one round; indicatif shows none where stderr is no terminal.
fn bar_of(swept: &Swept, runs: u64, round: u64) -> ProgressBar {
    if runs <= round {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} runs, {per_sec}");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    let message = format!("{} on {}", swept.scenario, swept.system);
    ProgressBar::new(runs).with_style(style).with_message(message)
}

/// What is not as expected, in a sentence.
fn surprise(run: &Run) -> String {
    if run.expects_nothing() {
        return format!("nothing is expected of {}", run.system.name);
    }
    let judged = run.judgements.iter().find(|judgement| !judgement.as_expected());
    match judged {
        Some(judgement) => {
            let witness = judgement.verdict.witness().map(|witness| witness.summary.clone());
            let what = witness.unwrap_or_else(|| format!("{:?}", judgement.verdict));
            format!("{}: {what}", judgement.property.name())
        }
        None => run.defects.join("; "),
    }
}

/// Seeds that failed once.
struct Remembered {
    path: PathBuf,
    seeds: Vec<u64>,
}

impl Remembered {
    fn read(path: &Path) -> io::Result<Self> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let lines = text.lines().map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let seeds: Result<_, _> = lines.map(str::parse).collect();
        let seeds = seeds.map_err(|_| {
            let what = format!("{}: a seed on each line, or a comment after #", path.display());
            io::Error::new(io::ErrorKind::InvalidData, what)
        })?;
        Ok(Self { path: path.to_owned(), seeds })
    }

    fn add(&self, swept: &Swept) -> io::Result<()> {
        let new = swept.failures.iter().map(|failed| failed.seed);
        let new: Vec<_> = new.filter(|seed| !self.seeds.contains(seed)).collect();
        if new.is_empty() {
            return Ok(());
        }
        let mut text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(_) => {
                "# Seeds that failed once: they are tried first. Keep this file with the test.\n"
                    .to_owned()
            }
        };
        for seed in new {
            text += &format!("{seed}\n");
        }
        fs::write(&self.path, text)
    }
}
