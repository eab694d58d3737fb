//! Verdicts that are known, to compare with.

use super::{Judged, levels::LINEARIZABILITY};
use crate::failure::Failure;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// A table of known verdicts.
pub(super) struct Expected {
    /// Whether the history of each file is linearizable.
    known: BTreeMap<PathBuf, bool>,
    /// The files in the order of the table.
    pub(super) files: Vec<PathBuf>,
}

/// What the comparison came to.
pub(super) struct Compared {
    /// How many files have the verdict that is known.
    pub(super) agree: usize,
    /// What is wrong with the others, a line each.
    pub(super) disagree: Vec<String>,
}

impl Expected {
    /// Reads the table; its paths are relative to its folder.
    pub(super) fn load(table: &Path) -> Result<Self, Failure> {
        let name = table.display();
        let help = "its columns are file, format and linearizable, which is true or false";
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_path(table)
            .map_err(|error| Failure::input(format!("{name} cannot be read: {error}"), help))?;
        let wrong = |line: u64, what: &str| Failure::input(format!("{name}:{line}: {what}"), help);
        let heads = reader.headers().map_err(|error| wrong(1, &error.to_string()))?.clone();
        let column = |name: &str| {
            let found = heads.iter().position(|head| head == name);
            found.ok_or_else(|| wrong(1, &format!("there is no column `{name}`")))
        };
        let (file, linearizable) = (column("file")?, column("linearizable")?);
        let folder = table.parent().unwrap_or(Path::new(""));
        let (mut known, mut files) = (BTreeMap::new(), Vec::new());
        for row in reader.records() {
            let row = row.map_err(|error| {
                let line = error.position().map_or(1, csv::Position::line);
                wrong(line, "this is no row of the table")
            })?;
            let line = row.position().map_or(1, csv::Position::line);
            let field = |column| row.get(column).unwrap_or_default();
            let verdict = field(linearizable).parse().map_err(|_| {
                wrong(line, &format!("`{}` is neither true nor false", field(linearizable)))
            })?;
            let path = folder.join(field(file));
            files.push(path.clone());
            if known.insert(plain(&path), verdict).is_some() {
                return Err(wrong(line, &format!("`{}` stands there twice", field(file))));
            }
        }
        Ok(Self { known, files })
    }

    /// Compares. A file of which nothing is known does not agree.
    pub(super) fn compare(&self, judged: &[Judged]) -> Compared {
        let mut compared = Compared { agree: 0, disagree: Vec::new() };
        for Judged { file, verdicts, .. } in judged {
            let word = verdicts.iter().find(|verdict| verdict.property == LINEARIZABILITY);
            let word = word.map_or("unknown", |verdict| verdict.word);
            let name = file.display();
            match (self.known.get(&plain(file)), word) {
                (Some(true), "holds") | (Some(false), "violated") => compared.agree += 1,
                (None, _) => compared.disagree.push(format!("{name}: it is not in the table")),
                (Some(known), found) => {
                    let known = if *known { "linearizable" } else { "not linearizable" };
                    let found = match found {
                        "holds" => "it was found to be",
                        "violated" => "it was found not to be",
                        _ => "it was not decided",
                    };
                    compared.disagree.push(format!("{name}: known to be {known}, and {found}"));
                }
            }
        }
        compared
    }
}

/// A path by which two ways to name a file are equal.
fn plain(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
