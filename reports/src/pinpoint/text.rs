//! What was found, for a terminal.

use super::{Course, Pinpoint, Point, Tip};
use crate::text::duration;
use judge::text::one_line;
use node::Time;
use std::{fmt::Write as _, time::Duration};

/// So many moments are listed, about.
const ROWS: usize = 24;

/// How long the bar of a certain violation is.
const BAR: f64 = 30.0;

/// So many events of one moment are told.
const EVENTS: usize = 6;

pub(super) fn text(pinpoint: &Pinpoint<'_>) -> String {
    let run = pinpoint.run;
    let mut text = format!(
        "{} is violated in {} on {}, seed {}\n",
        pinpoint.property.name(),
        run.scenario.name,
        run.system.name,
        run.seed
    );
    for line in pinpoint.sentence.lines() {
        let _ = writeln!(text, "  {line}");
    }
    for course in &pinpoint.courses {
        tell(course, run.ended, &mut text);
    }
    let _ = writeln!(text, "\n  {}", pinpoint.command);
    text
}

fn tell(course: &Course, end: Time, text: &mut String) {
    let _ = writeln!(text, "\nHow likely it was, if {}:\n", course.later.told());
    for point in spread(&course.points) {
        let _ = writeln!(text, "{}", row(point));
    }
    let _ = writeln!(text, "\n{}.", course.finding(end));
    if let Some(tip) = &course.inevitable {
        let least = share(tip.after.bounds.0);
        let _ = writeln!(text, "With a confidence of 95 % it comes in at least {least} after:");
        events(tip, text);
    }
    let is_another =
        |rise: &&Tip| course.inevitable.as_ref().is_none_or(|inevitable| inevitable.at != rise.at);
    if let Some(rise) = course.rise.as_ref().filter(is_another) {
        let _ = writeln!(
            text,
            "What made it more likely than anything else found, from {} to {}, at {}:",
            share(rise.before.share()),
            share(rise.after.share()),
            moment(rise.at)
        );
        events(rise, text);
    }
}

/// The moments that are as far apart as so few can be, and always the last.
fn spread(points: &[Point]) -> impl Iterator<Item = &Point> {
    let end = points.last().map_or(0, |last| last.from.as_nanos());
    let gap = end / ROWS as u64;
    let mut next = 0;
    points.iter().filter(move |point| {
        let at = point.from.as_nanos();
        let is_shown = at >= next || at == end;
        if is_shown {
            next = at + gap;
        }
        is_shown
    })
}

fn row(point: &Point) -> String {
    let length = (point.share() * BAR).round() as usize;
    let bar = "\u{2588}".repeat(length);
    let (came, futures) = (point.came, point.futures);
    let row = format!("  {:>12}  {came:>4} of {futures:<4}  {bar}", moment(point.from));
    row.trim_end().to_owned()
}

fn share(share: f64) -> String {
    format!("{:.0} %", (share * 100.0).floor())
}

fn moment(at: Time) -> String {
    duration(Duration::from_nanos(at.as_nanos()))
}

fn events(tip: &Tip, text: &mut String) {
    for event in tip.events.iter().take(EVENTS) {
        let _ = writeln!(text, "  {}", one_line(event));
    }
    let left = tip.events.len().saturating_sub(EVENTS);
    if left > 0 {
        let _ = writeln!(text, "  and {left} more at the same moment");
    }
}
