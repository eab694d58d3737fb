//! Words without quotes: what they mean, and of which bytes they are made.

use super::Datum;
use crate::foreign::{Mistake, Place};
use smol_str::SmolStr;

/// The meaning of a word without quotes.
pub(super) fn atom(token: &SmolStr, place: Place) -> Result<Datum, Mistake> {
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
pub(super) fn number(token: &str) -> Option<SmolStr> {
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

pub(super) fn misplaced(token: &str, place: Place) -> Mistake {
    Mistake::new(
        place,
        format!("`{}` has no meaning here", shortened(token)),
        "this is neither a number, a text, a keyword nor a symbol",
        "put quotes around it if it is a text",
    )
}

/// A word that may be long, so that it fits into a sentence.
pub(in crate::foreign) fn shortened(text: &str) -> String {
    const LETTERS: usize = 40;
    // A terminal would obey a control character.
    let shown = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    let short: String = text.chars().take(LETTERS).map(shown).collect();
    if text.chars().nth(LETTERS).is_some() { short + "…" } else { short }
}

pub(super) fn is_of_symbol(letter: char) -> bool {
    letter.is_alphanumeric() || ".*+!-_?$%&=<>/|~".contains(letter) || !letter.is_ascii()
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b',')
}

pub(super) fn is_delimiter(byte: u8) -> bool {
    is_blank(byte) || b"()[]{}\";\\".contains(&byte)
}

/// The source gives whole characters only, and delimiters are none of their bytes.
pub(super) fn utf8(bytes: Vec<u8>) -> SmolStr {
    match String::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into(),
    }
}
