//! The part of EDN that histories use, read piece by piece.
//!
//! Numbers keep their text, tags are passed over, and so is what a tag or `#_` says to
//! leave out. Of a datum no more is kept than the limits allow.

mod datum;
mod text;
mod words;

pub(super) use datum::Datum;
pub(super) use words::shortened;

use super::{Limits, Mistake, Place, limits, source::Source};
use smol_str::SmolStr;
use std::io::Read;
use words::{atom, is_blank};

/// An entry of a map, and where its value stands.
pub(super) struct Entry {
    pub(super) name: SmolStr,
    pub(super) value: Datum,
    pub(super) place: Place,
}

/// Reads data from a source.
pub(super) struct Reader<'a, R> {
    pub(super) source: &'a mut Source<R>,
    depth: usize,
    /// How many more bytes of text the present operation may hold.
    left: usize,
}

impl<'a, R: Read> Reader<'a, R> {
    pub(super) fn new(source: &'a mut Source<R>) -> Self {
        let left = source.limits.operation_bytes;
        Self { source, depth: 0, left }
    }

    fn limits(&self) -> Limits {
        self.source.limits
    }

    /// Passes over blanks, commas, comments and what is marked to be left out; gives the
    /// next byte, `None` at the end.
    pub(super) fn blanks(&mut self) -> Result<Option<u8>, Mistake> {
        loop {
            match self.source.peek()? {
                Some(byte) if is_blank(byte) => _ = self.source.next()?,
                Some(b';') => while !matches!(self.source.next()?, None | Some(b'\n')) {},
                other => return Ok(other),
            }
        }
    }

    /// Reads a map whose keys are names, of which those that are not `wanted` are passed over.
    /// The opening brace comes next.
    pub(super) fn entries(&mut self, wanted: &[&str]) -> Result<Vec<Entry>, Mistake> {
        self.left = self.limits().operation_bytes;
        let opened = self.source.place();
        self.source.next()?;
        self.deeper(opened)?;
        let mut entries: Vec<Entry> = Vec::new();
        while let Some(key) = self.part(b'}', opened)? {
            let place = self.source.place();
            let value = self.part(b'}', opened)?.ok_or_else(|| odd_map(place))?;
            let Some(name) = key.name().filter(|name| wanted.contains(name)) else { continue };
            if entries.iter().any(|entry| entry.name == name) {
                return Err(Mistake::new(
                    place,
                    format!("`:{name}` stands twice in one operation"),
                    "the second one",
                    "keep the one that is meant",
                ));
            }
            entries.push(Entry { name: name.into(), value, place });
        }
        self.depth -= 1;
        Ok(entries)
    }

    /// Reads the next datum; `None` where there is none before the end.
    pub(super) fn datum(&mut self) -> Result<Option<Datum>, Mistake> {
        loop {
            let Some(byte) = self.blanks()? else { return Ok(None) };
            let place = self.source.place();
            return match byte {
                b'[' => self.vector(b']', place).map(Some),
                b'(' => self.vector(b')', place).map(Some),
                b'{' => self.map(place).map(Some),
                b'"' => self.text(place).map(Datum::Text).map(Some),
                b'\\' => self.character(place).map(Some),
                b'^' => {
                    self.source.next()?;
                    self.required(place)?;
                    continue;
                }
                b'#' => match self.dispatch(place)? {
                    Some(datum) => Ok(Some(datum)),
                    None => continue,
                },
                b']' | b')' | b'}' => Err(Mistake::new(
                    place,
                    format!("a `{}` closes what was not opened", char::from(byte)),
                    "nothing of this kind is open",
                    "is a part of the file missing?",
                )),
                _ => self.token(place).and_then(|token| atom(&token, place)).map(Some),
            };
        }
    }

    /// Reads what must follow.
    fn required(&mut self, opened: Place) -> Result<Datum, Mistake> {
        self.deeper(opened)?;
        let datum = self.datum()?.ok_or_else(|| self.ends_within(opened))?;
        self.depth -= 1;
        Ok(datum)
    }

    /// Reads the next part of a vector, a set or a map; `None` where it closes.
    fn part(&mut self, closing: u8, opened: Place) -> Result<Option<Datum>, Mistake> {
        loop {
            match self.blanks()? {
                None => return Err(self.ends_within(opened)),
                Some(byte) if byte == closing => {
                    self.source.next()?;
                    return Ok(None);
                }
                Some(b'#') => {
                    let place = self.source.place();
                    if let Some(datum) = self.dispatch(place)? {
                        return Ok(Some(datum));
                    }
                }
                Some(_) => return self.required(opened).map(Some),
            }
        }
    }

    fn parts(&mut self, closing: u8, opened: Place) -> Result<Vec<Datum>, Mistake> {
        self.source.next()?;
        self.deeper(opened)?;
        let mut parts = Vec::new();
        while let Some(part) = self.part(closing, opened)? {
            self.spend(size_of::<Datum>(), opened)?;
            parts.push(part);
        }
        self.depth -= 1;
        Ok(parts)
    }

    fn vector(&mut self, closing: u8, opened: Place) -> Result<Datum, Mistake> {
        self.parts(closing, opened).map(Datum::Vector)
    }

    fn map(&mut self, opened: Place) -> Result<Datum, Mistake> {
        let mut parts = self.parts(b'}', opened)?.into_iter();
        let mut pairs = Vec::new();
        while let Some(key) = parts.next() {
            pairs.push((key, parts.next().ok_or_else(|| odd_map(opened))?));
        }
        Ok(Datum::Map(pairs))
    }

    /// Reads what a `#` begins; `None` if it says that something is left out.
    pub(super) fn dispatch(&mut self, place: Place) -> Result<Option<Datum>, Mistake> {
        self.source.next()?;
        match self.source.peek()? {
            None => Err(self.ends_within(place)),
            Some(b'{') => self.parts(b'}', place).map(Datum::Set).map(Some),
            Some(b'"') => self.text(place).map(Datum::Text).map(Some),
            Some(b'_') => {
                self.source.next()?;
                self.required(place)?;
                Ok(None)
            }
            Some(b'#' | b'\'') => {
                self.source.next()?;
                self.token(place).map(Datum::Word).map(Some)
            }
            Some(b'<') => self.unreadable(place).map(Some),
            Some(_) => {
                self.token(place)?;
                self.required(place).map(Some)
            }
        }
    }

    fn spend(&mut self, bytes: usize, place: Place) -> Result<(), Mistake> {
        let Some(left) = self.left.checked_sub(bytes) else {
            let limit = limits::bytes(self.limits().operation_bytes as u64);
            return Err(Mistake::new(
                place,
                format!("an operation holds more than {limit}"),
                "this is where it got too much",
                "is a quote missing? a value is a few letters, and none needs as much",
            ));
        };
        self.left = left;
        Ok(())
    }

    fn deeper(&mut self, place: Place) -> Result<(), Mistake> {
        self.depth += 1;
        let limit = self.limits().depth;
        if self.depth > limit {
            return Err(Mistake::new(
                place,
                format!("more than {limit} brackets stand in one another"),
                "this is one too many",
                "is this a history? its operations are flat maps",
            ));
        }
        Ok(())
    }

    /// The text ends where something is open.
    pub(super) fn ends_within(&self, opened: Place) -> Mistake {
        Mistake::new(
            self.source.place(),
            format!("the history ends in the middle: what opens at {opened} is not closed"),
            "it ends here",
            "it was cut off; get the whole file, or take the unfinished end away",
        )
    }
}

fn odd_map(place: Place) -> Mistake {
    Mistake::new(
        place,
        "the last key of a map has no value",
        "in this map",
        "write a value for each key: {:type :invoke, :process 0, :f :read, :value nil}",
    )
}
