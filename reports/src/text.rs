//! Numbers and texts as people read them.

pub(crate) use judge::text::{count, number, percent};
use judge::{record::OperationRecord, text::one_line};
use node::{OperationKind, Time, client::Outcome};
use std::time::Duration;

/// A length of time with as many digits as an eye takes in: `0.05 ms`, `3.2 ms`, `45 ms`, `2.5 s`.
pub(crate) fn duration(length: Duration) -> String {
    let ms = length.as_nanos() as f64 / 1e6;
    if length.is_zero() {
        "0 ms".to_owned()
    } else if ms < 0.00995 {
        format!("{ms:.4} ms")
    } else if ms < 0.995 {
        format!("{ms:.2} ms")
    } else if ms < 9.95 {
        format!("{ms:.1} ms")
    } else if ms < 999.5 {
        format!("{ms:.0} ms")
    } else if ms < 99_950.0 {
        format!("{:.1} s", ms / 1e3)
    } else {
        format!("{:.0} s", ms / 1e3)
    }
}

/// A moment for a title: seconds with one decimal, or more if the run is short.
pub(crate) fn moment(at: Time, end: Time) -> String {
    let seconds = at.as_secs_f64();
    if end.as_secs_f64() < 1.0 {
        format!("{:.0} ms", seconds * 1e3)
    } else if end.as_secs_f64() < 1000.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{seconds:.0} s")
    }
}

/// Exact milliseconds of a number of nanoseconds, for tables: `2104.500001`.
pub(crate) fn exact_ms(nanos: u128) -> String {
    format!("{}.{:06}", nanos / 1_000_000, nanos % 1_000_000)
}

/// Exact milliseconds of a moment.
pub(crate) fn time_ms(at: Time) -> String {
    exact_ms(u128::from(at.as_nanos()))
}

/// `a`, `a and b`, `a, b and c`; after four, `and 3 more`.
pub(crate) fn list<T: ToString>(items: &[T]) -> String {
    const MOST: usize = 5;
    // One more is named as shortly as it is counted.
    let shown = if items.len() > MOST { MOST - 1 } else { MOST };
    let mut words: Vec<String> = items.iter().take(shown).map(T::to_string).collect();
    if items.len() > shown {
        words.push(format!("{} more", items.len() - shown));
    }
    match words.pop() {
        None => String::new(),
        Some(last) if words.is_empty() => last,
        Some(last) => format!("{} and {last}", words.join(", ")),
    }
}

/// A text on one line of at most `most` characters; what is cut off is marked.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    let text = one_line(text);
    if text.chars().count() <= most {
        return text.into_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(3)).collect();
    format!("{kept}...")
}

/// What the client was told: the answer, or why there is none.
pub(crate) fn answer(record: &OperationRecord) -> String {
    match &record.outcome {
        Outcome::Ok(answer) => answer.to_string(),
        Outcome::Fail(failure) | Outcome::Info(failure) => failure.to_string(),
    }
}

/// With what a node came up, for the end of a sentence.
pub(crate) fn booted(entries: usize, on_disk: bool) -> String {
    match (entries as u64, on_disk) {
        (0, false) => "holding nothing".to_owned(),
        // A log that is not applied yet, say, or a file that it does not believe.
        (0, true) => "showing nothing yet, although its disk is not empty".to_owned(),
        (found, _) => format!("with {} from its disk", count(found, "entry", "entries")),
    }
}

/// The kinds that occur in a run, in the order in which tables show them.
pub(crate) fn kinds(run: &judge::Run) -> Vec<OperationKind> {
    let present = |kind: &OperationKind| {
        run.operations().iter().any(|record| record.operation.kind() == *kind)
    };
    OperationKind::ALL.into_iter().filter(present).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_keep_two_digits_or_so() {
        let shown = |nanos| duration(Duration::from_nanos(nanos));
        assert_eq!(shown(0), "0 ms");
        assert_eq!(shown(4_100), "0.0041 ms");
        assert_eq!(shown(52_000), "0.05 ms");
        assert_eq!(shown(996_000), "1.0 ms");
        assert_eq!(shown(3_240_000), "3.2 ms");
        assert_eq!(shown(45_400_000), "45 ms");
        assert_eq!(shown(2_540_000_000), "2.5 s");
        assert_eq!(shown(250_000_000_000), "250 s");
    }

    #[test]
    fn tables_are_exact() {
        assert_eq!(time_ms(Time::from_nanos(2_104_500_001)), "2104.500001");
        assert_eq!(time_ms(Time::ZERO), "0.000000");
    }

    #[test]
    fn an_empty_disk_is_told_from_one_that_shows_nothing() {
        assert_eq!(booted(0, false), "holding nothing");
        assert_eq!(booted(0, true), "showing nothing yet, although its disk is not empty");
        assert_eq!(booted(1, true), "with 1 entry from its disk");
    }

    #[test]
    fn lists_read_well() {
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(list(&["a", "b", "c", "d", "e", "f"]), "a, b, c, d and 2 more");
        assert_eq!(shorten("abcdefgh", 6), "abc...");
        assert_eq!(shorten("ab\nc", 5), "ab\\nc");
    }
}
