//! Disks, timers and clocks in the inspector are those that trace and scenario prove.

use super::{ask, run};
use judge::replay::{Awaited, Replay, pending};
use node::Time;
use scenarios::Action;
use serde_json::Value;
use std::time::Duration;

/// The rows below the stores: what each says of each node.
const INSIDE: &str = "await rest(300);\n\
    return Object.fromEntries([...document.querySelectorAll('table.stores tfoot tr')].map(row =>\n\
        [row.className, [...row.querySelectorAll('td')].map(cell => [...cell.children].map(line =>\n\
            line.textContent.replace(/[\\u2068\\u2069]/g, '')))]));";

fn at(ms: u64) -> Time {
    Time::from(Duration::from_millis(ms))
}

fn lines<'v>(shown: &'v Value, row: &str, node: usize) -> Vec<&'v str> {
    shown[row][node].as_array().unwrap().iter().filter_map(Value::as_str).collect()
}

#[test]
fn timers_and_syncs_under_way_are_those_of_the_trace() {
    let run = run("stale-leader-reads", "raft");
    let all = pending(run.trace.as_ref().unwrap(), &run.faults);
    let (mut timers, mut syncs) = (0, 0);
    for ms in [1_900, 3_400] {
        let Some(shown) = ask(&run, &format!("#t={}", at(ms).as_nanos()), INSIDE) else { return };
        for (position, replica) in run.replicas.iter().enumerate() {
            let open = all.iter().filter(|it| {
                let lasts = it.end.is_none_or(|(end, _)| end > at(ms));
                it.node == replica.node && it.from <= at(ms) && lasts
            });
            let (armed, asked): (Vec<_>, Vec<_>) =
                open.partition(|it| matches!(it.what, Awaited::Timer { .. }));
            let told = lines(&shown, "timers", position);
            for it in &armed {
                let Awaited::Timer { text, .. } = it.what else { continue };
                assert!(told.iter().any(|line| line.starts_with(text)), "{text}: {told:?}");
            }
            assert_eq!(told.len(), armed.len());
            let told = lines(&shown, "disk", position);
            let under_way = told.iter().filter(|line| line.starts_with("syncing ")).count();
            assert_eq!(under_way, asked.len(), "{told:?}");
            timers += armed.len();
            syncs += asked.len();
        }
        // Of the leader that stands still, what was due is not handled.
        let overdue = shown["timers"].to_string().contains("not handled");
        assert_eq!(overdue, ms == 3_400);
    }
    assert!(timers > 4 && syncs > 0, "{timers} {syncs}");
}

#[test]
fn a_node_that_is_down_shows_what_its_disk_gives_back_and_what_is_lost() {
    let script = "await rest(300);\n\
        return [...document.querySelectorAll('table.stores tbody tr')].map(row => [row.querySelector('th button').textContent,\n\
            [...row.querySelectorAll('td')].map(cell => cell.textContent.replace(/[\\u2068\\u2069]/g, ''))]);";
    let (mut kept, mut lost) = (0, 0);
    for system in ["async-leader", "durable-eventual"] {
        let run = run("amnesia", system);
        let (mut before, mut after) = (Replay::of(&run).unwrap(), Replay::of(&run).unwrap());
        before.advance_to(at(3_999));
        after.advance_to(at(4_500));
        let Some(shown) = ask(&run, &format!("#t={}", at(4_500).as_nanos()), script) else {
            return;
        };
        for row in shown.as_array().unwrap() {
            let key = row[0].as_str().unwrap().into();
            for (position, replica) in run.replicas.iter().enumerate() {
                let cell = row[1][position].as_str().unwrap();
                let on_disk = after.node(replica.node).unwrap().get(&key);
                match on_disk {
                    Some(entry) => assert!(cell.contains(&format!("disk: {}", entry.value))),
                    None => assert!(cell.contains("disk: nothing"), "{cell}"),
                }
                let held = before.node(replica.node).unwrap().get(&key);
                let is_lost = held.is_some_and(|it| on_disk.map(|it| &it.value) != Some(&it.value));
                assert_eq!(cell.contains("lost"), is_lost, "{key}: {cell}");
                lost += usize::from(is_lost);
                kept += usize::from(on_disk.is_some());
            }
        }
    }
    assert!(lost > 10 && kept > 10, "{lost} lost, {kept} kept");
    // What a replicated log holds shows only once it is applied: of that nothing is claimed.
    let raft = ask(&run("ghost-data", "raft"), &format!("#t={}", at(2_500).as_nanos()), script);
    let raft = raft.unwrap().to_string();
    assert!(raft.contains("down") && !raft.contains("disk") && !raft.contains("lost"), "{raft}");
}

fn lines_of_clocks(shown: &Value) -> impl Iterator<Item = &str> {
    let cells = shown["clock"].as_array().unwrap().iter();
    cells.filter_map(|cell| cell[0].as_str())
}

#[test]
fn a_clock_is_as_far_off_as_the_plan_moved_it() {
    let run = run("clock-jumps", "peer-to-peer");
    let jumps = run.steps.iter().filter_map(|step| match &step.action {
        Action::ClockJump { by_ns, .. } => Some((step.at, *by_ns)),
        Action::Lasting { action, .. } => match **action {
            Action::ClockJump { by_ns, .. } => Some((step.at, by_ns)),
            _ => None,
        },
        _ => None,
    });
    let (first, by_ns) = jumps.min_by_key(|(at, _)| *at).unwrap();
    let first = Time::from(first);
    let Some(before) = ask(&run, &format!("#t={}", first.as_nanos() - 1), INSIDE) else { return };
    let told = before["clock"].to_string();
    assert!(!told.contains("ahead") && !told.contains("behind"), "{told}");
    let after = ask(&run, &format!("#t={}", first.as_nanos()), INSIDE).unwrap();
    let moved = lines_of_clocks(&after).find(|line| *line != "right").unwrap();
    let told = moved.to_owned();
    assert!(told.contains(if by_ns > 0 { " ahead" } else { " behind" }), "{told}");
    let (number, unit) = told.split_once(' ').unwrap();
    let unit = if unit.starts_with("ms") { 1e6 } else { 1e9 };
    let off = number.parse::<f64>().unwrap() * unit / by_ns.unsigned_abs() as f64;
    assert!((0.99..1.01).contains(&off), "{told} for {by_ns} ns");
    // Where nothing sets a clock wrong, nothing is said of clocks.
    let plain = ask(&super::run("ghost-data", "raft"), "", INSIDE).unwrap();
    assert!(plain["clock"].is_null());
}
