//! The way from the first beat to the last, with marks above it.

use super::{
    State,
    pen::{Pen, Tone},
};
use ratatui_core::layout::Rect;
use reports::beats::{Beat, Mark};

pub(super) fn draw(pen: &mut Pen<'_>, room: Rect, state: &State<'_>) {
    let all = &state.beats().all;
    let last = f64::from(room.width.saturating_sub(1));
    let column = |way: f64| room.x + (way * last).round() as u16;
    let here = column(state.over_by_now());
    let within =
        state.window().map(|(from, to)| column(state.place_of(from))..=column(state.place_of(to)));
    for x in room.x..room.right() {
        let is_within = within.as_ref().is_some_and(|within| within.contains(&x));
        let tone = if is_within { Tone::Heading } else { Tone::Faint };
        pen.text(x, room.y + 1, 1, if x <= here { "━" } else { "─" }, tone);
    }
    let mut best: Vec<Option<Mark>> = vec![None; usize::from(room.width)];
    for (place, beat) in all.iter().enumerate() {
        let x = column(state.place_of(place));
        let Some(mark) = beat.marks.last().copied() else { continue };
        let known = &mut best[usize::from(x - room.x)];
        if known.is_some_and(|known| known > mark) {
            continue;
        }
        *known = Some(mark);
        let (sign, tone) = sign(beat, mark);
        pen.text(x, room.y, 1, &sign, tone);
    }
    pen.text(here, room.y + 1, 1, "●", Tone::Heading);
}

fn sign(beat: &Beat, mark: Mark) -> (String, Tone) {
    match mark {
        Mark::Fault => ("F".to_owned(), Tone::Fault),
        Mark::Over => ("o".to_owned(), Tone::Faint),
        Mark::Wrong => ("x".to_owned(), Tone::Wrong),
        Mark::Step => {
            let number = beat.steps.first().map_or(0, |step| step + 1);
            let digit = if number > 9 { "+".to_owned() } else { number.to_string() };
            (digit, Tone::Heading)
        }
    }
}
