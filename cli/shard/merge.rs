//! `seedbed merge`: the parts of a command's work, joined and told as one process would.

use super::{Results, files};
use crate::{
    args::{Args as CommandLine, Command},
    failure::Failure,
    output,
};
use clap::{Args, Parser, ValueHint};
use std::{collections::BTreeMap, fs, path::PathBuf, process::ExitCode};

#[derive(Args)]
#[command(after_help = "Examples:\n  \
    seedbed check --shard 1/2 --results parts/1.json\n  \
    seedbed check --shard 2/2 --results parts/2.json\n  \
    seedbed merge parts\n  \
    seedbed merge parts --format json > all.json\n\n\
    The files say which command they are of, and hold what it read. They may come in any order, from \
    several folders, and a part may be there twice. What is printed, and written, is what the command \
    prints and writes in one process. Where a part is missing, it is named, what there is is told, and \
    nothing is written.\n\n\
    Exit codes: those of the command, and 1 if a part is missing; 2 bad input: a file that is none of \
    a part, parts of other arguments, or of another version.")]
pub(crate) struct MergeArgs {
    /// Folders with files of `--results`, or such files.
    #[arg(required = true, value_name = "DIR", value_hint = ValueHint::AnyPath)]
    from: Vec<PathBuf>,
    /// How to print the result, in a word that the command takes.
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// Print nothing; the exit code tells.
    #[arg(long, short)]
    quiet: bool,
    /// Write what `check` found as JUnit, too.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    junit: Option<PathBuf>,
}

/// Joins the parts and goes on as one process would.
pub(crate) fn merge(args: &MergeArgs) -> Result<ExitCode, Failure> {
    let parts = read(&args.from)?;
    for other in &parts {
        agree(&parts[0], other)?;
    }
    let mut all: BTreeMap<_, Results> = BTreeMap::new();
    for (path, results) in parts {
        let shard = results.shard();
        if let Some(known) = all.get(&shard)
            && !known.is_same(&results)
        {
            return Err(Failure::input(
                format!("{} is part {shard} once more, and says something else", path.display()),
                "a part gives the same every time: see whether they come from the same build",
            ));
        }
        all.insert(shard, results);
    }
    let all: Vec<Results> = all.into_values().collect();
    let missing = missing(&all);
    let command = command(&all[0], args)?;
    files::stand_in(all[0].files.clone());
    if !missing.is_empty() {
        output::tell(&in_words(&missing, all[0].shard().count));
    }
    let is_whole = missing.is_empty();
    let code = match command {
        Command::Check(args) => crate::check::merged(&args, &all, is_whole)?,
        Command::Matrix(args) => crate::matrix::merged(&args, &all, is_whole)?,
        Command::Audit(args) => crate::audit::merged(&args, &all)?,
        Command::Hunt(args) => crate::hunt::merged(&args, &all, is_whole)?,
        _ => return Err(no_command(&all[0])),
    };
    Ok(if is_whole { code } else { ExitCode::FAILURE })
}

/// Every file of these folders; what is still being written is left out.
fn read(from: &[PathBuf]) -> Result<Vec<(PathBuf, Results)>, Failure> {
    let mut paths = Vec::new();
    for place in from {
        if !place.is_dir() {
            paths.push(place.clone());
            continue;
        }
        let files = fs::read_dir(place).map_err(|error| files::cannot("read", place, &error))?;
        for file in files {
            let path = file.map_err(|error| files::cannot("read", place, &error))?.path();
            if path.extension().is_none_or(|ending| ending != "part") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    paths.dedup();
    if paths.is_empty() {
        return Err(Failure::input(
            "there are no results of any part in these folders",
            "write them with `--shard 1/2 --results parts/1.json`, and so on",
        ));
    }
    let read = |path: PathBuf| Results::read(&path).map(|results| (path, results));
    paths.into_iter().map(read).collect()
}

/// Makes sure that two files are of the same work.
fn agree(
    (one, first): &(PathBuf, Results),
    (other, second): &(PathBuf, Results),
) -> Result<(), Failure> {
    let refuse = |why: String| {
        let message =
            format!("{} and {} are not parts of the same: {why}", one.display(), other.display());
        Err(Failure::input(message, "join parts of one command, all with the same arguments"))
    };
    if first.arguments != second.arguments {
        let shown = |results: &Results| format!("`seedbed {}`", results.arguments.join(" "));
        return refuse(format!("{} and {}", shown(first), shown(second)));
    }
    let (of_one, of_other) = (first.shard().count, second.shard().count);
    if of_one != of_other {
        return refuse(format!("one is of {of_one} parts, the other of {of_other}"));
    }
    let differs = |path: &&String| first.files.get(*path) != second.files.get(*path);
    match first.files.keys().chain(second.files.keys()).find(differs) {
        Some(path) => refuse(format!("they read different texts in {path}")),
        None => Ok(()),
    }
}

/// The parts that are not there.
fn missing(all: &[Results]) -> Vec<u64> {
    let there: Vec<u64> = all.iter().map(|results| results.shard().index).collect();
    (1..=all[0].shard().count).filter(|index| !there.contains(index)).collect()
}

fn in_words(missing: &[u64], count: u64) -> String {
    let numbers: Vec<_> = missing.iter().map(ToString::to_string).collect();
    match numbers.as_slice() {
        [one] => format!("part {one} of {count} is missing: what follows is of the others alone"),
        several => format!(
            "parts {} of {count} are missing: what follows is of the others alone",
            several.join(", ")
        ),
    }
}

/// The command that the parts are of, to be told as is asked for here.
fn command(results: &Results, args: &MergeArgs) -> Result<Command, Failure> {
    let (command, rest) = results.arguments.split_first().ok_or_else(|| no_command(results))?;
    let mut words = vec!["seedbed".to_owned(), command.clone()];
    if let Some(format) = &args.format {
        words.extend(["--format".to_owned(), format.clone()]);
    }
    if let Some(junit) = &args.junit {
        words.extend(["--junit".to_owned(), junit.display().to_string()]);
    }
    if args.quiet {
        words.push("--quiet".to_owned());
    }
    // What follows may be names, behind which no option is one.
    words.extend(rest.iter().cloned());
    let parsed = CommandLine::try_parse_from(&words).map_err(|error| {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
        Failure::input(
            format!("`{}` cannot be told like that: {first}", words.join(" ")),
            "ask for what the command itself can print and write",
        )
    })?;
    match parsed.command {
        Command::Merge(_) => Err(no_command(results)),
        command => Ok(command),
    }
}

fn no_command(results: &Results) -> Failure {
    let command = results.arguments.join(" ");
    Failure::input(
        format!("`seedbed {command}` is no command that has parts"),
        "those that have are check, matrix, audit and hunt",
    )
}
