//! `[workload]`: what clients do all the while.

use super::{
    item::{Item, Zero},
    number,
    operation::{planned, retry},
    scope::Scope,
    section::Section,
};
use crate::{
    KeyChoice, Keys, MAX_CLIENTS, MAX_KEYS, Pace, Workload,
    words::{self, Words},
};
use node::{
    OperationKind,
    client::{Retry, Route},
};
use std::{collections::BTreeMap, time::Duration};

const FIELDS: &[&str] = &[
    "clients",
    "think",
    "rate",
    "start",
    "stop",
    "operations",
    "operation",
    "mix",
    "keys",
    "reads",
    "writes",
    "timeout",
    "attempts",
    "backoff",
];

pub(super) fn workload(root: &Section<'_>, scope: &Scope<'_>) -> Option<Workload> {
    let section = root.section("workload", "[workload]", FIELDS);
    if !section.is_present() {
        return None;
    }
    let pace = pace(&section);
    let time = scope.span_of_time(section.get("start"), section.get("stop"));
    let operations = section.get("operations").and_then(|item| item.count(1..=i64::MAX as u64));
    let mix = mix(&section, scope);
    let keys = keys(&section);
    let route = |field| section.get(field).and_then(|item| scope.route(item));
    let (reads, writes) = (route("reads"), route("writes"));
    let retry = retry(&section, Retry::default());
    let (start, stop) = time?;
    let drawn = Workload {
        pace: pace?,
        start,
        stop,
        operations,
        mix,
        keys,
        reads: reads.unwrap_or(Route::Leader),
        writes: writes.unwrap_or(Route::Leader),
        retry,
        planned: None,
    };
    Some(planned(&section, scope, drawn))
}

fn pace(section: &Section<'_>) -> Option<Pace> {
    let clients = section
        .required("clients", "4")
        .and_then(|item| item.count(1..=MAX_CLIENTS as u64))
        .map(|clients| clients as usize);
    let think = section.duration("think", Zero::Allowed, Duration::ZERO);
    let Some(rate_item) = section.get("rate") else {
        return Some(Pace::Closed { clients: clients?, think });
    };
    if let Some(think) = section.get("think") {
        think.mistake(
            "`think` and `rate` exclude each other",
            "with a rate, operations begin whatever became of the earlier ones",
            "keep `rate` for an open loop, or `think` for a closed one",
        );
    }
    let rate = rate_item.number(&number::RATE);
    Some(Pace::Open { rate: rate?, clients: clients? })
}

fn mix(section: &Section<'_>, scope: &Scope<'_>) -> BTreeMap<OperationKind, f64> {
    let Some(item) = section.get("mix") else {
        return BTreeMap::from([(OperationKind::Put, 0.5), (OperationKind::Get, 0.5)]);
    };
    let kinds = words::operations();
    let mut mix = BTreeMap::new();
    let Some(entries) = item.entries("`mix`") else {
        return mix;
    };
    for (name, item) in &entries {
        let weight = item.number(&number::WEIGHT);
        let Some(kind) = words::find(&kinds, name.text) else {
            item.mistakes().unknown("operation", *name, &words::names(&kinds));
            continue;
        };
        scope.offers(kind, *name);
        mix.extend(weight.map(|weight| (kind, weight)));
    }
    // Only a mix that was read in full can be said to be empty.
    if mix.len() == entries.len() && mix.values().all(|&weight| weight == 0.0) {
        item.mistake(
            "the mix has no operation",
            "nothing to do",
            "give one operation a weight, as in `mix = { put = 0.3, get = 0.7 }`",
        );
    }
    mix
}

fn keys(section: &Section<'_>) -> Keys {
    let section = section.section("keys", "`keys`", &["count", "choice"]);
    let default = Keys::default();
    let count = section.get("count").and_then(|item| item.count(1..=MAX_KEYS));
    let choice = section.get("choice").and_then(choice);
    Keys { count: count.unwrap_or(default.count), choice: choice.unwrap_or(default.choice) }
}

#[derive(Clone, Copy)]
enum Choice {
    Uniform,
    Zipfian,
    HotCold,
}

const CHOICES: &Words<Choice> =
    &[("uniform", Choice::Uniform), ("zipfian", Choice::Zipfian), ("hot-cold", Choice::HotCold)];

fn choice(item: Item<'_>) -> Option<KeyChoice> {
    let tagged = item.tagged("choice of keys", "\"uniform\"", CHOICES)?;
    match tagged.meaning {
        Choice::Uniform => tagged.alone().map(|()| KeyChoice::Uniform),
        Choice::Zipfian => {
            let payload = tagged.payload("{ exponent = 0.99 }")?;
            let section = payload.section("`zipfian`", &["exponent"]);
            let exponent = section.required("exponent", "0.99")?.number(&number::EXPONENT)?;
            Some(KeyChoice::Zipfian { exponent })
        }
        Choice::HotCold => {
            let payload = tagged.payload("{ hot = 0.1, share = 0.9 }")?;
            let section = payload.section("`hot-cold`", &["hot", "share"]);
            let hot = section.required("hot", "0.1").and_then(|item| item.number(&number::PART));
            let share =
                section.required("share", "0.9").and_then(|item| item.number(&number::SHARE));
            Some(KeyChoice::HotCold { hot: hot?, share: share? })
        }
    }
}
