//! What clients of each zone went through.

use crate::{
    paper::{Paper, Tone},
    quantile::LatencySummary,
    text,
};
use judge::{Run, record::OperationRecord};
use scenarios::Zone;

/// Writes a line for each zone: who is in it, how long its clients waited, and how many were answered.
pub(super) fn write(run: &Run, paper: &mut Paper) {
    let zones = &run.scenario.zones.zones;
    if zones.is_empty() {
        return;
    }
    paper.part("THE ZONES");
    let width = zones.iter().map(|zone| zone.name.as_str().len()).max().unwrap_or(0);
    for zone in zones {
        let name = format!("{:width$}  ", zone.name);
        let told = format!("{}{}", members(zone), waits(run, zone));
        paper.hanging("  ", width + 4, &[(&name, Tone::Notable), (&told, Tone::Plain)]);
    }
}

fn members(zone: &Zone) -> String {
    let nodes: Vec<_> = zone.nodes.iter().map(ToString::to_string).collect();
    let clients = match zone.clients.len() {
        0 => Vec::new(),
        count => vec![text::count(count as u64, "client", "clients")],
    };
    text::list(&nodes.into_iter().chain(clients).collect::<Vec<_>>())
}

/// How long the clients near it waited for reads and for writes, and how often for nothing.
fn waits(run: &Run, zone: &Zone) -> String {
    let is_near = |record: &&OperationRecord| zone.clients.binary_search(&record.client).is_ok();
    let records: Vec<_> = run.operations().iter().filter(is_near).collect();
    let median = |writes: bool| {
        let of_kind = records.iter().filter(|it| it.operation.kind().is_write() == writes);
        let answered = of_kind.filter(|it| it.is_answered());
        LatencySummary::of(answered.map(|it| it.completed.since(it.invoked)).collect())
    };
    let kinds = [("reads", median(false)), ("writes", median(true))];
    let kinds = kinds.into_iter().filter_map(|(kind, latency)| {
        Some(format!("{kind} took {}", text::duration(latency?.p50)))
    });
    let mut told = String::new();
    let kinds: Vec<_> = kinds.collect();
    if !kinds.is_empty() {
        told += &format!(": {} at the median", text::list(&kinds));
    }
    let unanswered = records.iter().filter(|it| !it.is_answered()).count();
    if unanswered > 0 {
        told += &format!(
            "{} {} of {} were not answered",
            if kinds.is_empty() { ":" } else { "," },
            text::number(unanswered as u64),
            text::number(records.len() as u64)
        );
    }
    told
}
