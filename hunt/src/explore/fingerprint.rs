//! What tells one state of a node from another: its `Debug` text, with timers and syncs renamed.
//!
//! The text shows every field, since it is derived; a type that leaves something out says so by
//! `..` (`finish_non_exhaustive`), and then the text tells nothing that could be relied on. Timers
//! and syncs are named by numbers that only count how many there were before. They are
//! renamed by rank, which keeps which are the same and which came first, and nothing else.

use std::collections::BTreeMap;

/// The names that a host gives out.
const NAMES: [&str; 2] = ["TimerId(", "SyncId("];

/// The names in a node's text and those that the host knows, by rank.
#[derive(Debug, Default)]
pub(super) struct Renaming {
    names: [BTreeMap<u64, u64>; 2],
}

impl Renaming {
    /// Ranks what a text names, and what else there is.
    pub(super) fn of(text: &str, timers: &[u64], syncs: &[u64]) -> Self {
        let mut renaming = Self::default();
        let [timer_names, sync_names] = &mut renaming.names;
        timer_names.extend(timers.iter().map(|&id| (id, 0)));
        sync_names.extend(syncs.iter().map(|&id| (id, 0)));
        walk(text, |piece| {
            if let Piece::Name { kind, id, .. } = piece {
                renaming.names[kind].insert(id, 0);
            }
        });
        for names in &mut renaming.names {
            names.values_mut().zip(0..).for_each(|(rank, place)| *rank = place);
        }
        renaming
    }

    /// The rank of a timer.
    pub(super) fn timer(&self, id: u64) -> u64 {
        self.names[0][&id]
    }

    /// The rank of a sync.
    pub(super) fn sync(&self, id: u64) -> u64 {
        self.names[1][&id]
    }

    /// Appends the text with its names replaced.
    pub(super) fn write(&self, text: &str, key: &mut Vec<u8>) {
        walk(text, |piece| match piece {
            Piece::Text(text) => key.extend_from_slice(text.as_bytes()),
            Piece::Name { kind, id } => {
                key.extend_from_slice(self.names[kind][&id].to_string().as_bytes());
            }
        });
    }
}

/// Whether a text leaves something out.
pub(super) fn hides(text: &str) -> bool {
    let mut hides = false;
    outside_quotes(text, |outside| hides |= outside.contains(".. }") || outside.contains("..}"));
    hides
}

enum Piece<'a> {
    Text(&'a str),
    Name { kind: usize, id: u64 },
}

/// Cuts a text into names and what is between them. What stands in quotes is data, and names
/// nothing.
fn walk<'a>(text: &'a str, mut see: impl FnMut(Piece<'a>)) {
    let bytes = text.as_bytes();
    let (mut from, mut at, mut in_quotes) = (0, 0, false);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if in_quotes => at += 1,
            b'"' => in_quotes = !in_quotes,
            b'T' | b'S' if !in_quotes => {
                let rest = &text[at..];
                let kind = NAMES.iter().position(|name| rest.starts_with(name));
                if let Some((kind, start)) = kind.map(|kind| (kind, at + NAMES[kind].len())) {
                    let digits = text[start..].bytes().take_while(u8::is_ascii_digit).count();
                    if let Ok(id) = text[start..start + digits].parse() {
                        see(Piece::Text(&text[from..start]));
                        see(Piece::Name { kind, id });
                        from = start + digits;
                        at = from;
                        continue;
                    }
                }
            }
            _ => {}
        }
        at += 1;
    }
    see(Piece::Text(&text[from..]));
}

fn outside_quotes<'a>(text: &'a str, mut see: impl FnMut(&'a str)) {
    let bytes = text.as_bytes();
    let (mut from, mut at, mut in_quotes) = (0, 0, false);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if in_quotes => at += 1,
            b'"' if in_quotes => {
                in_quotes = false;
                from = at + 1;
            }
            b'"' => {
                in_quotes = true;
                see(&text[from..at]);
            }
            _ => {}
        }
        at += 1;
    }
    if !in_quotes {
        see(&text[from..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use node::{SyncId, TimerId, Value};

    fn renamed(text: &str, timers: &[u64]) -> String {
        let renaming = Renaming::of(text, timers, &[]);
        let mut key = Vec::new();
        renaming.write(text, &mut key);
        String::from_utf8(key).unwrap()
    }

    #[test]
    fn names_are_ranked_and_what_they_name_stays_apart() {
        let text = format!("{:?}", (TimerId(7), TimerId(90), TimerId(7), SyncId(3)));
        assert_eq!(renamed(&text, &[8]), "(TimerId(0), TimerId(2), TimerId(0), SyncId(0))",);
        assert_eq!(renamed("TimerId(4)", &[4]), renamed("TimerId(9)", &[9]));
        assert_ne!(renamed("TimerId(4)", &[3, 4]), renamed("TimerId(9)", &[9]));
    }

    #[test]
    fn what_clients_store_is_never_a_name() {
        let text = |value: &str| format!("{:?}", Value::from(value));
        assert_eq!(renamed(&text("\"TimerId(4)"), &[]), text("\"TimerId(4)"));
        assert_ne!(renamed(&text("TimerId(4)"), &[]), renamed(&text("TimerId(5)"), &[]));
    }

    #[test]
    fn a_text_that_leaves_something_out_is_noticed() {
        struct Shy;
        impl std::fmt::Debug for Shy {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct("Shy").field("told", &1).finish_non_exhaustive()
            }
        }
        assert!(hides(&format!("{:?}", Some(Shy))));
        assert!(!hides(&format!("{:?}", Value::from("Shy { .. }"))));
        assert!(!hides(&format!("{:?}", (1, Some("\\\"..}")))));
    }
}
