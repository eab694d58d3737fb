//! What lies over the run: the verdict, the keys, and that there is too little room.

use super::{
    State,
    pen::{Pen, Tone, wrap},
};
use judge::text::count;
use ratatui_core::layout::Rect;

/// Says what size is needed.
pub(super) fn too_small(pen: &mut Pen<'_>, (width, height): (u16, u16)) {
    let area = pen.area;
    let words = format!(
        "This terminal is {}x{}; a run needs at least {width}x{height}. Make it larger, or its letters smaller. \
         q quits.",
        area.width, area.height
    );
    let lines = wrap(&words, area.width, Tone::Plain);
    pen.lines(area, &lines);
}

/// What the checkers say, and why.
pub(super) fn verdict(pen: &mut Pen<'_>, room: Rect, state: &State<'_>) {
    let run = state.beats().run();
    let head = match (run.as_expected(), run.expects_nothing()) {
        (true, _) => "the verdict: as expected",
        (_, true) => "the verdict; nothing was expected",
        _ => "the verdict: NOT AS EXPECTED",
    };
    let text = state.beats().verdict(usize::from(room.width));
    let lines = text.lines().skip_while(|line| line.is_empty()).map(|line| {
        let is_part = !line.is_empty() && !line.starts_with(' ');
        let tone = if is_part || line.contains("VIOLATED") { Tone::Heading } else { Tone::Plain };
        (line.to_owned(), tone)
    });
    scroll(pen, room, head, &lines.collect::<Vec<_>>(), state);
}

/// What the keys and the signs mean.
pub(super) fn help(pen: &mut Pen<'_>, room: Rect, state: &State<'_>) {
    const HELP: &str = "\
space   pause, and on again; at the end: from the start
→ ←     one beat forth, one back
n p     the next mark, the one before
+ -     faster, slower
Home    to the start; End: to the end
v       the verdict, and why; ↑ ↓ scroll
q       quit, as Esc and Ctrl-C do

The time that is simulated does not pass evenly: what matters stays longer, silence is short. The bar goes by what there is to see, not by the clock.
Above the bar: F a fault, o its end, x a wrong answer, 1 2 3 the steps of the reason. The bright part is where that happens.
In the lanes: ▼ ▲ a message under way, ● one that has just arrived, ✗ one that is lost, and why.
In the stores: * and reversed is what has just changed.";
    let lines: Vec<_> = HELP.lines().flat_map(|line| wrap(line, room.width, Tone::Plain)).collect();
    scroll(pen, room, "the keys, and what is to be seen", &lines, state);
}

fn scroll(pen: &mut Pen<'_>, room: Rect, head: &str, lines: &[(String, Tone)], state: &State<'_>) {
    pen.rule(room, head, Tone::Heading);
    let below = Rect { y: room.y + 1, height: room.height.saturating_sub(1), ..room };
    let most = lines.len().saturating_sub(usize::from(below.height));
    let above = usize::from(state.scrolled).min(most);
    pen.lines(below, &lines[above..]);
    if above < most {
        let line = Rect { y: below.bottom().saturating_sub(1), height: 1, ..below };
        pen.right(
            line,
            &format!(" ↓ {} ", count((most - above) as u64, "more line", "more lines")),
            Tone::Changed,
        );
    }
}
