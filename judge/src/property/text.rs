//! Words and numbers for verdicts: plain, short, and the same everywhere.

pub(super) use crate::text::{count, number, percent, plural, quote, state};
use std::time::Duration;

/// More names than this are not listed one by one.
const LONGEST_LIST: usize = 8;

/// Names in a row: `n1`, `n1 and n2`, `n1, n2 and n3`; a long row is cut.
pub(super) fn list(names: impl IntoIterator<Item = impl ToString>) -> String {
    let mut names: Vec<String> = names.into_iter().map(|name| name.to_string()).collect();
    if names.len() > LONGEST_LIST {
        let more = names.len() - LONGEST_LIST + 1;
        names.truncate(LONGEST_LIST - 1);
        names.push(format!("{more} more"));
    }
    match names.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// A span of time: `0.137 ms`, `12.3 ms` or `1.2 s`.
pub(super) fn span(span: Duration) -> String {
    let nanos = span.as_nanos();
    let millis = span.as_secs_f64() * 1e3;
    if nanos >= 999_950_000 {
        format!("{:.1} s", span.as_secs_f64())
    } else if nanos >= 999_500 {
        format!("{millis:.1} ms")
    } else {
        format!("{millis:.3} ms")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_like_sentences() {
        assert_eq!(list(["n1"]), "n1");
        assert_eq!(list(["n1", "n2"]), "n1 and n2");
        assert_eq!(list(["n1", "n2", "n3"]), "n1, n2 and n3");
        let many = (1..=10).map(|node| format!("n{node}"));
        assert_eq!(list(many), "n1, n2, n3, n4, n5, n6, n7 and 3 more");
    }

    #[test]
    fn quotes_stay_on_one_line_and_short() {
        assert_eq!(quote("a\nb"), "\"a\\nb\"");
        let long = "\u{e9}".repeat(50);
        assert_eq!(quote(&long), format!("\"{}\"...", "\u{e9}".repeat(40)));
        assert_eq!(state(None), "nothing");
    }

    #[test]
    fn spans_never_round_up_to_a_wrong_unit() {
        assert_eq!(span(Duration::from_micros(137)), "0.137 ms");
        assert_eq!(span(Duration::from_nanos(999_600)), "1.0 ms");
        assert_eq!(span(Duration::from_millis(12)), "12.0 ms");
        assert_eq!(span(Duration::from_nanos(999_960_000)), "1.0 s");
        assert_eq!(span(Duration::from_millis(1_250)), "1.2 s");
    }
}
