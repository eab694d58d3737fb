//! The order of a key's operations, on its bars and as a list, is the one that the judge finds.

use super::{ask, run, run_of};
use judge::{
    Run,
    consistency::{
        Calls,
        linear::{Budget, OfKey, of_keys},
    },
};
use node::{Key, Time};
use serde_json::{Value, json};
use std::time::Duration;

/// The heading, the numbers on the bars from left to right, and the list with its numbers.
const SHOWN: &str = "await rest(400);\n\
    const sheet = document.getElementById('key-order');\n\
    const left = sign => Number(sign.querySelector('rect').getAttribute('x'));\n\
    const signs = [...document.querySelectorAll('#key-picture .place')].sort((a, b) => left(a) - left(b));\n\
    return [sheet.querySelector('h3').textContent, signs.map(sign => sign.textContent),\n\
        [...sheet.querySelectorAll('ol li')].map(item => [item.value, item.textContent]),\n\
        [...sheet.querySelectorAll('.blocked li')].map(item => item.textContent)];";

fn found(run: &Run, key: &str) -> OfKey {
    let key = Key::from(key);
    let calls = Calls::of(&run.history, Time::MAX);
    of_keys(&calls, &[&key], usize::MAX, Budget::DEFAULT).remove(0)
}

/// Whether the list names these operations, by position, with these numbers.
fn lists(run: &Run, list: &Value, order: &[usize]) {
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), order.len());
    for ((number, position), item) in (1..).zip(order).zip(list) {
        let record = &run.history.operations[*position];
        assert_eq!(item[0], json!(number));
        let text = item[1].as_str().unwrap().replace(['\u{2068}', '\u{2069}'], "");
        assert!(text.contains(&record.operation.to_string()), "{text}");
        assert!(text.contains(&record.client.to_string()), "{text}");
    }
}

#[test]
fn a_key_shows_the_order_that_the_judge_finds() {
    let run = run("ghost-data", "raft");
    let OfKey::Ordered(order) = found(&run, "999") else { panic!("raft is linearizable") };
    let Some(shown) = ask(&run, "#k=999&v=0:9000000000", SHOWN) else { return };
    assert_eq!(shown[0], "One order explains every answer");
    let numbers: Vec<_> = (1..=order.len()).map(|number| number.to_string()).collect();
    assert_eq!(shown[1], json!(numbers));
    lists(&run, &shown[2], &order);
    assert_eq!(shown[3], json!([]));
}

/// The control: where no order does, there is none, and the operation named is the one that does not fit.
#[test]
fn a_key_that_has_none_shows_how_far_one_comes_and_what_does_not_fit() {
    let run = run("ghost-data", "async-leader");
    let OfKey::Refuted(window) = found(&run, "999") else { panic!("the read is stale") };
    let Some(shown) = ask(&run, "#k=999&v=0:9000000000", SHOWN) else { return };
    assert!(shown[0].as_str().unwrap().starts_with("No order explains every answer"));
    assert_eq!(shown[1], json!(["1", "2", "✕"]));
    lists(&run, &shown[2], &window.prefix);
    let blocked = shown[3][0].as_str().unwrap();
    let first = &run.history.operations[window.blocked[0].position];
    assert!(blocked.contains(&first.invoked.to_string()), "{blocked}");
    assert!(blocked.contains("cannot come next: the key holds \"GhostData\""), "{blocked}");
}

#[test]
fn a_key_of_very_many_operations_is_unknown() {
    let mut scenario = scenarios::find("stale-leader-reads").unwrap();
    let workload = scenario.workload.as_mut().unwrap();
    workload.pace = scenarios::Pace::Closed { clients: 20, think: Duration::ZERO };
    let run = run_of(&scenario, "raft");
    let Some(shown) = ask(&run, "#k=key1&v=0:9000000000", SHOWN) else { return };
    assert_eq!(shown, json!(["Order: unknown", [], [], []]));
}
