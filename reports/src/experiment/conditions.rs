//! On what machines and links an experiment took place, in one line.

use crate::text;
use scenarios::{Latency, Link, Scenario, Share};

/// The conditions that scenarios have in common; what varies is said to vary.
pub(super) fn describe<'a>(scenarios: impl Iterator<Item = &'a Scenario> + Clone) -> String {
    let common = |part: fn(&Scenario) -> String, varying: &str| {
        let mut parts = scenarios.clone().map(part);
        let first = parts.next().unwrap_or_default();
        if parts.all(|part| part == first) { first } else { varying.to_owned() }
    };
    [
        common(|s| text::count(s.cluster.nodes as u64, "node", "nodes"), "nodes vary"),
        common(
            |s| format!("{} of service an event", latency(&s.cluster.service_time)),
            "service times vary",
        ),
        common(
            |s| format!("links between nodes {}", link(&s.network.nodes)),
            "links between nodes vary",
        ),
        common(|s| format!("to clients {}", link(&s.network.clients)), "to clients vary"),
        common(|s| format!("fsync {}", latency(&s.disk.sync)), "fsync varies"),
    ]
    .join(", ")
}

fn link(link: &Link) -> String {
    latency(&link.latency)
}

fn latency(latency: &Latency) -> String {
    match latency {
        Latency::Constant(length) => text::duration(*length),
        Latency::Uniform { min, max } => {
            format!("{} to {}", text::duration(*min), text::duration(*max))
        }
        Latency::Exponential { mean } => format!("{} on average", text::duration(*mean)),
        Latency::Lognormal { median, p99 } => {
            format!("{} (p99 {})", text::duration(*median), text::duration(*p99))
        }
        Latency::Quantiles(quantiles) => {
            let [median, p99] = [Share::HALF, Share::P99].map(|share| quantiles.at(share));
            format!("{} (p99 {}) as measured", text::duration(median), text::duration(p99))
        }
    }
}
