//! `[workload]`: what clients do all the while.

use super::{
    item::{Item, Zero},
    latency::latency_or_none,
    number,
    operation::{planned, retry},
    scope::Scope,
    section::Section,
    ycsb,
};
use crate::{
    KeyChoice, Keys, MAX_CLIENTS, MAX_KEYS, Pace, Update, Updates, Workload, WriteBack,
    words::{self, WRITE_BACKS, Words},
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
    "trace",
    "ycsb",
    "mix",
    "numbers",
    "keys",
    "reads",
    "writes",
    "timeout",
    "attempts",
    "backoff",
    "client_time",
];

pub(super) fn workload(root: &Section<'_>, scope: &Scope<'_>) -> Option<Workload> {
    let section = root.section("workload", "[workload]", FIELDS);
    if !section.is_present() {
        return None;
    }
    let pace = pace(&section);
    let time = scope.span_of_time(section.get("start"), section.get("stop"));
    let operations = section.get("operations").and_then(|item| item.count(1..=i64::MAX as u64));
    let core = ycsb::core(&section);
    let usual = core.as_ref().map_or_else(Keys::default, |(_, keys)| *keys);
    let (mix, updates_mix) = core.map_or_else(|| mix(&section, scope), |(mix, _)| mix);
    let updates = updates(&section, scope, updates_mix);
    let keys = keys(&section, usual);
    let route = |field| section.get(field).and_then(|item| scope.route(item));
    let (reads, writes) = (route("reads"), route("writes"));
    let retry = retry(&section, Retry::default());
    let client_time = section.get("client_time").and_then(latency_or_none);
    let (start, stop) = time?;
    let drawn = Workload {
        pace: pace?,
        start,
        stop,
        operations,
        mix,
        updates,
        keys,
        reads: reads.unwrap_or(Route::Leader),
        writes: writes.unwrap_or(Route::Leader),
        retry,
        client_time,
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

/// The kinds of operations and the updates, each with its weight.
fn mix(
    section: &Section<'_>,
    scope: &Scope<'_>,
) -> (BTreeMap<OperationKind, f64>, BTreeMap<Update, f64>) {
    let (mut mix, mut updates) = (BTreeMap::new(), BTreeMap::new());
    let Some(item) = section.get("mix") else {
        return ([(OperationKind::Put, 0.5), (OperationKind::Get, 0.5)].into(), updates);
    };
    let kinds = words::operations();
    let all_updates = words::updates();
    let Some(entries) = item.entries("`mix`") else {
        return (mix, updates);
    };
    for (name, item) in &entries {
        let weight = item.number(&number::WEIGHT);
        if let Some(update) = words::find(&all_updates, name.text) {
            updates.extend(weight.map(|weight| (update, weight)));
            continue;
        }
        let Some(kind) = words::find(&kinds, name.text) else {
            let names = [words::names(&kinds), words::names(&all_updates)].concat();
            item.mistakes().unknown("operation", *name, &names);
            continue;
        };
        scope.offers(kind, *name);
        mix.extend(weight.map(|weight| (kind, weight)));
    }
    // Only a mix that was read in full can be said to be empty.
    let is_nothing = mix.values().chain(updates.values()).all(|&weight| weight == 0.0);
    if mix.len() + updates.len() == entries.len() && is_nothing {
        item.mistake(
            "the mix has no operation",
            "nothing to do",
            "give one operation a weight, as in `mix = { put = 0.3, get = 0.7 }`",
        );
    }
    (mix, updates)
}

/// How numbers are changed.
fn updates(section: &Section<'_>, scope: &Scope<'_>, mix: BTreeMap<Update, f64>) -> Updates {
    let default = Updates::default();
    let fields = &["initial", "amount", "overdraft", "by"];
    let numbers = section.section("numbers", "`numbers`", fields);
    let of_numbers = mix.keys().any(|update| update.is_of_numbers());
    if let Some(item) = section.get("numbers").filter(|_| !of_numbers) {
        item.mistake(
            "nothing in the mix changes numbers",
            "says nothing",
            "give `add` or `transfer` a weight in `mix`, or remove this",
        );
    }
    let made = mix.keys().find(|update| **update != Update::Insert);
    if let (Some(rate), Some(update)) = (section.get("rate"), made) {
        rate.mistake(
            format!("`rate` and `{}` exclude each other", update.name()),
            "with a rate, operations are begun one by one",
            "a client goes on to write when it has read: use `think` in place of `rate`",
        );
    }
    let by = numbers.get("by").and_then(|item| item.word("way to write back", WRITE_BACKS));
    if let (Some(item), Some(WriteBack::CompareAndSet)) = (numbers.get("by"), by)
        && let Some(name) = item.text("\"put\"")
    {
        scope.offers(OperationKind::CompareAndSet, name);
    }
    let amount = numbers.get("amount").and_then(|item| item.count(1..=1_000_000_000));
    Updates {
        mix,
        initial: numbers.get("initial").and_then(|item| item.whole()).unwrap_or(default.initial),
        amount: amount.unwrap_or(default.amount),
        overdraft: numbers.get("overdraft").and_then(|item| item.flag()).unwrap_or(false),
        by,
    }
}

fn keys(section: &Section<'_>, default: Keys) -> Keys {
    let section = section.section("keys", "`keys`", &["count", "choice"]);
    let count = section.get("count").and_then(|item| item.count(1..=MAX_KEYS));
    let choice = section.get("choice").and_then(choice);
    Keys { count: count.unwrap_or(default.count), choice: choice.unwrap_or(default.choice) }
}

#[derive(Clone, Copy)]
enum Choice {
    Uniform,
    Zipfian,
    HotCold,
    Latest,
}

const CHOICES: &Words<Choice> = &[
    ("uniform", Choice::Uniform),
    ("zipfian", Choice::Zipfian),
    ("hot-cold", Choice::HotCold),
    ("latest", Choice::Latest),
];

fn choice(item: Item<'_>) -> Option<KeyChoice> {
    let tagged = item.tagged("choice of keys", "\"uniform\"", CHOICES)?;
    match tagged.meaning {
        Choice::Uniform => tagged.alone().map(|()| KeyChoice::Uniform),
        Choice::Zipfian | Choice::Latest => {
            let payload = tagged.payload("{ exponent = 0.99 }")?;
            let heading = format!("`{}`", tagged.tag.text);
            let section = payload.section(&heading, &["exponent"]);
            let exponent = section.required("exponent", "0.99")?.number(&number::EXPONENT)?;
            Some(match tagged.meaning {
                Choice::Latest => KeyChoice::Latest { exponent },
                _ => KeyChoice::Zipfian { exponent },
            })
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
