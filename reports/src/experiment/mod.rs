//! What came of an experiment: its tables, its charts and its text.
//!
//! What flows in: a [`Measurement`] of each run, in the order of the experiment's
//! trials. What flows out: text and bytes that are a pure function of them.

mod conditions;
mod folder;
mod ladder;
mod load;
mod measure;
mod summary;
mod table;
mod text;

pub use folder::{check_experiment_target, write_experiment};
pub use measure::Measurement;
pub use summary::{EXPERIMENT_SCHEMA, EXPERIMENT_SCHEMA_VERSION};
pub use table::{LOAD_COLUMNS, SWEEP_COLUMNS};

pub(crate) use ladder::{Losses, RungFigures, rungs};
pub(crate) use measure::ms as milliseconds;

use crate::chart::ChartError;
use scenarios::experiment::{Experiment, Sweep, Trial};

/// An experiment, carried out.
#[derive(Clone, Debug)]
pub struct ExperimentResults {
    pub(crate) experiment: Experiment,
    pub(crate) seed: u64,
    /// In the order of the experiment's sweeps.
    pub(crate) sweeps: Vec<SweepResults>,
}

/// A chart of an experiment, as it goes into files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnChart {
    /// Its file name without extension.
    pub name: &'static str,
    /// The picture as PNG.
    pub png: Vec<u8>,
    /// The same as SVG.
    pub svg: String,
}

/// What came of one sweep.
#[derive(Clone, Debug)]
pub(crate) struct SweepResults {
    pub(crate) sweep: Sweep,
    pub(crate) rows: Vec<Row>,
}

/// One run and what was measured in it.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) trial: Trial,
    pub(crate) measured: Measurement,
}

impl ExperimentResults {
    /// Every run of an experiment, in order.
    pub fn trials(experiment: &Experiment) -> Vec<Trial> {
        experiment.sweeps.iter().flat_map(|sweep| (sweep.trials)()).collect()
    }

    /// Puts measurements, in the order of [`ExperimentResults::trials`], to their trials.
    ///
    /// # Panics
    ///
    /// Panics if there are more or fewer measurements than trials.
    pub fn new(experiment: &Experiment, seed: u64, measurements: Vec<Measurement>) -> Self {
        let mut measurements = measurements.into_iter();
        let mut row = |trial| {
            let measured = measurements.next().expect("there is a measurement for each trial");
            Row { trial, measured }
        };
        let sweeps = experiment.sweeps.iter().map(|sweep| SweepResults {
            sweep: *sweep,
            rows: (sweep.trials)().into_iter().map(&mut row).collect(),
        });
        let sweeps = sweeps.collect();
        assert!(measurements.next().is_none(), "there is a trial for each measurement");
        Self { experiment: *experiment, seed, sweeps }
    }

    /// Its tables as CSV: file name and content.
    pub fn tables(&self) -> Vec<(String, String)> {
        let file = |results: &SweepResults| format!("{}.csv", results.sweep.table);
        self.sweeps.iter().map(|results| (file(results), table::csv(results))).collect()
    }

    /// Its charts, drawn.
    ///
    /// # Errors
    ///
    /// [`ChartError`] if the drawing library fails.
    pub fn charts(&self) -> Result<Vec<DrawnChart>, ChartError> {
        crate::chart::experiment::draw_all(self)
    }

    /// What machines read of it, as JSON.
    pub fn to_json(&self) -> String {
        summary::json(self)
    }

    /// What people read of it in a terminal of this many columns.
    pub fn to_text(&self, width: usize) -> String {
        text::text(self, width)
    }

    /// What is wrong with its runs themselves, such as a fault that touched nothing.
    pub fn defects(&self) -> Vec<String> {
        let rows = self.sweeps.iter().flat_map(|results| &results.rows);
        rows.flat_map(|row| {
            let Trial { series, setting, .. } = &row.trial;
            let of = |defect: &String| format!("{series}, {setting}: {defect}");
            row.measured.defects.iter().map(of).collect::<Vec<_>>()
        })
        .collect()
    }

    /// What came of the first sweep, or of the one whose table is called so.
    pub(crate) fn sweep(&self, table: &str) -> &SweepResults {
        let found = self.sweeps.iter().find(|results| results.sweep.table == table);
        found.unwrap_or(&self.sweeps[0])
    }
}

impl SweepResults {
    /// The names of its series, in order of first appearance.
    pub(crate) fn series(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        for row in &self.rows {
            if !names.contains(&row.trial.series) {
                names.push(row.trial.series);
            }
        }
        names
    }

    /// The rows of a series.
    pub(crate) fn of(&self, series: &str) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.trial.series == series)
    }

    /// In one line, on what machines and links it took place.
    pub(crate) fn conditions(&self) -> String {
        conditions::describe(self.rows.iter().map(|row| &row.trial.scenario))
    }
}
