//! Orders found by asking calls for what they need, gone through by a checker of their own.

use super::{
    case::{Case, Draw},
    interleave::{is_order, some_order},
    random::{Shape, draw},
    sequential::lagging,
};
use crate::consistency::{
    Action, Budget, Calls, Finding, Known, Subject, index::Index, level, sequential::plain_order,
};

const SHAPES: [Shape; 6] = [
    Shape { calls: 9, sessions: 3, keys: 2, values: 0, unknown: 0, stale: 40, is_plain: true },
    Shape { calls: 9, sessions: 4, keys: 1, values: 0, unknown: 20, stale: 40, is_plain: true },
    Shape { calls: 8, sessions: 3, keys: 2, values: 0, unknown: 20, stale: 30, is_plain: false },
    Shape { calls: 8, sessions: 2, keys: 1, values: 2, unknown: 15, stale: 30, is_plain: false },
    Shape { calls: 7, sessions: 3, keys: 1, values: 3, unknown: 15, stale: 60, is_plain: false },
    Shape { calls: 7, sessions: 3, keys: 3, values: 2, unknown: 5, stale: 80, is_plain: true },
];

fn order(calls: &Calls) -> Option<Vec<u32>> {
    plain_order(&Index::new(calls), Budget::default())
}

#[test]
fn what_is_found_is_an_order_and_nothing_is_found_where_there_is_none() {
    let (mut found, mut missed, mut without) = (0, 0, 0);
    for (shape, seed) in SHAPES.iter().flat_map(|shape| (0..1_500).map(move |seed| (shape, seed))) {
        let calls = draw(*shape, seed);
        match (order(&calls), some_order(&calls, false)) {
            (Some(order), true) => {
                assert!(is_order(&calls, &order), "{order:?} of {calls:#?}");
                found += 1;
            }
            (Some(order), false) => panic!("{order:?}, and yet none: {calls:#?}"),
            (None, true) => missed += 1,
            (None, false) => without += 1,
        }
    }
    assert!(without > 1_000, "{without} histories without an order are too few to tell");
    assert!(found > 3 * missed, "{found} orders found and {missed} missed");
}

#[test]
fn the_other_levels_agree_where_an_order_is_found() {
    // Without the order, each level is judged for itself; it must not say otherwise.
    let mut agreed = 0;
    for (shape, seed) in SHAPES.iter().flat_map(|shape| (0..500).map(move |seed| (shape, seed))) {
        let calls = draw(*shape, seed);
        if order(&calls).is_none() {
            continue;
        }
        for name in ["causal", "monotonic-reads", "monotonic-writes", "writes-follow-reads"] {
            let judge = level(name).unwrap().judge;
            let subject = Subject::new(&calls).without_plain_order();
            let alone = judge(&subject, Known::default(), Budget::default());
            let together = judge(&Subject::new(&calls), Known::default(), Budget::default());
            match &alone {
                Finding::Unknown(_) => {}
                alone => assert_eq!(*alone, together, "{name}: {calls:#?}"),
            }
            agreed += u32::from(alone == together);
        }
    }
    assert!(agreed > 2_000, "{agreed}");
}

#[test]
fn an_order_with_two_calls_exchanged_is_none() {
    let case = Case::new().put(1, 10..20, "k", "a").put(2, 30..40, "k", "b");
    let case = case.get(3, 50..60, "k", "a").get(3, 70..80, "k", "b");
    let found = order(&case.calls).unwrap();
    assert!(is_order(&case.calls, &found));
    for (one, other) in (0..4).flat_map(|one| (0..one).map(move |other| (one, other))) {
        let mut exchanged = found.clone();
        exchanged.swap(one, other);
        assert!(!is_order(&case.calls, &exchanged), "{exchanged:?}");
    }
    assert!(!is_order(&case.calls, &found[..3]));
}

#[test]
fn a_write_that_came_too_early_is_put_after_the_other() {
    // Answered in one order, seen in the other, by who wrote before and so does not ask at once.
    let case = || {
        let case = Case::new().put(1, 10..30, "k", "a").put(2, 10..40, "k", "b");
        case.put(3, 50..60, "x", "c").get(3, 70..80, "k", "b")
    };
    let seen_last = case().get(3, 90..100, "k", "a");
    assert!(is_order(&seen_last.calls, &order(&seen_last.calls).unwrap()));
    // Whoever goes back and forth has seen no order.
    let torn = seen_last.get(3, 110..120, "k", "b");
    assert_eq!(order(&torn.calls), None);
    torn.violated("sequential");
}

#[test]
fn sessions_far_behind_one_log_are_put_in_order_straight_away() {
    let case = lagging(3_000, 6, 8);
    assert!(is_order(&case.calls, &order(&case.calls).unwrap()));
    let mut draw = Draw(1);
    let mut broken = case.clone();
    for call in &mut broken.calls.calls {
        if let Action::Read { found: Some(found), .. } = &mut call.action
            && draw.percent(1)
        {
            *found = None;
        }
    }
    assert_eq!(order(&broken.calls), None);
}

#[test]
fn what_depends_is_left_alone_and_so_is_what_takes_too_long() {
    let append = Action::Append { key: "k".into(), value: "b".into() };
    let case = || Case::new().put(1, 10..20, "k", "a");
    assert!(order(&case().calls).is_some());
    assert_eq!(order(&case().call(1, 30..40, append).calls), None);
    assert_eq!(order(&case().list(1, 30..40, &["k"]).calls), None);
    assert_eq!(plain_order(&Index::new(&case().calls), Budget { steps: 1 }), None);
}
