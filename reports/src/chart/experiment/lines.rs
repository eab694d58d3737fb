//! Lines over a number that was varied, in one panel or two.

use super::{Heading, LEGEND_Y, Look, stack};
use crate::chart::{
    canvas::{Canvas, Failure, Shape},
    frame::{Sample, bottom_axis, hollow, legend_at, nothing, value_axis},
    scale::Scale,
};
use plotters::backend::DrawingBackend;

pub(in crate::chart) struct LineChart {
    pub(in crate::chart) heading: Heading,
    pub(in crate::chart) x: Axis,
    pub(in crate::chart) panels: Vec<LinePanel>,
    pub(in crate::chart) legend: Vec<(Sample, String)>,
}

/// An axis: its name with the unit.
#[derive(Clone, Copy)]
pub(in crate::chart) struct Axis {
    pub(in crate::chart) name: &'static str,
    /// Whether each step multiplies.
    pub(in crate::chart) log: bool,
    /// Whether it starts at zero, where it can.
    pub(in crate::chart) from_zero: bool,
}

pub(in crate::chart) struct LinePanel {
    pub(in crate::chart) y: Axis,
    pub(in crate::chart) lines: Vec<Line>,
}

pub(in crate::chart) struct Line {
    pub(in crate::chart) look: Style,
    /// In order of x.
    pub(in crate::chart) points: Vec<(f64, f64)>,
}

/// Whether a line is ours, or points of someone else's.
pub(in crate::chart) enum Style {
    Ours(Look),
    Theirs(Shape),
}

impl LineChart {
    pub(super) fn draw<B: DrawingBackend>(&self, canvas: &Canvas<'_, B>) -> Result<(), Failure> {
        legend_at(canvas, LEGEND_Y, &self.legend)?;
        let panels = stack(self.panels.len());
        for (index, (spec, panel)) in self.panels.iter().zip(&panels).enumerate() {
            let points = || spec.lines.iter().flat_map(|line| &line.points);
            let every = self.panels.iter().flat_map(|panel| &panel.lines);
            let x = self.x.scale(
                every.flat_map(|line| &line.points).map(|point| point.0),
                (panel.left, panel.right),
            );
            let y = spec.y.scale(points().map(|point| point.1), (panel.bottom, panel.top));
            value_axis(canvas, *panel, y, spec.y.name)?;
            let is_last = index + 1 == self.panels.len();
            bottom_axis(canvas, *panel, x, 10, is_last.then_some(self.x.name))?;
            if points().next().is_none() {
                nothing(canvas, *panel, "nothing was answered")?;
            }
            for line in &spec.lines {
                let points: Vec<_> =
                    line.points.iter().map(|point| (x.pixel(point.0), y.pixel(point.1))).collect();
                match line.look {
                    Style::Ours(look) => look.draw(canvas, &points)?,
                    Style::Theirs(shape) => {
                        points.into_iter().try_for_each(|point| hollow(canvas, shape, point))?;
                    }
                }
            }
        }
        Ok(())
    }
}

impl Axis {
    fn scale(self, values: impl Iterator<Item = f64> + Clone, pixels: (f64, f64)) -> Scale {
        let most = values.clone().fold(0.0, f64::max);
        let least = values.filter(|value| *value > 0.0).fold(f64::INFINITY, f64::min);
        if !self.log && !self.from_zero && least < most {
            let room = (most - least) * 0.06;
            return Scale::linear((least - room, most + room), pixels);
        }
        if !self.log {
            return Scale::linear((0.0, (most * 1.06).max(1e-3)), pixels);
        }
        if most <= 0.0 {
            return Scale::log((0.1, 10.0), pixels);
        }
        Scale::log((least / 1.15, (most * 1.15).max(least * 2.0)), pixels)
    }
}
