//! What a graded folder asks.

use crate::{failure::Failure, shard::files};
use scenarios::Property;
use serde::Deserialize;
use std::{fs, path::Path};

/// What says that a folder is graded, and by what.
const FILE: &str = "grade.toml";

/// The most seeds that are asked of a scenario.
const MOST_SEEDS: u64 = 10_000;

/// Whether a folder is graded.
pub(in super::super) fn is_graded(folder: &str) -> bool {
    files::stand_ins().is_none() && Path::new(folder).join(FILE).is_file()
}

/// What is asked.
pub(super) struct Asked {
    pub(super) title: String,
    /// How many seeds of each scenario.
    pub(super) seeds: u64,
    pub(super) holds: Vec<Property>,
    /// The paths of the scenarios, in order.
    pub(super) scenarios: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    title: String,
    seeds: u64,
    holds: Vec<String>,
}

impl Asked {
    pub(super) fn read(folder: &Path) -> Result<Self, Failure> {
        let file = folder.join(FILE);
        let wrong = |why: String, mend: &str| {
            Failure::input(format!("{}: {why}", file.display()), mend.to_owned())
        };
        let example =
            "it reads: title = \"Nobody misses a write\", seeds = 100, holds = [\"convergence\"]";
        let text = fs::read_to_string(&file).map_err(|error| wrong(error.to_string(), example))?;
        let written: Written =
            toml::from_str(&text).map_err(|error| wrong(error.message().to_owned(), example))?;
        if !(1..=MOST_SEEDS).contains(&written.seeds) {
            return Err(wrong(format!("`seeds` is {}", written.seeds), "take 1 to 10000"));
        }
        let known: Vec<_> = Property::ALL.iter().map(|it| it.name()).collect();
        let property = |name: &String| {
            let found = Property::ALL.into_iter().find(|it| it.name() == name);
            found.ok_or_else(|| match scenarios::nearest(name, &known) {
                Some(near) => wrong(
                    format!("there is no property `{name}`"),
                    &format!("did you mean `{near}`?"),
                ),
                None => wrong(
                    format!("there is no property `{name}`"),
                    &format!("the properties are {}", known.join(", ")),
                ),
            })
        };
        let holds = written.holds.iter().map(property).collect::<Result<Vec<_>, _>>()?;
        if holds.is_empty() {
            return Err(wrong("`holds` names no property".to_owned(), example));
        }
        let entries = fs::read_dir(folder).map_err(|error| wrong(error.to_string(), example))?;
        let paths = entries.flatten().map(|entry| entry.path());
        let is_scenario = |path: &std::path::PathBuf| {
            path.extension().is_some_and(|it| it == "toml") && path.file_name() != file.file_name()
        };
        let mut scenarios: Vec<_> =
            paths.filter(is_scenario).map(|path| path.display().to_string()).collect();
        scenarios.sort();
        if scenarios.is_empty() {
            return Err(wrong(
                "no scenario lies beside it".to_owned(),
                "a scenario is a file that ends in .toml",
            ));
        }
        Ok(Self { title: written.title, seeds: written.seeds, holds, scenarios })
    }
}
