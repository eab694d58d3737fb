//! How likely a violation was over the time of a run.

use super::{
    ChartError, HEIGHT, WIDTH,
    canvas::{Align, Canvas, DARK, Failure, INK, LABEL, MIDDLE, Shape},
    frame::{Frame, Panel, Sample, legend},
    picture::{self, Drawing},
    scale::Scale,
};
use crate::{
    pinpoint::{Course, Later, Pinpoint, Point, Tip},
    text::moment,
};
use plotters::{backend::DrawingBackend, style::RGBColor};

/// Between the bounds of the share.
const PALE: RGBColor = RGBColor(0xb3, 0xd9, 0xf2);

pub(crate) fn png(pinpoint: &Pinpoint<'_>) -> Result<Vec<u8>, ChartError> {
    picture::png(&Drawn(pinpoint))
}

pub(crate) fn svg(pinpoint: &Pinpoint<'_>) -> Result<String, ChartError> {
    picture::svg(&Drawn(pinpoint))
}

struct Drawn<'a>(&'a Pinpoint<'a>);

impl Drawing for Drawn<'_> {
    fn name(&self) -> &'static str {
        "pinpoint"
    }

    fn size(&self) -> (u32, u32) {
        (WIDTH, HEIGHT)
    }

    fn draw<B: DrawingBackend>(&self, canvas: &Canvas<'_, B>) -> Result<(), Failure> {
        let Pinpoint { run, courses, property, .. } = self.0;
        let last = courses.last().map(|course| course.finding(run.ended)).unwrap_or_default();
        let subtitle = format!(
            "share of futures in which {} is violated  -  {} on {}, seed {}",
            property.name(),
            run.scenario.name,
            run.system.name,
            run.seed
        );
        let frame = Frame::titled(run, run.ended, canvas, (&last, &subtitle), courses.len())?;
        for (index, course) in courses.iter().enumerate() {
            let panel = frame.panels[index];
            let scale = Scale::linear((0.0, 100.0), (panel.bottom, panel.top));
            frame.axes(canvas, index, scale, &name(course))?;
            draw_course(canvas, &frame, panel, scale, course)?;
            let decided = course.inevitable.as_ref().map(|tip| (tip, "inevitable", 16.0));
            let is_another = |rise: &&Tip| decided.is_none_or(|(tip, ..)| tip.at != rise.at);
            let rise = course.rise.as_ref().filter(is_another);
            let rise = rise.map(|tip| (tip, "greatest rise", 38.0));
            for (tip, name, above) in decided.into_iter().chain(rise) {
                let label = format!("{name}: {}", moment(tip.at, run.ended));
                mark(canvas, &frame, panel, tip, (&label, panel.bottom - above))?;
            }
        }
        let entries = [
            (Sample::Marked(Shape::Circle, DARK, &[]), "share of futures in which it came".into()),
            (Sample::Swatch(PALE), "where the true share lies, with 95 % confidence".into()),
        ];
        legend(canvas, &entries)
    }
}

fn name(course: &Course) -> String {
    match course.later {
        Later::Faults => "% of futures, chance drawn anew".into(),
        Later::Calm => "% of futures, no later fault and chance drawn anew".into(),
    }
}

fn draw_course<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    frame: &Frame,
    panel: Panel,
    scale: Scale,
    course: &Course,
) -> Result<(), Failure> {
    let y = |share: f64| scale.pixel(share * 100.0);
    let x = |point: &Point| frame.x(point.from).min(panel.right);
    let points = &course.points;
    let mut line: Vec<_> = points.first().map(|it| (x(it), y(it.share()))).into_iter().collect();
    for (one, next) in points.iter().zip(points.iter().skip(1)) {
        // Between neighbours nothing happens, and in between others it is not known what comes when.
        let until = if one.place + 1 == next.place { one } else { next };
        let corner = |point: &Point, bound: f64| (x(point), y(bound));
        let area = [
            corner(one, one.bounds.1),
            corner(next, until.bounds.1),
            corner(next, until.bounds.0),
            corner(one, one.bounds.0),
        ];
        canvas.polygon(&area, PALE)?;
        line.push((x(next), y(until.share())));
        line.push((x(next), y(next.share())));
    }
    canvas.line(&line, DARK, 2.0, &[])?;
    let mut marks = points.iter().map(|point| (x(point), y(point.share())));
    marks.try_for_each(|mark| canvas.marker(Shape::Circle, mark, 6.0, DARK))
}

/// Draws a line where it tipped, with its name on the side that has more room.
fn mark<B: DrawingBackend>(
    canvas: &Canvas<'_, B>,
    frame: &Frame,
    panel: Panel,
    tip: &Tip,
    (label, y): (&str, f64),
) -> Result<(), Failure> {
    let x = frame.x(tip.at);
    canvas.line(&[(x, panel.top), (x, panel.bottom)], MIDDLE, 2.0, &[6.0, 4.0])?;
    let (beside, align) = match x > f64::midpoint(panel.left, panel.right) {
        true => (x - 8.0, Align::Right),
        false => (x + 8.0, Align::Left),
    };
    canvas.text(label, (beside, y), LABEL, INK, align)
}
