//! From drawing code to the bytes of a picture.

use super::{
    ChartError,
    canvas::{Canvas, Failure, SCALE},
};
use plotters::{
    backend::{BitMapBackend, DrawingBackend, SVGBackend},
    drawing::IntoDrawingArea,
};

/// Something that can be drawn, in the same way on every backend.
pub(super) trait Drawing {
    /// What errors call it.
    fn name(&self) -> &'static str;
    /// Its width and height in pixels.
    fn size(&self) -> (u32, u32);
    /// Draws it on a white canvas of its size.
    fn draw<B: DrawingBackend>(&self, canvas: &Canvas<'_, B>) -> Result<(), Failure>;
}

/// Draws a PNG. The same drawing gives the same bytes.
pub(super) fn png(drawing: &impl Drawing) -> Result<Vec<u8>, ChartError> {
    let (width, height) = fine_size(drawing);
    let mut pixels = vec![255; (width * height * 3) as usize];
    draw(drawing, BitMapBackend::with_buffer(&mut pixels, (width, height)))?;
    encode(&halve(&pixels, width), drawing.size()).map_err(|reason| error(drawing, &reason))
}

/// Draws an SVG. The same drawing gives the same bytes.
pub(super) fn svg(drawing: &impl Drawing) -> Result<String, ChartError> {
    let (width, height) = fine_size(drawing);
    let mut svg = String::new();
    draw(drawing, SVGBackend::with_string(&mut svg, (width, height)))?;
    // The drawing is finer than the picture: the view box keeps the fine coordinates.
    let fine = format!("width=\"{width}\" height=\"{height}\" viewBox");
    let (width, height) = drawing.size();
    let coarse = format!("width=\"{width}\" height=\"{height}\" viewBox");
    Ok(svg.replacen(&fine, &coarse, 1))
}

fn fine_size(drawing: &impl Drawing) -> (u32, u32) {
    let (width, height) = drawing.size();
    (width * SCALE, height * SCALE)
}

fn draw<B: DrawingBackend>(drawing: &impl Drawing, backend: B) -> Result<(), ChartError> {
    let area = backend.into_drawing_area();
    let canvas = Canvas::new(&area).map_err(|reason| error(drawing, &reason))?;
    drawing.draw(&canvas).map_err(|reason| error(drawing, &reason))?;
    area.present().map_err(|reason| error(drawing, &reason))
}

fn error(drawing: &impl Drawing, reason: &impl ToString) -> ChartError {
    ChartError { chart: drawing.name(), reason: reason.to_string() }
}

/// Takes the mean of each square of 2 by 2 pixels: edges become smooth.
fn halve(fine: &[u8], width: u32) -> Vec<u8> {
    const { assert!(SCALE == 2) };
    let stride = (width * 3) as usize;
    let mut pixels = Vec::with_capacity(fine.len() / 4);
    for rows in fine.chunks_exact(2 * stride) {
        let mut left = 0;
        while left < stride {
            for at in [left, left + 1, left + 2] {
                let upper = u16::from(rows[at]) + u16::from(rows[at + 3]);
                let lower = u16::from(rows[stride + at]) + u16::from(rows[stride + at + 3]);
                pixels.push(((upper + lower) / 4) as u8);
            }
            left += 6;
        }
    }
    pixels
}

fn encode(pixels: &[u8], (width, height): (u32, u32)) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    // Flat colours pack best as they are, and to a fifth of what the fast way gives.
    encoder.set_filter(png::FilterType::NoFilter);
    encoder.set_compression(png::Compression::Default);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(bytes)
}
