//! The latency of every operation over time, at the moment at which it was over.

use super::{
    Chart, Charts,
    canvas::{Canvas, DARK, FAINT, Failure, LIGHT, MIDDLE, Shape},
    frame::{Frame, Sample, legend, nothing},
    scale::Scale,
    wrong,
};
use crate::{figures, text};
use judge::{property::Wrong, record::OperationRecord};
use node::OperationKind;
use plotters::{backend::DrawingBackend, style::RGBColor};
use std::collections::BTreeSet;

/// The colours of `ok`, `fail` and `info`.
pub(super) const OUTCOMES: [(&str, RGBColor); 3] =
    [("ok", LIGHT), ("fail", MIDDLE), ("info (unknown)", DARK)];

/// Runs with more operations than this are drawn on a coarser grid.
const MANY: usize = 5_000;

pub(super) fn draw<B: DrawingBackend>(
    charts: &Charts<'_>,
    canvas: &Canvas<'_, B>,
) -> Result<(), Failure> {
    let run = charts.run;
    let frame = Frame::draw(charts, canvas, Chart::Latency, Chart::Latency.summary(), 1)?;
    let panel = frame.panels[0];
    let operations = run.operations();
    let latencies: Vec<f64> = operations.iter().map(OperationRecord::latency_ms).collect();
    let scale = scale(&latencies, (panel.bottom, panel.top));
    frame.axes(canvas, 0, scale, "latency (ms, log scale)")?;
    if operations.is_empty() {
        return nothing(canvas, panel, "no operation was begun");
    }
    let size = if operations.len() > 300 { 7.0 } else { 11.0 };
    // What failed is drawn late, so that it is never hidden; and where `info` covers `fail`, as
    // it does when many wait for the same time, the larger one beneath still shows.
    let sizes = [size, size + 5.0, size + 1.0];
    let cell = if operations.len() > MANY { 3.0 } else { 1.0 };
    let at = |position: usize| {
        (frame.x(operations[position].completed), scale.pixel(latencies[position]))
    };
    let mut drawn = BTreeSet::new();
    for (outcome, (_, colour)) in OUTCOMES.iter().enumerate() {
        for (position, record) in operations.iter().enumerate() {
            if figures::outcome_index(record) != outcome || charts.wrong.contains_key(&position) {
                continue;
            }
            let (x, y) = at(position);
            let kind = record.operation.kind();
            let spot = ((x / cell) as i64, (y / cell) as i64, kind, outcome);
            if drawn.insert(spot) {
                canvas.marker(shape(kind), (x, y), sizes[outcome], *colour)?;
            }
        }
    }
    // What is wrong is on top of all, what is most wrong topmost.
    let mut drawn = BTreeSet::new();
    for what in Wrong::ALL.into_iter().rev() {
        let own = charts.wrong.range(..operations.len()).filter(|(_, wrong)| **wrong == what);
        for (position, _) in own {
            let (x, y) = at(*position);
            if drawn.insert(((x / 2.0) as i64, (y / 2.0) as i64, what)) {
                wrong::look(what).draw(canvas, (x, y), size + 2.0)?;
            }
        }
    }
    legend(canvas, &entries(charts))
}

fn entries(charts: &Charts<'_>) -> Vec<(Sample, String)> {
    let mut entries = outcome_entries(charts);
    let kinds = text::kinds(charts.run).into_iter();
    entries.extend(kinds.map(|kind| (Sample::Point(shape(kind), FAINT), kind.name().to_owned())));
    entries
}

/// What the legend says of outcomes that occur, and of what is wrong with answers.
pub(super) fn outcome_entries(charts: &Charts<'_>) -> Vec<(Sample, String)> {
    let counts = charts.outcomes();
    let outcomes = OUTCOMES.iter().zip(counts).filter(|(_, count)| *count > 0);
    let mut entries: Vec<_> = outcomes
        .map(|((name, colour), count)| {
            (Sample::Swatch(*colour), format!("{name}: {}", text::number(count)))
        })
        .collect();
    let wrong = Wrong::ALL.into_iter().zip(wrong::counts(charts.run, &charts.wrong));
    let wrong = wrong.filter(|(_, count)| *count > 0).map(|(what, count)| {
        let look = wrong::look(what);
        (Sample::Wrong(look), look.entry(count))
    });
    entries.extend(wrong);
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
