//! What has just happened, in a sentence, and what it means for the story.

use super::{
    State,
    pen::{Pen, Tone, wrap},
};
use judge::text::count;
use ratatui_core::layout::Rect;
use reports::beats::{Beat, Mark, Weight};

pub(super) fn draw(pen: &mut Pen<'_>, room: Rect, state: &State<'_>) {
    let Some(beat) = state.beats().all.get(state.stage.beat()) else { return };
    let mut head = format!("at {}", beat.at);
    let why = state.beats().why.as_ref();
    if let (Some(why), Some(step)) = (why, beat.steps.first()) {
        head += &format!("   {}, step {} of {}", why.head, step + 1, why.steps.len());
    }
    pen.rule(room, &head, Tone::Heading);
    let text = Rect { y: room.y + 1, height: room.height.saturating_sub(1), ..room };
    let mut lines = wrap(&sentence(&beat.words), room.width, tone(beat));
    for step in &beat.steps {
        if let Some(why) = why {
            let told = format!("Step {}: {}", step + 1, why.steps[*step]);
            lines.extend(wrap(&told, room.width, Tone::Plain));
        }
    }
    for more in &beat.more {
        lines.extend(wrap(&sentence(more), room.width, Tone::Plain));
    }
    let watch = state.beats().watch();
    if state.stage.beat() == 0 && !watch.is_empty() {
        lines.extend(wrap(&watch, room.width, Tone::Plain));
    }
    let folded = beat.folded.to_string();
    if !folded.is_empty() {
        lines.extend(wrap(&format!("Before that: {folded}."), room.width, Tone::Faint));
    }
    if lines.len() > usize::from(text.height) {
        let kept = usize::from(text.height.saturating_sub(1));
        let more = lines.len() - kept;
        lines.truncate(kept);
        let words = count(more as u64, "more line", "more lines");
        lines.push((format!("and {words}"), Tone::Faint));
    }
    let shown = pen.lines(text, &lines) + 1;
    let below = Rect { y: text.y + shown, height: text.height.saturating_sub(shown), ..text };
    before(pen, below, state);
}

/// Where there is room, what happened last, the latest first.
fn before(pen: &mut Pen<'_>, room: Rect, state: &State<'_>) {
    let told = state.beats().all[..state.stage.beat()].iter().rev();
    let told = told.filter(|beat| beat.weight > Weight::Routine);
    for (beat, y) in told.zip(room.y..room.bottom()) {
        let words = format!("{}  {}", beat.at, beat.words);
        pen.text(room.x, y, room.width, &words, Tone::Faint);
    }
}

fn tone(beat: &Beat) -> Tone {
    match beat.weight {
        _ if beat.marks.contains(&Mark::Wrong) => Tone::Wrong,
        _ if beat.marks.contains(&Mark::Fault) => Tone::Fault,
        Weight::Key | Weight::Near => Tone::Heading,
        Weight::Routine => Tone::Plain,
    }
}

/// Words with a full stop.
fn sentence(words: &str) -> String {
    format!("{}.", words.trim_end_matches('.'))
}
