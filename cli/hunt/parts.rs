//! A hunt in parts.

use super::{HuntArgs, Took, bad_corpus, chosen, say};
use crate::{
    failure::Failure,
    shard::{Results, files},
};
use hunt::{Corpus, Hunt, Hunted};
use std::{ops::Range, process::ExitCode, time::Duration};

/// Goes on where all parts are there.
pub(crate) fn merged(
    args: &HuntArgs,
    parts: &[Results],
    is_whole: bool,
) -> Result<ExitCode, Failure> {
    let of = chosen(args)?;
    let mut hunted = Hunted::default();
    let mut took = Took { real: Duration::ZERO, cpu: Duration::ZERO };
    for part in parts {
        hunted.add_later(&part.as_written()?);
        let times = part.times();
        // The parts are had at once, and the last one ends the whole.
        took.real = took.real.max(seconds(times.seconds));
        took.cpu += seconds(times.cpu_seconds);
    }
    let corpus = args.save.as_deref().filter(|_| is_whole).map(Corpus::open).transpose();
    say(&of, args, &hunted, took, corpus.map_err(bad_corpus)?.as_ref(), None)
}

fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

/// The seeds of this part: a piece of all, since what is new depends on what came before.
pub(super) fn seeds(args: &HuntArgs, of: &Hunt) -> Result<Range<u64>, Failure> {
    if args.share.shard.is_none() && args.share.results.is_none() {
        return Ok(of.seeds.clone());
    }
    let hinders = match (&args.seeds, args.time, args.stop_after) {
        (None, ..) => "how many seeds there are is not said",
        (_, Some(_), _) => "how far `--for` comes depends on the machine",
        (.., Some(_)) => "where `--stop-after` stops depends on the other parts",
        _ => return Ok(args.share.shard().piece(&of.seeds)),
    };
    Err(Failure::input(
        format!("the hunt cannot be had in parts: {hinders}"),
        "say which seeds, and nothing else that ends it, as in `--seeds 0..100000 --shard 3/8`",
    ))
}

/// The scenario's file, if it has one.
pub(super) fn files(args: &HuntArgs) -> Vec<String> {
    Some(args.what.clone()).filter(|name| files::is_path(name)).into_iter().collect()
}

impl HuntArgs {
    /// The command without what differs from part to part.
    pub(super) fn arguments(&self) -> Vec<String> {
        let mut words = vec!["hunt".to_owned()];
        let mut option = |name: &str, value: String| words.extend([name.to_owned(), value]);
        if let Some(system) = &self.system {
            option("--system", system.clone());
        }
        self.flaws.iter().for_each(|flaw| option("--flaw", flaw.clone()));
        if let Some(seeds) = &self.seeds {
            option("--seeds", format!("{}..{}", seeds.start, seeds.end));
        }
        self.properties.iter().for_each(|it| option("--property", it.name().to_owned()));
        if let Some(folder) = &self.save {
            option("--save", folder.display().to_string());
        }
        words.extend(["--".to_owned(), self.what.clone()]);
        words
    }
}
