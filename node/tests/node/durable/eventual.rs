//! `durable-eventual` on a disk that loses power.

use super::support::{Unsynced, hold, plugged_disk};
use node::{
    Answer, Config, Effect, Host, Key, Node, NodeId, Operation, Request, Value,
    systems::durable_eventual::DurableEventual,
};
use rand::rngs::mock::StepRng;
use std::collections::BTreeMap;

/// What clients were told is there, and what the last, unanswered write may have left.
#[derive(Default)]
struct Told {
    values: BTreeMap<Key, Value>,
    in_doubt: Option<(Key, Value)>,
}

fn put_until_the_power_fails(host: &mut Host<DurableEventual>) -> Told {
    let mut told = Told::default();
    for i in 0..12 {
        let (key, value) = (Key::from(format!("k{}", i % 4)), Value::from(format!("v{i}")));
        let effects = host.request(Request::example(Operation::put(key.as_str(), value.as_str())));
        let answer = effects.iter().find_map(|effect| match effect {
            Effect::Reply { answer, .. } => Some(answer),
            _ => None,
        });
        match answer.expect("every put is answered") {
            Answer::Written { .. } => {
                told.values.insert(key, value);
            }
            Answer::Unknown => told.in_doubt = Some((key, value)),
            Answer::Refused(_) => {}
            other => panic!("a put is not answered with {other:?}"),
        }
    }
    told
}

#[test]
fn no_answered_write_is_lost_whenever_the_power_fails() {
    let mut doubts = 0;
    for power_left in (20..150).step_by(3) {
        let (disk, medium) = plugged_disk();
        let config = Config::new(NodeId::new(1), 3);
        let mut host = Host::boot_on(config.clone(), disk.clone(), StepRng::new(0, 1));
        hold(&medium).power_left = Some(power_left);
        let told = put_until_the_power_fails(&mut host);
        drop(host);
        hold(&medium).lose_power(Unsynced::Torn(power_left as u64));

        let host = Host::<DurableEventual>::boot_on(config, disk, StepRng::new(0, 1));
        let entries = host.node().entries();
        let found: BTreeMap<Key, Value> =
            entries.into_iter().map(|(key, entry)| (key, entry.value)).collect();
        let mut expected = told.values;
        if let Some((key, value)) = told.in_doubt {
            doubts += 1;
            if found.get(&key) == Some(&value) {
                expected.insert(key, value);
            }
        }
        assert_eq!(found, expected, "power for {power_left} changes");
    }
    assert!(doubts > 5, "the power failed only {doubts} times during a write");
}
