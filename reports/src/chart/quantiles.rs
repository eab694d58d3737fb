//! Quantiles of latency over windows of time.

use super::{
    Chart, Charts,
    canvas::{Canvas, DARK, Dash, FAINT, Failure, LIGHT, MIDDLE, Point, Shape},
    frame::{Frame, Sample, legend, nothing},
    latency::scale,
};
use crate::{
    figures::{self, QUANTILES, Quantile},
    text,
    windows::Windows,
};
use node::Time;
use plotters::{backend::DrawingBackend, style::RGBColor};
use std::time::Duration;

/// How a quantile is drawn.
struct Line {
    of: Quantile,
    colour: RGBColor,
    dash: Dash,
    shape: Shape,
    /// How large its points are: where all are at one spot, each can still be seen.
    size: f64,
}

const LINES: [Line; 3] = [
    Line { of: QUANTILES[0], colour: LIGHT, dash: &[], shape: Shape::Circle, size: 6.0 },
    Line { of: QUANTILES[1], colour: MIDDLE, dash: &[10.0, 5.0], shape: Shape::Square, size: 11.0 },
    Line { of: QUANTILES[2], colour: DARK, dash: &[3.0, 4.0], shape: Shape::Triangle, size: 15.0 },
];

pub(super) fn draw<B: DrawingBackend>(
    charts: &Charts<'_>,
    canvas: &Canvas<'_, B>,
) -> Result<(), Failure> {
    let run = charts.run;
    let windows = Windows::over(run.ended);
    let width = text::duration(windows.width());
    let summary = format!("answered operations by time of completion, windows of {width}");
    let frame = Frame::draw(charts, canvas, Chart::Quantiles, &summary, 1)?;
    let panel = frame.panels[0];
    let by_window = figures::latencies_by_window(run, None, windows);
    let slowest = by_window.iter().map(|sorted| sorted.last().copied());
    let drawn = LINES.iter().flat_map(|line| by_window.iter().filter_map(|it| line.of.of(it)));
    let drawn = drawn.chain(slowest.clone().flatten()).map(ms);
    let drawn: Vec<f64> = drawn.collect();
    let scale = scale(&drawn, (panel.bottom, panel.top));
    frame.axes(canvas, 0, scale, "latency (ms, log scale)")?;
    if drawn.is_empty() {
        return nothing(canvas, panel, "no operation was answered");
    }
    let point = |index: usize, latency: Option<Duration>| {
        let (start, _) = windows.bounds(index);
        let middle: Time = start + windows.width() / 2;
        Some((frame.x(middle.min(run.ended)), scale.pixel(ms(latency?))))
    };
    for (x, y) in slowest.enumerate().filter_map(|(index, latency)| point(index, latency)) {
        canvas.line(&[(x - 7.0, y), (x + 7.0, y)], FAINT, 2.0, &[])?;
    }
    // From the slowest down: where lines meet, the upper one in the legend is on top.
    for line in LINES.iter().rev() {
        let points = by_window.iter().enumerate();
        let points = points.map(|(index, sorted)| point(index, line.of.of(sorted)));
        for stretch in stretches(points) {
            canvas.line(&stretch, line.colour, 2.5, line.dash)?;
            for point in stretch {
                canvas.marker(line.shape, point, line.size, line.colour)?;
            }
        }
    }
    let shown = |line: &&Line| by_window.iter().any(|sorted| line.of.of(sorted).is_some());
    let entry = |line: &Line| {
        let name = format!("p{} ({} answers or more)", line.of.percent, line.of.least);
        (Sample::Line(line.colour, 2.5, line.dash), name)
    };
    let mut entries: Vec<_> = LINES.iter().filter(shown).map(entry).collect();
    entries.push((Sample::Line(FAINT, 2.0, &[]), "the slowest".to_owned()));
    legend(canvas, &entries)
}

fn ms(latency: Duration) -> f64 {
    latency.as_nanos() as f64 / 1e6
}

/// Splits a line where values are missing.
fn stretches(points: impl Iterator<Item = Option<Point>>) -> Vec<Vec<Point>> {
    let mut stretches = vec![Vec::new()];
    for point in points {
        match point {
            Some(point) => stretches.last_mut().expect("never empty").push(point),
            None => stretches.push(Vec::new()),
        }
    }
    stretches.retain(|stretch| !stretch.is_empty());
    stretches
}
