//! In which order the operations of a key explain every answer, or why none does; of the keys that
//! matter, and of those only where there are few operations.

use super::{chain::Chain, texts::Texts};
use judge::{
    Run,
    consistency::{
        Calls,
        linear::{Budget, OfKey, Why, of_keys},
    },
};
use node::{Key, Time};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// So many keys are looked at: those that violated verdicts name, those of the chain, then the first.
const MOST_KEYS: usize = 12;
/// A key of more operations than this is not.
const MOST_CALLS: usize = 1000;
/// How long each is looked at: far longer than nearly all need.
const STEPS: Budget = Budget::steps(400_000);
/// So many operations that cannot come next are told.
const MOST_BLOCKED: usize = 8;

/// What is known of one key.
#[derive(Serialize)]
pub(super) struct Order {
    key: usize,
    found: &'static str,
    /// The operations in that order, or the legal beginning, by their places on the page; -1: there
    /// was no room for it.
    order: Vec<i64>,
    /// Those that cannot come next and why, the first that does not fit first.
    blocked: Vec<(i64, String)>,
    /// Why nothing is known.
    note: Option<String>,
}

pub(super) fn orders(
    run: &Run,
    chain: &Chain,
    places: &BTreeMap<usize, usize>,
    texts: &mut Texts,
) -> Vec<Order> {
    let keys = keys(run, chain);
    let calls = Calls::of(&run.history, Time::MAX);
    let place = |position: &usize| places.get(position).map_or(-1, |place| *place as i64);
    let mut order = |key: &Key, found: OfKey| {
        let mut order = Order {
            key: texts.place(key.as_str()),
            found: "unknown",
            order: Vec::new(),
            blocked: Vec::new(),
            note: None,
        };
        match found {
            OfKey::Ordered(positions) => {
                order.found = "ordered";
                order.order = positions.iter().map(place).collect();
            }
            OfKey::Refuted(window) => {
                order.found = "refuted";
                order.order = window.prefix.iter().map(place).collect();
                let mut blocked: Vec<_> = window.blocked.iter().collect();
                // What has an answer that does not fit comes before what need not come at all.
                blocked.sort_by_key(|it| !matches!(it.why, Why::Unfit(_)));
                let told = blocked.iter().take(MOST_BLOCKED);
                let told = told.map(|it| (place(&it.position), it.because(|at| name(run, at))));
                order.blocked = told.collect();
            }
            OfKey::TooMany(count) => {
                order.note = Some(format!(
                    "it has {count} operations, and a page looks at no key of more than {MOST_CALLS}"
                ));
            }
            OfKey::Spent => {
                order.note = Some(
                    "neither an order nor a contradiction was found in the steps that a page takes"
                        .to_owned(),
                );
            }
        }
        order
    };
    let found = of_keys(&calls, &keys, MOST_CALLS, STEPS);
    keys.iter().zip(found).map(|(key, found)| order(key, found)).collect()
}

/// The keys that are looked at, each once.
fn keys<'a>(run: &'a Run, chain: &Chain) -> Vec<&'a Key> {
    let witnesses = run.judgements.iter().filter_map(|it| it.verdict.witness());
    let named = witnesses.flat_map(|witness| &witness.keys);
    let operations = &run.history.operations;
    let lit = chain.operations.iter().filter_map(|it| operations.get(*it)?.operation.key());
    let first = operations.iter().filter_map(|it| it.operation.key());
    let mut met = BTreeSet::new();
    named.chain(lit).chain(first).filter(|key| met.insert(*key)).take(MOST_KEYS).collect()
}

/// What an operation is called.
fn name(run: &Run, position: usize) -> String {
    run.history.operations.get(position).map_or_else(
        || format!("operation {position}"),
        |record| format!("{}, begun at {}", record.client, record.invoked),
    )
}
