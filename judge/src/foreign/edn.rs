//! The part of EDN that histories use, read piece by piece.
//!
//! Numbers keep their text, tags are passed over, and so is what a tag or `#_` says to
//! leave out. Of a datum no more is kept than the limits allow.

use super::{Limits, Mistake, Place, limits, source::Source};
use smol_str::SmolStr;
use std::{fmt, io::Read};

/// A piece of data.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Datum {
    /// `nil`
    Nil,
    /// A number, in its shortest form if it is whole.
    Number(SmolStr),
    /// A keyword with its colon, a boolean, a character or a symbol.
    Word(SmolStr),
    /// What stands between quotes.
    Text(SmolStr),
    /// A vector or a list.
    Vector(Vec<Datum>),
    /// A set.
    Set(Vec<Datum>),
    /// A map.
    Map(Vec<(Datum, Datum)>),
}

impl Datum {
    /// The name of a keyword, a symbol or a text.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word.strip_prefix(':').unwrap_or(word)),
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The two parts of a vector of two.
    pub(super) fn pair(&self) -> Option<(&Self, &Self)> {
        match self {
            Self::Vector(parts) => match parts.as_slice() {
                [one, other] => Some((one, other)),
                _ => None,
            },
            _ => None,
        }
    }

    /// About how many bytes it takes.
    pub(super) fn size(&self) -> usize {
        let held = match self {
            Self::Nil => 0,
            Self::Number(text) | Self::Word(text) | Self::Text(text) => text.len(),
            Self::Vector(parts) | Self::Set(parts) => parts.iter().map(Self::size).sum(),
            Self::Map(pairs) => pairs.iter().map(|(key, value)| key.size() + value.size()).sum(),
        };
        held + size_of::<Self>()
    }
}

impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nil => f.write_str("nil"),
            Self::Number(text) | Self::Word(text) => f.write_str(text),
            Self::Text(text) => write!(f, "{:?}", text.as_str()),
            Self::Vector(parts) => all(f, "[", parts, "]"),
            Self::Set(parts) => {
                // The order in which a set is written says nothing.
                let mut parts: Vec<_> = parts.iter().collect();
                parts.sort();
                all(f, "#{", parts, "}")
            }
            Self::Map(pairs) => {
                let mut pairs: Vec<_> = pairs.iter().collect();
                pairs.sort();
                all(f, "{", pairs.into_iter().flat_map(|(key, value)| [key, value]), "}")
            }
        }
    }
}

fn all<'a>(
    f: &mut fmt::Formatter<'_>,
    opening: &str,
    parts: impl IntoIterator<Item = &'a Datum>,
    closing: &str,
) -> fmt::Result {
    f.write_str(opening)?;
    for (number, part) in parts.into_iter().enumerate() {
        let space = if number == 0 { "" } else { " " };
        write!(f, "{space}{part}")?;
    }
    f.write_str(closing)
}

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

    /// What Clojure writes for an object that it cannot write: `#<Object ...>`.
    fn unreadable(&mut self, place: Place) -> Result<Datum, Mistake> {
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

    fn text(&mut self, place: Place) -> Result<SmolStr, Mistake> {
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

    fn character(&mut self, place: Place) -> Result<Datum, Mistake> {
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

    fn token(&mut self, place: Place) -> Result<SmolStr, Mistake> {
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

fn unknown_escape(place: Place) -> Mistake {
    Mistake::new(
        place,
        "a text holds an unknown escape",
        "after this backslash",
        r#"write \\ for a backslash, or one of \" \n \t \r \b \f \uXXXX"#,
    )
}

/// The meaning of a word without quotes.
fn atom(token: &SmolStr, place: Place) -> Result<Datum, Mistake> {
    let unsigned = token.trim_start_matches(['+', '-']);
    match token.as_str() {
        "nil" => Ok(Datum::Nil),
        "true" | "false" => Ok(Datum::Word(token.clone())),
        "" | ":" | "::" => Err(misplaced(token, place)),
        _ if unsigned.starts_with(|first: char| first.is_ascii_digit()) => {
            number(token).map(Datum::Number).ok_or_else(|| {
                Mistake::new(
                    place,
                    format!("`{}` is no number", shortened(token)),
                    "it begins like one",
                    "put quotes around it if it is a text",
                )
            })
        }
        _ if token.starts_with(':') => Ok(Datum::Word(token.clone())),
        _ if token.starts_with(|first: char| is_of_symbol(first)) => {
            // No keyword and no boolean looks like it.
            Ok(Datum::Word(smol_str::format_smolstr!("'{token}")))
        }
        _ => Err(misplaced(token, place)),
    }
}

/// The text of a number by which equal whole numbers are equal.
fn number(token: &str) -> Option<SmolStr> {
    let plain = token.strip_prefix('+').unwrap_or(token);
    let plain = plain.strip_suffix(['N', 'M']).unwrap_or(plain);
    let digits = plain.strip_prefix('-').unwrap_or(plain);
    let whole = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let hexadecimal = |text: &str| {
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
        digits.is_some_and(|hex| !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    let of_parts =
        |mark| digits.split_once(mark).is_some_and(|(one, two)| whole(one) && whole(two));
    if digits == "0" {
        return Some("0".into());
    }
    let fits = whole(digits)
        || of_parts('/')
        || hexadecimal(digits)
        || digits.starts_with(|first: char| first.is_ascii_digit())
            && digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte))
            && digits.parse::<f64>().is_ok();
    fits.then(|| plain.into())
}

fn misplaced(token: &str, place: Place) -> Mistake {
    Mistake::new(
        place,
        format!("`{}` has no meaning here", shortened(token)),
        "this is neither a number, a text, a keyword nor a symbol",
        "put quotes around it if it is a text",
    )
}

/// A word that may be long, so that it fits into a sentence.
pub(super) fn shortened(text: &str) -> String {
    const LETTERS: usize = 40;
    match text.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn is_of_symbol(letter: char) -> bool {
    letter.is_alphanumeric() || ".*+!-_?$%&=<>/|~".contains(letter) || !letter.is_ascii()
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b',')
}

fn is_delimiter(byte: u8) -> bool {
    is_blank(byte) || b"()[]{}\";\\".contains(&byte)
}

/// The source gives whole characters only, and delimiters are none of their bytes.
fn utf8(bytes: Vec<u8>) -> SmolStr {
    match String::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into(),
    }
}
