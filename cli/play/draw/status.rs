//! What stands above and below: the title, how it goes, the faults under way, the keys.

use super::{
    State,
    pen::{Pen, Tone},
};
use crate::play::state::Over;
use judge::record::{FaultOrigin, FaultRecord};
use ratatui_core::layout::Rect;

/// The title and the run, how fast it goes and where it is.
pub(super) fn title(pen: &mut Pen<'_>, room: Rect, state: &State<'_>) {
    let (beats, run) = (state.beats(), state.beats().run());
    let is_end = state.stage.beat() + 1 == beats.all.len();
    let plays = match (state.plays, is_end) {
        (true, _) => "playing",
        (false, true) => "at the end",
        (false, false) => "PAUSED",
    };
    let how = format!("{plays}, speed {}", speed(state.speed));
    let at = format!("{} of {}", state.now(), beats.end());
    let name = format!("{} on {}, seed {}", run.scenario.name, run.system.name, run.seed);
    let lines = match room.height {
        1 => vec![(name, Tone::Heading, format!("{how}  {at}"))],
        _ => vec![(beats.title(), Tone::Heading, at), (name, Tone::Plain, how)],
    };
    for (y, (left, tone, right)) in (room.y..).zip(lines) {
        let line = Rect { y, height: 1, ..room };
        let x = pen.right(line, &right, Tone::Heading);
        pen.text(line.x, y, x.saturating_sub(line.x + 2), &left, tone);
    }
}

fn speed(speed: f64) -> String {
    let text = format!("{speed:.2}");
    format!("x{}", text.trim_end_matches('0').trim_end_matches('.'))
}

/// Whether a fault is under way with a beat of this moment.
pub(super) fn is_active(fault: &FaultRecord, at: node::Time) -> bool {
    fault.start <= at && fault.end.is_none_or(|end| end > at)
}

/// The faults under way.
pub(super) fn faults(pen: &mut Pen<'_>, room: Rect, state: &State<'_>) {
    let at = state.stage.span().0;
    let is_background = |fault: &&FaultRecord| fault.origin == FaultOrigin::Background;
    let active = state.beats().run().faults.iter().filter(|fault| is_active(fault, at));
    let (always, mut active): (Vec<_>, Vec<_>) = active.partition(is_background);
    active.extend(always);
    if active.is_empty() {
        pen.text(room.x, room.y, room.width, "no fault under way", Tone::Faint);
        return;
    }
    let labels: Vec<_> = active.iter().map(|fault| fault.label.as_str()).collect();
    let words = format!("FAULT UNDER WAY: {}", labels.join("; "));
    pen.text(room.x, room.y, room.width, &words, Tone::Fault);
}

/// The keys that there are now.
pub(super) fn keys(pen: &mut Pen<'_>, room: Rect, state: &State<'_>) {
    let keys = match (state.over, room.width) {
        (Over::Nothing, 0..96) => "space pause  ←→ step  n/p mark  +/- speed  v ? q",
        (Over::Nothing, _) => {
            "space pause   ← → step   n / p next, previous mark   + / - speed   v verdict   ? help   q quit"
        }
        (Over::Verdict, _) => "v back to the run   ↑ ↓ more   ← → step   q quit",
        (Over::Help, _) => "? back to the run   q quit",
    };
    pen.text(room.x, room.y, room.width, keys, Tone::Faint);
}
