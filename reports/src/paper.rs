//! Lines of text: wrapped, indented, and coloured if wanted.

use judge::text::one_line;

/// What a piece of text means; each tone has its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Heading,
    Faint,
    Good,
    Bad,
    Notable,
}

impl Tone {
    /// The parameters of its ANSI escape sequence.
    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Heading => "1",
            Self::Faint => "2",
            Self::Good => "32",
            Self::Bad => "1;31",
            Self::Notable => "33",
        }
    }
}

/// Gathers the lines of a story.
pub(crate) struct Paper {
    width: usize,
    colour: bool,
    text: String,
}

impl Paper {
    pub(crate) fn new(width: usize, colour: bool) -> Self {
        Self { width, colour, text: String::new() }
    }

    /// The longest line, in characters.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// An empty line.
    pub(crate) fn gap(&mut self) {
        self.text.push('\n');
    }

    /// The name of a part of the story, after an empty line.
    pub(crate) fn part(&mut self, name: &str) {
        self.gap();
        self.line("", &[(name, Tone::Heading)]);
    }

    /// Pieces in a row, wrapped where words end; further lines stand beneath the end of `indent`.
    pub(crate) fn line(&mut self, indent: &str, pieces: &[(&str, Tone)]) {
        self.hanging(indent, indent.chars().count(), pieces);
    }

    /// The same, with further lines `hang` characters from the left. What a key or a value
    /// brings along that would break a line is escaped.
    pub(crate) fn hanging(&mut self, indent: &str, hang: usize, pieces: &[(&str, Tone)]) {
        let mut used = indent.chars().count();
        self.text.push_str(indent);
        let mut is_fresh = true;
        for (piece, tone) in pieces {
            self.open(*tone);
            for word in words(&one_line(piece)) {
                let length = word.trim_end().chars().count();
                if !is_fresh && used + length > self.width {
                    self.close(*tone);
                    self.break_line(hang);
                    self.open(*tone);
                    used = hang;
                }
                self.text.push_str(word);
                used += word.chars().count();
                is_fresh = false;
            }
            self.close(*tone);
        }
        self.trim();
        self.text.push('\n');
    }

    /// Text that is laid out already, indented by two.
    pub(crate) fn block(&mut self, block: &str) {
        for line in block.lines() {
            self.text.push_str("  ");
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }

    /// Text that is laid out already; each of its words has the tone that `tone` gives it.
    pub(crate) fn laid_out(&mut self, text: &str, tone: impl Fn(&str) -> Tone) {
        for line in text.lines() {
            for word in line.trim_end().split_inclusive(' ') {
                let tone = tone(word);
                self.open(tone);
                self.text.push_str(word);
                self.close(tone);
            }
            self.text.push('\n');
        }
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }

    fn break_line(&mut self, hang: usize) {
        self.trim();
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n(' ', hang));
    }

    fn trim(&mut self) {
        let length = self.text.trim_end_matches(' ').len();
        self.text.truncate(length);
    }

    fn open(&mut self, tone: Tone) {
        if self.colour && tone != Tone::Plain {
            self.text.push_str("\x1b[");
            self.text.push_str(tone.code());
            self.text.push('m');
        }
    }

    /// Ends a tone. Blanks at the end of what it coloured come after, where a break can drop them.
    fn close(&mut self, tone: Tone) {
        if self.colour && tone != Tone::Plain {
            let before = self.text.len();
            self.trim();
            let blanks = before - self.text.len();
            self.text.push_str("\x1b[0m");
            self.text.extend(std::iter::repeat_n(' ', blanks));
        }
    }
}

/// Words with the blanks after them; a number and its unit are one.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut end = word_end(rest, 0);
        if rest.starts_with(|c: char| c.is_ascii_digit()) && is_unit(&rest[end..]) {
            end = word_end(rest, end);
        }
        let (word, after) = rest.split_at(end);
        rest = after;
        (!word.is_empty()).then_some(word)
    })
}

/// Where the word that starts at `start` and the blanks after it end.
fn word_end(text: &str, start: usize) -> usize {
    let blank = text[start..].find(' ').map_or(text.len(), |after| start + after);
    text[blank..].find(|c| c != ' ').map_or(text.len(), |after| blank + after)
}

/// Whether a text starts with a unit of time.
fn is_unit(text: &str) -> bool {
    let word = text.split(|c: char| !c.is_alphanumeric()).next();
    matches!(word, Some("ms" | "s"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_wrap_beneath_their_indent() {
        let mut paper = Paper::new(20, false);
        paper.line("  - ", &[("one two three", Tone::Plain), (" four five", Tone::Bad)]);
        assert_eq!(paper.finish(), "  - one two three\n    four five\n");
    }

    #[test]
    fn a_number_stays_with_its_unit() {
        let mut paper = Paper::new(12, false);
        paper.line("", &[("it took 8.4 ms, 3 say", Tone::Plain)]);
        assert_eq!(paper.finish(), "it took\n8.4 ms, 3\nsay\n");
    }

    #[test]
    fn colour_ends_where_its_piece_ends() {
        let mut paper = Paper::new(80, true);
        paper.line("", &[("bad", Tone::Bad), (" good", Tone::Plain)]);
        assert_eq!(paper.finish(), "\x1b[1;31mbad\x1b[0m good\n");
    }

    #[test]
    fn a_line_break_in_a_piece_breaks_no_line() {
        let mut paper = Paper::new(80, true);
        paper.line("", &[("put k=a\n\x1b[31mb", Tone::Plain)]);
        assert_eq!(paper.finish(), "put k=a\\n\\u{1b}[31mb\n");
    }

    #[test]
    fn a_word_longer_than_a_line_stays_whole() {
        let mut paper = Paper::new(5, false);
        paper.line("", &[("a incomprehensible b", Tone::Plain)]);
        assert_eq!(paper.finish(), "a\nincomprehensible\nb\n");
    }
}
