//! The ladder: a row for each rung, its price on the left, its losses on the right.

use super::Heading;
use crate::{
    chart::{
        canvas::{
            Align, Canvas, DARK, FAINT, Failure, Font, GRID, INK, LABEL, LIGHT, MIDDLE, Shape,
        },
        frame::{MARGIN, RIGHT},
        scale::Scale,
    },
    experiment::{ExperimentResults, Losses, RungFigures, rungs},
    text::{list, number},
};
use plotters::backend::DrawingBackend;
use scenarios::experiment::Condition;

pub(super) struct LadderChart {
    pub(super) heading: Heading,
    rungs: Vec<RungFigures>,
}

pub(super) fn ladder(results: &ExperimentResults) -> LadderChart {
    let data = results.sweep("data");
    let rungs = rungs(data);
    let seed = results.seed;
    LadderChart {
        heading: Heading {
            name: "ladder",
            finding: finding(&rungs),
            notes: [
                format!(
                    "half writes; a follower, the idle and the busy leader crashed, the leader cut off, \
                     3 s each; two writers, n1's clock 10 s ahead; 5 seeds each  -  seed {seed}"
                ),
                data.conditions(),
            ],
        },
        rungs,
    }
}

/// Whose clients were never told wrong, what that costs, and whose only while clocks agree.
fn finding(rungs: &[RungFigures]) -> String {
    let Some(first) = rungs.first() else {
        return "There is no ladder".to_owned();
    };
    let survives = |figures: &&RungFigures| !figures.under_faults().misleads_clients();
    let by_clocks =
        |figures: &RungFigures| figures.under(Condition::ClocksDisagree).misleads_clients();
    let names =
        |all: &[&RungFigures]| list(&all.iter().map(|it| it.rung.system).collect::<Vec<_>>());
    let (clocked, right): (Vec<_>, Vec<_>) =
        rungs.iter().filter(survives).partition(|figures| by_clocks(figures));
    let what = "No lost write, no stale read";
    match (right.as_slice(), clocked.as_slice()) {
        ([], []) => "Clients of every design lost writes or read what was stale".to_owned(),
        ([], some) => format!("{what}: {} while clocks agreed, and nobody else", names(some)),
        ([only], some) => {
            let price = only.write_p50_ms / first.write_p50_ms.max(1e-9);
            let others = match some {
                [] => String::new(),
                some => format!("; {} while clocks agreed", names(some)),
            };
            format!(
                "{what}: {}, at {price:.1} times {}'s write latency{others}",
                only.rung.system, first.rung.system
            )
        }
        (right, _) => format!("{what}: {}", names(right)),
    }
}

/// A column: where it lies and what stands above it.
struct Column {
    left: f64,
    right: f64,
    head: [&'static str; 2],
}

const LATENCY: Column = Column { left: 190.0, right: 350.0, head: ["write latency (ms)", ""] };
const THROUGHPUT: Column =
    Column { left: 380.0, right: 480.0, head: ["operations/s,", "64 clients"] };
const HOLDERS: Column =
    Column { left: 632.0, right: 722.0, head: ["known to n1, n2, n3", "of acknowledged"] };
/// Writes lost, stale reads, unanswered operations, differing keys, writes lost to clocks.
const LOSSES: [Column; 5] = [
    Column { left: 512.0, right: 602.0, head: ["lost writes", "of acknowledged"] },
    Column { left: 780.0, right: 860.0, head: ["stale reads", "of answered"] },
    Column { left: 878.0, right: 958.0, head: ["unanswered", "of asked"] },
    Column { left: 970.0, right: 1048.0, head: ["differing", "keys"] },
    Column { left: 1072.0, right: 1166.0, head: ["lost writes", "of acknowl."] },
];
const PANEL_Y: f64 = 118.0;
const HEAD_Y: f64 = 164.0;
const TOP: f64 = 200.0;
const BOTTOM: f64 = 654.0;
const PANEL: Font = Font { size: 18.0, bold: true };
const NAME: Font = Font { size: 17.0, bold: true };
const SMALL: Font = Font { size: 14.0, bold: false };
const TINY: Font = Font { size: 12.0, bold: false };

impl LadderChart {
    pub(super) fn draw<B: DrawingBackend>(&self, canvas: &Canvas<'_, B>) -> Result<(), Failure> {
        heads(canvas)?;
        // One more row of half the height sets the course apart from what is beside it.
        let aside = self.rungs.iter().any(|figures| !figures.rung.on_ladder);
        let rows = self.rungs.len() as f64 + if aside { 0.5 } else { 0.0 };
        let height = (BOTTOM - TOP) / rows;
        let latency = self.latency_scale();
        grid(canvas, latency)?;
        let mut top = TOP;
        let mut was_on_ladder = true;
        for figures in &self.rungs {
            if was_on_ladder && !figures.rung.on_ladder {
                let y = top + height * 0.25;
                canvas.text("beside the ladder", (MARGIN, y), SMALL, FAINT, Align::Left)?;
                let x = MARGIN + canvas.width("beside the ladder", SMALL) + 10.0;
                canvas.line(&[(x, y), (RIGHT, y)], GRID, 1.5, &[])?;
                top += height * 0.5;
            }
            was_on_ladder = figures.rung.on_ladder;
            self.row(canvas, figures, latency, (top, height))?;
            top += height;
        }
        Ok(())
    }

    fn latency_scale(&self) -> Scale {
        let least = self.rungs.iter().map(|f| f.write_p50_ms).filter(|ms| *ms > 0.0);
        let least = least.fold(f64::INFINITY, f64::min);
        let most = self.rungs.iter().map(|f| f.write_p99_ms).fold(0.0, f64::max);
        let (low, high) = if most > 0.0 { (least * 0.8, most * 1.25) } else { (0.1, 10.0) };
        Scale::log((low, high), (LATENCY.left, LATENCY.right))
    }

    fn row<B: DrawingBackend>(
        &self,
        canvas: &Canvas<'_, B>,
        figures: &RungFigures,
        latency: Scale,
        (top, height): (f64, f64),
    ) -> Result<(), Failure> {
        let y = top + height / 2.0;
        let rung = &figures.rung;
        canvas.text(rung.system, (MARGIN, y - 11.0), NAME, INK, Align::Left)?;
        canvas.text(rung.idea, (MARGIN, y + 11.0), SMALL, FAINT, Align::Left)?;
        price(canvas, figures, latency, y)?;
        let most = self.rungs.iter().map(|f| f.throughput_rps).fold(1.0, f64::max);
        let text = number(figures.throughput_rps.round() as u64);
        bar(canvas, figures.throughput_rps / most, &text, y)?;
        let of = parts(figures);
        for (position, column) in LOSSES.iter().enumerate() {
            let most = self.rungs.iter().map(|f| parts(f)[position].share()).fold(1e-9, f64::max);
            part(canvas, column, of[position], most, y)?;
        }
        if figures.under(Condition::ClocksDisagree).clock_readings == 0 {
            let at = (LOSSES[4].left + 16.0, y - 13.0);
            canvas.text("clock unread", at, TINY, FAINT, Align::Left)?;
        }
        holders(canvas, &figures.under_faults(), y)
    }
}

/// So many of so many.
#[derive(Clone, Copy)]
struct Part {
    count: u64,
    whole: u64,
}

impl Part {
    /// From 0 to 1; 0 if there was nothing.
    fn share(self) -> f64 {
        if self.whole == 0 { 0.0 } else { self.count as f64 / self.whole as f64 }
    }
}

/// What stands in the columns of [`LOSSES`].
fn parts(figures: &RungFigures) -> [Part; 5] {
    let faults = figures.under_faults();
    let clocks = figures.under(Condition::ClocksDisagree);
    let part = |count, whole| Part { count, whole };
    [
        part(faults.lost_writes, faults.writes_acknowledged),
        part(faults.stale_reads, faults.reads_answered),
        part(faults.unanswered, faults.begun),
        part(faults.differing_keys, faults.held_keys),
        part(clocks.lost_writes, clocks.writes_acknowledged),
    ]
}

/// A count with its bar, and beneath it of how many; the longest bar of a column is as long as that.
fn part<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    column: &Column,
    part: Part,
    most: f64,
    y: f64,
) -> Result<(), Failure> {
    let font = if part.count == 0 { NAME } else { LABEL };
    canvas.text(&number(part.count), (column.left, y - 13.0), font, INK, Align::Left)?;
    let whole = format!("of {}", number(part.whole));
    canvas.text(&whole, (column.left, y + 17.0), TINY, FAINT, Align::Left)?;
    if part.count == 0 {
        return Ok(());
    }
    let length = (column.right - column.left) * (part.share() / most).clamp(0.0, 1.0);
    let corners = [(column.left, y - 3.0), (column.left + length.max(3.0), y + 8.0)];
    canvas.rectangle(corners, MIDDLE, 1.0)
}

/// For each node the share of the acknowledged writes that it knows of.
fn holders<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    losses: &Losses,
    y: f64,
) -> Result<(), Failure> {
    let whole = losses.writes_acknowledged;
    let rows = losses.held_writes.len() as f64;
    for (node, count) in losses.held_writes.iter().enumerate() {
        let share = Part { count: *count, whole }.share();
        let y = y + 17.0 * (node as f64 - (rows - 1.0) / 2.0);
        let room = HOLDERS.right - HOLDERS.left;
        let corners = |width: f64| [(HOLDERS.left, y - 5.0), (HOLDERS.left + width, y + 5.0)];
        canvas.rectangle(corners(room), GRID, 1.0)?;
        canvas.rectangle(corners(room * share), LIGHT, 1.0)?;
        canvas.text(&percent(share), (HOLDERS.right + 5.0, y), TINY, INK, Align::Left)?;
    }
    Ok(())
}

/// `100%` and `0%` only where it is all and nothing.
fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if share >= 1.0 || share <= 0.0 {
        format!("{percent:.0}%")
    } else {
        format!("{:.1}%", percent.clamp(0.1, 99.9))
    }
}

fn heads<B: DrawingBackend>(canvas: &Canvas<'_, B>) -> Result<(), Failure> {
    canvas.text("What it costs", (LATENCY.left, PANEL_Y), PANEL, INK, Align::Left)?;
    let (faults, clocks) = (LOSSES[0].left, LOSSES[4].left);
    canvas.text(
        "What it loses as nodes crash or are cut off",
        (faults, PANEL_Y),
        PANEL,
        INK,
        Align::Left,
    )?;
    canvas.text("As clocks", (clocks, PANEL_Y), PANEL, INK, Align::Left)?;
    canvas.text("disagree", (clocks, PANEL_Y + 22.0), PANEL, INK, Align::Left)?;
    for column in [&LATENCY, &THROUGHPUT, &HOLDERS].into_iter().chain(&LOSSES) {
        for (line, text) in column.head.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let at = (column.left, HEAD_Y + 19.0 * line as f64);
            canvas.text(text, at, SMALL, FAINT, Align::Left)?;
        }
    }
    let y = HEAD_Y + 19.0;
    for (x, shape, name) in [(0.0, Shape::Circle, "p50"), (70.0, Shape::Triangle, "p99")] {
        canvas.marker(shape, (LATENCY.left + x + 7.0, y), 11.0, DARK)?;
        canvas.text(name, (LATENCY.left + x + 20.0, y), SMALL, FAINT, Align::Left)?;
    }
    for column in [&LOSSES[0], &LOSSES[4]] {
        let x = column.left - 12.0;
        canvas.line(&[(x, PANEL_Y - 10.0), (x, BOTTOM)], GRID, 2.0, &[])?;
    }
    Ok(())
}

fn grid<B: DrawingBackend>(canvas: &Canvas<'_, B>, scale: Scale) -> Result<(), Failure> {
    for (value, label) in scale.ticks(6) {
        let x = scale.pixel(value);
        canvas.line(&[(x, TOP), (x, BOTTOM)], GRID, 1.0, &[])?;
        canvas.text(&label, (x, BOTTOM + 14.0), SMALL, FAINT, Align::Middle)?;
    }
    let middle = ((LATENCY.left + LATENCY.right) / 2.0, BOTTOM + 34.0);
    canvas.text("ms, log scale", middle, SMALL, FAINT, Align::Middle)
}

/// A line from the median to the 99th percentile.
fn price<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    figures: &RungFigures,
    scale: Scale,
    y: f64,
) -> Result<(), Failure> {
    let (from, to) = (scale.pixel(figures.write_p50_ms), scale.pixel(figures.write_p99_ms));
    canvas.line(&[(from, y), (to, y)], DARK, 4.0, &[])?;
    canvas.marker(Shape::Circle, (from, y), 13.0, DARK)?;
    canvas.marker(Shape::Triangle, (to, y), 13.0, DARK)?;
    let text = |ms: f64| if ms < 10.0 { format!("{ms:.1}") } else { format!("{ms:.0}") };
    canvas.text(&text(figures.write_p50_ms), (from, y - 19.0), LABEL, INK, Align::Middle)?;
    // Where both are nearly the same, the later stands beside its mark.
    let (at, align) = match to - from < 40.0 {
        true => ((to + 12.0, y), Align::Left),
        false => ((to, y - 19.0), Align::Middle),
    };
    canvas.text(&text(figures.write_p99_ms), at, LABEL, INK, align)
}

/// The throughput, as a bar with its value.
fn bar<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    share: f64,
    text: &str,
    y: f64,
) -> Result<(), Failure> {
    let Column { left, right, .. } = THROUGHPUT;
    let length = (right - left) * share.clamp(0.0, 1.0);
    let corners = [(left, y + 2.0), (left + length.max(3.0), y + 18.0)];
    canvas.rectangle(corners, LIGHT, 1.0)?;
    canvas.text(text, (left, y - 10.0), LABEL, INK, Align::Left)
}
