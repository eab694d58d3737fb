//! State machine: do replicated logs keep what consensus promises?
//!
//! Holds the facts that nodes announce against each other, as in figure 3 of the Raft
//! paper: election safety, log matching, state machine safety. A node that boots announces
//! what its disk gave back too, so that the same entry is announced again and again: it
//! must be the same each time.

use super::{
    checker::{Checker, Found, Need, Walked},
    facts::Facts,
    text::number,
};
use crate::record::{FactRecord, Verdict, Witness};
use node::{Fact, NodeId, Time};
use scenarios::Property;
use std::collections::BTreeMap;

/// Who said something first, and when.
type First<T> = (T, NodeId, Time);

/// What has been announced so far.
#[derive(Default)]
struct Announced {
    leaders: BTreeMap<u64, First<()>>,
    /// By index and term: the term before it and what it holds.
    entries: BTreeMap<(u64, u64), First<(u64, u64)>>,
    /// By index: the term.
    applied: BTreeMap<u64, First<u64>>,
}

/// Two facts that cannot both be.
struct Contradiction {
    summary: String,
    one: (Time, String),
    other: (Time, String),
}

/// Holds the facts against each other.
pub(super) struct StateMachine;

impl<'a> Checker<'a> for StateMachine {
    fn property(&self) -> Property {
        Property::StateMachine
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Facts]
    }

    fn find(self: Box<Self>, walked: &Walked<'_, 'a>) -> Found {
        judge(walked.evidence.facts).into()
    }
}

/// Judges the facts: `Violated` at the first that contradicts an earlier one.
fn judge(facts: &[FactRecord]) -> Verdict {
    let mut announced = Announced::default();
    for fact in facts {
        if let Some(contradiction) = announced.add(fact) {
            let mut lines = Facts::default();
            let Contradiction { summary, one, other } = contradiction;
            let since = Some(other.0);
            lines.add(one.0, one.1);
            lines.add(other.0, other.1);
            return Verdict::Violated(Witness {
                summary,
                facts: lines.lines(),
                since,
                ..Witness::default()
            });
        }
    }
    Verdict::Holds(format!(
        "one leader in each of {} terms; logs match; none of {} applied entries changed",
        number(announced.leaders.len() as u64),
        number(announced.applied.len() as u64)
    ))
}

impl Announced {
    fn add(&mut self, record: &FactRecord) -> Option<Contradiction> {
        let FactRecord { at, node, fact } = *record;
        let told = |who: NodeId, what: Fact| format!("{who} {what}");
        match fact {
            Fact::Leads { term } => {
                let (_, leader, since) = *self.leaders.entry(term).or_insert(((), node, at));
                (leader != node).then(|| Contradiction {
                    summary: format!("term {term} has two leaders, {leader} and {node}"),
                    one: (since, told(leader, fact)),
                    other: (at, told(node, fact)),
                })
            }
            Fact::Appended { index, term, previous_term, hash } => {
                let held = (previous_term, hash);
                let entry = self.entries.entry((index, term)).or_insert((held, node, at));
                let (first, who, since) = *entry;
                (first != held).then(|| Contradiction {
                    summary: format!(
                        "the logs of {who} and {node} hold different things as entry {index} of \
                         term {term}"
                    ),
                    one: (since, told(who, fact)),
                    other: (at, told(node, fact)),
                })
            }
            Fact::Applied { index, term } => {
                let (first, who, since) = *self.applied.entry(index).or_insert((term, node, at));
                (first != term).then(|| Contradiction {
                    summary: format!(
                        "entry {index} was applied by {who} as of term {first} and by {node} as \
                         of term {term}"
                    ),
                    one: (since, told(who, Fact::Applied { index, term: first })),
                    other: (at, told(node, fact)),
                })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(facts: &[(u32, Fact)]) -> Verdict {
        let record = |(position, &(node, fact)): (usize, &(u32, Fact))| FactRecord {
            at: Time::from_nanos(position as u64 * 1_000_000_000),
            node: NodeId::new(node),
            fact,
        };
        judge(&facts.iter().enumerate().map(record).collect::<Vec<_>>())
    }

    fn summary(facts: &[(u32, Fact)]) -> String {
        let verdict = verdict(facts);
        let witness = verdict.witness().unwrap_or_else(|| panic!("accepted: {verdict:?}"));
        assert_eq!(witness.facts.len(), 2);
        witness.summary.clone()
    }

    const fn appended(index: u64, term: u64, previous_term: u64, hash: u64) -> Fact {
        Fact::Appended { index, term, previous_term, hash }
    }

    #[test]
    fn a_leader_may_say_it_twice_and_the_next_leads_another_term() {
        let lead = |term| Fact::Leads { term };
        assert!(matches!(verdict(&[(1, lead(1)), (1, lead(1)), (2, lead(2))]), Verdict::Holds(_)));
        assert_eq!(
            summary(&[(1, lead(1)), (2, lead(2)), (3, lead(2))]),
            "term 2 has two leaders, n2 and n3"
        );
    }

    #[test]
    fn logs_that_share_an_entry_share_what_is_before_it() {
        let logs =
            [(1, appended(5, 2, 1, 7)), (2, appended(5, 2, 1, 7)), (3, appended(5, 3, 1, 8))];
        assert!(matches!(verdict(&logs), Verdict::Holds(_)));
        let other_content = [(1, appended(5, 2, 1, 7)), (2, appended(5, 2, 1, 8))];
        assert!(summary(&other_content).contains("different things as entry 5 of term 2"));
        let other_predecessor = [(1, appended(5, 2, 1, 7)), (2, appended(5, 2, 2, 7))];
        assert!(summary(&other_predecessor).contains("entry 5 of term 2"));
    }

    #[test]
    fn an_applied_entry_never_changes() {
        let applied = |term| Fact::Applied { index: 9, term };
        assert!(matches!(verdict(&[(1, applied(2)), (2, applied(2))]), Verdict::Holds(_)));
        assert_eq!(
            summary(&[(1, applied(2)), (2, applied(3))]),
            "entry 9 was applied by n1 as of term 2 and by n2 as of term 3"
        );
    }

    #[test]
    fn what_a_disk_gives_back_must_be_what_was_there() {
        let before = [(1, appended(5, 2, 1, 7)), (1, Fact::Applied { index: 5, term: 2 })];
        let again = [before, before].concat();
        assert!(matches!(verdict(&again), Verdict::Holds(_)));
        let changed = [&before[..], &[(1, appended(5, 2, 1, 8))]].concat();
        assert!(summary(&changed).contains("logs of n1 and n1 hold different things"));
    }
}
