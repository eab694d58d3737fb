//! Bars in groups, in one panel or two.

use super::{Heading, LEGEND_Y, stack};
use crate::chart::{
    canvas::{Align, Canvas, Failure, Font, INK, LABEL, Shape},
    frame::{Panel, Sample, edges, hollow, legend_at, value_axis},
    scale::Scale,
};
use plotters::{
    backend::DrawingBackend,
    style::{RGBColor, WHITE},
};

pub(super) struct BarChart {
    pub(super) heading: Heading,
    /// What the groups are, beneath the axis.
    pub(super) axis: &'static str,
    pub(super) groups: Vec<String>,
    pub(super) panels: Vec<BarPanel>,
    pub(super) legend: Vec<(Sample, String)>,
}

pub(super) struct BarPanel {
    /// What is measured, with its unit.
    pub(super) axis: &'static str,
    /// Whether each bar has its value above it.
    pub(super) labelled: bool,
    pub(super) series: Vec<BarSeries>,
}

pub(super) struct BarSeries {
    pub(super) colour: RGBColor,
    /// By group.
    pub(super) values: Vec<f64>,
    /// What someone else has in its place, by group.
    pub(super) theirs: Vec<Option<f64>>,
}

const VALUE: Font = Font { size: 15.0, bold: false };

impl BarChart {
    pub(super) fn draw<B: DrawingBackend>(&self, canvas: &Canvas<'_, B>) -> Result<(), Failure> {
        legend_at(canvas, LEGEND_Y, &self.legend)?;
        let panels = stack(self.panels.len());
        for (index, (spec, panel)) in self.panels.iter().zip(&panels).enumerate() {
            self.draw_panel(canvas, spec, *panel)?;
            if index + 1 == self.panels.len() {
                for (group, name) in self.groups.iter().enumerate() {
                    let x = self.middle(*panel, group);
                    canvas.text(name, (x, panel.bottom + 18.0), LABEL, INK, Align::Middle)?;
                }
                let middle = ((panel.left + panel.right) / 2.0, panel.bottom + 42.0);
                canvas.text(self.axis, middle, LABEL, INK, Align::Middle)?;
            }
        }
        Ok(())
    }

    fn middle(&self, panel: Panel, group: usize) -> f64 {
        let width = (panel.right - panel.left) / self.groups.len() as f64;
        panel.left + width * (group as f64 + 0.5)
    }

    fn draw_panel<B: DrawingBackend>(
        &self,
        canvas: &Canvas<'_, B>,
        spec: &BarPanel,
        panel: Panel,
    ) -> Result<(), Failure> {
        let values = spec.series.iter().flat_map(|series| {
            series.values.iter().copied().chain(series.theirs.iter().flatten().copied())
        });
        let most = values.fold(0.0, f64::max);
        let scale = Scale::linear((0.0, (most * 1.15).max(1e-3)), (panel.bottom, panel.top));
        value_axis(canvas, panel, scale, spec.axis)?;
        let group_width = (panel.right - panel.left) / self.groups.len() as f64;
        let width = (group_width * 0.8 / spec.series.len() as f64).min(90.0);
        for (position, series) in spec.series.iter().enumerate() {
            let shift = width * (position as f64 - spec.series.len() as f64 / 2.0);
            for (group, value) in series.values.iter().enumerate() {
                let left = self.middle(panel, group) + shift;
                let top = scale.pixel(*value);
                let corners = [(left + 1.5, top), (left + width - 1.5, panel.bottom)];
                canvas.rectangle(corners, series.colour, 1.0)?;
                let middle = left + width / 2.0;
                let theirs = series.theirs.get(group).copied().flatten();
                if spec.labelled {
                    // The value stands above bar and mark, so that none covers it.
                    let near = theirs.map(|theirs| scale.pixel(theirs));
                    let near = near.filter(|y| (top - 26.0..top + 4.0).contains(y));
                    let at =
                        (middle, near.unwrap_or(top) - if near.is_some() { 18.0 } else { 11.0 });
                    let text = short(*value);
                    let half = canvas.width(&text, VALUE) / 2.0 + 2.0;
                    let ground = [(at.0 - half, at.1 - 8.0), (at.0 + half, at.1 + 8.0)];
                    canvas.rectangle(ground, WHITE, 1.0)?;
                    canvas.text(&text, at, VALUE, INK, Align::Middle)?;
                }
                if let Some(theirs) = theirs {
                    hollow(canvas, Shape::Diamond, (middle, scale.pixel(theirs)))?;
                }
            }
        }
        edges(canvas, panel)
    }
}

/// A figure as it stands above its bar.
pub(super) fn short(value: f64) -> String {
    if value == 0.0 {
        "0".to_owned()
    } else if value < 0.1 {
        format!("{value:.2}")
    } else if value < 10.0 {
        format!("{value:.1}")
    } else {
        crate::text::number(value.round() as u64)
    }
}
