//! Why operations went unanswered.

use super::{Cause, waits};
use crate::{story::Telling, text};
use node::client::Outcome;
use std::collections::BTreeMap;

/// At most so many reasons and recoveries are told.
const MOST: usize = 5;

pub(super) fn explain(telling: &Telling<'_>) -> Cause {
    let run = telling.run;
    let mut cause = waits::explain(telling).unwrap_or_default();
    let mut reasons: BTreeMap<(String, String), u64> = BTreeMap::new();
    for record in run.operations().iter().filter(|record| !record.is_answered()) {
        if let Outcome::Fail(failure) | Outcome::Info(failure) = &record.outcome {
            *reasons.entry((record.node.to_string(), failure.to_string())).or_default() += 1;
        }
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for ((node, failure), number) in reasons.into_iter().take(MOST) {
        let operations = text::count(number, "operation", "operations");
        cause.steps.push(format!("{operations} at {node} got no answer: {failure}."));
    }
    for recovery in run.availability.recoveries.iter().take(MOST) {
        let label = run.faults.get(recovery.fault).map_or("a fault", |fault| fault.label.as_str());
        let lost = recovery.lost;
        cause.steps.push(match recovery.regained {
            Some(regained) => format!(
                "After `{label}`, operations begun from {lost} on went unanswered; at {regained}, {} \
                 later, service was back.",
                text::duration(regained.since(lost))
            ),
            None => format!(
                "After `{label}`, operations begun from {lost} on went unanswered, and service did \
                 not come back before the end or the next fault."
            ),
        });
    }
    cause
}
