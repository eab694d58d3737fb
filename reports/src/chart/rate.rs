//! Operations a second by outcome, over windows of time.

use super::{
    Chart,
    canvas::{Canvas, Failure},
    frame::{Frame, Sample, legend, nothing},
    latency::OUTCOMES,
    scale::Scale,
    until::operations_end,
};
use crate::{figures, text, windows::Windows};
use judge::Run;
use plotters::backend::DrawingBackend;

/// Below this many operations, they are counted.
const FEW: usize = 50;

pub(super) fn draw<B: DrawingBackend>(run: &Run, canvas: &Canvas<'_, B>) -> Result<(), Failure> {
    let chart = Chart::Rate;
    let windows = Windows::over(run.ended);
    let summary =
        format!("operations begun, by outcome, windows of {}", text::duration(windows.width()));
    let frame = Frame::draw(run, canvas, &chart.finding(run), &summary, 1, operations_end(run))?;
    let panel = frame.panels[0];
    let mut counts = vec![[0u64; 3]; windows.count()];
    for record in run.operations() {
        counts[windows.index(record.invoked)][figures::outcome_index(record)] += 1;
    }
    // A rate of so few operations would say more than is known.
    let is_counted = run.operations().len() < FEW;
    let seconds = if is_counted { 1.0 } else { windows.width().as_secs_f64() };
    let most = counts.iter().map(|count| count.iter().sum::<u64>()).max().unwrap_or(0);
    let high = (most as f64 / seconds * 1.08).max(1.0);
    let scale = Scale::linear((0.0, high), (panel.bottom, panel.top));
    if is_counted {
        let name = format!("operations in each {}", text::duration(windows.width()));
        frame.axes(canvas, 0, scale.whole(), &name)?;
    } else {
        frame.axes(canvas, 0, scale, "operations a second")?;
    }
    if most == 0 {
        return nothing(canvas, panel, "no operation was begun");
    }
    for (index, count) in counts.iter().enumerate() {
        let (start, end) = windows.bounds(index);
        let (left, right) = (frame.x(start) + 0.5, frame.x(end.min(run.ended)) - 0.5);
        let mut below = 0;
        for ((_, colour), count) in OUTCOMES.iter().zip(count) {
            if *count > 0 {
                let bottom = scale.pixel(below as f64 / seconds);
                below += count;
                let top = scale.pixel(below as f64 / seconds);
                canvas.rectangle([(left, top), (right, bottom)], *colour, 1.0)?;
            }
        }
    }
    let totals = figures::outcomes(run.operations().iter());
    let present = OUTCOMES.iter().zip(totals).filter(|(_, total)| *total > 0);
    let entries: Vec<_> = present
        .map(|((name, colour), total)| {
            (Sample::Swatch(*colour), format!("{name}: {}", text::number(total)))
        })
        .collect();
    legend(canvas, &entries)
}
