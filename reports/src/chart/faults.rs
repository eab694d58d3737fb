//! Fault bands, and their labels in lanes above the plot.

use super::{
    canvas::{Align, BAND, Canvas, FAINT, Failure, INK, LABEL},
    frame::fit,
};
use judge::{
    Run,
    record::{FaultOrigin, FaultRecord},
};
use node::Time;
use plotters::backend::DrawingBackend;

/// At most this many lanes; faults that find no room in them are counted.
const MOST_LANES: usize = 5;
const LANE_HEIGHT: f64 = 23.0;
/// A band narrower than this is drawn as a line.
const NARROW: f64 = 2.0;
const PADDING: f64 = 6.0;

/// The faults of a run, laid out so that no label touches another, the edge of a fault or that of the plot.
pub(super) struct Lanes {
    bands: Vec<Band>,
    /// What is shaded, from left to right, by how dark: faults that overlap are no darker than one.
    shades: Vec<(f64, f64, f64)>,
    lanes: usize,
    hidden: usize,
}

struct Band {
    left: f64,
    right: f64,
    /// Lane, left end of the text, text; `None` if no lane had room.
    label: Option<(usize, f64, String)>,
}

/// What lasts for the whole run must not make the rest of the picture dull.
const OPACITIES: [(bool, f64); 2] = [(true, 0.05), (false, 0.16)];

impl Lanes {
    /// Finds a lane for each fault between the ends of the plot; `x` gives the pixel of a moment.
    pub(super) fn new<B: DrawingBackend>(
        run: &Run,
        canvas: &Canvas<'_, B>,
        plot: (f64, f64),
        x: impl Fn(Time) -> f64,
    ) -> Self {
        let mut taken: Vec<Vec<(f64, f64)>> = vec![Vec::new(); MOST_LANES];
        let mut bands = Vec::new();
        let mut hidden = 0;
        let ends = |fault: &FaultRecord| (x(fault.start), x(fault.end.unwrap_or(run.ended)));
        for fault in &run.faults {
            let (left, right) = ends(fault);
            let room = plot.1 - plot.0 - 2.0 * PADDING;
            let text = fit(canvas, &readable(&fault.label), LABEL, room);
            let width = canvas.width(&text, LABEL);
            let text_left = text_left((left, right), plot, width);
            let from = left.min(text_left) - PADDING;
            let to = right.max(text_left + width) + PADDING;
            let is_free = |lane: &Vec<(f64, f64)>| lane.iter().all(|(l, r)| to <= *l || from >= *r);
            let lane = taken.iter().position(is_free);
            let label = lane.map(|lane| {
                taken[lane].push((from, to));
                (lane, text_left, text)
            });
            hidden += usize::from(label.is_none());
            bands.push(Band { left, right, label });
        }
        let shades = OPACITIES.into_iter().flat_map(|(is_background, opacity)| {
            let of = run
                .faults
                .iter()
                .filter(|fault| (fault.origin == FaultOrigin::Background) == is_background);
            let wide = of.map(ends).filter(|(left, right)| right - left >= NARROW);
            union(wide.collect()).into_iter().map(move |(left, right)| (left, right, opacity))
        });
        let shades = shades.collect();
        let lanes = taken.iter().filter(|lane| !lane.is_empty()).count();
        Self { bands, shades, lanes, hidden }
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
        for (left, right, opacity) in &self.shades {
            canvas.rectangle([(*left, top), (*right, bottom)], BAND, *opacity)?;
        }
        for band in &self.bands {
            if band.right - band.left < NARROW {
                canvas.line(&[(band.left, top), (band.left, bottom)], BAND, 2.0, &[7.0, 4.0])?;
                continue;
            }
            for x in [band.left, band.right] {
                canvas.line(&[(x, top), (x, bottom)], BAND, 0.5, &[])?;
            }
        }
        Ok(())
    }
}

/// Where a label begins: within its fault if it has room there, else after it, else before it, and
/// within it all the same if there is no room beside it.
fn text_left((left, right): (f64, f64), plot: (f64, f64), width: f64) -> f64 {
    let needed = width + 2.0 * PADDING;
    if needed <= right - left {
        left + PADDING
    } else if right + needed <= plot.1 {
        right + PADDING
    } else if left - needed >= plot.0 {
        left - PADDING - width
    } else {
        (left + PADDING).min(plot.1 - PADDING - width).max(plot.0 + PADDING)
    }
}

/// The stretches that some of these cover, from left to right.
fn union(mut stretches: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    stretches.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut union: Vec<(f64, f64)> = Vec::new();
    for (left, right) in stretches {
        match union.last_mut().filter(|last| left <= last.1) {
            Some(last) => last.1 = last.1.max(right),
            None => union.push((left, right)),
        }
    }
    union
}

/// A label with three digits or so of each broken number: drawn at random, they have up to seventeen.
pub(super) fn readable(label: &str) -> String {
    let is_digit = |c: char| c.is_ascii_digit() || c == '.';
    let mut readable = String::new();
    let mut rest = label;
    while let Some(start) = rest.find(is_digit) {
        let end = rest[start..].find(|c| !is_digit(c)).map_or(rest.len(), |length| start + length);
        readable += &rest[..start];
        let digits = &rest[start..end];
        match digits.parse::<f64>() {
            Ok(value) if digits.contains('.') && value >= 1.0 => {
                let decimals = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
                let short = format!("{value:.decimals$}");
                let short = if decimals > 0 {
                    short.trim_end_matches('0').trim_end_matches('.')
                } else {
                    &short
                };
                readable += short;
            }
            _ => readable += digits,
        }
        rest = &rest[end..];
    }
    readable + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_stands_in_its_fault_or_beside_it_and_never_on_an_edge() {
        let plot = (0.0, 1000.0);
        assert_eq!(text_left((100.0, 300.0), plot, 100.0), 106.0, "within");
        assert_eq!(text_left((100.0, 150.0), plot, 100.0), 156.0, "after");
        assert_eq!(text_left((900.0, 950.0), plot, 100.0), 794.0, "before");
        assert_eq!(text_left((10.0, 990.0), plot, 975.0), 16.0, "there is no room beside it");
    }

    #[test]
    fn what_overlaps_is_shaded_once() {
        assert_eq!(
            union(vec![(5.0, 9.0), (1.0, 3.0), (2.0, 4.0), (6.0, 7.0)]),
            [(1.0, 4.0), (5.0, 9.0)]
        );
    }

    #[test]
    fn broken_numbers_are_cut_and_whole_ones_are_not() {
        let readable = |label| super::readable(label);
        assert_eq!(readable("n2 is 49.40006612066199 times slower"), "n2 is 49.4 times slower");
        assert_eq!(readable("n1's clock jumped by -9928.699 ms"), "n1's clock jumped by -9929 ms");
        assert_eq!(readable("n10 -> n3 slower by 434 ms"), "n10 -> n3 slower by 434 ms");
        assert_eq!(readable("links lose 0.05% of messages."), "links lose 0.05% of messages.");
    }
}
