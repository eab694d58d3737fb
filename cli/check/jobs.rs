//! What a check runs, and what is kept of a run.

use super::{args::CheckArgs, stored::Summary};
use crate::{
    choose::{self, Chosen},
    command::FOLDER,
    failure::Failure,
    shard::files,
};
use judge::{
    Run,
    record::{Expected, Verdict},
};
use node::SystemInfo;
use scenarios::Scenario;
use serde::{Deserialize, Serialize};
use sim::{Detail, Gear};
use std::{fs, path::Path};

/// Every run of a check.
pub(super) struct Jobs {
    /// In the order of the scenarios.
    pub(super) all: Vec<Chosen>,
    /// Their names, by which they are stored.
    pub(super) names: Vec<String>,
    /// Where what they gave is stored.
    pub(super) stored_in: String,
    /// What is stored where that file is not there.
    pub(super) built_in: Option<&'static str>,
    /// Whether they are plans of a folder.
    pub(super) of_folder: bool,
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Told {
    /// What is stored of it.
    pub(super) summary: Summary,
    /// What is not as the scenario expects.
    pub(super) surprises: Vec<String>,
}

/// What the library gave when this program was built.
const LIBRARY: &str = include_str!("../../tests/check/library.json");
/// Where that stands in the sources.
const LIBRARY_FILE: &str = "tests/check/library.json";
/// Where what the plans of a folder gave is stored, beside them.
const FOLDER_FILE: &str = "check.json";

impl Jobs {
    /// What is asked for.
    pub(super) fn of(args: &CheckArgs) -> Result<Self, Failure> {
        let mut jobs = match &args.folder {
            Some(folder) => Self::of_folder(folder)?,
            None if !node::systems::registered().is_empty() => Self::of_folder(FOLDER)?,
            None => Self::of_library(args.update)?,
        };
        let name = |job: &Chosen| {
            let stem = Path::new(&job.name).file_stem().and_then(|stem| stem.to_str());
            format!("{} on {}", stem.unwrap_or(&job.name), job.system.name)
        };
        jobs.names = jobs.all.iter().map(name).collect();
        Ok(jobs)
    }

    fn of_library(update: bool) -> Result<Self, Failure> {
        if update && !Path::new("scenarios/library").is_dir() {
            return Err(Failure::input(
                "what the library gives is stored in the sources of seedbed, which are not here",
                "give the command where they are, or name a folder of plans of your own",
            ));
        }
        let mut all = Vec::new();
        for embedded in scenarios::library() {
            let scenario = choose::scenario(embedded.name)?;
            for system in choose::systems_of(&scenario) {
                all.push(job(embedded.name.to_owned(), &scenario, system));
            }
        }
        let stored_in = LIBRARY_FILE.to_owned();
        Ok(Self { all, names: Vec::new(), stored_in, built_in: Some(LIBRARY), of_folder: false })
    }

    fn of_folder(folder: &str) -> Result<Self, Failure> {
        let path = |name: &str| Path::new(folder).join(name).display().to_string();
        let mut all = Vec::new();
        for name in plans(folder)? {
            let path = path(&name);
            let scenario = choose::scenario(&path)?;
            match &scenario.on {
                Some(on) => all.push(job(path, &scenario, choose::system_named(on)?)),
                None => {
                    let systems = choose::systems_of(&scenario);
                    all.extend(systems.map(|system| job(path.clone(), &scenario, system)));
                }
            }
        }
        if all.is_empty() {
            return Err(Failure::input(
                format!("there is no plan in {folder}"),
                "a plan is a file that ends in .toml, as `seedbed hunt --save` writes it",
            ));
        }
        let stored_in = path(FOLDER_FILE);
        Ok(Self { all, names: Vec::new(), stored_in, built_in: None, of_folder: true })
    }

    /// The files that are read.
    pub(super) fn files(&self) -> Vec<String> {
        let named = self.all.iter().map(|job| job.name.clone());
        let mut files: Vec<_> = named.filter(|name| files::is_path(name)).collect();
        files.dedup();
        files.push(self.stored_in.clone());
        files
    }
}

fn job(name: String, scenario: &Scenario, system: &'static SystemInfo) -> Chosen {
    Chosen::new(name, scenario.clone(), system, scenario.seed.unwrap_or(0))
}

/// The plans of a folder, which may hold nothing but what belongs to plans: what `hunt --save` says
/// of them, and what is stored of them.
fn plans(folder: &str) -> Result<Vec<String>, Failure> {
    let mut names = names(folder)?;
    names.sort();
    let ending = |name: &str| {
        Path::new(name).extension().and_then(|it| it.to_str()).unwrap_or_default().to_owned()
    };
    let is_ours = |name: &String| match ending(name).as_str() {
        "toml" | "part" => true,
        "json" => {
            name == FOLDER_FILE
                || names.contains(&Path::new(name).with_extension("toml").display().to_string())
        }
        _ => false,
    };
    if let Some(foreign) = names.iter().find(|name| !is_ours(name)) {
        return Err(Failure::input(
            format!("`{}` is no plan", Path::new(folder).join(foreign).display()),
            "keep plans, and what `seedbed hunt --save` says of them, in a folder of their own",
        ));
    }
    names.retain(|name| ending(name) == "toml");
    Ok(names)
}

fn names(folder: &str) -> Result<Vec<String>, Failure> {
    let of_files = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    if let Some(files) = files::stand_ins() {
        let inside =
            files.keys().map(Path::new).filter(|it| it.parent() == Some(Path::new(folder)));
        return Ok(inside.filter_map(of_files).collect());
    }
    let cannot = |error| {
        let message = format!("could not read the folder {folder}: {error}");
        Failure::input(message, "name a folder of plans; one plan alone is for `seedbed run`")
    };
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot)? {
        names.extend(of_files(&entry.map_err(cannot)?.path()));
    }
    Ok(names)
}

impl Told {
    /// Has a run.
    pub(super) fn of(job: &Chosen) -> Result<Self, Failure> {
        match sim::run(
            job.scenario.clone(),
            job.system.name,
            job.seed,
            Detail::Digest,
            Gear::Advance,
        ) {
            Ok(run) => Ok(Self { summary: Summary::of(&run), surprises: surprises(&run) }),
            Err(sim::Error::Panicked { message, .. }) => {
                // A plan may be kept to show a panic. Where anything is expected, it is none.
                let states_nothing = job.scenario.expectation(job.system).is_none()
                    && job.scenario.fixed_in.is_none();
                let surprise = (!states_nothing).then(|| format!("it panicked: {message}"));
                Ok(Self {
                    summary: Summary::panicked(job.seed, message),
                    surprises: surprise.into_iter().collect(),
                })
            }
            Err(error) => Err(job.failure(error)),
        }
    }
}

/// What is not as the scenario expects; nothing where it expects nothing.
fn surprises(run: &Run) -> Vec<String> {
    let wrong = run.judgements.iter().filter(|judgement| !judgement.as_expected());
    let mut surprises: Vec<_> = wrong
        .map(|judgement| {
            let (property, verdict) = (judgement.property.name(), &judgement.verdict);
            let was_to = match judgement.expected {
                Expected::Violated => "was to be violated",
                Expected::Holds | Expected::Unstated => "was to hold",
            };
            let is_shown = run.scenario.shows.contains(&judgement.property);
            let again = match &run.scenario.fixed_in {
                Some(version) if is_shown && matches!(verdict, Verdict::Violated(_)) => {
                    format!(", and was fixed in {version}")
                }
                _ => String::new(),
            };
            let word = verdict.word();
            format!("{property} {was_to}{again}, and is {word}: {}", verdict.sentence())
        })
        .collect();
    if !run.expects_nothing() {
        surprises.extend(run.defects.iter().cloned());
    }
    surprises
}
