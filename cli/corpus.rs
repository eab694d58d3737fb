//! `seedbed corpus`: what hunts have kept, looked at again.

use crate::{
    args::{Format, Jobs},
    choose,
    failure::Failure,
    hunt::bad_corpus,
    interrupt,
    limits::Limits,
    output, progress,
};
use clap::{Args, Subcommand, ValueHint};
use hunt::{Corpus, Entry, look};
use judge::text::count;
use serde_json::json;
use std::{path::PathBuf, process::ExitCode};

#[derive(Args)]
#[command(after_help = "Examples:\n  \
    seedbed hunt random --system async-leader --for 30s --save corpus\n  \
    seedbed corpus list corpus\n  \
    seedbed corpus replay corpus\n  \
    seedbed corpus prune corpus        takes away what no longer fails\n\n\
    Exit codes of `replay`: 0 every entry still shows what it showed, 1 some do not, 2 bad input.")]
pub(crate) struct CorpusArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Say what each entry shows.
    List(Of),
    /// Have each entry's run again, and say whether it shows the same.
    Replay(Of),
    /// Have each run again, and take away the entries that no longer show what they showed.
    Prune(Of),
}

#[derive(Args)]
struct Of {
    /// The folder that `seedbed hunt --save` made.
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    folder: PathBuf,
    /// How to print it.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    jobs: Jobs,
    #[command(flatten)]
    limits: Limits,
}

impl CorpusArgs {
    fn of(&self) -> &Of {
        let (What::List(of) | What::Replay(of) | What::Prune(of)) = &self.what;
        of
    }

    /// How much the runs may take.
    pub(crate) fn limits(&self) -> &Limits {
        &self.of().limits
    }
}

/// An entry by its name, and whether its run still shows what it showed, if it was had again.
struct Kept {
    name: String,
    entry: Entry,
    shows: Option<bool>,
}

/// Lists, replays or prunes a corpus.
pub(crate) fn corpus(args: &CorpusArgs) -> Result<ExitCode, Failure> {
    let of = args.of();
    if !of.folder.is_dir() {
        return Err(Failure::input(
            format!("there is no folder `{}`", of.folder.display()),
            "`seedbed hunt random --system raft --save DIR` makes one",
        ));
    }
    let corpus = Corpus::open(&of.folder).map_err(bad_corpus)?;
    let mut kept = Vec::new();
    for name in corpus.names().map_err(bad_corpus)? {
        let entry = corpus.entry(&name).map_err(bad_corpus)?;
        kept.push(Kept { name, entry, shows: None });
    }
    if !matches!(args.what, What::List(_)) {
        replay(&corpus, &mut kept, of)?;
    }
    let gone = |kept: &&Kept| kept.shows == Some(false);
    if matches!(args.what, What::Prune(_)) {
        let _whole_or_not_at_all = interrupt::while_writing();
        for kept in kept.iter().filter(gone) {
            corpus.remove(&kept.name).map_err(bad_corpus)?;
        }
    }
    output::print(&match of.format {
        Format::Text => text(&kept, &args.what),
        Format::Json => format!("{:#}\n", as_json(&kept)),
    })?;
    let is_well = !matches!(args.what, What::Replay(_)) || kept.iter().filter(gone).count() == 0;
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn replay(corpus: &Corpus, kept: &mut [Kept], of: &Of) -> Result<(), Failure> {
    let bar = progress::bar(false, kept.len());
    let again = |kept: &Kept| -> Result<bool, Failure> {
        let path = corpus.plan_path(&kept.name);
        let plan = choose::scenario(&path.to_string_lossy())?;
        let entry = &kept.entry;
        let looked = look(&plan, &entry.system, entry.seed, &[]);
        let looked = looked.map_err(|error| Failure::of_run(error, "seedbed corpus replay"))?;
        Ok(looked.outcomes.iter().any(|outcome| outcome.what.name() == entry.property))
    };
    let shows = sim::in_parallel(kept, of.jobs.count(), again, |kept, _| {
        progress::step(&bar, || kept.name.clone());
    });
    bar.finish_and_clear();
    for (kept, shows) in kept.iter_mut().zip(shows) {
        kept.shows = Some(shows?);
    }
    Ok(())
}

fn text(kept: &[Kept], what: &What) -> String {
    let mut text = count(kept.len() as u64, "entry", "entries") + "\n";
    for Kept { name, entry, shows } in kept {
        let now = match (shows, what) {
            (None, _) => "",
            (Some(true), _) => "  shows it",
            (Some(false), What::Prune(_)) => "  NO LONGER, taken away",
            (Some(false), _) => "  NO LONGER",
        };
        text += &format!("\n{name}{now}\n    {}\n", entry.witness);
    }
    text
}

fn as_json(kept: &[Kept]) -> serde_json::Value {
    let entries = kept.iter().map(
        |Kept { name, entry, shows }| json!({ "name": name, "shows_it": shows, "entry": entry }),
    );
    json!({ "entries": entries.collect::<Vec<_>>() })
}
