//! Zones, and what lies between them, as TOML.

use super::{Writer, count, latency, list, table, text};
use crate::{
    Crossing, Latency, Scenario, Workload, Zones,
    words::{self, ORDERS},
};
use node::ClientId;
use std::fmt::Display;
use toml::Value;

/// Writes who is in which zone. Of clients, those that there are.
pub(super) fn zones(out: &mut Writer, scenario: &Scenario) {
    let named = scenario.steps.iter().filter_map(|step| step.client).map(ClientId::index).max();
    let clients = scenario.workload.as_ref().map_or(0, Workload::clients);
    let last = clients.max(named.unwrap_or(0));
    for zone in &scenario.zones.zones {
        out.heading(&format!("[zones.{}]", zone.name));
        let nodes: Vec<_> = zone.nodes.iter().map(|node| (node.index(), *node)).collect();
        out.field_unless(nodes.is_empty(), "nodes", || ranges(&nodes));
        let clients = zone.clients.iter().map(|client| (client.index(), *client));
        let clients: Vec<_> = clients.filter(|(index, _)| *index <= last).collect();
        out.field_unless(clients.is_empty(), "clients", || ranges(&clients));
    }
}

/// Names in their order, three or more that follow each other as a range.
fn ranges<T: Display>(named: &[(usize, T)]) -> Value {
    let runs = named.chunk_by(|(one, _), (next, _)| one + 1 == *next);
    list(runs.flat_map(|run| match run {
        [(_, first), _, .., (_, last)] => vec![text(format_args!("{first}..{last}"))],
        few => few.iter().map(|(_, name)| text(name)).collect(),
    }))
}

/// Writes what lies between zones: both ways in one line where they are alike.
pub(super) fn between(out: &mut Writer, zones: &Zones) {
    if zones.between.is_empty() {
        return;
    }
    out.heading("[network.between]");
    for ((from, to), crossing) in &zones.between {
        let back = zones.between.get(&(*to, *from));
        if back != Some(crossing) {
            out.field(&format!("\"{from} -> {to}\""), stated(crossing));
        } else if from < to {
            out.field(&format!("\"{from} <-> {to}\""), stated(crossing));
        }
    }
}

fn stated(crossing: &Crossing) -> Value {
    let Crossing { latency: takes, loss, duplicate, order, bytes_per_second } = crossing;
    if let (Some(Latency::Constant(_)), None, None, None, None) =
        (takes, loss, duplicate, order, bytes_per_second)
    {
        return latency(takes.as_ref().expect("it was just seen"));
    }
    let mut fields = Vec::new();
    fields.extend(takes.as_ref().map(|takes| ("latency", latency(takes))));
    fields.extend(loss.map(|loss| ("loss", Value::Float(loss))));
    fields.extend(duplicate.map(|duplicate| ("duplicate", Value::Float(duplicate))));
    fields.extend(order.map(|order| ("order", text(words::name_of(ORDERS, &order)))));
    fields.extend(bytes_per_second.map(|bytes| ("bytes_per_second", count(bytes))));
    table(fields)
}
