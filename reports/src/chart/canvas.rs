//! Shapes and text on a plotters drawing area, in the chart's own pixels.

use plotters::{
    coord::Shift,
    drawing::{DrawingArea, DrawingAreaErrorKind},
    prelude::*,
    style::{
        FontStyle, RGBColor, register_font,
        text_anchor::{HPos, Pos, VPos},
    },
};
use std::sync::Once;

/// The drawing has this many pixels for each pixel of the picture, each way.
pub(super) const SCALE: u32 = 2;

/// Verdana has the metrics of DejaVu Sans and is where the latter is not; any
/// other sans-serif is narrower, so text that fits here fits everywhere.
const FAMILY: &str = "DejaVu Sans, Verdana, sans-serif";

pub(super) const INK: RGBColor = RGBColor(0x1a, 0x1a, 0x1a);
pub(super) const FAINT: RGBColor = RGBColor(0x55, 0x55, 0x55);
pub(super) const GRID: RGBColor = RGBColor(0xdd, 0xdd, 0xdd);
pub(super) const BAND: RGBColor = RGBColor(0x70, 0x60, 0x90);
/// Far apart in lightness, and told apart by every kind of colour vision (after Okabe and Ito).
pub(super) const LIGHT: RGBColor = RGBColor(0x3f, 0xa0, 0xdc);
pub(super) const MIDDLE: RGBColor = RGBColor(0xc0, 0x48, 0x00);
pub(super) const DARK: RGBColor = RGBColor(0x10, 0x10, 0x30);

/// Why something could not be drawn.
pub(super) type Failure = String;

/// A point in pixels of the picture, from its upper left corner.
pub(super) type Point = (f64, f64);

/// The size and weight of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Font {
    pub(super) size: f64,
    pub(super) bold: bool,
}

pub(super) const TITLE: Font = Font { size: 26.0, bold: true };
pub(super) const SUBTITLE: Font = Font { size: 17.0, bold: false };
pub(super) const LABEL: Font = Font { size: 16.0, bold: false };

/// Which end of a text stands at its point.
#[derive(Clone, Copy, Debug)]
pub(super) enum Align {
    Left,
    Middle,
    Right,
}

/// How a line is broken: lengths of ink and blank in turn; empty: it is whole.
pub(super) type Dash = &'static [f64];

/// Sine and cosine of the tips of a star and of the corners between them, from the top on: written
/// down, since computed ones may differ in the last digit from machine to machine.
const STAR: [(f64, f64); 10] = [
    (0.0, 1.0),
    (0.587_785, 0.809_017),
    (0.951_057, 0.309_017),
    (0.951_057, -0.309_017),
    (0.587_785, -0.809_017),
    (0.0, -1.0),
    (-0.587_785, -0.809_017),
    (-0.951_057, -0.309_017),
    (-0.951_057, 0.309_017),
    (-0.587_785, 0.809_017),
];

/// The shape of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Circle,
    Triangle,
    Square,
    Diamond,
    Cross,
    /// A triangle that stands on its tip.
    Down,
    Ring,
    Star,
    Plus,
}

/// Where a chart is drawn.
pub(super) struct Canvas<'a, B: DrawingBackend> {
    area: &'a DrawingArea<B, Shift>,
}

impl<'a, B: DrawingBackend> Canvas<'a, B> {
    /// A white canvas.
    pub(super) fn new(area: &'a DrawingArea<B, Shift>) -> Result<Self, Failure> {
        register_fonts();
        area.fill(&WHITE).map_err(|error| explain(&error))?;
        Ok(Self { area })
    }

    /// How wide a text is.
    pub(super) fn width(&self, text: &str, font: Font) -> f64 {
        let style = style(font, INK, Align::Left);
        let size = self.area.estimate_text_size(text, &style);
        // The library rounds down, on the fine grid.
        size.map_or(0.0, |(width, _)| f64::from(width + 1) / f64::from(SCALE))
    }

    /// A text whose middle stands at the height of `at`.
    pub(super) fn text(
        &self,
        text: &str,
        at: Point,
        font: Font,
        colour: RGBColor,
        align: Align,
    ) -> Result<(), Failure> {
        // Bitmaps have their text a little high, SVG has it right: the error is shared.
        let at = (at.0, at.1 + font.size * 0.06);
        self.area
            .draw_text(text, &style(font, colour, align), fine(at))
            .map_err(|error| explain(&error))
    }

    /// A filled rectangle; `opacity` is between 0 and 1.
    pub(super) fn rectangle(
        &self,
        corners: [Point; 2],
        colour: RGBColor,
        opacity: f64,
    ) -> Result<(), Failure> {
        let style = colour.mix(opacity).filled();
        self.put(&Rectangle::new(corners.map(fine), style))
    }

    /// A line through points.
    pub(super) fn line(
        &self,
        points: &[Point],
        colour: RGBColor,
        width: f64,
        dash: Dash,
    ) -> Result<(), Failure> {
        let stroke = (width * f64::from(SCALE)).round().max(1.0) as u32;
        let style = colour.stroke_width(stroke);
        if dash.is_empty() {
            return self.path(points, style);
        }
        for piece in dashes(points, dash) {
            self.path(&piece, style)?;
        }
        Ok(())
    }

    /// Ends at each turn back: the library would draw the two sides of a thick line out to
    /// where they meet, which at a sharp corner is far away.
    fn path(&self, points: &[Point], style: ShapeStyle) -> Result<(), Failure> {
        let mut start = 0;
        for corner in (1..points.len().saturating_sub(1)).filter(|at| turns_back(points, *at)) {
            self.stretch(&points[start..=corner], style)?;
            start = corner;
        }
        self.stretch(&points[start..], style)
    }

    fn stretch(&self, points: &[Point], style: ShapeStyle) -> Result<(), Failure> {
        let points: Vec<_> = points.iter().map(|point| fine(*point)).collect();
        self.put(&PathElement::new(points, style))
    }

    /// A filled polygon.
    pub(super) fn polygon(&self, points: &[Point], colour: RGBColor) -> Result<(), Failure> {
        let points: Vec<_> = points.iter().map(|point| fine(*point)).collect();
        self.put(&Polygon::new(points, colour.filled()))
    }

    /// A point of data of about `size` pixels across; all shapes have about the same area.
    pub(super) fn marker(
        &self,
        shape: Shape,
        (x, y): Point,
        size: f64,
        colour: RGBColor,
    ) -> Result<(), Failure> {
        let r = size / 2.0;
        match shape {
            Shape::Circle => {
                let radius = (r * f64::from(SCALE)).round() as i32;
                self.put(&Circle::new(fine((x, y)), radius, colour.filled()))
            }
            Shape::Triangle => {
                let (dx, up, down) = (1.25 * r, 1.35 * r, 0.9 * r);
                self.polygon(&[(x, y - up), (x + dx, y + down), (x - dx, y + down)], colour)
            }
            Shape::Square => {
                let d = 0.9 * r;
                self.rectangle([(x - d, y - d), (x + d, y + d)], colour, 1.0)
            }
            Shape::Diamond => {
                let d = 1.3 * r;
                self.polygon(&[(x, y - d), (x + d, y), (x, y + d), (x - d, y)], colour)
            }
            Shape::Cross => {
                self.line(&[(x - r, y - r), (x + r, y + r)], colour, 1.5, &[])?;
                self.line(&[(x - r, y + r), (x + r, y - r)], colour, 1.5, &[])
            }
            Shape::Down => {
                let (dx, down, up) = (1.25 * r, 1.35 * r, 0.9 * r);
                self.polygon(&[(x, y + down), (x + dx, y - up), (x - dx, y - up)], colour)
            }
            Shape::Ring => {
                self.marker(Shape::Circle, (x, y), size, colour)?;
                self.marker(Shape::Circle, (x, y), size * 0.45, WHITE)
            }
            Shape::Star => {
                let tip = |index: usize| {
                    let length = if index.is_multiple_of(2) { 1.35 * r } else { 0.55 * r };
                    let (sin, cos) = STAR[index];
                    (x + length * sin, y - length * cos)
                };
                self.polygon(&std::array::from_fn::<_, 10, _>(tip), colour)
            }
            Shape::Plus => {
                let (long, short) = (1.2 * r, 0.42 * r);
                self.rectangle([(x - long, y - short), (x + long, y + short)], colour, 1.0)?;
                self.rectangle([(x - short, y - long), (x + short, y + long)], colour, 1.0)
            }
        }
    }

    fn put<'e, E>(&self, element: &'e E) -> Result<(), Failure>
    where
        &'e E: plotters::element::PointCollection<'e, (i32, i32)>,
        E: plotters::element::Drawable<B>,
    {
        self.area.draw(element).map_err(|error| explain(&error))
    }
}

fn explain<E: std::error::Error + Send + Sync>(error: &DrawingAreaErrorKind<E>) -> Failure {
    error.to_string()
}

fn fine((x, y): Point) -> (i32, i32) {
    let scale = f64::from(SCALE);
    ((x * scale).round() as i32, (y * scale).round() as i32)
}

fn style(font: Font, colour: RGBColor, align: Align) -> TextStyle<'static> {
    let weight = if font.bold { FontStyle::Bold } else { FontStyle::Normal };
    let horizontal = match align {
        Align::Left => HPos::Left,
        Align::Middle => HPos::Center,
        Align::Right => HPos::Right,
    };
    FontDesc::new(FontFamily::Name(FAMILY), font.size * f64::from(SCALE), weight)
        .color(&colour)
        .pos(Pos::new(horizontal, VPos::Center))
}

/// The drawing library's own fonts are those of the system; these are always there.
fn register_fonts() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let regular: &[u8] = include_bytes!("../../fonts/DejaVuSans.ttf");
        let bold: &[u8] = include_bytes!("../../fonts/DejaVuSans-Bold.ttf");
        let regular = register_font(FAMILY, FontStyle::Normal, regular);
        let bold = register_font(FAMILY, FontStyle::Bold, bold);
        assert!(regular.is_ok() && bold.is_ok(), "the embedded fonts are fonts");
    });
}

/// Cuts a line into dashes.
fn dashes(points: &[Point], dash: Dash) -> Vec<Vec<Point>> {
    let mut pieces = Vec::new();
    let mut piece: Vec<Point> = points.first().copied().into_iter().collect();
    let (mut turn, mut left) = (0, dash[0]);
    for pair in points.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        let length = (x1 - x0).hypot(y1 - y0);
        let mut done = 0.0;
        while length - done > left {
            done += left;
            let share = done / length;
            let at = (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share);
            if turn % 2 == 0 {
                piece.push(at);
                pieces.push(std::mem::take(&mut piece));
            } else {
                piece = vec![at];
            }
            turn += 1;
            left = dash[turn % dash.len()];
        }
        left -= length - done;
        if turn % 2 == 0 {
            piece.push((x1, y1));
        }
    }
    if turn % 2 == 0 && piece.len() > 1 {
        pieces.push(piece);
    }
    pieces
}

/// Whether the way through points goes on by more than a right angle off at one of them.
fn turns_back(points: &[Point], at: usize) -> bool {
    let [before, here, after] = [points[at - 1], points[at], points[at + 1]];
    let (come, go) = ((here.0 - before.0, here.1 - before.1), (after.0 - here.0, after.1 - here.1));
    come.0 * go.0 + come.1 * go.1 < 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_into_ink_and_blank_around_corners() {
        let pieces = dashes(&[(0.0, 0.0), (10.0, 0.0), (10.0, 5.0)], &[4.0, 2.0]);
        let ends: Vec<_> = pieces.iter().map(|piece| (piece[0], piece[piece.len() - 1])).collect();
        let expected =
            [((0.0, 0.0), (4.0, 0.0)), ((6.0, 0.0), (10.0, 0.0)), ((10.0, 2.0), (10.0, 5.0))];
        assert_eq!(ends, expected);
    }

    #[test]
    fn the_embedded_fonts_measure_text() {
        let mut pixels = vec![0; 300];
        let area = BitMapBackend::with_buffer(&mut pixels, (10, 10)).into_drawing_area();
        let canvas = Canvas::new(&area).unwrap();
        let narrow = canvas.width("iiii", LABEL);
        assert!(narrow > 5.0, "{narrow}");
        assert!(canvas.width("mmmm", LABEL) > 2.0 * narrow);
        assert!(canvas.width("iiii", TITLE) > narrow);
    }

    #[test]
    fn steps_go_on_and_spikes_turn_back() {
        assert!(!turns_back(&[(0.0, 0.0), (5.0, 0.0), (5.0, 5.0)], 1));
        assert!(turns_back(&[(0.0, 0.0), (1.0, 9.0), (2.0, 0.0)], 1));
    }
}
