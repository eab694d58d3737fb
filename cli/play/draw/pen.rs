//! Text at a place, in a tone. Every tone can be told from the others without colours too.

use judge::text::one_line;
use ratatui_core::{
    buffer::Buffer,
    layout::Rect,
    style::{Color, Modifier, Style},
};

/// What a piece of text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Heading,
    Faint,
    Wrong,
    Fault,
    Message,
    Changed,
}

/// Writes on a buffer, and never beyond its edges.
pub(super) struct Pen<'a> {
    buffer: &'a mut Buffer,
    pub(super) area: Rect,
    colours: bool,
}

impl<'a> Pen<'a> {
    pub(super) fn new(buffer: &'a mut Buffer, area: Rect, colours: bool) -> Self {
        Self { buffer, area, colours }
    }

    /// Writes a text of at most so many columns, and says how many it took. What is cut off is marked.
    pub(super) fn text(&mut self, x: u16, y: u16, most: u16, text: &str, tone: Tone) -> u16 {
        let right = self.area.right();
        if x >= right || y >= self.area.bottom() {
            return 0;
        }
        let most = most.min(right - x);
        let text = cut(&one_line(text), most);
        let (end, _) = self.buffer.set_stringn(x, y, &text, usize::from(most), self.style(tone));
        end.saturating_sub(x)
    }

    /// Writes a text so that it ends at the right edge of a room, and says where it begins.
    pub(super) fn right(&mut self, room: Rect, text: &str, tone: Tone) -> u16 {
        let text = cut(&one_line(text), room.width);
        let x = room.right().saturating_sub(columns(&text));
        self.text(x, room.y, room.width, &text, tone);
        x
    }

    /// A line across a room with a text in it.
    pub(super) fn rule(&mut self, room: Rect, text: &str, tone: Tone) {
        let line = "─".repeat(usize::from(room.width));
        self.text(room.x, room.y, room.width, &line, Tone::Faint);
        if !text.is_empty() {
            self.text(room.x + 2, room.y, room.width.saturating_sub(4), &format!(" {text} "), tone);
        }
    }

    /// Lines from the top of a room; says how many there was room for.
    pub(super) fn lines(&mut self, room: Rect, lines: &[(String, Tone)]) -> u16 {
        let shown = lines.len().min(usize::from(room.height));
        for (y, (line, tone)) in (room.y..).zip(&lines[..shown]) {
            self.text(room.x, y, room.width, line, *tone);
        }
        shown as u16
    }

    fn style(&self, tone: Tone) -> Style {
        let (colour, modifier) = match tone {
            Tone::Plain => (Color::Reset, Modifier::empty()),
            Tone::Heading => (Color::Reset, Modifier::BOLD),
            Tone::Faint => (Color::Reset, Modifier::DIM),
            Tone::Wrong => (Color::Red, Modifier::BOLD.union(Modifier::REVERSED)),
            Tone::Fault => (Color::Magenta, Modifier::BOLD.union(Modifier::UNDERLINED)),
            Tone::Message => (Color::Cyan, Modifier::empty()),
            Tone::Changed => (Color::Reset, Modifier::BOLD.union(Modifier::REVERSED)),
        };
        // Nothing of what was there before shines through.
        let style = Style::reset().add_modifier(modifier);
        if self.colours { style.fg(colour) } else { style }
    }
}

/// How many columns a text takes.
pub(super) fn columns(text: &str) -> u16 {
    u16::try_from(textwrap::core::display_width(text)).unwrap_or(u16::MAX)
}

/// A text of at most so many columns; what is cut off is marked.
pub(in crate::play) fn cut(text: &str, most: u16) -> String {
    if columns(text) <= most {
        return text.to_owned();
    }
    let mut kept = String::new();
    for letter in text.chars() {
        let longer = columns(&kept) + columns(letter.encode_utf8(&mut [0; 4]));
        if longer >= most {
            break;
        }
        kept.push(letter);
    }
    if most > 0 {
        kept.push('…');
    }
    kept
}

/// A text broken into lines of at most so many columns.
pub(super) fn wrap(text: &str, width: u16, tone: Tone) -> Vec<(String, Tone)> {
    let text = one_line(text);
    let lines = textwrap::wrap(&text, usize::from(width.max(1)));
    lines.into_iter().map(|line| (line.into_owned(), tone)).collect()
}
