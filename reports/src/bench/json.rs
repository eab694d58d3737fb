//! The figures of a bench for programs.

use super::{BENCH_SCHEMA, Bench, Latencies, OfKind, Store};
use serde_json::{Map, Value, json};
use std::time::Duration;

pub(super) fn json(bench: &Bench) -> String {
    let stores: Vec<_> = bench.stores.iter().map(store).collect();
    let document = json!({
        "schema": BENCH_SCHEMA,
        "load": bench.load,
        "open_loop": bench.is_open,
        "finding": bench.finding(),
        "stores": stores,
        "notes": bench.notes,
    });
    format!("{document:#}")
}

fn store(store: &Store) -> Value {
    let kinds: Map<_, _> =
        store.kinds.iter().map(|(kind, it)| (kind.to_string(), of(it))).collect();
    let seconds = store.seconds.iter().map(|second| {
        let answered = second.answered.iter();
        let answered: Map<_, _> =
            answered.map(|(kind, latency)| (kind.to_string(), latency.count.into())).collect();
        json!({ "answered": answered, "failed": second.failed })
    });
    json!({
        "name": store.name,
        "about": store.about,
        "seconds": store.time.as_secs_f64(),
        "per_second": store.per_second(),
        "failed": store.failed(),
        "unfinished": store.unfinished,
        "kinds": kinds,
        "by_second": seconds.collect::<Vec<_>>(),
    })
}

fn of(of: &OfKind) -> Value {
    json!({
        "answered": of.latency.count,
        "per_second": of.per_second,
        "failed": of.failed(),
        "errors": of.errors,
        "latency_ms": latencies(&of.latency),
        "uncorrected_latency_ms": of.uncorrected.as_ref().map(latencies),
    })
}

/// `null` where nothing was answered.
fn latencies(latency: &Latencies) -> Value {
    if latency.count == 0 {
        return Value::Null;
    }
    let named = latency.named();
    named
        .map(|(name, span)| (name.to_owned(), ms(span).into()))
        .into_iter()
        .collect::<Map<_, _>>()
        .into()
}

fn ms(span: Duration) -> f64 {
    span.as_nanos() as f64 / 1e6
}
