//! A matrix in parts.

use super::{Job, assemble, choose_axes, jobs, say};
use crate::{
    args::MatrixArgs,
    failure::Failure,
    shard::{Results, Shard},
};
use reports::matrix;
use std::{collections::BTreeMap, process::ExitCode};

/// Goes on where all parts are there.
pub(crate) fn merged(
    args: &MatrixArgs,
    parts: &[Results],
    is_whole: bool,
) -> Result<ExitCode, Failure> {
    matrix::check_target(&args.out)?;
    let (rows, columns) = choose_axes(args)?;
    let jobs = jobs(&rows, &columns, args.seeds)?;
    let names: Vec<_> = jobs.iter().map(ToString::to_string).collect();
    let seen = Results::in_order(parts, &names)?;
    say(args, &assemble(&rows, &columns, args.seeds, seen), is_whole)
}

/// The places of the runs of this part, cell by cell.
pub(super) fn own(jobs: &[Job<'_>], shard: Shard, seeds: u64) -> Vec<Vec<usize>> {
    let mut cells: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for place in shard.of(0..jobs.len()) {
        cells.entry(place / seeds as usize).or_default().push(place);
    }
    cells.into_values().collect()
}

impl MatrixArgs {
    /// The command without what differs from part to part.
    pub(super) fn arguments(&self) -> Vec<String> {
        let mut words = vec!["matrix".to_owned()];
        let mut option = |name: &str, value: String| words.extend([name.to_owned(), value]);
        if !self.scenarios.is_empty() {
            option("--scenarios", self.scenarios.join(","));
        }
        if !self.systems.is_empty() {
            option("--systems", self.systems.join(","));
        }
        self.flaws.iter().for_each(|flaw| option("--flaw", flaw.clone()));
        option("--seeds", self.seeds.to_string());
        option("--out", self.out.display().to_string());
        words
    }
}
