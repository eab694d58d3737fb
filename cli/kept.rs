//! Runs that were kept: a folder, whose plan is carried out again, or a record, which holds the whole run.

use crate::{choose::Chosen, failure::Failure};
use judge::record::lines;
use miette::Report;
use node::systems;
use reports::Summary;
use scenarios::Scenario;
use serde::Deserialize;
use sim::{Detail, Run};
use std::{
    fs::{self, File},
    io::BufReader,
    path::Path,
};

/// A run that was kept, and its plan as it stands there.
pub(crate) struct Kept {
    pub(crate) run: Run,
    pub(crate) plan: String,
}

/// The run of a folder, or of a record.
pub(crate) fn read(from: &Path) -> Result<Kept, Failure> {
    if from.is_dir() { again(from) } else { recorded(from) }
}

/// The run that a record holds.
fn recorded(file: &Path) -> Result<Kept, Failure> {
    let cannot = |why: String| {
        Failure::input(
            format!("{} holds no run: {why}", file.display()),
            "name the folder of a run, or what `seedbed run --record` has written",
        )
    };
    let opened = File::open(file).map_err(|error| cannot(error.to_string()))?;
    let run = lines::read(BufReader::new(opened), systems::all())
        .map_err(|error| cannot(error.to_string()))?;
    let plan = run.plan().to_toml();
    Ok(Kept { run, plan })
}

/// What a summary says of the run that it is of.
#[derive(Deserialize)]
struct Said {
    schema: String,
    system: String,
    seed: u64,
    digest: String,
}

/// The run of a folder, carried out again by its plan.
fn again(folder: &Path) -> Result<Kept, Failure> {
    let no_report = |why: String| {
        Failure::input(
            format!("{} is not the folder of a run: {why}", folder.display()),
            "name a folder that `seedbed run` has written, with its summary.json and plan.toml",
        )
    };
    let summary = fs::read_to_string(folder.join("summary.json"));
    let summary = summary.map_err(|error| no_report(format!("summary.json: {error}")))?;
    let said: Said = serde_json::from_str(&summary)
        .map_err(|error| no_report(format!("summary.json: {error}")))?;
    if said.schema != reports::SCHEMA {
        return Err(no_report(format!("summary.json is of `{}`", said.schema)));
    }
    let file = folder.join("plan.toml");
    let plan =
        fs::read_to_string(&file).map_err(|error| no_report(format!("plan.toml: {error}")))?;
    let scenario = Scenario::load(&file, systems::all())
        .map_err(|error| Failure::Input(Report::new(error)))?;
    let system = crate::choose::system_named(&said.system)?;
    let name = file.display().to_string();
    let run = Chosen::new(name, scenario, system, said.seed).run(Detail::Full)?;
    let digest = Summary::of(&run).digest.to_string();
    if digest != said.digest {
        return Err(Failure::input(
            format!(
                "{}: the plan gives digest {digest} here, and its summary names {}: another version wrote it",
                folder.display(),
                said.digest
            ),
            "with that version it can be had again; or run its plan as a new run",
        ));
    }
    Ok(Kept { run, plan })
}
