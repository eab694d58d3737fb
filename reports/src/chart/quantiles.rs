//! Quantiles of latency over windows of time.

use super::{
    Chart,
    canvas::{Canvas, DARK, Dash, Failure, LIGHT, MIDDLE, Point, Shape},
    frame::{Frame, Sample, legend, nothing},
    latency::scale,
    until::operations_end,
};
use crate::{figures, quantile::LatencySummary, text, windows::Windows};
use judge::Run;
use node::Time;
use plotters::{backend::DrawingBackend, style::RGBColor};
use std::time::Duration;

/// How a quantile is drawn.
struct Line {
    name: &'static str,
    of: fn(&LatencySummary) -> Duration,
    colour: RGBColor,
    dash: Dash,
    shape: Shape,
    /// How large its points are: where all are at one spot, each can still be seen.
    size: f64,
}

const LINES: [Line; 3] = [
    Line { name: "p50", of: |s| s.p50, colour: LIGHT, dash: &[], shape: Shape::Circle, size: 6.0 },
    Line {
        name: "p95",
        of: |s| s.p95,
        colour: MIDDLE,
        dash: &[10.0, 5.0],
        shape: Shape::Square,
        size: 11.0,
    },
    Line {
        name: "p99",
        of: |s| s.p99,
        colour: DARK,
        dash: &[3.0, 4.0],
        shape: Shape::Triangle,
        size: 15.0,
    },
];

pub(super) fn draw<B: DrawingBackend>(run: &Run, canvas: &Canvas<'_, B>) -> Result<(), Failure> {
    let chart = Chart::Quantiles;
    let windows = Windows::over(run.ended);
    let summary = format!("answered operations, windows of {}", text::duration(windows.width()));
    let frame = Frame::draw(run, canvas, &chart.finding(run), &summary, 1, operations_end(run))?;
    let panel = frame.panels[0];
    let summaries = figures::latency_by_window(run, None, windows);
    let ends = summaries.iter().flatten().flat_map(|summary| [summary.p50, summary.p99]);
    let ends: Vec<f64> = ends.map(|latency| latency.as_nanos() as f64 / 1e6).collect();
    let scale = scale(&ends, (panel.bottom, panel.top));
    frame.axes(canvas, 0, scale, "latency (ms, log scale)")?;
    if ends.is_empty() {
        return nothing(canvas, panel, "no operation was answered");
    }
    // From the slowest down: where lines meet, the upper one in the legend is on top.
    for line in LINES.iter().rev() {
        let points = summaries.iter().enumerate().map(|(index, summary)| {
            let (start, _) = windows.bounds(index);
            let middle: Time = start + windows.width() / 2;
            let latency = (line.of)(summary.as_ref()?);
            let y = scale.pixel(latency.as_nanos() as f64 / 1e6);
            Some((frame.x(middle.min(run.ended)), y))
        });
        for stretch in stretches(points) {
            canvas.line(&stretch, line.colour, 2.5, line.dash)?;
            for point in stretch {
                canvas.marker(line.shape, point, line.size, line.colour)?;
            }
        }
    }
    let name = |line: &Line| format!("{} ({} of 100 within)", line.name, &line.name[1..]);
    let entry = |line: &Line| (Sample::Line(line.colour, 2.5, line.dash), name(line));
    legend(canvas, &LINES.iter().map(entry).collect::<Vec<_>>())
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
