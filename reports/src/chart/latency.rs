//! The latency of every operation over time.

use super::{
    Chart,
    canvas::{Canvas, DARK, FAINT, Failure, LIGHT, MIDDLE, Shape},
    frame::{Frame, Sample, legend, nothing},
    scale::Scale,
    until::operations_end,
};
use crate::{figures, text};
use judge::{Run, record::OperationRecord};
use node::OperationKind;
use plotters::{backend::DrawingBackend, style::RGBColor};
use std::collections::BTreeSet;

/// The colours of `ok`, `fail` and `info`.
pub(super) const OUTCOMES: [(&str, RGBColor); 3] =
    [("ok", LIGHT), ("fail", MIDDLE), ("info (unknown)", DARK)];

/// Runs with more operations than this are drawn on a coarser grid.
const MANY: usize = 5_000;

pub(super) fn draw<B: DrawingBackend>(run: &Run, canvas: &Canvas<'_, B>) -> Result<(), Failure> {
    let chart = Chart::Latency;
    let frame =
        Frame::draw(run, canvas, &chart.finding(run), chart.summary(), 1, operations_end(run))?;
    let panel = frame.panels[0];
    let operations = run.operations();
    let latencies: Vec<f64> = operations.iter().map(OperationRecord::latency_ms).collect();
    let scale = scale(&latencies, (panel.bottom, panel.top));
    frame.axes(canvas, 0, scale, "latency (ms, log scale)")?;
    if operations.is_empty() {
        return nothing(canvas, panel, "no operation was begun");
    }
    let size = if operations.len() > 300 { 7.0 } else { 11.0 };
    // What failed is drawn last, so that it is never hidden; and where `info` covers `fail`, as
    // it does when many wait for the same time, the larger one beneath still shows.
    let sizes = [size, size + 5.0, size + 1.0];
    let cell = if operations.len() > MANY { 3.0 } else { 1.0 };
    let mut drawn = BTreeSet::new();
    for (outcome, (_, colour)) in OUTCOMES.iter().enumerate() {
        for (record, latency) in operations.iter().zip(&latencies) {
            if figures::outcome_index(record) != outcome {
                continue;
            }
            let (x, y) = (frame.x(record.invoked), scale.pixel(*latency));
            let kind = record.operation.kind();
            let spot = ((x / cell) as i64, (y / cell) as i64, kind, outcome);
            if drawn.insert(spot) {
                canvas.marker(shape(kind), (x, y), sizes[outcome], *colour)?;
            }
        }
    }
    legend(canvas, &entries(run))
}

fn entries(run: &Run) -> Vec<(Sample, String)> {
    let counts = figures::outcomes(run.operations().iter());
    let outcomes = OUTCOMES.iter().zip(counts).filter(|(_, count)| *count > 0);
    let mut entries: Vec<_> = outcomes
        .map(|((name, colour), count)| {
            (Sample::Swatch(*colour), format!("{name}: {}", text::number(count)))
        })
        .collect();
    let kinds = text::kinds(run).into_iter();
    entries.extend(kinds.map(|kind| (Sample::Point(shape(kind), FAINT), kind.name().to_owned())));
    entries
}

fn shape(kind: OperationKind) -> Shape {
    match kind {
        OperationKind::Put => Shape::Circle,
        OperationKind::Get => Shape::Triangle,
        OperationKind::Delete => Shape::Square,
        OperationKind::ListKeys => Shape::Diamond,
        OperationKind::CompareAndSet => Shape::Cross,
    }
}

/// A logarithmic scale that has room for all latencies, and a decade at least.
pub(super) fn scale(latencies_ms: &[f64], pixels: (f64, f64)) -> Scale {
    const LEAST_MS: f64 = 0.001;
    let shown = latencies_ms.iter().map(|latency| latency.max(LEAST_MS));
    let least = shown.clone().fold(f64::INFINITY, f64::min);
    let most = shown.fold(0.0, f64::max);
    if most == 0.0 {
        return Scale::log((0.1, 1000.0), pixels);
    }
    let (mut low, mut high) = (least / 1.5, most * 1.5);
    if high / low < 20.0 {
        let middle = (low * high).sqrt();
        let half = 20f64.sqrt();
        (low, high) = (middle / half, middle * half);
    }
    Scale::log((low, high), pixels)
}
