//! Bars beside what they are to reach.

use super::{
    ChartError, WIDTH,
    canvas::{Align, Canvas, DARK, Failure, INK, LABEL, LIGHT, MIDDLE},
    frame::{self, SUBTITLE_Y},
    picture::{self, Drawing},
};
use plotters::backend::DrawingBackend;

/// A figure beside its aim.
#[derive(Clone, Debug, PartialEq)]
pub struct Reached {
    /// What was measured.
    pub name: String,
    /// The share of the aim that is reached; from 1 on, it is.
    pub share: f64,
    /// Figure and aim, as they stand beside the bar.
    pub text: String,
}

/// Draws figures beside their aims, a bar each, as a PNG under a title and a line beneath it.
///
/// # Errors
///
/// [`ChartError`] if the picture cannot be drawn.
pub fn reached(title: &str, note: &str, bars: &[Reached]) -> Result<Vec<u8>, ChartError> {
    picture::png(&ReachChart { title, note, bars })
}

struct ReachChart<'a> {
    title: &'a str,
    note: &'a str,
    bars: &'a [Reached],
}

const TOP: f64 = 130.0;
const ROW: f64 = 42.0;
/// Where bars start, and where they have reached what they are to reach.
const LEFT: f64 = 560.0;
const AIM: f64 = 880.0;
/// Longer bars than this are cut off.
const MOST: f64 = 1.1;

impl Drawing for ReachChart<'_> {
    fn name(&self) -> &'static str {
        "reach"
    }

    fn size(&self) -> (u32, u32) {
        (WIDTH, (TOP + ROW * self.bars.len() as f64 + 40.0) as u32)
    }

    fn draw<B: DrawingBackend>(&self, canvas: &Canvas<'_, B>) -> Result<(), Failure> {
        frame::title(canvas, self.title)?;
        frame::subtitle(canvas, SUBTITLE_Y, self.note)?;
        let bottom = TOP + ROW * self.bars.len() as f64;
        canvas.text("the aim", (AIM, TOP - 14.0), LABEL, INK, Align::Middle)?;
        for (row, bar) in self.bars.iter().enumerate() {
            let middle = TOP + ROW * (row as f64 + 0.5);
            let end = LEFT + (AIM - LEFT) * bar.share.clamp(0.0, MOST);
            let colour = if bar.share >= 1.0 { LIGHT } else { MIDDLE };
            canvas.text(&bar.name, (LEFT - 14.0, middle), LABEL, INK, Align::Right)?;
            canvas.rectangle([(LEFT, middle - 12.0), (end, middle + 12.0)], colour, 1.0)?;
            let beside = (AIM + (AIM - LEFT) * (MOST - 1.0) + 12.0, middle);
            canvas.text(&bar.text, beside, LABEL, INK, Align::Left)?;
        }
        canvas.line(&[(AIM, TOP - 4.0), (AIM, bottom + 4.0)], DARK, 2.0, &[])
    }
}
