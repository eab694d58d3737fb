//! Fault bands, and their labels in lanes above the plot.

use super::{
    canvas::{Align, BAND, Canvas, FAINT, Failure, INK, LABEL},
    frame::fit,
};
use judge::{Run, record::FaultOrigin};
use node::Time;
use plotters::backend::DrawingBackend;

/// At most this many lanes; faults that find no room in them are counted.
const MOST_LANES: usize = 5;
const LANE_HEIGHT: f64 = 23.0;
/// A band narrower than this is drawn as a line.
const NARROW: f64 = 2.0;
const PADDING: f64 = 6.0;

/// The faults of a run, laid out so that no two labels touch.
pub(super) struct Lanes {
    bands: Vec<Band>,
    lanes: usize,
    hidden: usize,
}

struct Band {
    left: f64,
    right: f64,
    opacity: f64,
    /// Lane, left end of the text, text; `None` if no lane had room.
    label: Option<(usize, f64, String)>,
}

impl Lanes {
    /// Finds a lane for each fault between the ends of the plot; `x` gives the pixel of a moment.
    pub(super) fn new<B: DrawingBackend>(
        run: &Run,
        canvas: &Canvas<'_, B>,
        (plot_left, plot_right): (f64, f64),
        x: impl Fn(Time) -> f64,
    ) -> Self {
        let mut taken: Vec<Vec<(f64, f64)>> = vec![Vec::new(); MOST_LANES];
        let mut bands = Vec::new();
        let mut hidden = 0;
        for fault in &run.faults {
            let (left, right) = (x(fault.start), x(fault.end.unwrap_or(run.ended)));
            let room = plot_right - plot_left - 2.0 * PADDING;
            let text = fit(canvas, &fault.label, LABEL, room);
            let width = canvas.width(&text, LABEL);
            let text_left = (left + PADDING).min(plot_right - PADDING - width);
            let from = left.min(text_left) - PADDING;
            let to = right.max(text_left + width) + PADDING;
            let is_free = |lane: &Vec<(f64, f64)>| lane.iter().all(|(l, r)| to <= *l || from >= *r);
            let lane = taken.iter().position(is_free);
            let label = lane.map(|lane| {
                taken[lane].push((from, to));
                (lane, text_left, text)
            });
            hidden += usize::from(label.is_none());
            // What lasts for the whole run must not make the rest of the picture dull.
            let opacity = if fault.origin == FaultOrigin::Background { 0.05 } else { 0.16 };
            bands.push(Band { left, right, opacity, label });
        }
        let lanes = taken.iter().filter(|lane| !lane.is_empty()).count();
        Self { bands, lanes, hidden }
    }

    /// How much room the labels take.
    pub(super) fn height(&self) -> f64 {
        self.lanes as f64 * LANE_HEIGHT
    }

    /// Draws the labels beneath `top`.
    pub(super) fn draw_labels<B: DrawingBackend>(
        &self,
        canvas: &Canvas<'_, B>,
        top: f64,
        (_, plot_right): (f64, f64),
    ) -> Result<(), Failure> {
        for band in &self.bands {
            let Some((lane, text_left, text)) = &band.label else {
                continue;
            };
            let lane_top = top + *lane as f64 * LANE_HEIGHT;
            let lane_bottom = lane_top + LANE_HEIGHT - 3.0;
            let corners = [(band.left, lane_top), (band.right, lane_bottom)];
            canvas.rectangle(corners, BAND, 0.28)?;
            let edge = [(band.left, lane_top), (band.left, lane_bottom)];
            canvas.line(&edge, BAND, 2.0, &[])?;
            let middle = (lane_top + lane_bottom) / 2.0;
            canvas.text(text, (*text_left, middle), LABEL, INK, Align::Left)?;
        }
        if self.hidden > 0 {
            let more = format!("+{} more faults, see faults.csv", self.hidden);
            let at = (plot_right, top + self.height() + 14.0);
            canvas.text(&more, at, LABEL, FAINT, Align::Right)?;
        }
        Ok(())
    }

    /// Shades every fault in a panel.
    pub(super) fn draw_bands<B: DrawingBackend>(
        &self,
        canvas: &Canvas<'_, B>,
        (top, bottom): (f64, f64),
    ) -> Result<(), Failure> {
        for band in &self.bands {
            if band.right - band.left < NARROW {
                canvas.line(&[(band.left, top), (band.left, bottom)], BAND, 2.0, &[7.0, 4.0])?;
                continue;
            }
            let corners = [(band.left, top), (band.right, bottom)];
            canvas.rectangle(corners, BAND, band.opacity)?;
            for x in [band.left, band.right] {
                canvas.line(&[(x, top), (x, bottom)], BAND, 0.5, &[])?;
            }
        }
        Ok(())
    }
}
