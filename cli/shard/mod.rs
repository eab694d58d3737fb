//! One command's work in several parts, on machines of their own, and joined afterwards.
//!
//! The work of a command is a list of runs that follows from its arguments alone. A [`Shard`] says
//! which of them are its own. What came of them goes into a file that says everything ([`Results`]),
//! and [`merge`] goes on where the runs are all there, as one process would.

pub(crate) mod files;
pub(crate) mod merge;
mod results;
mod surroundings;

pub(crate) use results::{Part, Results, Times};

use crate::failure::Failure;
use clap::{Args, ValueHint};
use serde::{Deserialize, Serialize};
use std::{fmt, ops::Range, path::PathBuf};

/// One of several parts of a command's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Shard {
    /// Which one, from 1 up.
    pub(crate) index: u64,
    /// How many there are.
    pub(crate) count: u64,
}

/// Which part of the work is done here, and where its results go.
#[derive(Args)]
pub(crate) struct Share {
    /// Do only this part of the runs, such as `3/8`, counted from 1; `auto` where Slurm, Kubernetes
    /// or GitLab say which (`auto/8` where they do not say of how many).
    #[arg(long, value_name = "I/N", value_parser = surroundings::shard)]
    pub(crate) shard: Option<Shard>,
    /// Write what came of the runs into this file, for `seedbed merge`.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) results: Option<PathBuf>,
}

impl Share {
    /// The part, which is the whole if nothing else was said.
    pub(crate) fn shard(&self) -> Shard {
        self.shard.unwrap_or(Shard::WHOLE)
    }

    /// Makes sure, before there is anything to lose, that the results can be written.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        self.results.as_deref().map_or(Ok(()), files::check_target)
    }

    /// Writes the results, if they are wanted.
    pub(crate) fn write(
        &self,
        arguments: Vec<String>,
        files: &[String],
        times: Option<Times>,
        results: impl Serialize,
    ) -> Result<(), Failure> {
        let Some(target) = &self.results else {
            return Ok(());
        };
        Results::new(self.shard(), arguments, files::texts(files)?, times, results).write(target)
    }
}

impl Shard {
    /// All of the work.
    pub(crate) const WHOLE: Self = Self { index: 1, count: 1 };

    /// Whether there are other parts.
    pub(crate) fn is_part(self) -> bool {
        self.count > 1
    }

    /// Whether the run at this place of the list is its own. Its runs lie far apart, so that those
    /// that take long, which often stand together, are dealt to all.
    pub(crate) fn takes(self, place: usize) -> bool {
        place as u64 % self.count == self.index - 1
    }

    /// Those of a list that are its own, in order.
    pub(crate) fn of<T>(self, all: impl IntoIterator<Item = T>) -> Vec<T> {
        let places = all.into_iter().enumerate();
        places.filter(|(place, _)| self.takes(*place)).map(|(_, item)| item).collect()
    }

    /// Its part of a range, in one piece; the pieces differ by at most one in length.
    pub(crate) fn piece(self, of: &Range<u64>) -> Range<u64> {
        let length = u128::from(of.end - of.start);
        let at = |index: u64| {
            let before = length * u128::from(index) / u128::from(self.count);
            of.start + u64::try_from(before).expect("it is not longer than the range")
        };
        at(self.index - 1)..at(self.index)
    }

    /// Reads `3/8`.
    fn parse(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(index, count)| {
            Some((index.trim().parse::<u64>().ok()?, count.trim().parse::<u64>().ok()?))
        });
        let Some((index, count)) = numbers else {
            return Err(
                "write which part and of how many, such as `3/8`, or `auto`; parts are counted from 1"
                    .to_owned(),
            );
        };
        Self::new(index, count)
    }

    /// A part, counted from 1.
    fn new(index: u64, count: u64) -> Result<Self, String> {
        match (index, count) {
            (_, 0) => Err("there must be at least one part".to_owned()),
            (0, count) => Err(format!("parts are counted from 1: the first is `1/{count}`")),
            (index, count) if index > count => Err(format!(
                "there is no part {index} of {count}: parts are counted from 1, and the last is \
                 `{count}/{count}`"
            )),
            _ => Ok(Self { index, count }),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_is_of_one_part() {
        for count in [1, 2, 3, 8, 40] {
            let shards = (1..=count).map(|index| Shard { index, count });
            for place in 0..33 {
                assert_eq!(shards.clone().filter(|shard| shard.takes(place)).count(), 1);
            }
            let pieces: Vec<_> = shards.map(|shard| shard.piece(&(10..43))).collect();
            assert_eq!((pieces[0].start, pieces.last().unwrap().end), (10, 43));
            assert!(pieces.windows(2).all(|two| two[0].end == two[1].start));
            let lengths = || pieces.iter().map(|piece| piece.end - piece.start);
            assert!(lengths().max().unwrap() - lengths().min().unwrap() <= 1);
        }
    }

    #[test]
    fn parts_are_counted_from_1() {
        assert_eq!(Shard::parse("3/8"), Ok(Shard { index: 3, count: 8 }));
        for (wrong, said) in [
            ("0/4", "the first is `1/4`"),
            ("5/4", "the last is `4/4`"),
            ("1/0", "at least one part"),
            ("-1/4", "such as `3/8`"),
            ("3", "such as `3/8`"),
            ("a/b", "such as `3/8`"),
        ] {
            assert!(Shard::parse(wrong).unwrap_err().contains(said), "{wrong}");
        }
    }
}
