//! Charts of a run, each as PNG and as SVG from the same drawing code.
//!
//! A title states what the run shows, the lines beneath name scenario, system and seed,
//! and every fault is a shaded band with its label above the plot. Outcomes differ in
//! lightness and lines in dash, so that a chart reads well without colour.

mod canvas;
pub(crate) mod experiment;
mod faults;
mod finding;
mod frame;
mod latency;
mod quantiles;
mod rate;
mod replication;
mod scale;

use canvas::{Canvas, Failure, SCALE};
use plotters::{
    backend::{BitMapBackend, DrawingBackend, SVGBackend},
    drawing::IntoDrawingArea,
};
use sim::Run;

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
        png(&OfRun { chart: self, run })
    }

    /// Draws it as SVG of the same size. The same run gives the same bytes.
    ///
    /// # Errors
    ///
    /// [`ChartError`] if the drawing library fails; no run is known to make it.
    pub fn svg(self, run: &Run) -> Result<String, ChartError> {
        svg(&OfRun { chart: self, run })
    }
}

/// A chart of one run.
struct OfRun<'a> {
    chart: Chart,
    run: &'a Run,
}

impl Drawing for OfRun<'_> {
    fn name(&self) -> &'static str {
        self.chart.name()
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

/// Something that can be drawn, on any backend.
trait Drawing {
    /// What errors call it.
    fn name(&self) -> &'static str;
    /// Draws it.
    fn draw<B: DrawingBackend>(&self, canvas: &Canvas<'_, B>) -> Result<(), Failure>;
}

/// Draws as PNG, [`WIDTH`] by [`HEIGHT`] pixels.
fn png(drawing: &impl Drawing) -> Result<Vec<u8>, ChartError> {
    let (width, height) = (WIDTH * SCALE, HEIGHT * SCALE);
    let mut pixels = vec![255; (width * height * 3) as usize];
    draw(drawing, BitMapBackend::with_buffer(&mut pixels, (width, height)))?;
    encode(&halve(&pixels)).map_err(|reason| error(drawing, &reason))
}

/// Draws as SVG of the same size.
fn svg(drawing: &impl Drawing) -> Result<String, ChartError> {
    let (width, height) = (WIDTH * SCALE, HEIGHT * SCALE);
    let mut svg = String::new();
    draw(drawing, SVGBackend::with_string(&mut svg, (width, height)))?;
    // The drawing is finer than the picture: the view box keeps the fine coordinates.
    let fine = format!("width=\"{width}\" height=\"{height}\" viewBox");
    let coarse = format!("width=\"{WIDTH}\" height=\"{HEIGHT}\" viewBox");
    Ok(svg.replacen(&fine, &coarse, 1))
}

fn draw<B: DrawingBackend>(drawing: &impl Drawing, backend: B) -> Result<(), ChartError> {
    let area = backend.into_drawing_area();
    let canvas = Canvas::new(&area).map_err(|reason| error(drawing, &reason))?;
    drawing.draw(&canvas).map_err(|reason| error(drawing, &reason))?;
    area.present().map_err(|reason| error(drawing, &reason))
}

fn error(drawing: &impl Drawing, reason: &impl ToString) -> ChartError {
    ChartError { chart: drawing.name(), reason: reason.to_string() }
}

/// Takes the mean of each square of 2 by 2 pixels: edges become smooth.
fn halve(fine: &[u8]) -> Vec<u8> {
    const { assert!(SCALE == 2) };
    let stride = (WIDTH * SCALE * 3) as usize;
    let mut pixels = Vec::with_capacity((WIDTH * HEIGHT * 3) as usize);
    for rows in fine.chunks_exact(2 * stride) {
        let mut left = 0;
        while left < stride {
            for at in [left, left + 1, left + 2] {
                let upper = u16::from(rows[at]) + u16::from(rows[at + 3]);
                let lower = u16::from(rows[stride + at]) + u16::from(rows[stride + at + 3]);
                pixels.push(((upper + lower) / 4) as u8);
            }
            left += 6;
        }
    }
    pixels
}

fn encode(pixels: &[u8]) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, WIDTH, HEIGHT);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(bytes)
}
