//! Charts of experiments: many runs in one picture.
//!
//! A title states what the runs show; the lines beneath say on which system, machines and links.

mod bars;
mod cost;
mod ladder;
pub(super) mod lines;
mod load;
mod sweeps;

use super::{
    ChartError, HEIGHT, WIDTH,
    canvas::{Canvas, DARK, Dash, Failure, LIGHT, MIDDLE, Point, Shape},
    frame::{self, BOTTOM, LEFT, Panel, RIGHT, SUBTITLE_Y, Sample},
    picture::{self, Drawing},
};
use crate::experiment::{DrawnChart, ExperimentResults};
use bars::BarChart;
use ladder::LadderChart;
use lines::LineChart;
use plotters::{backend::DrawingBackend, style::RGBColor};

/// A chart of an experiment, ready to be drawn.
enum Picture {
    Lines(LineChart),
    Bars(BarChart),
    Ladder(LadderChart),
}

/// What stands above every picture.
pub(super) struct Heading {
    pub(super) name: &'static str,
    pub(super) finding: String,
    pub(super) notes: [String; 2],
}

impl Picture {
    /// The picture of this name; `None` if there is no such picture.
    fn of(name: &'static str, results: &ExperimentResults) -> Option<Self> {
        Some(match name {
            "throughput_by_mode" => Self::Bars(load::throughput_by_mode(results)),
            "latency_vs_concurrency" => Self::Lines(load::latency_vs_concurrency(results)),
            "read_heavy_vs_write_heavy" => Self::Lines(load::read_heavy_vs_write_heavy(results)),
            "tail_latency_with_and_without_replication" => Self::Lines(load::tail_latency(results)),
            "write_cost" => Self::Bars(cost::write_cost(results)),
            "concurrency" => Self::Lines(sweeps::concurrency(results)),
            "nodes" => Self::Lines(sweeps::nodes(results)),
            "link_latency" => Self::Lines(sweeps::link_latency(results)),
            "replication_factor" => Self::Bars(sweeps::replication_factor(results)),
            "ladder" => Self::Ladder(ladder::ladder(results)),
            _ => return None,
        })
    }

    fn heading(&self) -> &Heading {
        match self {
            Self::Lines(chart) => &chart.heading,
            Self::Bars(chart) => &chart.heading,
            Self::Ladder(chart) => &chart.heading,
        }
    }
}

impl Drawing for Picture {
    fn name(&self) -> &'static str {
        self.heading().name
    }

    fn size(&self) -> (u32, u32) {
        (WIDTH, HEIGHT)
    }

    fn draw<B: DrawingBackend>(&self, canvas: &Canvas<'_, B>) -> Result<(), Failure> {
        let Heading { finding, notes, .. } = self.heading();
        frame::title(canvas, finding)?;
        for (position, note) in notes.iter().enumerate() {
            frame::subtitle(canvas, SUBTITLE_Y + 24.0 * position as f64, note)?;
        }
        match self {
            Self::Lines(chart) => chart.draw(canvas),
            Self::Bars(chart) => chart.draw(canvas),
            Self::Ladder(chart) => chart.draw(canvas),
        }
    }
}

/// Draws every chart of an experiment.
pub(crate) fn draw_all(results: &ExperimentResults) -> Result<Vec<DrawnChart>, ChartError> {
    pictures(results).iter().map(draw_picture).collect()
}

/// Draws lines as PNG and as SVG.
pub(super) fn draw_lines(chart: LineChart) -> Result<DrawnChart, ChartError> {
    draw_picture(&Picture::Lines(chart))
}

/// Draws a chart as PNG and as SVG.
fn draw_picture(drawing: &Picture) -> Result<DrawnChart, ChartError> {
    let (png, svg) = (picture::png(drawing)?, picture::svg(drawing)?);
    Ok(DrawnChart { name: drawing.name(), png, svg })
}

/// The title of every chart of an experiment, by name.
pub(crate) fn findings(results: &ExperimentResults) -> Vec<(&'static str, String)> {
    let pictures = pictures(results);
    pictures.iter().map(|picture| (picture.name(), picture.heading().finding.clone())).collect()
}

fn pictures(results: &ExperimentResults) -> Vec<Picture> {
    let picture = |name: &&'static str| {
        Picture::of(name, results).expect("every chart that an experiment names can be drawn")
    };
    results.experiment.charts.iter().map(picture).collect()
}

const LEGEND_Y: f64 = 118.0;
const PANELS_TOP: f64 = 134.0;

/// Panels one above the other, with room for the name of each vertical axis.
fn stack(panels: usize) -> Vec<Panel> {
    const AXIS_NAME: f64 = 32.0;
    const GUTTER: f64 = 18.0;
    let gaps = GUTTER * (panels - 1) as f64;
    let height = (BOTTOM - PANELS_TOP - gaps) / panels as f64;
    let panel = |index: usize| {
        let top = PANELS_TOP + (height + GUTTER) * index as f64;
        Panel { left: LEFT, right: RIGHT, top: top + AXIS_NAME, bottom: top + height }
    };
    (0..panels).map(panel).collect()
}

/// How a series looks: colour, dash and shape differ, so that no one of them must be seen.
#[derive(Clone, Copy)]
pub(super) struct Look {
    colour: RGBColor,
    dash: Dash,
    shape: Shape,
}

pub(super) const LOOKS: [Look; 4] = [
    Look { colour: LIGHT, dash: &[], shape: Shape::Circle },
    Look { colour: MIDDLE, dash: &[12.0, 5.0], shape: Shape::Square },
    Look {
        colour: RGBColor(0x00, 0x80, 0x60),
        dash: &[12.0, 5.0, 3.0, 5.0],
        shape: Shape::Diamond,
    },
    Look { colour: DARK, dash: &[3.0, 4.0], shape: Shape::Triangle },
];

impl Look {
    pub(super) fn sample(self) -> Sample {
        Sample::Marked(self.shape, self.colour, self.dash)
    }

    fn draw<B: DrawingBackend>(
        self,
        canvas: &Canvas<'_, B>,
        points: &[Point],
    ) -> Result<(), Failure> {
        canvas.line(points, self.colour, 2.5, self.dash)?;
        points.iter().try_for_each(|point| canvas.marker(self.shape, *point, 11.0, self.colour))
    }
}
