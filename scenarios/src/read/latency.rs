//! Distributions of latencies, of links and of disks.

use super::item::{Item, Tagged, Zero};
use crate::{
    Latency,
    words::{self, Words},
};

type Distribution = fn(Item<'_>) -> Option<Latency>;

const DISTRIBUTIONS: &Words<(Distribution, &str)> = &[
    ("constant", (constant, "\"500us\"")),
    ("uniform", (uniform, "{ min = \"1ms\", max = \"5ms\" }")),
    ("exponential", (exponential, "{ mean = \"1ms\" }")),
    ("lognormal", (lognormal, "{ median = \"500us\", p99 = \"2ms\" }")),
];

/// Reads a latency: a bare time, or a distribution by name.
pub(super) fn latency(item: Item<'_>) -> Option<Latency> {
    // A bare time is the short form of a constant; a bare name lacks its numbers.
    let is_name = |name: &str| words::find(DISTRIBUTIONS, name).is_some();
    if item.is_text() && !is_name(item.text("\"500us\"")?.text) {
        return constant(item);
    }
    let example = "{ lognormal = { median = \"500us\", p99 = \"2ms\" } }";
    let tagged: Tagged<'_, (Distribution, &str)> =
        item.tagged("latency distribution", example, DISTRIBUTIONS)?;
    let (read, example) = tagged.meaning;
    read(tagged.payload(example)?)
}

fn constant(item: Item<'_>) -> Option<Latency> {
    item.duration(Zero::Meaningless).map(Latency::Constant)
}

fn uniform(item: Item<'_>) -> Option<Latency> {
    let section = item.section("`uniform`", &["min", "max"]);
    let min = section.required("min", "\"1ms\"").and_then(|item| item.duration(Zero::Allowed));
    let max_item = section.required("max", "\"5ms\"");
    let max = max_item.and_then(|item| item.duration(Zero::Meaningless));
    let (min, max) = (min?, max?);
    if min > max {
        max_item?.mistake(
            "`max` must not be less than `min`",
            format!("less than {}", humantime::format_duration(min)),
            "exchange the two",
        );
    }
    Some(Latency::Uniform { min, max })
}

fn exponential(item: Item<'_>) -> Option<Latency> {
    let section = item.section("`exponential`", &["mean"]);
    let mean = section.required("mean", "\"1ms\"")?.duration(Zero::Meaningless)?;
    Some(Latency::Exponential { mean })
}

fn lognormal(item: Item<'_>) -> Option<Latency> {
    let section = item.section("`lognormal`", &["median", "p99"]);
    let positive = |item: Item<'_>| item.duration(Zero::Meaningless);
    let median = section.required("median", "\"500us\"").and_then(positive);
    let p99_item = section.required("p99", "\"2ms\"");
    let p99 = p99_item.and_then(positive);
    let (median, p99) = (median?, p99?);
    if p99 < median {
        p99_item?.mistake(
            "`p99` must not be less than `median`",
            format!("less than {}", humantime::format_duration(median)),
            "99 of 100 take at most `p99`, and half of them at most `median`: raise `p99`",
        );
    }
    Some(Latency::Lognormal { median, p99 })
}
