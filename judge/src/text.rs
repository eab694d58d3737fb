//! Texts as people read them, for verdicts, stories and traces alike.

use node::Value;
use std::{borrow::Cow, sync::OnceLock};

/// Longer texts than this many characters are cut in a quote.
const LONGEST_QUOTE: usize = 40;

/// What reproducing commands begin with.
static PROGRAM: OnceLock<&str> = OnceLock::new();

/// What a command begins with that a text names: `seedbed`, unless the program has another name.
pub fn program() -> &'static str {
    PROGRAM.get_or_init(|| "seedbed")
}

/// Says what commands begin with in this program. Only the first to say so, or to ask, counts.
pub fn name_program(name: &'static str) {
    let _ = PROGRAM.set(name);
}

/// A text on one line, whatever it holds: control characters, which would break a line or
/// steer a terminal, are shown as Rust writes them: `a\nb`.
pub fn one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if c.is_control() {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// A key or value in quotes, cut if long, on one line whatever it holds.
pub fn quote(text: &str) -> String {
    match text.char_indices().nth(LONGEST_QUOTE) {
        Some((cut, _)) => format!("{:?}...", &text[..cut]),
        None => format!("{text:?}"),
    }
}

/// What is under a key: a value in quotes, or `nothing`.
pub fn state(state: Option<&Value>) -> String {
    state.map_or_else(|| "nothing".to_owned(), |value| quote(value.as_str()))
}

/// A whole number with a comma after every third digit: `1,234`.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number and its noun: `1 key`, `2 keys`.
pub fn count(amount: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(amount), plural(amount, one, many))
}

/// The form of a word that goes with this number.
pub fn plural<'a>(amount: u64, one: &'a str, many: &'a str) -> &'a str {
    if amount == 1 { one } else { many }
}

/// A share in percent with one decimal, cut and not rounded, so that only all is `100%`.
pub fn percent(part: u64, whole: u64) -> String {
    let thousandths = u128::from(part) * 1000 / u128::from(whole.max(1));
    if thousandths.is_multiple_of(10) {
        format!("{}%", thousandths / 10)
    } else {
        format!("{}.{}%", thousandths / 10, thousandths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_get_commas_and_nouns_their_plural() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_000), "1,000");
        assert_eq!(number(12_345_678), "12,345,678");
        assert_eq!(count(1, "key", "keys"), "1 key");
        assert_eq!(count(1_200, "entry", "entries"), "1,200 entries");
    }

    #[test]
    fn shares_never_round_up() {
        assert_eq!(percent(99_999, 100_000), "99.9%");
        assert_eq!(percent(1, 2), "50%");
    }

    #[test]
    fn only_control_characters_are_escaped() {
        assert_eq!(one_line("a\nb\u{1b}[1m\tc"), "a\\nb\\u{1b}[1m\\tc");
        assert_eq!(one_line("\"quoted\" \\ \u{e9}"), "\"quoted\" \\ \u{e9}");
    }
}
