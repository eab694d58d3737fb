//! The file of a part: what came of its runs, and all that is needed to tell of them.

use super::{Shard, files};
use crate::failure::Failure;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{collections::BTreeMap, path::Path};

/// Marks a file as one of ours.
const SCHEMA: &str = "seedbed-results";
/// The version of its shape.
const SCHEMA_VERSION: u32 = 1;

/// What came of the runs of one part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Results {
    schema: String,
    schema_version: u32,
    tool_version: String,
    /// The command that was given, without what differs from part to part.
    pub(super) arguments: Vec<String>,
    /// The files that it reads, by path.
    pub(super) files: BTreeMap<String, String>,
    /// Which part it is.
    pub(super) shard: Shard,
    /// How long it took, where the command tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    times: Option<Times>,
    /// What came of its runs, as the command has it.
    results: Value,
}

/// How long something took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Times {
    /// By the clock.
    pub(crate) seconds: f64,
    /// Of all cores.
    pub(crate) cpu_seconds: f64,
}

/// What came of one run of a list.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Part<T> {
    run: String,
    result: T,
}

impl<T> Part<T> {
    /// What came of the run of this name.
    pub(crate) const fn new(run: String, result: T) -> Self {
        Self { run, result }
    }
}

impl Results {
    pub(super) fn new(
        shard: Shard,
        arguments: Vec<String>,
        files: BTreeMap<String, String>,
        times: Option<Times>,
        results: impl Serialize,
    ) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            schema_version: SCHEMA_VERSION,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            arguments,
            files,
            shard,
            times,
            results: serde_json::to_value(results).expect("results are plain data"),
        }
    }

    pub(super) fn write(&self, target: &Path) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(self).expect("results are plain data");
        files::put(target, &(text + "\n"))
    }

    /// Reads a file, which must be one of ours and of this version.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(|e| files::cannot("read", path, &e))?;
        let shown = path.display();
        let mend = "name folders that hold nothing but what `--results` wrote";
        let none = |why: String| {
            Failure::input(format!("{shown} holds no results of a part: {why}"), mend)
        };
        let value: Value = serde_json::from_str(&text).map_err(|e| none(e.to_string()))?;
        let field = |name: &str| value.get(name);
        if field("schema").and_then(Value::as_str) != Some(SCHEMA) {
            return Err(none(format!("its schema is not `{SCHEMA}`")));
        }
        let ours = env!("CARGO_PKG_VERSION");
        let theirs = field("tool_version").and_then(Value::as_str).unwrap_or("another version");
        let schema = field("schema_version").and_then(Value::as_u64).unwrap_or(0);
        if theirs != ours || schema != u64::from(SCHEMA_VERSION) {
            return Err(Failure::input(
                format!(
                    "{shown} was written by seedbed {theirs} in schema {schema}, and this is seedbed \
                     {ours}, which joins schema {SCHEMA_VERSION}"
                ),
                "runs of two versions may differ: join them with the version that had them",
            ));
        }
        let results: Self = serde_json::from_value(value).map_err(|e| none(e.to_string()))?;
        let Shard { index, count } = results.shard;
        Shard::new(index, count).map_err(none)?;
        Ok(results)
    }

    /// Which part it is.
    pub(crate) const fn shard(&self) -> Shard {
        self.shard
    }

    /// How long it took.
    pub(crate) fn times(&self) -> Times {
        self.times.unwrap_or_default()
    }

    /// Whether both say the same, however long they took.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        *self == Self { times: self.times, ..other.clone() }
    }

    /// What came of the runs, as the command wrote it.
    pub(crate) fn as_written<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_value(self.results.clone())
            .map_err(|error| self.unusable(&error.to_string()))
    }

    /// Puts what came of each run into its place in the list of all; `None` where a part is missing.
    pub(crate) fn in_order<T: DeserializeOwned>(
        all: &[Self],
        runs: &[String],
    ) -> Result<Vec<Option<T>>, Failure> {
        let mut slots: Vec<Option<T>> = runs.iter().map(|_| None).collect();
        for results in all {
            let parts: Vec<Part<T>> = results.as_written()?;
            let own = results.shard.of(0..runs.len());
            if parts.len() != own.len() {
                let why = format!("it has {} runs, and not {}", parts.len(), own.len());
                return Err(results.unusable(&why));
            }
            for (place, part) in own.into_iter().zip(parts) {
                if part.run != runs[place] {
                    let why = format!("it has `{}` in the place of `{}`", part.run, runs[place]);
                    return Err(results.unusable(&why));
                }
                slots[place] = Some(part.result);
            }
        }
        Ok(slots)
    }

    fn unusable(&self, why: &str) -> Failure {
        Failure::input(
            format!("the results of part {} do not fit the command: {why}", self.shard),
            "have the part again with this version of seedbed",
        )
    }
}
