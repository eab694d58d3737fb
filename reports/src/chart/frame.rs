//! What all charts have in common: title, legend, fault bands, axes.

use super::{
    Chart, Charts, HEIGHT, WIDTH,
    canvas::{
        Align, Canvas, Dash, FAINT, Failure, Font, GRID, INK, LABEL, Point, SUBTITLE, Shape, TITLE,
    },
    faults::Lanes,
    heat_map::{self, Tile},
    scale::Scale,
    wrong,
};
use judge::{Run, Stage};
use node::Time;
use plotters::{
    backend::DrawingBackend,
    style::{RGBColor, WHITE},
};

pub(super) const LEFT: f64 = 86.0;
pub(super) const RIGHT: f64 = WIDTH as f64 - 28.0;
pub(super) const BOTTOM: f64 = HEIGHT as f64 - 58.0;
/// Where titles and legends start.
pub(super) const MARGIN: f64 = LEFT - 66.0;
const TITLE_Y: f64 = 32.0;
pub(super) const SUBTITLE_Y: f64 = 62.0;
pub(super) const LEGEND_Y: f64 = 92.0;
const LANES_TOP: f64 = 112.0;
/// The room above a panel, where its vertical axis is named.
const AXIS_NAME: f64 = 30.0;
/// The room between panels.
const GUTTER: f64 = 16.0;

/// A rectangle in which data is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Panel {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// The picture's parts, laid out for a run.
pub(super) struct Frame {
    pub(super) panels: Vec<Panel>,
    /// Seconds, or milliseconds if the run is short, to pixels.
    time: Scale,
    per_second: f64,
    stage: Stage,
}

/// How one entry of the legend looks.
pub(super) enum Sample {
    Swatch(RGBColor),
    Point(Shape, RGBColor),
    Hollow(Shape),
    /// An answer that is wrong.
    Wrong(wrong::Look),
    Line(RGBColor, f64, Dash),
    Tile(Tile),
    Frame,
    /// A tile with a dark corner.
    Corner,
    /// A line with a point on it.
    Marked(Shape, RGBColor, Dash),
}

impl Frame {
    /// Draws the title lines and the faults, and lays out panels of equal height.
    pub(super) fn draw<B: DrawingBackend>(
        charts: &Charts<'_>,
        canvas: &Canvas<'_, B>,
        chart: Chart,
        summary: &str,
        panels: usize,
    ) -> Result<Self, Failure> {
        let run = charts.run;
        let scenario = &run.scenario.name;
        let subtitle =
            format!("{summary}  -  {scenario} on {}, seed {}", run.system.name, run.seed);
        Self::titled(run, charts.until, canvas, (&charts.finding(chart), &subtitle), panels)
    }

    /// The same, with these two lines at the top.
    pub(super) fn titled<B: DrawingBackend>(
        run: &Run,
        until: Time,
        canvas: &Canvas<'_, B>,
        (finding, subtitle): (&str, &str),
        panels: usize,
    ) -> Result<Self, Failure> {
        let mut frame = Self::new(run, until);
        heading(canvas, finding, subtitle)?;
        let lanes = Lanes::new(run, canvas, (LEFT, RIGHT), |at| frame.x(at));
        lanes.draw_labels(canvas, LANES_TOP, (LEFT, RIGHT))?;
        let top = LANES_TOP + lanes.height();
        let gaps = GUTTER * (panels - 1) as f64;
        let height = (BOTTOM - top - gaps) / panels as f64;
        for index in 0..panels {
            let top = top + (height + GUTTER) * index as f64 + AXIS_NAME;
            let bottom = top + height - AXIS_NAME;
            let panel = Panel { left: LEFT, right: RIGHT, top, bottom };
            lanes.draw_bands(canvas, (top, bottom))?;
            frame.panels.push(panel);
        }
        Ok(frame)
    }

    fn new(run: &Run, until: Time) -> Self {
        let end = until.as_secs_f64().max(1e-6);
        // The unit of the title, which tells of the whole run.
        let per_second = if run.ended.as_secs_f64() < 1.0 { 1e3 } else { 1.0 };
        let time = Scale::linear((0.0, end * per_second), (LEFT, RIGHT));
        Self { panels: Vec::new(), time, per_second, stage: run.stage }
    }

    /// Where a moment is drawn.
    pub(super) fn x(&self, at: Time) -> f64 {
        self.time.pixel(at.as_secs_f64() * self.per_second)
    }

    /// Draws the axes of a panel; the last panel's has the time beneath.
    pub(super) fn axes<B: DrawingBackend>(
        &self,
        canvas: &Canvas<'_, B>,
        index: usize,
        values: Scale,
        name: &str,
    ) -> Result<(), Failure> {
        let panel = self.panels[index];
        let is_last = index + 1 == self.panels.len();
        value_axis(canvas, panel, values, name)?;
        let unit = if self.per_second > 1.0 { "ms" } else { "s" };
        let time = match self.stage {
            Stage::Simulator => "simulated time",
            Stage::Processes => "real time",
        };
        let name = is_last.then(|| format!("{time} ({unit})"));
        bottom_axis(canvas, panel, self.time, 10, name.as_deref())
    }
}

/// Draws the grid and the labels of a panel's vertical axis, and its name above it.
pub(super) fn value_axis<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    panel: Panel,
    values: Scale,
    name: &str,
) -> Result<(), Failure> {
    let name_at = (panel.left - 66.0, panel.top - 16.0);
    canvas.text(name, name_at, LABEL, INK, Align::Left)?;
    let mut lowest = f64::INFINITY;
    for (value, label) in values.ticks(((panel.bottom - panel.top) / 40.0) as usize) {
        let y = values.pixel(value);
        canvas.line(&[(panel.left, y), (panel.right, y)], GRID, 1.0, &[])?;
        if lowest - y >= 20.0 && y >= panel.top {
            canvas.text(&label, (panel.left - 10.0, y), LABEL, INK, Align::Right)?;
            lowest = y;
        }
    }
    Ok(())
}

/// Draws a panel's horizontal axis and the edge on its left; labels only if it has a name.
pub(super) fn bottom_axis<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    panel: Panel,
    scale: Scale,
    ticks: usize,
    name: Option<&str>,
) -> Result<(), Failure> {
    for (value, label) in scale.ticks(ticks) {
        let x = scale.pixel(value);
        canvas.line(&[(x, panel.bottom), (x, panel.bottom + 6.0)], INK, 1.0, &[])?;
        if name.is_some() {
            canvas.text(&label, (x, panel.bottom + 18.0), LABEL, INK, Align::Middle)?;
        }
    }
    edges(canvas, panel)?;
    let Some(name) = name else {
        return Ok(());
    };
    let middle = ((panel.left + panel.right) / 2.0, panel.bottom + 42.0);
    canvas.text(name, middle, LABEL, INK, Align::Middle)
}

/// Draws a panel's edges on the left and below.
pub(super) fn edges<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    panel: Panel,
) -> Result<(), Failure> {
    let corner = (panel.left, panel.bottom);
    canvas.line(&[(panel.left, panel.top), corner, (panel.right, panel.bottom)], INK, 1.0, &[])
}

/// Draws the legend in its row; entries that find no room are left out and counted.
pub(super) fn legend<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    entries: &[(Sample, String)],
) -> Result<(), Failure> {
    legend_at(canvas, LEGEND_Y, entries)
}

/// Draws the legend in a row at this height.
pub(super) fn legend_at<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    y: f64,
    entries: &[(Sample, String)],
) -> Result<(), Failure> {
    // As large as may be, so that no entry is left out.
    const SIZES: [(f64, f64); 5] = [(0.0, 22.0), (1.0, 18.0), (2.0, 14.0), (3.0, 10.0), (4.0, 8.0)];
    let sizes = SIZES.map(|(less, gap)| (Font { size: LABEL.size - less, ..LABEL }, gap));
    let length = |(font, gap): (Font, f64)| -> f64 {
        let widths =
            entries.iter().map(|(sample, label)| sample.width() + 8.0 + canvas.width(label, font));
        widths.sum::<f64>() + gap * entries.len().saturating_sub(1) as f64
    };
    let fits = |it: &(Font, f64)| MARGIN + length(*it) <= RIGHT;
    let fitting = sizes.into_iter().find(fits);
    let (font, gap) = fitting.unwrap_or(sizes[SIZES.len() - 1]);
    let mut x = MARGIN;
    for (position, (sample, label)) in entries.iter().enumerate() {
        let more = format!("+{} more", entries.len() - position);
        let is_last = position + 1 == entries.len();
        let reserve = if is_last { 0.0 } else { gap + canvas.width(&more, font) };
        let text_x = x + sample.width() + 8.0;
        let right = text_x + canvas.width(label, font);
        if fitting.is_none() && right + reserve > RIGHT {
            return canvas.text(&more, (x, y), font, FAINT, Align::Left);
        }
        sample.draw(canvas, (x, y))?;
        canvas.text(label, (text_x, y), font, INK, Align::Left)?;
        x = right + gap;
    }
    Ok(())
}

impl Sample {
    fn width(&self) -> f64 {
        match self {
            Self::Swatch(_) | Self::Tile(_) | Self::Frame | Self::Corner => 22.0,
            Self::Point(..) | Self::Hollow(_) | Self::Wrong(_) => 14.0,
            Self::Line(..) | Self::Marked(..) => 44.0,
        }
    }

    fn draw<B: DrawingBackend>(
        &self,
        canvas: &Canvas<'_, B>,
        (x, y): Point,
    ) -> Result<(), Failure> {
        let right = x + self.width();
        let corners = [(x, y - 7.0), (right, y + 7.0)];
        match self {
            Self::Swatch(colour) => canvas.rectangle(corners, *colour, 1.0),
            Self::Tile(tile) => tile.draw(canvas, [(x, y - 10.0), (right, y + 10.0)]),
            Self::Frame => heat_map::frame(canvas, corners),
            Self::Corner => {
                canvas.rectangle(corners, heat_map::PALE, 1.0)?;
                heat_map::corner(canvas, corners[0])
            }
            Self::Point(shape, colour) => canvas.marker(*shape, (x + 7.0, y), 11.0, *colour),
            Self::Wrong(look) => look.draw(canvas, (x + 7.0, y), 9.0),
            Self::Hollow(shape) => hollow(canvas, *shape, (x + 7.0, y)),
            Self::Line(colour, width, dash) => {
                canvas.line(&[(x, y), (right, y)], *colour, *width, dash)
            }
            Self::Marked(shape, colour, dash) => {
                canvas.line(&[(x, y), (right, y)], *colour, 2.5, dash)?;
                canvas.marker(*shape, ((x + right) / 2.0, y), 11.0, *colour)
            }
        }
    }
}

/// Draws a point that is none of ours: an outline.
pub(super) fn hollow<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    shape: Shape,
    at: Point,
) -> Result<(), Failure> {
    canvas.marker(shape, at, 15.0, INK)?;
    canvas.marker(shape, at, 9.0, WHITE)
}

/// Says in the middle of a panel why there is nothing to see.
pub(super) fn nothing<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    panel: Panel,
    why: &str,
) -> Result<(), Failure> {
    let middle: Point = ((panel.left + panel.right) / 2.0, (panel.top + panel.bottom) / 2.0);
    // No grid line runs through the text.
    let (x, y) = middle;
    let half = canvas.width(why, SUBTITLE) / 2.0 + 12.0;
    canvas.rectangle([(x - half, y - 16.0), (x + half, y + 16.0)], WHITE, 1.0)?;
    canvas.text(why, middle, SUBTITLE, FAINT, Align::Middle)
}

/// Draws the two lines at the top of every picture.
pub(super) fn heading<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    finding: &str,
    subtitle: &str,
) -> Result<(), Failure> {
    title(canvas, finding)?;
    self::subtitle(canvas, SUBTITLE_Y, subtitle)
}

/// Draws the title, as large as fits.
pub(super) fn title<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    finding: &str,
) -> Result<(), Failure> {
    let room = RIGHT - MARGIN;
    let sizes = (17..=TITLE.size as u32).rev().map(f64::from);
    let mut fonts = sizes.map(|size| Font { size, ..TITLE });
    let fits = |font: &Font| canvas.width(finding, *font) <= room;
    let font = fonts.find(fits).unwrap_or(Font { size: 17.0, ..TITLE });
    let title = fit(canvas, finding, font, room);
    canvas.text(&title, (MARGIN, TITLE_Y), font, INK, Align::Left)
}

/// Draws a line beneath the title.
pub(super) fn subtitle<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    y: f64,
    text: &str,
) -> Result<(), Failure> {
    let text = fit(canvas, text, SUBTITLE, RIGHT - MARGIN);
    canvas.text(&text, (MARGIN, y), SUBTITLE, FAINT, Align::Left)
}

/// The text, cut so that it is no wider than `room`.
pub(super) fn fit<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    text: &str,
    font: Font,
    room: f64,
) -> String {
    let mut length = text.chars().count();
    let mut shown = text.to_owned();
    while length > 3 && canvas.width(&shown, font) > room {
        length -= 1;
        shown = crate::text::shorten(text, length);
    }
    shown
}
