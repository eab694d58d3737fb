//! Distributions of latencies, of links, of disks and of services.

use super::item::{Item, Tagged, Zero};
use crate::{
    Latency, MAX_QUANTILES, Quantiles, Share,
    words::{self, Words},
};
use std::time::Duration;

type Distribution = fn(Item<'_>) -> Option<Latency>;

const DISTRIBUTIONS: &Words<(Distribution, &str)> = &[
    ("constant", (constant, "\"500us\"")),
    ("uniform", (uniform, "{ min = \"1ms\", max = \"5ms\" }")),
    ("exponential", (exponential, "{ mean = \"1ms\" }")),
    ("lognormal", (lognormal, "{ median = \"500us\", p99 = \"2ms\" }")),
    ("quantiles", (quantiles, "{ p0 = \"60us\", p50 = \"80us\", p99 = \"1ms\", p100 = \"4ms\" }")),
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

/// Reads a latency that may be nothing if it is always the same.
pub(super) fn latency_or_none(item: Item<'_>) -> Option<Latency> {
    let is_name = |name: &str| words::find(DISTRIBUTIONS, name).is_some();
    if item.is_table() || (item.is_text() && is_name(item.text("\"50us\"")?.text)) {
        return latency(item);
    }
    item.duration(Zero::Allowed).map(Latency::Constant)
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

fn quantiles(item: Item<'_>) -> Option<Latency> {
    let entries = item.entries("`quantiles`")?;
    let count = entries.len();
    let mut quantiles = Vec::new();
    for (name, item) in entries {
        let share = name.text.parse::<Share>().ok();
        if share.is_none() {
            let message = format!("`{}` is no quantile", name.text);
            let label = "a quantile is p0 to p100, with up to four decimals";
            item.mistakes().add(name.span(), message, label, "write it as in `p50` or `\"p99.9\"`");
        }
        quantiles.push((share, item.duration(Zero::Allowed), item));
    }
    let read =
        |(share, at, item): &(Option<Share>, Option<Duration>, _)| Some(((*share)?, (*at)?, *item));
    let mut quantiles: Vec<(_, _, Item<'_>)> = quantiles.iter().map(read).collect::<Option<_>>()?;
    quantiles.sort_by_key(|(share, ..)| *share);
    for pair in quantiles.windows(2) {
        let [(low, least, _), (high, most, item)] = pair else { continue };
        if low == high {
            item.mistake(
                format!("`{high}` is said twice"),
                "the same quantile, written otherwise",
                "remove one of the two",
            );
        } else if most < least {
            item.mistake(
                format!("`{high}` must not be less than `{low}`"),
                format!("less than {}", humantime::format_duration(*least)),
                "more of all samples are below a higher quantile: put them in order",
            );
        }
    }
    if count > MAX_QUANTILES {
        item.mistake(
            format!("there can be {MAX_QUANTILES} quantiles at most, not {count}"),
            "too many",
            "keep those of the tail, and every tenth of the others",
        );
    }
    let made = Quantiles::new(quantiles.iter().map(|(share, at, _)| (*share, *at)).collect());
    let has = |share| quantiles.iter().any(|(it, ..)| *it == share);
    if made.is_none() && !(has(Share::NONE) && has(Share::ALL)) {
        item.mistake(
            "quantiles begin with `p0`, the least, and end with `p100`, the most",
            "an end is missing",
            "add it: nothing is drawn beyond the two",
        );
    }
    made.map(Latency::Quantiles)
}
