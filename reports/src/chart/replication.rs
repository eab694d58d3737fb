//! How many keys differ, and how far each node lags, over time.

use super::{
    Chart,
    canvas::{Canvas, DARK, Dash, Failure, GRID, LIGHT, MIDDLE, Point},
    finding::COLUMNS,
    frame::{Frame, Panel, Sample, legend, nothing},
    scale::Scale,
    until::{column, operations_end, replicas_end},
};
use crate::{replication::Replication, text};
use judge::Run;
use node::Time;
use plotters::{backend::DrawingBackend, style::RGBColor};
use std::time::Duration;

/// How the nodes that lagged most are drawn; the others are grey. The first is at the bottom and
/// the widest, so that lines that run together can all be seen.
const LINES: [(RGBColor, f64, Dash); 4] = [
    (MIDDLE, 5.0, &[]),
    (LIGHT, 4.0, &[14.0, 8.0]),
    (DARK, 3.0, &[3.0, 6.0]),
    (RGBColor(0x00, 0x80, 0x60), 2.5, &[12.0, 5.0, 3.0, 5.0]),
];
const OTHERS: RGBColor = RGBColor(0xaa, 0xaa, 0xaa);

pub(super) fn draw<B: DrawingBackend>(run: &Run, canvas: &Canvas<'_, B>) -> Result<(), Failure> {
    let chart = Chart::Replication;
    let replication = Replication::observe(run, COLUMNS);
    let until =
        replication.as_ref().map_or_else(|| operations_end(run), |it| replicas_end(run, it));
    let frame = Frame::draw(run, canvas, &chart.finding(run), chart.summary(), 2, until)?;
    let Some(replication) = replication else {
        for (index, panel) in frame.panels.iter().enumerate() {
            let scale = Scale::linear((0.0, 1.0), (panel.bottom, panel.top));
            frame.axes(canvas, index, scale, NAMES[index])?;
            nothing(canvas, *panel, "no trace was kept for this run")?;
        }
        return Ok(());
    };
    differing(run, canvas, &frame, &replication)?;
    lag(run, canvas, &frame, &replication)
}

/// What the panels show.
const NAMES: [&str; 2] =
    ["keys that differ between nodes", "lag: age of the oldest change a node lacks"];

fn differing<B: DrawingBackend>(
    run: &Run,
    canvas: &Canvas<'_, B>,
    frame: &Frame,
    replication: &Replication,
) -> Result<(), Failure> {
    let panel = frame.panels[0];
    let most = replication.differing.iter().max().copied().unwrap_or(0);
    let high = (most as f64 * 1.15).max(1.2);
    let scale = Scale::linear((0.0, high), (panel.bottom, panel.top)).whole();
    frame.axes(canvas, 0, scale, NAMES[0])?;
    let values = replication.differing.iter().map(|keys| Some(*keys as f64));
    let steps = steps(frame, run.ended, &values.collect::<Vec<_>>(), scale);
    for mut step in steps {
        let line = step.clone();
        let (first, last) = (step[0], step[step.len() - 1]);
        step.push((last.0, panel.bottom));
        step.push((first.0, panel.bottom));
        canvas.polygon(&step, GRID)?;
        canvas.line(&line, DARK, 2.5, &[])?;
    }
    Ok(())
}

fn lag<B: DrawingBackend>(
    run: &Run,
    canvas: &Canvas<'_, B>,
    frame: &Frame,
    replication: &Replication,
) -> Result<(), Failure> {
    let panel = frame.panels[1];
    let mut worst: Vec<(Duration, usize)> = replication
        .lag
        .iter()
        .enumerate()
        .map(|(node, lag)| (lag.iter().flatten().max().copied().unwrap_or_default(), node))
        .collect();
    worst.sort_by_key(|(lag, node)| (std::cmp::Reverse(*lag), *node));
    let longest = worst.first().map_or(Duration::ZERO, |(lag, _)| *lag);
    let (unit, per_second) =
        if longest < Duration::from_secs(1) { ("ms", 1e3) } else { ("s", 1.0) };
    let high = (longest.as_secs_f64() * 1.15).max(0.0012) * per_second;
    let scale = Scale::linear((0.0, high), (panel.bottom, panel.top));
    frame.axes(canvas, 1, scale, &format!("{} ({unit})", NAMES[1]))?;
    if longest.is_zero() {
        return nothing(canvas, panel, "no node ever lacked anything");
    }
    let lagging: Vec<_> = worst.into_iter().filter(|(lag, _)| !lag.is_zero()).collect();
    let keys = (Sample::Line(DARK, 2.5, &[]), "differing keys".to_owned());
    let mut entries = vec![keys];
    for (rank, (longest, node)) in lagging.iter().enumerate().take(LINES.len()) {
        let (colour, width, dash) = LINES[rank];
        let id = node::NodeId::from_index(*node);
        let label = format!("{id}: lag \u{2264} {}", text::duration(*longest));
        entries.push((Sample::Line(colour, width, dash), label));
    }
    if let Some(others) = lagging.len().checked_sub(LINES.len() + 1) {
        entries.push((Sample::Line(OTHERS, 2.5, &[]), format!("{} others", others + 1)));
    }
    let (first, others) = lagging.split_at(lagging.len().min(LINES.len()));
    let grey = others.iter().map(|node| (node, (OTHERS, 2.5, &[] as Dash)));
    for ((_, node), (colour, width, dash)) in grey.chain(first.iter().zip(LINES)) {
        let values = replication.lag[*node].iter();
        let values: Vec<_> =
            values.map(|lag| lag.map(|lag| lag.as_secs_f64() * per_second)).collect();
        for line in slopes(frame, panel, run.ended, &values, scale) {
            canvas.line(&line, colour, width, dash)?;
        }
    }
    legend(canvas, &entries)
}

/// A line that holds each value for the width of its column, split where there is none.
fn steps(frame: &Frame, end: Time, values: &[Option<f64>], scale: Scale) -> Vec<Vec<Point>> {
    let mut lines = vec![Vec::new()];
    for (index, value) in values.iter().enumerate() {
        let (from, to) = column(index, end);
        let line: &mut Vec<Point> = lines.last_mut().expect("never empty");
        match value {
            Some(value) => {
                let y = scale.pixel(*value);
                if let Some(last) = line.last_mut()
                    && last.1 == y
                {
                    last.0 = frame.x(to);
                } else {
                    line.push((frame.x(from), y));
                    line.push((frame.x(to), y));
                }
            }
            None => lines.push(Vec::new()),
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// A line through the values at the ends of their columns; each stretch starts and ends at zero.
fn slopes(
    frame: &Frame,
    panel: Panel,
    end: Time,
    values: &[Option<f64>],
    scale: Scale,
) -> Vec<Vec<Point>> {
    let mut lines: Vec<Vec<Point>> = vec![Vec::new()];
    for (index, value) in values.iter().enumerate() {
        let (from, to) = column(index, end);
        let line = lines.last_mut().expect("never empty");
        match value {
            Some(value) => {
                if line.is_empty() {
                    line.push((frame.x(from), panel.bottom));
                }
                extend(line, (frame.x(to), scale.pixel(*value)));
            }
            None => {
                if let Some(last) = line.last().copied() {
                    line.push((last.0, panel.bottom));
                    lines.push(Vec::new());
                }
            }
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// Adds a point to a line; where three are in a row the middle one goes, since drawing
/// on whole pixels would make a staircase of them.
fn extend(line: &mut Vec<Point>, point: Point) {
    if let [.., before, last] = line.as_slice() {
        let slope = (last.1 - before.1) / (last.0 - before.0);
        let expected = last.1 + slope * (point.0 - last.0);
        if (expected - point.1).abs() < 0.05 {
            line.pop();
        }
    }
    line.push(point);
}
