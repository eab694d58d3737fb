//! What is stored of runs: a file with a few lines for each, so that a change is read as a difference.

use super::{compare::Comparison, jobs::Jobs};
use crate::{failure::Failure, shard::files};
use judge::Run;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt::Write as _, path::Path};

/// Marks a file as one of ours.
const SCHEMA: &str = "seedbed-check";
/// The version of its shape.
const SCHEMA_VERSION: u32 = 1;

/// What is stored of one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Summary {
    pub(super) seed: u64,
    /// `None`: it came to no end.
    pub(super) digest: Option<String>,
    /// With which message it panicked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) panicked: Option<String>,
    /// The properties by their verdict in one word, in the order of tables.
    pub(super) verdicts: BTreeMap<String, Vec<String>>,
    pub(super) counters: BTreeMap<String, u64>,
}

/// What is stored of all runs, by their names.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stored {
    schema: String,
    schema_version: u32,
    pub(super) runs: BTreeMap<String, Summary>,
}

impl Summary {
    /// Of a run.
    pub(super) fn of(run: &Run) -> Self {
        let mut verdicts: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for judgement in &run.judgements {
            let known = verdicts.entry(judgement.verdict.word().to_owned()).or_default();
            known.push(judgement.property.name().to_owned());
        }
        let counters = serde_json::to_value(run.counters).and_then(serde_json::from_value);
        Self {
            seed: run.seed,
            digest: Some(run.digest.to_string()),
            panicked: None,
            verdicts,
            counters: counters.expect("counters are numbers with names"),
        }
    }

    /// Of a run that panicked.
    pub(super) fn panicked(seed: u64, message: String) -> Self {
        Self {
            seed,
            digest: None,
            panicked: Some(message),
            verdicts: BTreeMap::new(),
            counters: BTreeMap::new(),
        }
    }

    /// The word for each property.
    pub(super) fn words(&self) -> BTreeMap<&str, &str> {
        let mut words = BTreeMap::new();
        for (word, properties) in &self.verdicts {
            words.extend(properties.iter().map(|property| (property.as_str(), word.as_str())));
        }
        words
    }
}

impl Stored {
    /// Reads the file, which need not be there; what was built in then stands for it.
    pub(super) fn read(path: &str, built_in: Option<&'static str>) -> Result<Self, Failure> {
        let text = files::text(path)?;
        let Some(text) = text.as_deref().or(built_in) else {
            return Ok(Self::default());
        };
        let mend = "take the file away, and accept what is with `seedbed check --update`";
        let value: Value = serde_json::from_str(text)
            .map_err(|error| Failure::input(format!("{path} cannot be read: {error}"), mend))?;
        let schema = value.get("schema_version").and_then(Value::as_u64).unwrap_or(0);
        if schema > u64::from(SCHEMA_VERSION) {
            return Err(Failure::input(
                format!(
                    "{path} is of schema {schema}, and seedbed {} knows up to {SCHEMA_VERSION}",
                    env!("CARGO_PKG_VERSION")
                ),
                "use a newer seedbed",
            ));
        }
        if value.get("schema").and_then(Value::as_str) != Some(SCHEMA) {
            let message =
                format!("{path} is not what a check stores: its schema is not `{SCHEMA}`");
            return Err(Failure::input(message, mend));
        }
        serde_json::from_value(value)
            .map_err(|error| Failure::input(format!("{path} cannot be read: {error}"), mend))
    }
}

/// Stores what was found, if it is not what was stored.
pub(super) fn update(jobs: &Jobs, was: &Stored, found: &Comparison) -> Result<(), Failure> {
    let found = found.runs.iter().map(|run| (run.name.clone(), run.told.summary.clone()));
    let runs: BTreeMap<_, _> = found.collect();
    let is_there = files::text(&jobs.stored_in)?.is_some();
    if is_there && runs == was.runs {
        return Ok(());
    }
    files::put(Path::new(&jobs.stored_in), &text(&runs))
}

/// A line for each verdict, so that a property that changes moves from line to line.
fn text(runs: &BTreeMap<String, Summary>) -> String {
    let mut text = format!(
        "{{\n  \"schema\": \"{SCHEMA}\",\n  \"schema_version\": {SCHEMA_VERSION},\n  \"runs\": {{"
    );
    for (place, (name, summary)) in runs.iter().enumerate() {
        let Summary { seed, digest, panicked, verdicts, counters } = summary;
        let comma = if place == 0 { "" } else { "," };
        // Writing to a string cannot fail.
        let _ = write!(text, "{comma}\n    {}: {{\n      \"seed\": {seed},", json!(name));
        let _ = write!(text, "\n      \"digest\": {},", json!(digest));
        if let Some(message) = panicked {
            let _ = write!(text, "\n      \"panicked\": {},", json!(message));
        }
        text += "\n      \"verdicts\": {";
        for (place, (word, properties)) in verdicts.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            let _ = write!(text, "{comma}\n        {}: {}", json!(word), json!(properties));
        }
        let _ = write!(text, "\n      }},\n      \"counters\": {}\n    }}", json!(counters));
    }
    text + "\n  }\n}\n"
}
