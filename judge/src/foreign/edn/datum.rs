//! A piece of EDN, once it is read.

use smol_str::SmolStr;
use std::fmt;

/// A piece of data.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::foreign) enum Datum {
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
    pub(in crate::foreign) fn name(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word.strip_prefix(':').unwrap_or(word)),
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The two parts of a vector of two.
    pub(in crate::foreign) fn pair(&self) -> Option<(&Self, &Self)> {
        match self {
            Self::Vector(parts) => match parts.as_slice() {
                [one, other] => Some((one, other)),
                _ => None,
            },
            _ => None,
        }
    }

    /// About how many bytes it takes.
    pub(in crate::foreign) fn size(&self) -> usize {
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
