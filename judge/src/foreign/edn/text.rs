//! Texts, characters and bare words, letter by letter.

use super::{
    Datum, Mistake, Place, Reader,
    words::{is_delimiter, utf8},
};
use smol_str::SmolStr;
use std::io::Read;

impl<R: Read> Reader<'_, R> {
    /// What Clojure writes for an object that it cannot write: `#<Object ...>`.
    pub(super) fn unreadable(&mut self, place: Place) -> Result<Datum, Mistake> {
        let mut open = 0_usize;
        loop {
            match self.source.next()? {
                None => return Err(self.ends_within(place)),
                Some(b'<') => open += 1,
                Some(b'>') if open == 1 => return Ok(Datum::Word("#<>".into())),
                Some(b'>') => open -= 1,
                Some(_) => {}
            }
        }
    }

    pub(super) fn text(&mut self, place: Place) -> Result<SmolStr, Mistake> {
        self.source.next()?;
        let mut text = Vec::new();
        loop {
            let at = self.source.place();
            let byte = self.source.next()?.ok_or_else(|| self.ends_within(place))?;
            match byte {
                b'"' => break,
                b'\\' => {
                    let letter = self.escaped(at, place)?;
                    text.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                }
                byte => text.push(byte),
            }
            self.spend(1, place)?;
        }
        Ok(utf8(text))
    }

    /// What stands for the letters after a backslash in a text.
    fn escaped(&mut self, at: Place, opened: Place) -> Result<char, Mistake> {
        Ok(match self.source.next()?.ok_or_else(|| self.ends_within(opened))? {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            byte @ (b'"' | b'\\' | b'/' | b'\'') => char::from(byte),
            b'u' => {
                let mut code = 0;
                for _ in 0..4 {
                    let digit = self.source.next()?.and_then(|byte| char::from(byte).to_digit(16));
                    code = code * 16 + digit.ok_or_else(|| unknown_escape(at))?;
                }
                // Half of a surrogate pair is no character; two of them differ still.
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return Err(unknown_escape(at)),
        })
    }

    pub(super) fn character(&mut self, place: Place) -> Result<Datum, Mistake> {
        self.source.next()?;
        let mut text = vec![b'\\'];
        let first = self.source.next()?.ok_or_else(|| self.ends_within(place))?;
        text.push(first);
        while let Some(byte) = self.source.peek()?.filter(|&byte| !is_delimiter(byte)) {
            self.source.next()?;
            self.spend(1, place)?;
            text.push(byte);
        }
        Ok(Datum::Word(utf8(text)))
    }

    pub(super) fn token(&mut self, place: Place) -> Result<SmolStr, Mistake> {
        let mut token = Vec::new();
        while let Some(byte) = self.source.peek()?.filter(|&byte| !is_delimiter(byte)) {
            self.source.next()?;
            self.spend(1, place)?;
            token.push(byte);
        }
        if self.depth > 0 && self.source.peek()?.is_none() {
            // Whatever it was to become, what it stands in is not closed.
            return Err(self.ends_within(place));
        }
        Ok(utf8(token))
    }
}

fn unknown_escape(place: Place) -> Mistake {
    Mistake::new(
        place,
        "a text holds an unknown escape",
        "after this backslash",
        r#"write \\ for a backslash, or one of \" \n \t \r \b \f \uXXXX"#,
    )
}
