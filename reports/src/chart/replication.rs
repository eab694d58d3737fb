//! How many keys differ, and how far each node lags, over time.

use super::{
    Chart, Charts,
    canvas::{Canvas, DARK, Dash, Failure, GRID, Point},
    frame::{Frame, Panel, Sample, legend, nothing},
    scale::Scale,
    until::column,
};
use crate::{replication::Replication, text};
use judge::Run;
use node::{NodeId, Time};
use plotters::{backend::DrawingBackend, style::RGBColor};
use std::{cmp::Reverse, time::Duration};

/// The colours of nodes, by their numbers, so that a node looks the same in every run (after Okabe and Ito).
const COLOURS: [RGBColor; 8] = [
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0x3f, 0xa0, 0xdc),
    RGBColor(0x10, 0x10, 0x30),
    RGBColor(0x00, 0x9e, 0x73),
    RGBColor(0xcc, 0x79, 0xa7),
    RGBColor(0xe6, 0x9f, 0x00),
    RGBColor(0x00, 0x50, 0x90),
    RGBColor(0x80, 0x50, 0x20),
];
/// And how their lines are broken. The two have different lengths, so that no two of 40 nodes look alike.
const DASHES: [Dash; 5] = [&[], &[14.0, 8.0], &[3.0, 6.0], &[12.0, 5.0, 3.0, 5.0], &[24.0, 4.0]];
/// So many nodes have their colours in one picture, as a row of the legend holds; of more, those that
/// lagged most have, and the others are grey.
const MOST: usize = 7;
const OTHERS: RGBColor = RGBColor(0xaa, 0xaa, 0xaa);

/// How the lag of a node is drawn.
pub(super) fn look(node: NodeId) -> (RGBColor, Dash) {
    (COLOURS[node.index() % COLOURS.len()], DASHES[node.index() % DASHES.len()])
}

pub(super) fn draw<B: DrawingBackend>(
    charts: &Charts<'_>,
    canvas: &Canvas<'_, B>,
) -> Result<(), Failure> {
    let frame = Frame::draw(charts, canvas, Chart::Replication, Chart::Replication.summary(), 2)?;
    let Some(replication) = &charts.replication else {
        for (index, panel) in frame.panels.iter().enumerate() {
            let scale = Scale::linear((0.0, 1.0), (panel.bottom, panel.top));
            frame.axes(canvas, index, scale, NAMES[index])?;
            nothing(canvas, *panel, "no trace was kept for this run")?;
        }
        return Ok(());
    };
    differing(charts.run, canvas, &frame, replication)?;
    lag(charts.run, canvas, &frame, replication)
}

/// What the panels show.
const NAMES: [&str; 2] =
    ["keys that differ between nodes that are up", "lag: age of the oldest change a node lacks"];

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
    let longest = |lag: &Vec<Option<Duration>>| lag.iter().flatten().max().copied();
    let lags = replication.lag.iter().enumerate();
    let mut lagging: Vec<(Duration, NodeId)> = lags
        .filter_map(|(index, lag)| Some((longest(lag)?, NodeId::from_index(index))))
        .filter(|(lag, _)| !lag.is_zero())
        .collect();
    lagging.sort_by_key(|(lag, node)| (Reverse(*lag), *node));
    let longest = lagging.first().map_or(Duration::ZERO, |(lag, _)| *lag);
    let (unit, per_second) =
        if longest < Duration::from_secs(1) { ("ms", 1e3) } else { ("s", 1.0) };
    let high = (longest.as_secs_f64() * 1.15).max(0.0012) * per_second;
    let scale = Scale::linear((0.0, high), (panel.bottom, panel.top));
    frame.axes(canvas, 1, scale, &format!("{} ({unit})", NAMES[1]))?;
    if lagging.is_empty() {
        return nothing(canvas, panel, "no node ever lacked anything");
    }
    let (coloured, grey) = match lagging.len() {
        ..=MOST => lagging.split_at(lagging.len()),
        // Those that are grey need an entry, too.
        _ => lagging.split_at(MOST - 1),
    };
    // The first is at the bottom and the widest, so that lines that run together can all be seen.
    let coloured: Vec<_> = coloured
        .iter()
        .enumerate()
        .map(|(rank, (lag, node))| (*lag, *node, (5.0 - rank as f64).max(2.5)))
        .collect();
    let draw = |node: NodeId, (colour, dash): (RGBColor, Dash), width: f64| {
        let values = replication.lag[node.index()].iter();
        let values: Vec<_> =
            values.map(|lag| lag.map(|lag| lag.as_secs_f64() * per_second)).collect();
        let mut lines = slopes(frame, panel, run.ended, &values, scale).into_iter();
        lines.try_for_each(|line| canvas.line(&line, colour, width, dash))
    };
    for (_, node) in grey {
        draw(*node, (OTHERS, &[]), 2.5)?;
    }
    for (_, node, width) in &coloured {
        draw(*node, look(*node), *width)?;
    }
    let mut entries = vec![(Sample::Line(DARK, 2.5, &[] as Dash), "differing keys".to_owned())];
    let mut in_order = coloured;
    in_order.sort_by_key(|(_, node, _)| *node);
    for (lag, node, width) in in_order {
        let (colour, dash) = look(node);
        let label = format!("{node}: \u{2264} {}", text::duration(lag));
        entries.push((Sample::Line(colour, width, dash), label));
    }
    if !grey.is_empty() {
        entries.push((Sample::Line(OTHERS, 2.5, &[]), format!("{} others", grey.len())));
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
