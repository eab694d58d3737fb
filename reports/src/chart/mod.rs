//! Charts of a run, and of a matrix of runs, each as PNG and as SVG from the same drawing code.
//!
//! A title states what the run shows, the lines beneath name scenario, system and seed,
//! and every fault is a shaded band with its label above the plot. Outcomes differ in
//! lightness and lines in dash, so that a chart reads well without colour; what is wrong with an
//! answer has a colour and a shape of its own. All charts of a run have one axis of time, and an
//! operation stands where it was over.

pub(crate) mod bench;
mod canvas;
pub(crate) mod experiment;
mod faults;
mod finding;
mod frame;
pub(crate) mod heat_map;
mod latency;
mod peak;
mod picture;
pub(crate) mod pinpoint;
mod quantiles;
mod rate;
mod reach;
mod replication;
mod scale;
mod until;
mod wrong;

pub use reach::{Reached, reached};
pub(crate) use until::COLUMNS;

use crate::{figures, replication::Replication};
use canvas::{Canvas, Failure};
use judge::{
    Run,
    property::{Outage, Wrong, outages, wrong_answers},
};
use node::Time;
use picture::{Drawing, png, svg};
use plotters::backend::DrawingBackend;
use std::collections::BTreeMap;

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

    /// [`Charts::finding`] of this chart alone.
    pub fn finding(self, run: &Run) -> String {
        Charts::of(run).finding(self)
    }

    /// [`Charts::png`] of this chart alone.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn png(self, run: &Run) -> Result<Vec<u8>, ChartError> {
        Charts::of(run).png(self)
    }

    /// [`Charts::svg`] of this chart alone.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn svg(self, run: &Run) -> Result<String, ChartError> {
        Charts::of(run).svg(self)
    }
}

/// The charts of a run, and what they share.
pub struct Charts<'a> {
    run: &'a Run,
    /// What is wrong with answers, by position in the history.
    wrong: BTreeMap<usize, Wrong>,
    outages: Vec<Outage>,
    /// `None`: no trace was kept.
    replication: Option<Replication>,
    /// Where the axis of time ends.
    until: Time,
}

/// With fewer operations each can be seen by itself, and a rate would say nothing more.
const LEAST_FOR_A_RATE: usize = 20;

impl<'a> Charts<'a> {
    /// Finds out what the charts of a run share.
    pub fn of(run: &'a Run) -> Self {
        let replication = Replication::observe(run, until::COLUMNS);
        Self {
            run,
            wrong: wrong_answers(run),
            outages: outages(run.operations(), run.run_ended),
            until: until::end(run, replication.as_ref()),
            replication,
        }
    }

    /// The charts that say something of this run, in the order of [`Chart::ALL`].
    ///
    /// Latency needs an operation; a rate 20 of them; quantiles two windows with 20 answers each;
    /// and replication a trace in which some replica lacked something.
    pub fn shown(&self) -> Vec<Chart> {
        let operations = self.run.operations().len();
        let says = |chart: &Chart| match chart {
            Chart::Latency => operations > 0,
            Chart::Quantiles => peak::is_course(self.run),
            Chart::Rate => operations >= LEAST_FOR_A_RATE,
            Chart::Replication => self.replication.as_ref().is_some_and(|replication| {
                !replication.gaps.is_empty() || replication.differing.iter().any(|keys| *keys > 0)
            }),
        };
        Chart::ALL.into_iter().filter(says).collect()
    }

    /// What the run shows in a chart, in one sentence: the chart's title.
    pub fn finding(&self, chart: Chart) -> String {
        match chart {
            Chart::Latency => finding::latency(self),
            Chart::Quantiles => finding::quantiles(self),
            Chart::Rate => finding::rate(self),
            Chart::Replication => finding::replication(self),
        }
    }

    /// Draws a chart as PNG, [`WIDTH`] by [`HEIGHT`] pixels. The same run gives the same bytes.
    ///
    /// # Errors
    ///
    /// [`ChartError`] if the drawing library fails; no run is known to make it.
    pub fn png(&self, chart: Chart) -> Result<Vec<u8>, ChartError> {
        png(&Drawn { chart, charts: self })
    }

    /// Draws a chart as SVG of the same size. The same run gives the same bytes.
    ///
    /// # Errors
    ///
    /// [`ChartError`] if the drawing library fails; no run is known to make it.
    pub fn svg(&self, chart: Chart) -> Result<String, ChartError> {
        svg(&Drawn { chart, charts: self })
    }

    /// How many operations ended `ok` with nothing wrong, `fail` and `info`; what is wrong is
    /// counted by itself.
    fn outcomes(&self) -> [u64; 3] {
        let operations = self.run.operations().iter().enumerate();
        let rest = operations.filter(|(position, _)| !self.wrong.contains_key(position));
        figures::outcomes(rest.map(|(_, record)| record))
    }
}

/// A chart of a run.
struct Drawn<'a> {
    chart: Chart,
    charts: &'a Charts<'a>,
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
            Chart::Latency => latency::draw(self.charts, canvas),
            Chart::Quantiles => quantiles::draw(self.charts, canvas),
            Chart::Rate => rate::draw(self.charts, canvas),
            Chart::Replication => replication::draw(self.charts, canvas),
        }
    }
}
