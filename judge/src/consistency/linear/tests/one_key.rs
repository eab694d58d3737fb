//! One key at a time: an order, or how far one comes, or nothing.

use crate::consistency::{
    Action, Call, Calls,
    linear::{Budget, OfKey, Why, of_keys},
};
use node::Key;

fn get(key: &str, found: &str) -> Action {
    Action::Read { key: key.into(), found: Some(Some(found.into())) }
}

fn put(key: &str, value: &str) -> Action {
    Action::Write { key: key.into(), value: value.into(), previous: None }
}

/// One after the other.
fn in_turn(actions: Vec<Action>) -> Calls {
    let calls = actions.into_iter().enumerate().map(|(position, action)| Call {
        position,
        session: 0,
        action,
        invoked: 10 * position as u64,
        returned: Some(10 * position as u64 + 5),
    });
    Calls { calls: calls.collect(), initial: None }
}

fn of(calls: &Calls, keys: &[&str], most: usize, budget: Budget) -> Vec<OfKey> {
    let keys: Vec<Key> = keys.iter().map(|key| Key::from(*key)).collect();
    of_keys(calls, &keys.iter().collect::<Vec<_>>(), most, budget)
}

fn history() -> Calls {
    in_turn(vec![
        put("k", "a"),
        put("l", "x"),
        put("k", "b"),
        get("l", "x"),
        get("k", "a"),
        get("k", "b"),
    ])
}

#[test]
fn a_key_that_fits_has_a_whole_order() {
    let found = of(&history(), &["l"], 9, Budget::DEFAULT);
    assert_eq!(found, [OfKey::Ordered(vec![1, 3])]);
}

/// The control: a key that does not fit has none, and the read of what was overwritten is named.
#[test]
fn a_key_that_does_not_fit_names_the_operation_that_does_not() {
    let found = of(&history(), &["k", "l"], 9, Budget::DEFAULT);
    let OfKey::Refuted(window) = &found[0] else { panic!("{found:?}") };
    assert_eq!(window.prefix, [0, 2]);
    assert_eq!(window.blocked[0].position, 4);
    assert!(matches!(window.blocked[0].why, Why::Unfit(_)));
    assert_eq!(
        window.blocked[0].because(|position| format!("operation {position}")),
        "get \"k\" -> \"a\" (operation 4) cannot come next: the key holds \"b\""
    );
    assert_eq!(found[1], OfKey::Ordered(vec![1, 3]), "no key answers for another");
}

#[test]
fn where_it_was_not_looked_nothing_is_claimed() {
    let found = of(&history(), &["k", "l", "m"], 3, Budget::DEFAULT);
    let ordered = OfKey::Ordered;
    assert_eq!(found, [OfKey::TooMany(4), ordered(vec![1, 3]), ordered(Vec::new())]);
    assert_eq!(of(&history(), &["k"], 9, Budget::steps(0)), [OfKey::Spent]);
}
