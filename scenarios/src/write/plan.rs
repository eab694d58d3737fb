//! What a plan says beside a scenario, and its operations one a line.

use super::{Writer, count, route, table, text, time};
use crate::{
    Fate, LinkEnd, MessagePin, PlannedOperation, SCHEMA, Scenario, Workload,
    words::{self, FATES},
};
use node::Operation;
use toml::Value;

/// Writes the schema, if the scenario needs one, the seed, the system, and since when it is mended.
pub(super) fn head(out: &mut Writer, scenario: &Scenario) {
    if needs_schema(scenario) {
        out.field("schema", count(SCHEMA));
    }
    if let Some(seed) = scenario.seed {
        let fits = i64::try_from(seed).is_ok();
        out.field("seed", if fits { count(seed) } else { text(seed) });
    }
    if let Some(system) = &scenario.on {
        out.field("on", text(system));
    }
    if let Some(version) = &scenario.fixed_in {
        out.field("fixed-in", text(version));
    }
}

/// Whether something stands in it that the first schema did not know: a reader of that one is to
/// refuse it by its number.
fn needs_schema(scenario: &Scenario) -> bool {
    let is_planned = |workload: &Workload| workload.planned.is_some();
    scenario.seed.is_some()
        || scenario.on.is_some()
        || scenario.fixed_in.is_some()
        || !scenario.zones.is_empty()
        || !scenario.cluster.late.is_empty()
        || !scenario.pins.is_empty()
        || scenario.workload.as_ref().is_some_and(is_planned)
        || scenario.steps.iter().any(|step| step.client.is_some() || step.random)
}

/// Writes the operations of a workload.
pub(super) fn operations(out: &mut Writer, workload: &Workload, planned: &[PlannedOperation]) {
    out.lines("operation", planned.iter().map(|it| operation(it, workload)));
}

fn operation(planned: &PlannedOperation, workload: &Workload) -> Value {
    let mut fields = vec![
        ("at", time(planned.at)),
        ("client", text(planned.client)),
        ("do", asked(&planned.operation)),
    ];
    match &planned.to[..] {
        [] => {}
        [only] => fields.push(("to", text(only))),
        several => fields.push(("to", super::list(several.iter().map(text)))),
    }
    fields.extend(planned.route.map(|it| ("route", route(it))));
    if let Some(retry) = planned.retry {
        let usual = workload.retry;
        fields.extend((retry.timeout != usual.timeout).then(|| ("timeout", time(retry.timeout))));
        let attempts = || ("attempts", count(u64::from(retry.attempts)));
        fields.extend((retry.attempts != usual.attempts).then(attempts));
        fields.extend((retry.backoff != usual.backoff).then(|| ("backoff", time(retry.backoff))));
    }
    fields.extend(planned.think.map(|think| ("think", time(think))));
    table(fields)
}

fn asked(operation: &Operation) -> Value {
    let name = operation.kind().name();
    let carried = match operation {
        Operation::ListKeys => return text(name),
        Operation::Get { key } | Operation::Delete { key } => table([("key", text(key))]),
        Operation::Put { key, value } => table([("key", text(key)), ("value", text(value))]),
        Operation::CompareAndSet { key, expected, new } => {
            let mut fields = vec![("key", text(key))];
            fields.extend(expected.as_ref().map(|expected| ("expected", text(expected))));
            fields.push(("new", text(new)));
            table(fields)
        }
    };
    table([(name, carried)])
}

/// Writes what is pinned.
pub(super) fn pins(out: &mut Writer, scenario: &Scenario) {
    let pins = &scenario.pins;
    if pins.is_empty() {
        return;
    }
    out.heading("[pins]");
    if let Some(latency) = pins.latency {
        out.field("latency", time(latency));
    }
    if !pins.links.is_empty() {
        let links = pins.links.iter();
        let link =
            |from, to, latency| table([("link", link(from, to)), ("latency", time(latency))]);
        out.lines("link", links.map(|pin| link(pin.from, pin.to, pin.latency)));
    }
    if !pins.messages.is_empty() {
        out.lines("message", pins.messages.iter().map(message));
    }
}

fn message(pin: &MessagePin) -> Value {
    let mut fields = vec![("link", link(pin.from, pin.to)), ("number", count(pin.number))];
    if pin.fate != Fate::Kept || pin.after.is_none() {
        fields.push(("fate", text(words::name_of(FATES, &pin.fate))));
    }
    fields.extend(pin.after.map(|after| ("after", time(after))));
    fields.extend(pin.copy_after.map(|after| ("copy_after", time(after))));
    table(fields)
}

fn link(from: LinkEnd, to: LinkEnd) -> Value {
    text(format_args!("{from}->{to}"))
}
