//! What a matrix shows, in one sentence.

use super::{Cell, Leaves, Matrix};
use crate::text;
use scenarios::Property;

/// How one system fares.
struct Fare<'a> {
    system: &'a str,
    /// Cells in which a majority can talk, and in how many of them everything holds.
    with_majority: usize,
    held: usize,
    /// The other cells, and in how many of them nothing but availability is given up.
    without: usize,
    safe: usize,
}

impl Matrix {
    /// What it shows: what is not as expected, or else which system holds most.
    pub fn finding(&self) -> String {
        self.misses().or_else(|| Some(self.best()?.in_words())).unwrap_or_else(|| {
            match self.cells().count() as u64 {
                0 => "No scenario was run".to_owned(),
                // With a flaw, what a system holds says nothing of it.
                1 => "The system was run with a flaw switched on".to_owned(),
                _ => "Every system was run with a flaw switched on".to_owned(),
            }
        })
    }

    /// How much was run, and what else there is to say.
    pub fn scope(&self) -> String {
        let cells = self.cells().count() as u64;
        let seeds = match self.seeds {
            1 => "1 seed".to_owned(),
            seeds => format!("{seeds} seeds each"),
        };
        let scope = format!(
            "{} on {}: {}, {seeds}",
            text::count(self.rows.len() as u64, "scenario", "scenarios"),
            text::count(self.systems.len() as u64, "system", "systems"),
            text::count(cells, "cell", "cells"),
        );
        match (self.misses(), self.best()) {
            (Some(_), Some(best)) => format!("{scope}; {}", best.held()),
            (Some(_), None) => scope,
            (None, _) if cells == 0 => scope,
            (None, _) if self.cells().all(|(_, _, cell)| cell.expects_nothing()) => {
                format!("{scope}, of which nothing was expected")
            }
            (None, _) => format!("{scope}, all as expected"),
        }
    }

    /// How many cells are not as expected, in a sentence; `None` if all are.
    pub(super) fn misses(&self) -> Option<String> {
        let cells = self.cells().count();
        let mut missed = self.cells().filter(|(_, _, cell)| !cell.as_expected());
        let (scenario, system, _) = missed.next()?;
        Some(match missed.count() {
            0 => format!("1 of {cells} cells is not as expected: {scenario} on {system}"),
            more => format!(
                "{} of {cells} cells are not as expected; the first is {scenario} on {system}",
                more + 1
            ),
        })
    }

    /// Which system holds most; `None` without any cell.
    fn best(&self) -> Option<Fare<'_>> {
        let fares = self.systems.iter().enumerate().map(|(column, system)| {
            let cells = self.rows.iter().filter_map(|row| row.cells[column].as_ref());
            let cells = cells.filter(|cell| cell.flaws.is_empty());
            let (some, none): (Vec<_>, Vec<_>) =
                cells.partition(|cell| cell.leaves != Some(Leaves::NoMajority));
            let held_of = |cells: &[&Cell], may: &[&str]| {
                cells.iter().filter(|cell| cell.gives_up_at_most(may)).count()
            };
            Fare {
                system,
                with_majority: some.len(),
                held: held_of(&some, &[]),
                without: none.len(),
                safe: held_of(&none, &[Property::Availability.name()]),
            }
        });
        // Shares are compared without dividing; on a tie the last, the highest rung, is named.
        let fares = fares.filter(|fare| fare.with_majority + fare.without > 0);
        fares.max_by(|one, other| {
            let share = (one.held * other.with_majority).cmp(&(other.held * one.with_majority));
            share.then(one.held.cmp(&other.held))
        })
    }
}

impl Fare<'_> {
    /// What it holds as long as a majority can talk.
    fn held(&self) -> String {
        let Self { system, with_majority, held, .. } = self;
        let scenarios = match with_majority {
            1 => "scenario that leaves",
            _ => "scenarios that leave",
        };
        format!("{system} holds everything in {held} of {with_majority} {scenarios} a majority")
    }

    /// The same, and how it fares otherwise.
    fn in_words(&self) -> String {
        let Self { system, with_majority, without, safe, .. } = self;
        match (with_majority, without) {
            (_, 0) => self.held(),
            (0, _) => format!(
                "Without a majority {system} is unavailable rather than wrong in {safe} of {without}"
            ),
            _ => format!(
                "{}; without one it is unavailable rather than wrong in {safe} of {without}",
                self.held()
            ),
        }
    }
}
