//! Every level against its twin, and against the levels that are stronger.

use super::{
    interleave::some_order,
    random::{Shape, draw},
    twins,
};
use crate::consistency::{
    Budget, Calls, Finding, Known, Subject,
    index::Index,
    level,
    per_key::per_key_order,
    rules::Rule,
    saturate::{Saturated, saturate},
    updates,
};

const SHAPES: [Shape; 6] = [
    Shape { calls: 9, sessions: 3, keys: 2, values: 0, unknown: 5, stale: 75, is_plain: true },
    Shape { calls: 8, sessions: 3, keys: 1, values: 0, unknown: 10, stale: 60, is_plain: true },
    Shape { calls: 7, sessions: 3, keys: 2, values: 0, unknown: 20, stale: 50, is_plain: false },
    Shape { calls: 7, sessions: 2, keys: 1, values: 2, unknown: 15, stale: 50, is_plain: false },
    Shape { calls: 6, sessions: 3, keys: 1, values: 3, unknown: 15, stale: 0, is_plain: false },
    Shape { calls: 7, sessions: 3, keys: 1, values: 3, unknown: 5, stale: 85, is_plain: false },
];

const SEEDS: u64 = 2_000;

fn find(name: &str, calls: &Calls) -> Finding {
    (level(name).unwrap().judge)(
        &Subject::new(calls),
        Known::default(),
        Budget { steps: 1_000_000 },
    )
}

/// How often each answer was given.
#[derive(Debug, Default)]
struct Tally {
    holds: u64,
    violated: u64,
    unknown: u64,
}

impl Tally {
    fn add(&mut self, finding: &Finding) {
        match finding {
            Finding::Holds(_) => self.holds += 1,
            Finding::Violated(_) => self.violated += 1,
            Finding::Unknown(_) => self.unknown += 1,
        }
    }
}

fn each(mut look: impl FnMut(&Calls)) {
    for shape in SHAPES {
        (0..SEEDS).for_each(|seed| look(&draw(shape, seed)));
    }
}

/// What every order must keep to is kept to by some order, or there is none; and alone it
/// refutes most of what can be refuted.
#[test]
fn saturation_refutes_only_what_no_order_explains() {
    let (mut refuted, mut without_order) = (0, 0);
    each(|calls| {
        let explained = some_order(calls, false);
        without_order += u64::from(!explained);
        match saturate(&Index::new(calls), &mut Budget::default()) {
            Saturated::Order(_) => {}
            Saturated::Circle(_) | Saturated::Unexplained(_) => {
                assert!(!explained, "{calls:#?}");
                refuted += 1;
            }
        }
    });
    println!("{refuted} of {without_order} histories without an order were refuted");
    assert!(10 * refuted > 8 * without_order, "{refuted} of {without_order}");
}

/// A rule's checker says only what every explanation by its definition bears out.
fn agrees(name: &str, rule: Rule, fewest_violated: u64) {
    let mut tally = Tally::default();
    let mut undecided = 0;
    each(|calls| {
        let Some(keeps) = twins::keeps(calls, rule) else { return };
        let found = find(name, calls);
        tally.add(&found);
        match found {
            Finding::Holds(_) => assert!(keeps, "{name} is said to hold: {calls:#?}"),
            Finding::Violated(_) => assert!(!keeps, "{name} is said to be violated: {calls:#?}"),
            Finding::Unknown(_) => undecided += u64::from(!Index::new(calls).seen.is_empty()),
        }
    });
    assert!(tally.violated >= fewest_violated && tally.holds > 3_000, "{tally:?}");
    assert!(undecided * 50 < tally.holds, "{undecided} of {tally:?}");
}

#[test]
fn causal_agrees_with_its_definition() {
    agrees("causal", Rule::Causal, 1_000);
}

#[test]
fn read_your_writes_agrees_with_its_definition() {
    agrees("read-your-writes", Rule::ReadYourWrites, 200);
}

#[test]
fn monotonic_reads_agrees_with_its_definition() {
    agrees("monotonic-reads", Rule::MonotonicReads, 100);
}

#[test]
fn monotonic_writes_agrees_with_its_definition() {
    agrees("monotonic-writes", Rule::MonotonicWrites, 30);
}

#[test]
fn writes_follow_reads_agrees_with_its_definition() {
    agrees("writes-follow-reads", Rule::WritesFollowReads, 10);
}

#[test]
fn sequential_agrees_with_trying_every_order() {
    let mut tally = Tally::default();
    each(|calls| {
        let found = find("sequential", calls);
        tally.add(&found);
        match found {
            Finding::Holds(_) => assert!(some_order(calls, false), "{calls:#?}"),
            Finding::Violated(_) => assert!(!some_order(calls, false), "{calls:#?}"),
            Finding::Unknown(_) => assert!(Index::new(calls).seen.is_empty(), "{calls:#?}"),
        }
    });
    assert!(tally.violated > 1_000 && tally.holds > 3_000, "{tally:?}");
}

#[test]
fn lost_updates_and_resurrections_agree_with_their_definitions() {
    let (mut lost, mut resurrected) = (Tally::default(), Tally::default());
    each(|calls| {
        let found = find("no-lost-update", calls);
        lost.add(&found);
        assert_eq!(found.proof().is_some(), twins::loses_update(calls), "{calls:#?}");
        let found = find("no-resurrection", calls);
        resurrected.add(&found);
        assert_eq!(found.proof().is_some(), twins::resurrects(calls), "{calls:#?}");
    });
    assert!(lost.violated > 20 && lost.holds > 500, "{lost:?}");
    assert!(resurrected.violated > 30 && resurrected.holds > 500, "{resurrected:?}");
}

#[test]
fn per_key_order_agrees_with_trying_every_explanation() {
    let (mut back, mut forward) = (0, 0);
    each(|calls| {
        let Some(goes_back) = twins::goes_back(calls) else { return };
        let found = !per_key_order(&Subject::new(calls)).violations.is_empty();
        assert_eq!(found, goes_back, "{calls:#?}");
        *if found { &mut back } else { &mut forward } += 1;
    });
    assert!(back > 500 && forward > 3_000, "{back} {forward}");
}

#[test]
fn what_passes_a_stronger_level_passes_every_weaker_one() {
    let sessions =
        ["read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads"];
    let (mut linearizable, mut sequential, mut causal) = (0, 0, 0);
    each(|calls| {
        let violated = |name: &str| find(name, calls).proof().is_some();
        let is_linearizable = some_order(calls, true);
        let is_sequential = is_linearizable || some_order(calls, false);
        if is_linearizable {
            linearizable += 1;
            for name in ["no-lost-update", "no-resurrection"] {
                assert!(!violated(name), "{name}: {calls:#?}");
            }
            assert!(per_key_order(&Subject::new(calls)).violations.is_empty(), "{calls:#?}");
        }
        if is_sequential {
            sequential += 1;
            assert!(!violated("sequential") && !violated("causal"), "{calls:#?}");
            assert!(updates::consumed_twice(&Index::new(calls)).is_none(), "{calls:#?}");
        }
        if is_sequential || matches!(find("causal", calls), Finding::Holds(_)) {
            causal += 1;
            for name in sessions {
                assert!(!violated(name), "{name}: {calls:#?}");
            }
        }
    });
    assert!(linearizable > 2_500 && sequential > linearizable, "{linearizable} {sequential}");
    assert!(causal > sequential, "{sequential} {causal}");
}
