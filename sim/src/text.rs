//! Texts as people read them, for verdicts, stories and traces alike.

use std::borrow::Cow;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_control_characters_are_escaped() {
        assert_eq!(one_line("a\nb\u{1b}[1m\tc"), "a\\nb\\u{1b}[1m\\tc");
        assert_eq!(one_line("\"quoted\" \\ \u{e9}"), "\"quoted\" \\ \u{e9}");
    }
}
