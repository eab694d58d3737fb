//! Operations a second by outcome over windows of time, each in the window in which it was over.

use super::{
    Chart, Charts,
    canvas::{Canvas, Dash, Failure, INK},
    frame::{Frame, Sample, legend, nothing},
    latency::{OUTCOMES, outcome_entries},
    scale::Scale,
    wrong,
};
use crate::{
    figures::{Bar, FEW, WRONG, bars},
    text,
    windows::Windows,
};
use judge::property::{Outage, Service, Wrong};
use plotters::{backend::DrawingBackend, style::RGBColor};
use std::time::Duration;

pub(super) fn draw<B: DrawingBackend>(
    charts: &Charts<'_>,
    canvas: &Canvas<'_, B>,
) -> Result<(), Failure> {
    let run = charts.run;
    let windows = Windows::over(run.ended);
    let width = text::duration(windows.width());
    let bars = bars(run, &charts.wrong, windows);
    let is_wrong = bars.iter().any(|bar| bar[WRONG].iter().any(|count| *count > 0));
    let summary = format!("operations by outcome and time of completion, windows of {width}");
    let frame = Frame::draw(charts, canvas, Chart::Rate, &summary, 1 + usize::from(is_wrong))?;
    let is_counted = run.operations().len() < FEW;
    let seconds = if is_counted { 1.0 } else { windows.width().as_secs_f64() };
    // Outages have their marks above the bars.
    let room = if charts.outages.is_empty() { 1.08 } else { 1.2 };
    let panel = frame.panels[0];
    let high = (highest(&bars) as f64 / seconds * room).max(1.0);
    let scale = Scale::linear((0.0, high), (panel.bottom, panel.top));
    if is_counted {
        frame.axes(canvas, 0, scale.whole(), &format!("operations in each {width}"))?;
    } else {
        frame.axes(canvas, 0, scale, "operations a second")?;
    }
    if highest(&bars) == 0 {
        return nothing(canvas, panel, "no operation was begun");
    }
    draw_bars(charts, canvas, &frame, windows, &bars, |count| scale.pixel(count as f64 / seconds))?;
    for outage in &charts.outages {
        mark(charts, canvas, &frame, outage)?;
    }
    if is_wrong {
        // A few among thousands would not show above.
        let alone: Vec<Bar> = bars.iter().map(wrong_alone).collect();
        let panel = frame.panels[1];
        let high = (highest(&alone) as f64 * 1.3).max(1.3);
        let scale = Scale::linear((0.0, high), (panel.bottom, panel.top)).whole();
        frame.axes(canvas, 1, scale, &format!("wrong answers among them, in each {width}"))?;
        draw_bars(charts, canvas, &frame, windows, &alone, |count| scale.pixel(count as f64))?;
        draw_shapes(canvas, &frame, windows, &alone, |count| scale.pixel(count as f64))?;
    }
    let mut entries = outcome_entries(charts);
    entries.extend(Service::ALL.into_iter().filter_map(|kind| outage_entry(charts, kind)));
    legend(canvas, &entries)
}

fn wrong_alone(bar: &Bar) -> Bar {
    let mut alone = Bar::default();
    alone[WRONG].copy_from_slice(&bar[WRONG]);
    alone
}

fn highest(bars: &[Bar]) -> u64 {
    bars.iter().map(|bar| bar.iter().sum()).max().unwrap_or(0)
}

fn colour(sort: usize) -> RGBColor {
    match sort {
        0 => OUTCOMES[0].1,
        sort if WRONG.contains(&sort) => wrong::look(Wrong::ALL[sort - WRONG.start]).colour,
        sort => OUTCOMES[sort - WRONG.end + 1].1,
    }
}

/// The parts of a bar from the bottom up: what each counts, its top and its bottom.
fn parts(bar: &Bar, y: impl Fn(u64) -> f64) -> Vec<(usize, f64, f64)> {
    let mut below = 0;
    let present = bar.iter().enumerate().filter(|(_, count)| **count > 0);
    let part = |(sort, count): (usize, &u64)| {
        let bottom = y(below);
        below += count;
        (sort, y(below), bottom)
    };
    present.map(part).collect()
}

fn draw_bars<B: DrawingBackend>(
    charts: &Charts<'_>,
    canvas: &Canvas<'_, B>,
    frame: &Frame,
    windows: Windows,
    bars: &[Bar],
    y: impl Fn(u64) -> f64,
) -> Result<(), Failure> {
    for (index, bar) in bars.iter().enumerate() {
        let (start, end) = windows.bounds(index);
        let (left, right) = (frame.x(start) + 0.5, frame.x(end.min(charts.run.ended)) - 0.5);
        for (sort, top, bottom) in parts(bar, &y) {
            let corners = [(left, top), (right, bottom)];
            if WRONG.contains(&sort) {
                // With an edge, so that light ones are seen on white.
                canvas.rectangle(corners, INK, 1.0)?;
                let inner = [(left + 1.0, top + 1.0), (right - 1.0, bottom - 1.0)];
                if bottom - top > 2.5 {
                    canvas.rectangle(inner, colour(sort), 1.0)?;
                }
            } else {
                canvas.rectangle(corners, colour(sort), 1.0)?;
            }
        }
    }
    Ok(())
}

/// Draws into each part of a bar the shape that its answers have in the other charts, above it if it has no room.
fn draw_shapes<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    frame: &Frame,
    windows: Windows,
    bars: &[Bar],
    y: impl Fn(u64) -> f64,
) -> Result<(), Failure> {
    const SIZE: f64 = 9.0;
    for (index, bar) in bars.iter().enumerate() {
        let (start, _) = windows.bounds(index);
        let middle = frame.x(start + windows.width() / 2);
        let mut free = y(bar.iter().sum()) - 10.0;
        for (sort, top, bottom) in parts(bar, &y) {
            let look = wrong::look(Wrong::ALL[sort - WRONG.start]);
            if bottom - top > 18.0 {
                look.draw(canvas, (middle, (top + bottom) / 2.0), SIZE)?;
            } else {
                look.draw(canvas, (middle, free), SIZE)?;
                free -= 17.0;
            }
        }
    }
    Ok(())
}

const fn dash(kind: Service) -> Dash {
    match kind {
        Service::Operation => &[],
        Service::Write => &[7.0, 3.0],
        Service::Read => &[2.0, 3.0],
    }
}

/// A bar above the others for as long as nothing was answered.
fn mark<B: DrawingBackend>(
    charts: &Charts<'_>,
    canvas: &Canvas<'_, B>,
    frame: &Frame,
    outage: &Outage,
) -> Result<(), Failure> {
    const WIDTH: f64 = 5.0;
    let row = if outage.of == Service::Read { 20.0 } else { 8.0 };
    let y = frame.panels[0].top + row;
    let (left, right) = (frame.x(outage.from), frame.x(outage.end(charts.run.run_ended)));
    canvas.line(&[(left, y), (right.max(left + 3.0), y)], INK, WIDTH, dash(outage.of))?;
    for x in [left, right.max(left + 3.0)] {
        canvas.line(&[(x, y - 6.0), (x, y + 6.0)], INK, 1.5, &[])?;
    }
    Ok(())
}

/// `no write: 2 times, 1.6 s`.
fn outage_entry(charts: &Charts<'_>, kind: Service) -> Option<(Sample, String)> {
    let lengths = charts.outages.iter().filter(|outage| outage.of == kind);
    let lengths: Vec<Duration> =
        lengths.map(|outage| outage.length(charts.run.run_ended)).collect();
    let total: Duration = lengths.iter().sum();
    let times = match lengths.len() {
        0 => return None,
        1 => String::new(),
        times => format!("{times} times, "),
    };
    let entry = format!("no {}: {times}{}", kind.name(), text::duration(total));
    Some((Sample::Line(INK, 5.0, dash(kind)), entry))
}
