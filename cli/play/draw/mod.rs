//! A frame: what a state looks like on a screen of some size. Nothing here knows of a terminal.

mod bar;
mod caption;
mod lanes;
mod over;
pub(super) mod pen;
mod status;
pub(super) mod stores;

use super::state::{Over, State};
use pen::Pen;
use ratatui_core::{layout::Rect, terminal::Frame};

/// Less than this shows nothing that could be read.
const LEAST: (u16, u16) = (60, 16);

/// Draws a state.
pub(super) fn draw(frame: &mut Frame<'_>, state: &State<'_>) {
    let area = frame.area();
    let mut pen = Pen::new(frame.buffer_mut(), area, state.colours);
    if area.width < LEAST.0 || area.height < LEAST.1 {
        return over::too_small(&mut pen, LEAST);
    }
    let rooms = Rooms::of(area, state);
    status::title(&mut pen, rooms.title, state);
    match state.over {
        Over::Nothing => {
            lanes::draw(&mut pen, rooms.lanes, state);
            status::faults(&mut pen, rooms.faults, state);
            stores::draw(&mut pen, rooms.stores, &state.stage);
            caption::draw(&mut pen, rooms.caption, state);
        }
        Over::Verdict => over::verdict(&mut pen, rooms.middle(), state),
        Over::Help => over::help(&mut pen, rooms.middle(), state),
    }
    bar::draw(&mut pen, rooms.bar, state);
    status::keys(&mut pen, rooms.keys, state);
}

/// Where everything is, from top to bottom.
struct Rooms {
    title: Rect,
    lanes: Rect,
    faults: Rect,
    stores: Rect,
    caption: Rect,
    bar: Rect,
    keys: Rect,
}

impl Rooms {
    fn of(area: Rect, state: &State<'_>) -> Self {
        let height = area.height;
        let title = if height >= 20 { 2 } else { 1 };
        let faults = 1;
        let (stores, caption) = match height {
            0..20 => (2, 3),
            20..28 => (3, 4),
            28..36 => (4, 5),
            _ => (6, 6),
        };
        let rest = height - title - faults - stores - caption - 2 - 1;
        // What the lanes do not need is left to the sentence below.
        let lanes = rest.min(lanes::most(state));
        let caption = caption + (rest - lanes);
        let mut y = area.y;
        let mut room = |height: u16| {
            let room = Rect { y, height, ..area };
            y += height;
            room
        };
        Self {
            title: room(title),
            lanes: room(lanes),
            faults: room(faults),
            stores: room(stores),
            caption: room(caption),
            bar: room(2),
            keys: room(1),
        }
    }

    /// All between the title and the bar.
    fn middle(&self) -> Rect {
        let height = self.bar.y - self.lanes.y;
        Rect { height, ..self.lanes }
    }
}
