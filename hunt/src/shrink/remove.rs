//! What happens is taken away: steps, operations, and pins.

use super::{
    parts::{operations, operations_mut, size},
    search::Search,
};
use scenarios::Scenario;
use std::ops::Range;

/// Up to so many steps and operations, every two are tried together.
const PAIRS: usize = 32;

/// Takes away steps, operations and pins, many at a time and then one by one.
pub(super) fn remove(search: &mut Search<'_>) {
    search.thin(|plan| plan.steps.len(), |plan, range| Some(without_steps(plan, range)));
    search.thin(|plan| operations(plan).len(), without_operations);
    search.thin(
        |plan| plan.pins.messages.len(),
        |plan, range| {
            let mut plan = plan.clone();
            plan.pins.messages.drain(range);
            Some(plan)
        },
    );
}

/// Takes away two things at a time: neither may be enough, such as a write and its read.
pub(super) fn remove_pairs(search: &mut Search<'_>) {
    while size(&search.best) <= PAIRS {
        let base = search.best.clone();
        let all = size(&base);
        let pairs = (0..all).rev().flat_map(|later| (0..later).rev().map(move |it| (it, later)));
        let candidates =
            pairs.map(|(one, other)| ((), without_one(&without_one(&base, other), one)));
        if search.first_of(candidates).is_none() {
            break;
        }
    }
}

/// The plan without one of its steps or, counted after them, operations.
pub(super) fn without_one(plan: &Scenario, place: usize) -> Scenario {
    let steps = plan.steps.len();
    match place.checked_sub(steps) {
        None => without_steps(plan, place..place + 1),
        Some(place) => without_operations(plan, place..place + 1)
            .expect("there is an operation where one is counted"),
    }
}

fn without_steps(plan: &Scenario, range: Range<usize>) -> Scenario {
    let mut plan = plan.clone();
    plan.steps.drain(range);
    plan
}

fn without_operations(plan: &Scenario, range: Range<usize>) -> Option<Scenario> {
    let mut plan = plan.clone();
    operations_mut(&mut plan)?.drain(range);
    Some(plan)
}
