//! Counts of what is not told one by one.

use crate::text;
use std::{collections::BTreeMap, fmt};

/// How much of what happened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// Operations that began.
    pub begun: u64,
    /// Operations that were answered.
    pub answered: u64,
    /// Answers that are wrong, among those.
    pub wrong: u64,
    /// Operations that ended otherwise.
    pub unanswered: u64,
    /// Changes of what nodes hold.
    pub changes: u64,
    /// Messages that left, by kind.
    pub messages: BTreeMap<String, u64>,
    /// How many messages were lost.
    pub lost: u64,
}

impl Tally {
    /// Adds what another counted.
    pub fn add(&mut self, other: &Self) {
        self.begun += other.begun;
        self.answered += other.answered;
        self.wrong += other.wrong;
        self.unanswered += other.unanswered;
        self.changes += other.changes;
        self.lost += other.lost;
        for (kind, count) in &other.messages {
            *self.messages.entry(kind.clone()).or_default() += count;
        }
    }
}

/// Names at most so many kinds of messages.
const MOST_KINDS: usize = 3;

impl fmt::Display for Tally {
    /// Writes the counts that are not 0, such as `2 operations begin, 1 is answered, 12 heartbeat`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        let mut part = |count: u64, one: &str, many: &str| {
            if count > 0 {
                parts.push(text::count(count, one, many));
            }
        };
        part(self.begun, "operation begins", "operations begin");
        part(self.answered, "is answered", "are answered");
        part(self.wrong, "WRONG ANSWER", "WRONG ANSWERS");
        part(self.unanswered, "ends without an answer", "end without an answer");
        part(self.changes, "change in a store", "changes in stores");
        let mut kinds: Vec<_> = self.messages.iter().collect();
        kinds.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (kind, count) in kinds.iter().take(MOST_KINDS) {
            part(**count, &format!("{kind} message"), &format!("{kind} messages"));
        }
        let rest: u64 = kinds.iter().skip(MOST_KINDS).map(|(_, count)| **count).sum();
        part(rest, "other message", "other messages");
        part(self.lost, "message lost", "messages lost");
        f.write_str(&parts.join(", "))
    }
}
