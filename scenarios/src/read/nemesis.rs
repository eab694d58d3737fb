//! `[nemesis]`: random faults.

use super::{
    item::{Item, Zero},
    mistakes::Word,
    number,
    scope::Scope,
    section::Section,
};
use crate::{FaultKind, Links, Nemesis, RandomFault, defaults, suggest, words::fault_kinds};
use std::time::Duration;

pub(super) fn nemesis(root: &Section<'_>, scope: &Scope<'_>) -> Option<Nemesis> {
    let section = root.section("nemesis", "[nemesis]", &["start", "stop", "fault"]);
    if !section.is_present() {
        return None;
    }
    let time = scope.span_of_time(section.get("start"), section.get("stop"));
    let fields = &["kind", "per_minute", "lasts", "links", "reads"];
    let faults = section.tables("fault", "[[nemesis.fault]]", fields);
    if faults.is_empty() {
        section.mistakes().add(
            section.span(),
            "the nemesis has no fault",
            "nothing would happen",
            "add [[nemesis.fault]] with `kind = \"crash\"` and `per_minute = 6.0`, or remove [nemesis]",
        );
    }
    let faults = faults.iter().filter_map(|fault| random_fault(fault, scope)).collect();
    let (start, stop) = time?;
    Some(Nemesis { start, stop, faults })
}

fn random_fault(section: &Section<'_>, scope: &Scope<'_>) -> Option<RandomFault> {
    let links = section.get("links").map(|_| scope.links(section));
    let reads = section.get("reads").and_then(|item| item.flag());
    let of_clients = links.is_some_and(|links| links != Links::Nodes);
    let kind = section.required("kind", "\"crash\"").and_then(|item| kind(item, of_clients, scope));
    if let Some(kind) = kind {
        only_for(section, "links", kind, FaultKind::STRIKES_LINKS);
        only_for(section, "reads", kind, &[FaultKind::DiskErrors]);
    }
    let per_minute =
        section.required("per_minute", "6.0").and_then(|item| item.number(&number::PER_MINUTE));
    let lasts = match section.get("lasts") {
        Some(item) => lasts(item),
        None => Some(defaults::FAULT_LASTS),
    };
    let (links, reads) = (links.unwrap_or_default(), reads.unwrap_or(false));
    Some(RandomFault { kind: kind?, per_minute: per_minute?, lasts: lasts?, links, reads })
}

fn kind(item: Item<'_>, of_clients: bool, scope: &Scope<'_>) -> Option<FaultKind> {
    let kind = item.word("kind of fault", &fault_kinds())?;
    let name = Word::new(kind.name(), item.span());
    if kind == FaultKind::Membership {
        scope.changes_membership(name);
    }
    // Of clients there is a link even to one node.
    let strikes_clients = of_clients && FaultKind::STRIKES_LINKS.contains(&kind);
    let least = if strikes_clients { 1 } else { least_nodes(kind) };
    scope.needs_nodes(least, name)?;
    Some(kind)
}

/// Makes sure that a field stands with a kind that it says something of.
fn only_for(section: &Section<'_>, field: &'static str, kind: FaultKind, kinds: &[FaultKind]) {
    if let Some(item) = section.get(field).filter(|_| !kinds.contains(&kind)) {
        let names: Vec<_> = kinds.iter().map(|kind| kind.name()).collect();
        item.mistake(
            format!("`{field}` says nothing of the kind `{}`", kind.name()),
            "not here",
            format!("it goes with {}; remove it", suggest::listed(&names)),
        );
    }
}

/// How many nodes there must be for the fault to come between them.
fn least_nodes(kind: FaultKind) -> usize {
    match kind {
        FaultKind::Crash
        | FaultKind::Pause
        | FaultKind::ClockJump
        | FaultKind::PowerLoss
        | FaultKind::SlowNode
        | FaultKind::SlowDisk
        | FaultKind::FullDisk
        | FaultKind::DiskErrors
        | FaultKind::BitRot => 1,
        FaultKind::Partition
        | FaultKind::Isolate
        | FaultKind::OneWay
        | FaultKind::SlowLink
        | FaultKind::Loss
        | FaultKind::Duplicate
        | FaultKind::FlappingLink
        | FaultKind::DelaySpike
        | FaultKind::Reorder
        | FaultKind::Membership => 2,
        FaultKind::Bridge => 3,
    }
}

fn lasts(item: Item<'_>) -> Option<(Duration, Duration)> {
    let example = "[\"1s\", \"3s\"]";
    let times: Vec<_> = item
        .list(example)?
        .iter()
        .map(|time| time.duration(Zero::Meaningless))
        .collect::<Option<_>>()?;
    match times[..] {
        [least, most] if least <= most => return Some((least, most)),
        [_, _] => item.mistake(
            "the first time of `lasts` must not be longer than the second",
            "the wrong way round",
            "exchange the two",
        ),
        _ => item.mistake(
            "`lasts` must be two times, the shortest and the longest",
            format!("this is {}", times.len()),
            format!("write it as in `lasts = {example}`"),
        ),
    }
    None
}
