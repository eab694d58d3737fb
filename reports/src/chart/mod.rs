//! Charts of a run, and of a matrix of runs, each as PNG and as SVG from the same drawing code.
//!
//! A title states what the run shows, the lines beneath name scenario, system and seed,
//! and every fault is a shaded band with its label above the plot. Outcomes differ in
//! lightness and lines in dash, so that a chart reads well without colour.

mod canvas;
pub(crate) mod experiment;
mod faults;
mod finding;
mod frame;
pub(crate) mod heat_map;
mod latency;
mod picture;
mod quantiles;
mod rate;
mod replication;
mod scale;
mod until;

use canvas::{Canvas, Failure};
use judge::Run;
use picture::{Drawing, png, svg};
use plotters::backend::DrawingBackend;

/// A chart's width in pixels.
pub const WIDTH: u32 = 1200;
/// A chart's height in pixels.
pub const HEIGHT: u32 = 700;

/// The charts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chart {
    /// The latency of every operation over time.
    Latency,
    /// Quantiles of latency over windows of time.
    Quantiles,
    /// Operations a second by outcome, over windows of time.
    Rate,
    /// How many keys differ, and how far each node lags, over time.
    Replication,
}

/// A chart could not be drawn.
#[derive(Debug, thiserror::Error)]
#[error("the chart `{chart}` could not be drawn: {reason}")]
pub struct ChartError {
    chart: &'static str,
    reason: String,
}

impl Chart {
    /// Every chart, in the order in which reports show them.
    pub const ALL: [Self; 4] = [Self::Latency, Self::Quantiles, Self::Rate, Self::Replication];

    /// Its file name without extension.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Latency => "latency",
            Self::Quantiles => "quantiles",
            Self::Rate => "rate",
            Self::Replication => "replication",
        }
    }

    /// What it shows, in one line.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::Latency => "latency of every operation over time",
            Self::Quantiles => "latency quantiles over time",
            Self::Rate => "operations a second by outcome over time",
            Self::Replication => "differing keys and replication lag over time",
        }
    }

    /// What the run shows in this chart, in one sentence: the chart's title.
    pub fn finding(self, run: &Run) -> String {
        match self {
            Self::Latency => finding::latency(run),
            Self::Quantiles => finding::quantiles(run),
            Self::Rate => finding::rate(run),
            Self::Replication => finding::replication(run),
        }
    }

    /// Draws it as PNG, [`WIDTH`] by [`HEIGHT`] pixels. The same run gives the same bytes.
    ///
    /// # Errors
    ///
    /// [`ChartError`] if the drawing library fails; no run is known to make it.
    pub fn png(self, run: &Run) -> Result<Vec<u8>, ChartError> {
        png(&Drawn { chart: self, run })
    }

    /// Draws it as SVG of the same size. The same run gives the same bytes.
    ///
    /// # Errors
    ///
    /// [`ChartError`] if the drawing library fails; no run is known to make it.
    pub fn svg(self, run: &Run) -> Result<String, ChartError> {
        svg(&Drawn { chart: self, run })
    }
}

/// A chart of a run.
struct Drawn<'a> {
    chart: Chart,
    run: &'a Run,
}

impl Drawing for Drawn<'_> {
    fn name(&self) -> &'static str {
        self.chart.name()
    }

    fn size(&self) -> (u32, u32) {
        (WIDTH, HEIGHT)
    }

    fn draw<B: DrawingBackend>(&self, canvas: &Canvas<'_, B>) -> Result<(), Failure> {
        match self.chart {
            Chart::Latency => latency::draw(self.run, canvas),
            Chart::Quantiles => quantiles::draw(self.run, canvas),
            Chart::Rate => rate::draw(self.run, canvas),
            Chart::Replication => replication::draw(self.run, canvas),
        }
    }
}
