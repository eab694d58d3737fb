//! Lines of text: wrapped, indented, and coloured if wanted.

/// What a piece of text means; each tone has its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
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
pub(super) struct Paper {
    width: usize,
    colour: bool,
    text: String,
}

impl Paper {
    pub(super) fn new(width: usize, colour: bool) -> Self {
        Self {
            width,
            colour,
            text: String::new(),
        }
    }

    /// The longest line, in characters.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// An empty line.
    pub(super) fn gap(&mut self) {
        self.text.push('\n');
    }

    /// The name of a part of the story, after an empty line.
    pub(super) fn part(&mut self, name: &str) {
        self.gap();
        self.line("", &[(name, Tone::Heading)]);
    }

    /// Pieces in a row, wrapped where words end; further lines stand beneath the end of `indent`.
    pub(super) fn line(&mut self, indent: &str, pieces: &[(&str, Tone)]) {
        self.hanging(indent, indent.chars().count(), pieces);
    }

    /// The same, with further lines `hang` characters from the left.
    pub(super) fn hanging(&mut self, indent: &str, hang: usize, pieces: &[(&str, Tone)]) {
        let mut used = indent.chars().count();
        self.text.push_str(indent);
        let mut is_fresh = true;
        for (piece, tone) in pieces {
            self.open(*tone);
            for word in words(piece) {
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
    pub(super) fn block(&mut self, block: &str) {
        for line in block.lines() {
            self.text.push_str("  ");
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }

    pub(super) fn finish(self) -> String {
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

    fn close(&mut self, tone: Tone) {
        if self.colour && tone != Tone::Plain {
            self.trim();
            self.text.push_str("\x1b[0m");
        }
    }
}

/// Words with the blanks after them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let blank = rest.find(' ').unwrap_or(rest.len());
        let end = rest[blank..]
            .find(|c| c != ' ')
            .map_or(rest.len(), |after| blank + after);
        let (word, after) = rest.split_at(end);
        rest = after;
        (!word.is_empty()).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_wrap_beneath_their_indent() {
        let mut paper = Paper::new(20, false);
        paper.line(
            "  - ",
            &[("one two three", Tone::Plain), (" four five", Tone::Bad)],
        );
        assert_eq!(paper.finish(), "  - one two three\n    four five\n");
    }

    #[test]
    fn colour_ends_where_its_piece_ends() {
        let mut paper = Paper::new(80, true);
        paper.line("", &[("bad", Tone::Bad), (" good", Tone::Plain)]);
        assert_eq!(paper.finish(), "\x1b[1;31mbad\x1b[0m good\n");
    }

    #[test]
    fn a_word_longer_than_a_line_stays_whole() {
        let mut paper = Paper::new(5, false);
        paper.line("", &[("a incomprehensible b", Tone::Plain)]);
        assert_eq!(paper.finish(), "a\nincomprehensible\nb\n");
    }
}
