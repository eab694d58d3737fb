//! Scenarios against systems: which of these designs survives which of these failures?
//!
//! What flows in: for each scenario and each system that it states an expectation for, what
//! was [`Seen`] with each seed. What flows out: a [`Matrix`], as a table for the terminal
//! ([`text()`]), CSV, Markdown, JSON and a heat-map, all of them pure functions of it.
//!
//! A property holds in a cell if it holds with every seed. A property that is to be violated is
//! as expected if at least one seed shows it: a rare anomaly need not show each time. A run that
//! panics makes the whole cell one that panicked.

mod beside;
mod cell;
mod finding;
mod folder;
mod json;
mod level;
mod majority;
mod markdown;
mod seen;
mod surprise;
mod table;
mod text;

pub use beside::Beside;
pub use cell::{Cell, Content, Defect, Finding, Standing, shown};
pub use folder::{check_target, write};
pub use json::{SCHEMA, SCHEMA_VERSION};
pub(crate) use level::{LEVELS, Level, is_level};
pub use seen::{Leaves, Seen};
pub use surprise::Surprise;
pub use table::COLUMNS;
pub use text::text;

use crate::{ChartError, chart::heat_map};
use judge::Stage;

/// Scenarios against systems.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// The names of the properties, in the order in which cells show them.
    pub properties: Vec<&'static str>,
    /// The systems, a column each.
    pub systems: Vec<String>,
    /// The scenarios, a row each.
    pub rows: Vec<Row>,
    /// How many seeds each cell was run with, from 0 up.
    pub seeds: u64,
    /// The flaws of each system that were switched on by hand, in the order of the systems; empty if
    /// none were.
    pub flaws: Vec<Vec<String>>,
    /// Where the runs took place.
    pub stage: Stage,
    /// For runs on processes, the verdicts beside those of the simulator.
    pub beside: Vec<Beside>,
}

/// A scenario on every system.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The scenario, as commands name it: by its name, or by the path of its file.
    pub scenario: String,
    /// A cell for each system; `None`: the scenario is not meant for it.
    pub cells: Vec<Option<Cell>>,
}

impl Row {
    /// What the faults leave of the cluster on the system on which they leave least; `None` if
    /// no run came to its end.
    pub fn leaves(&self) -> Option<Leaves> {
        self.cells.iter().flatten().filter_map(|cell| cell.leaves).max()
    }
}

impl Matrix {
    /// An empty matrix of all the properties there are.
    pub fn new(systems: Vec<String>, seeds: u64) -> Self {
        let properties = scenarios::Property::ALL.iter().map(|property| property.name()).collect();
        let (flaws, stage, beside) = (Vec::new(), Stage::Simulator, Vec::new());
        Self { properties, systems, rows: Vec::new(), seeds, flaws, stage, beside }
    }

    /// Adds a row, and the property of invariants if anything is said of it there.
    pub fn add(&mut self, row: Row) {
        let invariants = scenarios::Property::Invariants.name();
        let states_some = |cell: &Cell| cell.finding(invariants).is_some();
        if !self.properties.contains(&invariants) && row.cells.iter().flatten().any(states_some) {
            self.properties.push(invariants);
        }
        self.rows.push(row);
    }

    /// The flaws of a system that were switched on by hand.
    pub(crate) fn by_hand(&self, system: &str) -> &[String] {
        let mut flaws = self.systems.iter().zip(&self.flaws);
        flaws.find(|(name, _)| *name == system).map_or(&[], |(_, flaws)| flaws)
    }

    /// Every cell that is not empty, row by row, with its scenario and its system.
    pub fn cells(&self) -> impl Iterator<Item = (&str, &str, &Cell)> {
        self.rows.iter().flat_map(|row| {
            let columns = self.systems.iter().zip(&row.cells);
            columns.filter_map(|(system, cell)| {
                Some((row.scenario.as_str(), system.as_str(), cell.as_ref()?))
            })
        })
    }

    /// Whether no cell is other than expected.
    pub fn as_expected(&self) -> bool {
        self.cells().all(|(_, _, cell)| cell.as_expected())
    }

    /// A letter for each property, no two the same: the first of its name that is free.
    pub fn letters(&self) -> Vec<char> {
        let mut letters: Vec<char> = Vec::new();
        for name in &self.properties {
            let wanted = name.chars().filter(char::is_ascii_alphabetic);
            let mut free = wanted.chain('a'..='z').map(|letter| letter.to_ascii_uppercase());
            let letter = free.find(|letter| !letters.contains(letter));
            letters.push(letter.expect("there are fewer properties than letters"));
        }
        letters
    }

    /// The letters and what they stand for, `C convergence`; the levels of consistency have
    /// words instead.
    pub(crate) fn key(&self) -> Vec<String> {
        let pairs = self.letters().into_iter().zip(&self.properties);
        let pairs = pairs.filter(|(_, name)| !is_level(name));
        pairs.map(|(letter, name)| format!("{letter} {name}")).collect()
    }

    /// The words of the levels and what they stand for, if any level is judged.
    pub(crate) fn level_key(&self) -> Option<String> {
        self.properties.iter().any(|name| is_level(name)).then(|| {
            let words = LEVELS.map(|(word, meaning, _)| format!("{word} {meaning}"));
            format!("{}, - none of them, ? undecided", words.join(", "))
        })
    }

    /// Draws the heat-map as PNG. The same matrix gives the same bytes.
    ///
    /// # Errors
    ///
    /// [`ChartError`] if the drawing library fails; no matrix is known to make it.
    pub fn png(&self) -> Result<Vec<u8>, ChartError> {
        heat_map::png(self)
    }

    /// Draws the heat-map as SVG. The same matrix gives the same bytes.
    ///
    /// # Errors
    ///
    /// [`ChartError`] if the drawing library fails; no matrix is known to make it.
    pub fn svg(&self) -> Result<String, ChartError> {
        heat_map::svg(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_property_has_a_letter_of_its_own() {
        let mut matrix = Matrix::new(Vec::new(), 1);
        matrix.properties = vec!["durability", "staleness", "session", "delay", "d", "s-s"];
        let letters: String = matrix.letters().into_iter().collect();
        assert_eq!(letters, "DSELAB");
        assert_eq!(matrix.key()[2], "E session");
        let letters = Matrix::new(Vec::new(), 1).letters();
        assert_eq!(letters.len(), scenarios::Property::ALL.len());
    }
}
