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
use plotters::{backend::DrawingBackend, style::RGBColor};

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
                    "half writes, half reads, 1,000 keys; a follower crashed, the leader crashed, the \
                     leader cut off, 3 s each, 5 seeds each  -  seed {seed}"
                ),
                data.conditions(),
            ],
        },
        rungs,
    }
}

/// Who is never wrong, and what the last rung of the course costs.
fn finding(rungs: &[RungFigures]) -> String {
    let wrong = |figures: &&RungFigures| {
        let Losses { lost_writes, stale_reads, differing_keys, .. } = figures.losses();
        lost_writes + stale_reads + differing_keys > 0
    };
    let right: Vec<_> = rungs.iter().filter(|figures| !wrong(figures)).collect();
    let names: Vec<_> = right.iter().map(|figures| figures.rung.system).collect();
    let Some(first) = rungs.first() else {
        return "There is no ladder".to_owned();
    };
    match right.as_slice() {
        [] => "Every design is wrong at some time".to_owned(),
        [only] => format!(
            "Only {} is never wrong, at {:.1} times the write latency of {}",
            only.rung.system,
            only.write_p50_ms / first.write_p50_ms.max(1e-9),
            first.rung.system,
        ),
        [..] => format!("Only {} are never wrong under these faults", list(&names)),
    }
}

/// A column: where it lies and what stands above it.
struct Column {
    left: f64,
    right: f64,
    head: [&'static str; 2],
}

const LATENCY: Column =
    Column { left: 210.0, right: 440.0, head: ["write latency (ms), light load", ""] };
const THROUGHPUT: Column =
    Column { left: 470.0, right: 650.0, head: ["throughput", "operations/s, 64 clients"] };
const LOSSES: [Column; 4] = [
    Column { left: 700.0, right: 800.0, head: ["lost writes", "in all runs"] },
    Column { left: 824.0, right: 924.0, head: ["stale reads", "of all reads"] },
    Column { left: 948.0, right: 1048.0, head: ["differing keys", "in all runs"] },
    Column { left: 1072.0, right: 1172.0, head: ["unanswered", "of all asked"] },
];
const PANEL_Y: f64 = 126.0;
const HEAD_Y: f64 = 156.0;
const TOP: f64 = 200.0;
const BOTTOM: f64 = 654.0;
const PANEL: Font = Font { size: 18.0, bold: true };
const NAME: Font = Font { size: 17.0, bold: true };
const SMALL: Font = Font { size: 14.0, bold: false };

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
        bar(canvas, &THROUGHPUT, figures.throughput_rps / most, &text, (y, LIGHT))?;
        let shares = |figures: &RungFigures| {
            let losses = figures.losses();
            [
                losses.lost_writes as f64,
                losses.stale_share(),
                losses.differing_keys as f64,
                losses.unanswered_share(),
            ]
        };
        let losses = figures.losses();
        let texts = [
            number(losses.lost_writes),
            percent(losses.stale_reads, losses.stale_share()),
            number(losses.differing_keys),
            percent(losses.unanswered, losses.unanswered_share()),
        ];
        for (position, column) in LOSSES.iter().enumerate() {
            let most = self.rungs.iter().map(|f| shares(f)[position]).fold(1e-9, f64::max);
            let share = shares(figures)[position] / most;
            bar(canvas, column, share, &texts[position], (y, MIDDLE))?;
        }
        Ok(())
    }
}

/// `12%`, `0.4%`, or `0` only if there was none.
fn percent(count: u64, share: f64) -> String {
    let percent = share * 100.0;
    if count == 0 {
        "0".to_owned()
    } else if percent < 0.095 {
        "< 0.1%".to_owned()
    } else if percent < 9.95 {
        format!("{percent:.1}%")
    } else {
        format!("{percent:.0}%")
    }
}

fn heads<B: DrawingBackend>(canvas: &Canvas<'_, B>) -> Result<(), Failure> {
    canvas.text("What it costs", (LATENCY.left, PANEL_Y), PANEL, INK, Align::Left)?;
    let losses = "What it still loses under the same faults";
    canvas.text(losses, (LOSSES[0].left, PANEL_Y), PANEL, INK, Align::Left)?;
    for column in [&LATENCY, &THROUGHPUT].into_iter().chain(&LOSSES) {
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
    let x = LOSSES[0].left - 25.0;
    canvas.line(&[(x, PANEL_Y - 10.0), (x, BOTTOM)], GRID, 2.0, &[])
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
    canvas.text(&text(figures.write_p99_ms), (to, y - 19.0), LABEL, INK, Align::Middle)
}

/// A bar with its value; nothing but the value if there is nothing.
fn bar<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    column: &Column,
    share: f64,
    text: &str,
    (y, colour): (f64, RGBColor),
) -> Result<(), Failure> {
    let length = (column.right - column.left) * share.clamp(0.0, 1.0);
    if text == "0" {
        return canvas.text("0", (column.left, y), NAME, INK, Align::Left);
    }
    let corners = [(column.left, y + 2.0), (column.left + length.max(3.0), y + 18.0)];
    canvas.rectangle(corners, colour, 1.0)?;
    canvas.text(text, (column.left, y - 10.0), LABEL, INK, Align::Left)
}
