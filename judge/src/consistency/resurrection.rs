//! No resurrection: a deleted key stays deleted until somebody writes it again.
//!
//! After a delete was acknowledged, no read that began later finds a value every possible
//! write of which was completed before the delete was asked for. What a key holds at first
//! counts as written before everything. Reads are whatever tells that a value was there: a
//! get, a list, what an update says it replaced. A write of unknown outcome may take effect at
//! any later moment, and so excuses its value for ever; where a value was written several
//! times, the latest write counts. This follows from linearizability, since the order of
//! calls in time counts, and from no weaker level. That a delete is merely not seen yet, and
//! that it was lost, look alike to a reader: both violate it.

use super::{
    Action, Budget, Call, Finding, Known, Proof, Subject,
    ages::{Ages, Replacements},
    index::{Index, Observation, Told},
    words,
};
use crate::text::count;

const NONE: &str = "no delete was acknowledged";

/// Judges it.
pub(super) fn judge(subject: &Subject<'_>, _: Known, _: Budget) -> Finding {
    // Most histories hold no delete, and are not looked at key by key for it.
    let is_told =
        |call: &Call| matches!(call.action, Action::Delete { .. }) && call.returned.is_some();
    if !subject.calls().calls.iter().any(is_told) {
        return Finding::Unknown(NONE.to_owned());
    }
    let index = subject.index();
    let is_delete = |call: &u32| {
        matches!(index.call(*call).action, Action::Delete { .. }) && index.is_certain(*call)
    };
    let deletes: Vec<Replacements> = index
        .writes
        .iter()
        .map(|writes| Replacements::new(index, writes.iter().copied().filter(is_delete)))
        .collect();
    let acknowledged = index.writes.iter().flatten().filter(|call| is_delete(call)).count();
    if acknowledged == 0 {
        return Finding::Unknown(NONE.to_owned());
    }
    let mut ages = Ages::new(index);
    let (mut after_delete, mut unclear) = (0, 0);
    for seen in &index.seen {
        let begun = index.call(seen.call).invoked;
        let tells_of_value = matches!(seen.told, Told::Is(Some(_)) | Told::Present);
        let deletes = &deletes[seen.key as usize];
        if !tells_of_value && !matches!(seen.told, Told::Is(None))
            || deletes.between(None, begun).is_none()
        {
            continue;
        }
        if index.appended[seen.key as usize] {
            unclear += 1;
            continue;
        }
        after_delete += 1;
        if !tells_of_value {
            continue;
        }
        let latest = ages.sources(seen).and_then(|sources| sources.latest());
        let from_start = seen.told.fits(subject.calls().initial.as_ref());
        if latest.is_none() && !from_start {
            continue;
        }
        if let Some(delete) = deletes.between(latest.map(|write| write.completed), begun) {
            let source = latest.map(|write| write.call);
            return Finding::Violated(proof(index, seen, delete, source));
        }
    }
    if unclear > 0 || index.lists_left_out {
        return Finding::Unknown(
            "not every read after a delete can be traced to a write".to_owned(),
        );
    }
    match after_delete {
        0 => Finding::Unknown("no key was read after its delete was acknowledged".to_owned()),
        reads => Finding::Holds(format!(
            "none of {} after {} found what had been deleted",
            count(reads, "read", "reads"),
            count(acknowledged as u64, "delete", "deletes")
        )),
    }
}

fn proof(index: &Index<'_>, seen: &Observation<'_>, delete: u32, source: Option<u32>) -> Proof {
    let key = index.keys[seen.key as usize];
    let found = match seen.told {
        Told::Is(state) => words::state(state),
        _ => "that it is there".to_owned(),
    };
    let summary = format!(
        "a deleted key came back: {} deleted key {}, and {} later found {found}, which nobody had \
         written since",
        words::session(index.call(delete)),
        words::key_text(key),
        words::session(index.call(seen.call))
    );
    let places: Vec<u32> = [delete, seen.call].into_iter().chain(source).collect();
    words::proof(index.all, summary, &places, vec![key.clone()])
}
