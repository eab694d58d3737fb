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
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 2] = [Self::Edn, Self::Log];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Edn => "edn",
            Self::Log => "log",
        }
    }

    /// The format of a text that begins so.
    pub(super) fn of(beginning: &[u8]) -> Result<Self, Mistake> {
        // The source gives text.
        let text = String::from_utf8_lossy(beginning);
        let first = after_comments(&text);
        let inner = first.strip_prefix(['[', '(']).map(after_comments);
        let is_map = |text: &str| text.starts_with('{') || text.starts_with('#');
        if is_map(first)
            || inner.is_some_and(|inner| {
                inner.is_empty() || is_map(inner) || inner.starts_with([']', ')'])
            })
        {
            return Ok(Self::Edn);
        }
        if log::is_log(&text) {
            return Ok(Self::Log);
        }
        Err(if first.is_empty() { empty(Place::START) } else { unknown() })
    }
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
         columns in a text, `0 :invoke :read nil`; `--input edn` or `--input log` says which it \
         is meant to be",
    )
}
