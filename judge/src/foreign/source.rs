//! A text that is read piece by piece, and the place one is at.

use super::{Limits, Mistake, Place, limits};
use std::io::{self, Read};

/// How much is read at once.
const PIECE_BYTES: usize = 64 << 10;

/// A text of which one piece at a time is in memory.
pub(super) struct Source<R> {
    input: R,
    /// What has been read; `at..valid` is text that was not taken yet.
    buffer: Vec<u8>,
    at: usize,
    valid: usize,
    place: Place,
    pub(super) limits: Limits,
}

impl<R: Read> Source<R> {
    /// The text that `input` gives, from its beginning.
    pub(super) fn new(input: R, limits: Limits) -> Result<Self, Mistake> {
        let (at, valid, place) = (0, 0, Place::START);
        let mut source = Self { input, buffer: Vec::new(), at, valid, place, limits };
        source.fill()?;
        // Some editors mark UTF-8 so; it is no part of the text.
        if source.buffer.starts_with(b"\xef\xbb\xbf") {
            source.at = 3;
            source.place.offset = 3;
        }
        Ok(source)
    }

    /// Where the next byte stands.
    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// The piece of text that comes next; empty at the end.
    pub(super) fn ahead(&mut self) -> Result<&[u8], Mistake> {
        if self.at == self.valid {
            self.fill()?;
        }
        Ok(&self.buffer[self.at..self.valid])
    }

    /// The next byte, which stays the next; `None` at the end.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, Mistake> {
        if self.at == self.valid {
            self.fill()?;
        }
        Ok(self.buffer[..self.valid].get(self.at).copied())
    }

    /// Takes the next byte.
    pub(super) fn next(&mut self) -> Result<Option<u8>, Mistake> {
        let next = self.peek()?;
        if let Some(byte) = next {
            self.pass(byte);
        }
        Ok(next)
    }

    fn pass(&mut self, byte: u8) {
        self.at += 1;
        self.place.offset += 1;
        if byte == b'\n' {
            self.place.line += 1;
            self.place.column = 1;
        } else if byte & 0xc0 != 0x80 {
            // The other bytes of a character are no columns of their own.
            self.place.column += 1;
        }
    }

    /// Takes the rest of the line into `line`, without what ends it; `false` at the end.
    pub(super) fn line(&mut self, line: &mut Vec<u8>) -> Result<bool, Mistake> {
        line.clear();
        let start = self.place;
        if self.peek()?.is_none() {
            return Ok(false);
        }
        while let Some(byte) = self.next()? {
            if byte == b'\n' {
                break;
            }
            if line.len() == self.limits.line_bytes {
                let limit = limits::bytes(self.limits.line_bytes as u64);
                return Err(Mistake::new(
                    start,
                    format!("a line is longer than {limit}"),
                    "this line",
                    "is this a history? an operation takes a line of its own, of some 100 bytes",
                ));
            }
            line.push(byte);
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok(true)
    }

    /// Gets the next piece, which is text; there is none at the end.
    fn fill(&mut self) -> Result<(), Mistake> {
        self.buffer.drain(..self.at);
        self.at = 0;
        self.valid = 0;
        loop {
            self.validate()?;
            if self.valid > 0 {
                return Ok(());
            }
            if self.place.offset >= self.limits.bytes {
                return Err(too_long(self.place, self.limits.bytes));
            }
            let held = self.buffer.len();
            self.buffer.resize(held + PIECE_BYTES, 0);
            let read = self.read(held)?;
            self.buffer.truncate(held + read);
            if read == 0 {
                return if held == 0 { Ok(()) } else { Err(not_utf8(self.place)) };
            }
        }
    }

    fn read(&mut self, held: usize) -> Result<usize, Mistake> {
        loop {
            match self.input.read(&mut self.buffer[held..]) {
                Ok(read) => return Ok(read),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let message = format!("it cannot be read any further: {error}");
                    let help = "check that the file is whole and that you may read it";
                    return Err(Mistake::new(self.place, message, "up to here", help));
                }
            }
        }
    }

    /// Finds how much of the buffer is text. What is none is an error once it comes first.
    fn validate(&mut self) -> Result<(), Mistake> {
        let (text, broken) = match std::str::from_utf8(&self.buffer) {
            Ok(text) => (text.len(), false),
            Err(error) => (error.valid_up_to(), error.error_len().is_some()),
        };
        let control = self.buffer[..text].iter().position(|&byte| is_binary(byte));
        self.valid = control.unwrap_or(text);
        match (self.valid, control) {
            (0, Some(_)) => Err(self.binary()),
            (0, None) if broken => Err(self.binary()),
            _ => Ok(()),
        }
    }

    /// The first byte of the buffer is none of a text.
    fn binary(&self) -> Mistake {
        let (start, place) = (self.place.offset == 0, self.place);
        match self.buffer.as_slice() {
            [0x1f, 0x8b, ..] if start => Mistake::new(
                place,
                "this is a compressed file",
                "what gzip writes begins so",
                "unpack it first: gunzip --keep <file>",
            ),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] if start => Mistake::new(
                place,
                "this is UTF-16 text",
                "it is marked as such",
                "save it as UTF-8: iconv -f UTF-16 -t UTF-8 <file>",
            ),
            [byte, ..] if *byte < 0x80 => Mistake::new(
                place,
                format!("this is no text: there is a byte 0x{byte:02x}"),
                "no text holds such a byte",
                "name a history, as Jepsen's history.edn or a log of operations",
            ),
            _ => not_utf8(place),
        }
    }
}

impl Source<io::Empty> {
    /// A part of a line that stands at a place.
    pub(super) fn within(text: &str, place: Place, limits: Limits) -> Self {
        let buffer = text.as_bytes().to_vec();
        let valid = buffer.len();
        Self { input: io::empty(), buffer, at: 0, valid, place, limits }
    }
}

/// Control characters other than those by which texts are laid out and coloured.
fn is_binary(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b) || byte == 0x7f
}

fn not_utf8(place: Place) -> Mistake {
    Mistake::new(
        place,
        "this is not UTF-8 text",
        "this byte does not fit",
        "save it as UTF-8; a history holds text only",
    )
}

/// The refusal of a text with more bytes than are looked at.
pub(super) fn too_long(place: Place, limit: u64) -> Mistake {
    let limit = limits::bytes(limit);
    Mistake::new(
        place,
        format!("the history is longer than {limit}"),
        "this is as far as it was read",
        "judge a part of it: the operations of some keys, or the first minutes",
    )
}
