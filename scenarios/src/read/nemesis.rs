//! `[nemesis]`: random faults.

use super::{
    item::{Item, Zero},
    mistakes::Word,
    number,
    scope::Scope,
    section::Section,
};
use crate::{Nemesis, RandomFault, RandomKind, defaults, words::RANDOM_KINDS};
use std::time::Duration;

pub(super) fn nemesis(root: &Section<'_>, scope: &Scope<'_>) -> Option<Nemesis> {
    let section = root.section("nemesis", "[nemesis]", &["start", "stop", "fault"]);
    if !section.is_present() {
        return None;
    }
    let time = scope.span_of_time(section.get("start"), section.get("stop"));
    let fields = &["kind", "per_minute", "lasts"];
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
    let kind = section.required("kind", "\"crash\"").and_then(|item| kind(item, scope));
    let per_minute =
        section.required("per_minute", "6.0").and_then(|item| item.number(&number::PER_MINUTE));
    let lasts = match section.get("lasts") {
        Some(item) => lasts(item),
        None => Some(defaults::FAULT_LASTS),
    };
    Some(RandomFault { kind: kind?, per_minute: per_minute?, lasts: lasts? })
}

fn kind(item: Item<'_>, scope: &Scope<'_>) -> Option<RandomKind> {
    let kind = item.word("kind of fault", RANDOM_KINDS)?;
    let name = Word::new(kind.name(), item.span());
    if kind == RandomKind::Membership {
        scope.changes_membership(name);
    }
    scope.needs_nodes(least_nodes(kind), name)?;
    Some(kind)
}

/// How many nodes there must be for the fault to come between them.
fn least_nodes(kind: RandomKind) -> usize {
    match kind {
        RandomKind::Crash
        | RandomKind::Pause
        | RandomKind::ClockJump
        | RandomKind::PowerLoss
        | RandomKind::SlowNode
        | RandomKind::SlowDisk
        | RandomKind::FullDisk
        | RandomKind::DiskErrors
        | RandomKind::BitRot => 1,
        RandomKind::Partition
        | RandomKind::Isolate
        | RandomKind::OneWay
        | RandomKind::SlowLink
        | RandomKind::Loss
        | RandomKind::Duplicate
        | RandomKind::FlappingLink
        | RandomKind::DelaySpike
        | RandomKind::Reorder
        | RandomKind::Membership => 2,
        RandomKind::Bridge => 3,
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
