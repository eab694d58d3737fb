//! What clients ask, one operation at a time: `[[workload.operation]]`, and what it shares with
//! the operations among the steps.

use super::{
    item::{Item, Zero},
    scope::Scope,
    section::Section,
    trace,
};
use crate::{MAX_ATTEMPTS, PlannedOperation, Workload, words};
use node::{
    ClientId, Key, NodeId, Operation, OperationKind, Value,
    client::Retry,
    systems::{check_key, check_value},
};

const FIELDS: &[&str] =
    &["at", "client", "do", "to", "route", "timeout", "attempts", "backoff", "think"];

/// What draws operations, and so has no meaning beside them.
const DRAWN: [&str; 7] = ["mix", "ycsb", "numbers", "keys", "operations", "start", "stop"];

/// The workload with the operations that the section lists, if it lists any.
pub(super) fn planned(section: &Section<'_>, scope: &Scope<'_>, drawn: Workload) -> Workload {
    let listed = section.get("operation").or(section.get("trace"));
    let Some(listed) = listed else {
        return drawn;
    };
    for item in DRAWN.into_iter().filter_map(|field| section.get(field)) {
        item.mistake(
            format!("`{}` and `{}` exclude each other", item.name, listed.name),
            "where operations are listed, none is drawn",
            "remove it, or remove the operations",
        );
    }
    let sections = section.tables("operation", "[[workload.operation]]", FIELDS);
    let read = |section: &Section<'_>| operation(section, scope, &drawn);
    let mut operations: Vec<_> = sections.iter().filter_map(read).collect();
    if let Some(item) = section.get("trace") {
        if listed.name != item.name {
            item.mistake(
                "`trace` and `operation` exclude each other",
                "operations are listed here as well",
                "remove one of the two",
            );
        }
        let traced = trace::operations(item, scope, drawn.clients());
        operations.extend(traced.unwrap_or_default());
    }
    let run = drawn.stop;
    drawn.plain(operations, run)
}

fn operation(
    section: &Section<'_>,
    scope: &Scope<'_>,
    workload: &Workload,
) -> Option<PlannedOperation> {
    let at = section.required("at", "\"2s\"").and_then(|item| scope.moment(item));
    let clients = workload.clients();
    let client = section.required("client", "\"c1\"").and_then(|item| {
        let client = session(item)?;
        if (1..=clients).contains(&client.index()) {
            return Some(client);
        }
        item.mistake(
            format!("the workload has no client `{client}`"),
            match clients {
                1 => "the only client is c1".to_owned(),
                clients => format!("the clients are c1 to c{clients}"),
            },
            "name one of them, or raise `clients` in [workload]",
        );
        None
    });
    let example = "{ get = { key = \"a\" } }";
    let asked = section.required("do", example).and_then(|item| asked(item, scope));
    let to = section.get("to").map_or(Some(Vec::new()), |item| nodes(item, scope));
    let route = section.get("route").and_then(|item| scope.route(item));
    let think = section.get("think").and_then(|item| item.duration(Zero::Allowed));
    let retry = retry(section, workload.retry);
    let retry = (retry != workload.retry).then_some(retry);
    Some(PlannedOperation {
        at: at?,
        client: client?,
        operation: asked?,
        to: to?,
        route,
        retry,
        think,
    })
}

/// A session's name.
pub(super) fn session(item: Item<'_>) -> Option<ClientId> {
    let name = item.text("\"c1\"")?;
    let client = name.text.parse().ok();
    if client.is_none() {
        item.mistake(
            format!("`{}` is not a client session's name", name.text),
            "not such a name",
            "write a `c` and a number, as in \"c1\"",
        );
    }
    client
}

/// A node, or several in a list.
fn nodes(item: Item<'_>, scope: &Scope<'_>) -> Option<Vec<NodeId>> {
    let items = if item.is_list() { item.list("[\"n1\", \"n2\"]")? } else { vec![item] };
    items.iter().map(|item| scope.node(item.text("\"n1\"")?)).collect()
}

/// Timeouts and retries, as in `base` where the section says nothing.
pub(super) fn retry(section: &Section<'_>, base: Retry) -> Retry {
    let attempts = section
        .get("attempts")
        .and_then(|item| item.count(1..=u64::from(MAX_ATTEMPTS)))
        .map_or(base.attempts, |attempts| attempts as u32);
    Retry {
        attempts,
        timeout: section.duration("timeout", Zero::Meaningless, base.timeout),
        backoff: section.duration("backoff", Zero::Allowed, base.backoff),
    }
}

fn asked(item: Item<'_>, scope: &Scope<'_>) -> Option<Operation> {
    let tagged = item.tagged("operation", "{ get = { key = \"a\" } }", &words::operations())?;
    scope.offers(tagged.meaning, tagged.tag);
    let heading = format!("`{}`", tagged.tag.text);
    Some(match tagged.meaning {
        OperationKind::ListKeys => tagged.alone().map(|()| Operation::ListKeys)?,
        OperationKind::Get => {
            let section = tagged.payload("{ key = \"a\" }")?.section(&heading, &["key"]);
            Operation::Get { key: key(&section, scope)? }
        }
        OperationKind::Delete => {
            let section = tagged.payload("{ key = \"a\" }")?.section(&heading, &["key"]);
            Operation::Delete { key: key(&section, scope)? }
        }
        OperationKind::Put => {
            let payload = tagged.payload("{ key = \"a\", value = \"x\" }")?;
            let section = payload.section(&heading, &["key", "value"]);
            let (key, value) = (key(&section, scope), value(&section, "value", scope));
            Operation::Put { key: key?, value: value? }
        }
        OperationKind::CompareAndSet => {
            let payload = tagged.payload("{ key = \"a\", expected = \"x\", new = \"y\" }")?;
            let section = payload.section(&heading, &["key", "expected", "new"]);
            let (key, expected) = (key(&section, scope), expected(&section));
            let new = value(&section, "new", scope);
            Operation::CompareAndSet { key: key?, expected: expected?, new: new? }
        }
    })
}

/// The key, which every expected system takes.
pub(super) fn key(section: &Section<'_>, scope: &Scope<'_>) -> Option<Key> {
    let text = section.required("key", "\"999\"")?.text("\"999\"")?;
    let key = text.text.into();
    scope.accepts("key", text, |system| check_key(system, &key));
    Some(key)
}

/// A value, which every expected system takes.
pub(super) fn value(
    section: &Section<'_>,
    field: &'static str,
    scope: &Scope<'_>,
) -> Option<Value> {
    let text = section.required(field, "\"GhostData\"")?.text("\"GhostData\"")?;
    let value = text.text.into();
    scope.accepts("value", text, |system| check_value(system, &value));
    Some(value)
}

/// What a compare-and-set expects: nothing if the text leaves it out.
pub(super) fn expected(section: &Section<'_>) -> Option<Option<Value>> {
    match section.get("expected") {
        Some(item) => item.text("\"old\"").map(|text| Some(text.text.into())),
        None => Some(None),
    }
}
