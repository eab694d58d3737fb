//! A folder of failures that stays whole whatever happens.
//!
//! Each failure is a plan that runs by itself, `NAME.toml`, and beside it `NAME.json`, which says what
//! it showed. Each is written under another name first and then given its own, the plan before what
//! is said of it, so that whoever is killed in between leaves a plan that nothing is said of, which is
//! no entry.

use crate::look::What;
use scenarios::Scenario;
use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The version of what is said of an entry.
const SCHEMA: u32 = 1;

/// A folder of failures.
#[derive(Clone, Debug)]
pub struct Corpus {
    folder: PathBuf,
}

/// What is said of a failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Entry {
    /// The version of these words.
    pub schema: u32,
    /// What was violated, or `panic`.
    pub property: String,
    /// The witness in one sentence.
    pub witness: String,
    /// Its shape.
    pub shape: String,
    /// On which system.
    pub system: String,
    /// With which seed.
    pub seed: u64,
    /// The digest of the run, if it came to its end.
    pub digest: Option<String>,
    /// The version of Seedbed that found it.
    pub version: String,
    /// What was drawn, if it was drawn.
    pub knobs: Vec<(String, String)>,
}

/// Why a corpus cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// The file system would not.
    #[error("{path}: {error}")]
    Io {
        /// Which file or folder.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// A file is there that no corpus has.
    #[error("`{0}` is no file of a corpus")]
    Foreign(String),
    /// What is said of an entry cannot be read.
    #[error("{path}: {why}")]
    Malformed {
        /// Which file.
        path: String,
        /// Why.
        why: String,
    },
    /// It was written by a newer version.
    #[error("{path} is of schema {is}, and this version knows up to {SCHEMA}")]
    Newer {
        /// Which file.
        path: String,
        /// Its schema.
        is: u32,
    },
}

impl Corpus {
    /// A corpus in a folder, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// If the folder cannot be made, or has files of others in it.
    pub fn open(folder: &Path) -> Result<Self, CorpusError> {
        fs::create_dir_all(folder).map_err(|error| io_error(folder, error))?;
        let corpus = Self { folder: folder.to_owned() };
        corpus.names()?;
        Ok(corpus)
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The names of its entries, in order.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or has files of others in it.
    pub fn names(&self) -> Result<Vec<String>, CorpusError> {
        let mut names = Vec::new();
        let files = fs::read_dir(&self.folder).map_err(|error| io_error(&self.folder, error))?;
        for file in files {
            let path = file.map_err(|error| io_error(&self.folder, error))?.path();
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            match path.extension().and_then(|ending| ending.to_str()) {
                Some("json") => names.push(stem.to_owned()),
                // A plan of which nothing is said yet, or something under way.
                Some("toml" | "part") => {}
                _ => return Err(CorpusError::Foreign(path.display().to_string())),
            }
        }
        names.retain(|name| self.plan_path(name).is_file());
        names.sort();
        Ok(names)
    }

    /// Where the plan of an entry is.
    pub fn plan_path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.toml"))
    }

    /// What is said of an entry.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or is of a newer version.
    pub fn entry(&self, name: &str) -> Result<Entry, CorpusError> {
        let path = self.folder.join(format!("{name}.json"));
        let text = fs::read_to_string(&path).map_err(|error| io_error(&path, error))?;
        let shown = path.display().to_string();
        let malformed = |error: serde_json::Error| CorpusError::Malformed {
            path: shown.clone(),
            why: error.to_string(),
        };
        let value: serde_json::Value = serde_json::from_str(&text).map_err(malformed)?;
        let schema = value.get("schema").and_then(serde_json::Value::as_u64).unwrap_or(0) as u32;
        if schema > SCHEMA {
            return Err(CorpusError::Newer { path: shown, is: schema });
        }
        serde_json::from_value(value).map_err(malformed)
    }

    /// Adds an entry under a name made of what it shows; if there is one that shows the same of the
    /// same system in as few words of plan or fewer, nothing is changed. The answer is its name, and
    /// whether it is new.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn add(&self, entry: &Entry, plan: &Scenario) -> Result<(String, bool), CorpusError> {
        let plan = plan.to_toml();
        let name = self.name_for(entry)?;
        let path = self.plan_path(&name);
        if let Ok(known) = fs::read_to_string(&path)
            && self.entry(&name).is_ok()
            && known.len() <= plan.len()
        {
            return Ok((name, false));
        }
        self.put(&path, &plan)?;
        let said = serde_json::to_string_pretty(entry).expect("an entry is plain data");
        self.put(&self.folder.join(format!("{name}.json")), &(said + "\n"))?;
        Ok((name, true))
    }

    /// Takes an entry away.
    ///
    /// # Errors
    ///
    /// If it cannot be removed.
    pub fn remove(&self, name: &str) -> Result<(), CorpusError> {
        // What is said goes first: a plan alone is no entry.
        for path in [self.folder.join(format!("{name}.json")), self.plan_path(name)] {
            fs::remove_file(&path).map_err(|error| io_error(&path, error))?;
        }
        Ok(())
    }

    /// The name of the entry that shows this, or the next that is free.
    fn name_for(&self, entry: &Entry) -> Result<String, CorpusError> {
        for number in 1.. {
            let name = format!("{}-{}-{number}", entry.system, entry.property);
            match self.entry(&name) {
                Ok(known) if known.shape == entry.shape => return Ok(name),
                Ok(_) => {}
                Err(CorpusError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => {
                    return Ok(name);
                }
                Err(error) => return Err(error),
            }
        }
        unreachable!("numbers do not end")
    }

    /// Writes a file so that it is there whole or not at all.
    fn put(&self, path: &Path, text: &str) -> Result<(), CorpusError> {
        let part = path.with_extension("part");
        fs::write(&part, text).map_err(|error| io_error(&part, error))?;
        fs::rename(&part, path).map_err(|error| io_error(path, error))
    }
}

impl Entry {
    /// What is said of a failure of a run.
    pub fn new(what: What, witness: &str, system: &str, seed: u64) -> Self {
        Self {
            schema: SCHEMA,
            property: what.name().to_owned(),
            witness: witness.to_owned(),
            shape: crate::shape::shape(witness),
            system: system.to_owned(),
            seed,
            digest: None,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            knobs: Vec::new(),
        }
    }
}

fn io_error(path: &Path, error: io::Error) -> CorpusError {
    CorpusError::Io { path: path.display().to_string(), error }
}
