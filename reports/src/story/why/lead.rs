//! Which violation a story leads with.

use judge::{
    property::BELOW,
    record::{Expected, Judgement},
};
use scenarios::Property;

/// Whether a page has room for it beside what it leads with: something stated that is more than a
/// level of consistency, which nearly every violation breaks.
pub(super) fn is_of_its_own(judgement: &Judgement) -> bool {
    let is_level = judgement.property == Property::Linearizability
        || judgement.property == Property::PerKeyOrder
        || BELOW.contains(&judgement.property);
    judgement.expected != Expected::Unstated && !is_level
}

/// The lower, the earlier it is told: what a scenario is about before what follows from it, and
/// what was lost before what was late.
pub(super) fn rank(judgement: &Judgement) -> (bool, usize) {
    const FIRST: [Property; 14] = [
        Property::NoResurrection,
        Property::Invariants,
        Property::Answers,
        Property::StateMachine,
        Property::Durability,
        Property::Liveness,
        Property::Placement,
        Property::Convergence,
        Property::NoLostUpdate,
        Property::Staleness,
        Property::Availability,
        Property::Versions,
        Property::PerKeyOrder,
        Property::Linearizability,
    ];
    let mut order = FIRST.iter().chain(&BELOW);
    let place = order.position(|property| *property == judgement.property).unwrap_or(usize::MAX);
    // A delete that came back is what such a scenario is about, stated or not.
    let is_stated = judgement.expected != Expected::Unstated || place == 0;
    (!is_stated, place)
}
