//! Which format a text is in.

use super::{Mistake, Place, log};

/// A format in which histories are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Maps in EDN, one after the other or in a vector: Jepsen's and Maelstrom's
    /// `history.edn`, Knossos' data, porcupine's `kv` files.
    Edn,
    /// Columns, a line an operation, among other lines: Jepsen's logs and `history.txt`.
    Log,
    /// Our own records: lines of JSON behind a header.
    Record,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Edn, Self::Log, Self::Record];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Edn => "edn",
            Self::Log => "log",
            Self::Record => "record",
        }
    }

    /// The format of a text that begins so.
    pub(super) fn of(beginning: &[u8]) -> Result<Self, Mistake> {
        // The source gives text.
        let text = String::from_utf8_lossy(beginning);
        let first = after_comments(&text);
        let inner = first.strip_prefix(['[', '(']).map(after_comments);
        let closes = |text: &str| text.is_empty() || text.starts_with([']', ')']);
        if is_json(first) {
            // Other JSON is no record; the mistake then says so, and what a record is.
            return if first.contains("\"seedbed\"") { Ok(Self::Record) } else { Err(unknown()) };
        }
        if is_map(first) || inner.is_some_and(|inner| is_map(inner) || closes(inner)) {
            return Ok(Self::Edn);
        }
        if log::is_log(&text) {
            return Ok(Self::Log);
        }
        // Comments alone, so far: whoever reads on finds what follows them.
        if first.is_empty() { Ok(Self::Edn) } else { Err(unknown()) }
    }
}

/// Whether a text begins with a map, or with a tag or a form to be left out before one.
fn is_map(text: &str) -> bool {
    let of_tag = |c: char| c.is_ascii_alphabetic() || c == '_' || c == ':';
    text.starts_with('{') || text.strip_prefix('#').is_some_and(|tag| tag.starts_with(of_tag))
}

/// Whether a text begins with an object in JSON, whose first key stands before a colon.
fn is_json(text: &str) -> bool {
    let key = text.strip_prefix('{').and_then(|rest| rest.trim_start().strip_prefix('"'));
    let after = key.and_then(|key| key.split_once('"')).map(|(_key, after)| after.trim_start());
    after.is_some_and(|after| after.starts_with(':'))
}

/// What follows blanks and comments.
fn after_comments(text: &str) -> &str {
    let mut rest = text.trim_start_matches([' ', '\t', '\r', '\n', ',']);
    while rest.starts_with(';') {
        rest = rest.split_once('\n').map_or("", |(_comment, rest)| rest);
        rest = rest.trim_start_matches([' ', '\t', '\r', '\n', ',']);
    }
    rest
}

/// The refusal of a text without operations.
pub(super) fn empty(place: Place) -> Mistake {
    Mistake::new(
        place,
        "there is no operation of a client in it",
        "it ends here",
        "is it the right file? Jepsen and Maelstrom write `history.edn` and `history.txt`",
    )
}

fn unknown() -> Mistake {
    Mistake::new(
        Place::START,
        "this is no history of a known format",
        "it begins here",
        "known are maps in EDN, `{:process 0, :type :invoke, :f :read, :value nil}`, and \
         columns in a text, `0 :invoke :read nil`, and records of seedbed; `--input edn`, \
         `--input log` or `--input record` says which it is meant to be",
    )
}
