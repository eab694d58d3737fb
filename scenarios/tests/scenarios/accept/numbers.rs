//! Numbers, and what is demanded of them.

use super::read;
use scenarios::{Invariant, InvariantKeys, KeyChoice, Sum, Update, Updates, WriteBack};
use std::collections::BTreeMap;

#[test]
fn a_mix_may_have_updates() {
    let scenario = read(
        r#"
        [workload]
        clients = 4
        mix = { get = 1, add = 2, transfer = 3 }
        numbers = { initial = -5, amount = 10, overdraft = true, by = "put" }
        keys = { choice = { latest = { exponent = 0.5 } } }
        "#,
    );
    let workload = scenario.workload.unwrap();
    let updates = Updates {
        mix: BTreeMap::from([(Update::Add, 2.0), (Update::Transfer, 3.0)]),
        initial: -5,
        amount: 10,
        overdraft: true,
        by: Some(WriteBack::Put),
    };
    assert_eq!(workload.updates, updates);
    assert_eq!(workload.keys.choice, KeyChoice::Latest { exponent: 0.5 });
}

#[test]
fn invariants_are_about_the_keys_of_the_workload_unless_they_say_otherwise() {
    let scenario = read(
        r#"
        [workload]
        clients = 4
        mix = { transfer = 1 }
        numbers = { initial = 100 }
        keys = { count = 3 }
        [[invariant]]
        name = "the sum is constant"
        sum = 300
        [[invariant]]
        name = "as told"
        keys = ["a", "b"]
        absent = 0
        sum = "acknowledged"
        at-least = -1
        at-most = 7
        check = "mine"
        "#,
    );
    let of = |name: &str, keys| Invariant {
        name: name.to_owned(),
        keys,
        absent: 100,
        sum: Some(Sum::Exactly(300)),
        at_least: None,
        at_most: None,
        check: None,
    };
    let first = of("the sum is constant", InvariantKeys::First(3));
    let named = InvariantKeys::Named(["a", "b"].map(Into::into).to_vec());
    let second = Invariant {
        absent: 0,
        sum: Some(Sum::Acknowledged),
        at_least: Some(-1),
        at_most: Some(7),
        check: Some("mine".to_owned()),
        ..of("as told", named)
    };
    assert_eq!(scenario.invariants, [first, second]);
    let text = scenario.to_toml();
    assert_eq!(crate::common::parse(&text).expect(&text), scenario);
}
