//! The page of a run: what its data says is what the run says, and nothing in it is markup.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test as tests do")]

use judge::{
    Run,
    record::DropReason,
    replay::{Fate, messages},
};
use node::Value;
use reports::{StoryOptions, page};
use scenarios::{Action, Scenario, Target};
use serde_json::Value as Json;
use sim::{Detail, Gear};
use std::collections::BTreeMap;

fn run_of(scenario: &Scenario, system: &str) -> Run {
    sim::run(scenario, system, 0, Detail::Full, Gear::Advance).unwrap()
}

fn library(name: &str, system: &str) -> Run {
    run_of(&scenarios::find(name).unwrap(), system)
}

/// The data of a page, as its scripts find it.
fn data(page: &str) -> Json {
    let (_, from) = page.split_once("id=\"data\"").unwrap();
    let (_, from) = from.split_once('>').unwrap();
    let (json, _) = from.split_once("</script>").unwrap();
    serde_json::from_str(json).unwrap()
}

fn data_of(run: &Run) -> Json {
    data(&page(run, &StoryOptions::default()))
}

fn rows<'j>(data: &'j Json, name: &str) -> &'j [Json] {
    data[name].as_array().unwrap()
}

fn text<'j>(data: &'j Json, place: &Json) -> &'j str {
    data["texts"][place.as_u64().unwrap() as usize].as_str().unwrap()
}

/// What each node holds when the replicas are read, told anew from the page alone; `None`: it is down.
fn stores(data: &Json) -> Vec<Option<BTreeMap<String, String>>> {
    let nodes = data["nodes"].as_u64().unwrap() as usize;
    let mut stores = vec![Some(BTreeMap::new()); nodes];
    let read = data["read"].as_u64().unwrap();
    for change in rows(data, "changes").iter().filter(|it| it[0].as_u64().unwrap() <= read) {
        let node = change[1].as_u64().unwrap() as usize;
        let put = |store: &mut BTreeMap<_, _>, key: &Json, value: &Json| {
            store.insert(text(data, key).to_owned(), text(data, value).to_owned());
        };
        match change[2].as_u64().unwrap() {
            0 => {
                let mut store = BTreeMap::new();
                for held in change[3].as_array().unwrap() {
                    put(&mut store, &held[0], &held[1]);
                }
                stores[node] = Some(store);
            }
            1 => stores[node] = None,
            2 => put(stores[node].as_mut().unwrap(), &change[3], &change[4]),
            _ => drop(stores[node].as_mut().unwrap().remove(text(data, &change[3]))),
        }
    }
    stores
}

fn replicas(run: &Run) -> Vec<Option<BTreeMap<String, String>>> {
    let held = run.replicas.iter().map(|replica| {
        let entries = replica.entries.as_ref()?.iter();
        Some(entries.map(|(key, entry)| (key.to_string(), entry.value.to_string())).collect())
    });
    held.collect()
}

#[test]
fn what_nodes_hold_by_the_page_is_what_the_run_read() {
    let mut differ = 0;
    for (name, system) in [
        ("ghost-data", "async-leader"),
        ("ghost-data", "raft"),
        ("amnesia", "sync-leader"),
        ("recovery-from-failure", "durable-eventual"),
        ("flaky-network", "peer-to-peer"),
    ] {
        let run = library(name, system);
        let (told, read) = (stores(&data_of(&run)), replicas(&run));
        assert_eq!(told, read, "{name} on {system}");
        differ += usize::from(read.windows(2).any(|pair| pair[0] != pair[1]));
    }
    // A page that showed every node the same would not pass.
    assert!(differ >= 2, "{differ}");
}

#[test]
fn every_message_and_operation_is_there_with_its_fate() {
    let run = library("flaky-network", "async-leader");
    let data = data_of(&run);
    let sent = messages(run.trace.as_ref().unwrap());
    assert_eq!(rows(&data, "messages").len(), sent.len());
    let mut fates = [0; 6];
    for (row, message) in rows(&data, "messages").iter().zip(&sent) {
        let fate = match message.fate {
            Fate::Handled { .. } => 0,
            Fate::Dropped { reason: DropReason::Loss, .. } => 1,
            Fate::Dropped { reason: DropReason::Partition, .. } => 2,
            Fate::Dropped { reason: DropReason::NodeDown, .. } => 3,
            Fate::Dropped { reason: DropReason::Crash, .. } => 4,
            _ => 5,
        };
        let lane = |place: &Json| data["lanes"][place.as_u64().unwrap() as usize].as_str().unwrap();
        assert_eq!(row[6].as_u64(), Some(fate));
        assert_eq!(
            (text(&data, &row[3]), row[4].as_u64()),
            (message.text, Some(message.sent.as_nanos()))
        );
        if message.is_peer() {
            assert_eq!(
                (lane(&row[0]), lane(&row[1])),
                (&*message.from.to_string(), &*message.to.to_string())
            );
        }
        fates[fate as usize] += 1;
    }
    assert!(fates[0] > 100 && fates[1] > 10, "{fates:?}");
    let ops = rows(&data, "ops");
    assert_eq!(ops.len(), run.history.operations.len());
    let stale = run.staleness.stale.len();
    let told = ops.iter().filter(|op| op[9] == 2).count();
    assert!(stale > 0 && told > 0 && told <= stale, "{told} of {stale}");
}

#[test]
fn the_crucial_window_and_its_chain_are_about_the_violation() {
    let run = library("ghost-data", "async-leader");
    let data = data_of(&run);
    let lit: Vec<_> = rows(&data, "messages").iter().filter(|row| row[9] == 1).collect();
    let lost: Vec<_> = lit.iter().filter(|row| row[6] == 3).collect();
    assert_eq!(lost.len(), 1, "the message that n2 missed, and no other");
    assert!(text(&data, &lost[0][3]).contains("GhostData"));
    let (from, to) = (data["window"][0].as_u64().unwrap(), data["window"][1].as_u64().unwrap());
    let sent = lost[0][4].as_u64().unwrap();
    assert!(from <= sent && sent <= to && to - from < data["end"].as_u64().unwrap() / 2);
    // Its steps name moments to the nanosecond, while their words round them.
    let steps = rows(&data["reasons"][0], "steps");
    let completed = run.history.operations[0].completed.as_nanos();
    assert!(!completed.is_multiple_of(1_000_000), "{completed}");
    assert_eq!(steps[0]["at"].as_u64(), Some(completed));
    assert_eq!(steps[1]["at"].as_u64(), Some(sent));
    assert!(steps[2]["at"].is_null(), "nobody ever told it anything: that is no moment");
    assert_eq!(data["reasons"][0]["head"], "Why");
    // Where nothing is violated, it is what prevented it; where nothing failed, nothing is lit.
    let withstood = data_of(&library("ghost-data", "raft"));
    assert_eq!(withstood["reasons"][0]["head"], "Why it held");
    assert!(withstood["watch"].as_str().unwrap().starts_with("Elsewhere: "));
    assert!(rows(&withstood, "messages").iter().any(|row| row[9] == 1));
    let healthy = data_of(&library("healthy", "raft"));
    assert!(rows(&healthy, "reasons").is_empty());
    assert!(rows(&healthy, "messages").iter().all(|row| row[9] == 0));
}

#[test]
fn who_led_is_told_as_nodes_said_it() {
    let run = library("figure-8", "raft");
    let data = data_of(&run);
    let told: Vec<_> = rows(&data, "leads")
        .iter()
        .map(|it| (it[0].as_u64().unwrap(), it[1].as_i64().unwrap()))
        .collect();
    assert_eq!(told, [(1, 1), (2, 2), (1, 3), (2, 4)]);
    // By configuration, it is one for the whole run.
    let fixed = data_of(&library("ghost-data", "async-leader"));
    assert_eq!(rows(&fixed, "leads").len(), 1);
}

#[test]
fn whatever_a_run_says_is_text() {
    let evil =
        "</script><script>alert(1)</script><!-- & \" ' \u{2028} \u{202e} \u{1f47b} /*JS*/ NONCE";
    let mut scenario = scenarios::find("ghost-data").unwrap();
    scenario.title = evil.to_owned();
    for step in &mut scenario.steps {
        if let Action::Put { value, .. } = &mut step.action {
            *value = Value::from(evil);
        }
    }
    let put = Action::Put { key: evil.into(), value: "v".into(), to: Target::Leader };
    scenario.steps.push(scenarios::Step::new(std::time::Duration::from_secs(2), put));
    let run = run_of(&scenario, "async-leader");
    let page = page(&run, &StoryOptions::default());
    let plain = self::page(&library("ghost-data", "async-leader"), &StoryOptions::default());
    for mark in ["<script", "</script", "<style", "nonce=\""] {
        assert_eq!(page.matches(mark).count(), plain.matches(mark).count(), "{mark}");
    }
    assert!(!plain.contains("NONCE"), "every mark was filled");
    let data = data(&page);
    let values: Vec<_> =
        data["texts"].as_array().unwrap().iter().filter_map(Json::as_str).collect();
    assert!(values.contains(&evil), "it is there all the same");
    assert_eq!(data["title"], evil);
}

#[test]
fn a_large_run_keeps_what_matters() {
    let mut scenario = scenarios::find("stale-leader-reads").unwrap();
    let workload = scenario.workload.as_mut().unwrap();
    workload.pace = scenarios::Pace::Closed { clients: 20, think: std::time::Duration::ZERO };
    let run = run_of(&scenario, "raft");
    let sent = messages(run.trace.as_ref().unwrap()).len();
    assert!(sent > 45_000, "{sent}");
    let page = page(&run, &StoryOptions::default());
    assert!(page.len() < 9_000_000, "{} bytes", page.len());
    let data = data(&page);
    let kept = rows(&data, "messages").len();
    assert_eq!(kept + data["left_out"]["messages"].as_u64().unwrap() as usize, sent);
    assert!(rows(&data, "messages").iter().any(|row| row[9] == 1), "the chain is there");
    // What the verdicts name is named by its new place.
    for verdict in rows(&data, "verdicts") {
        for place in verdict["operations"].as_array().unwrap() {
            assert!(place.as_u64().unwrap() < rows(&data, "ops").len() as u64);
        }
    }
}

#[test]
fn nothing_of_the_page_is_fetched() {
    let page = page(&library("ghost-data", "async-leader"), &StoryOptions::default());
    for mark in
        ["http://", "https://", "src=", "@import", "url(", "fetch(", "XMLHttpRequest", "innerHTML"]
    {
        let allowed = match mark {
            // The name of a language of pictures, which nobody fetches.
            "http://" => page.matches("http://www.w3.org/2000/svg").count(),
            // Parts of the picture itself.
            "url(" => page.matches("url(#").count(),
            _ => 0,
        };
        assert_eq!(page.matches(mark).count(), allowed, "{mark}");
    }
    let policy = "default-src 'none'";
    assert!(page.contains(policy));
}

#[test]
fn a_run_without_a_trace_has_a_page_too() {
    let scenario = scenarios::find("ghost-data").unwrap();
    let run = sim::run(&scenario, "async-leader", 0, Detail::Digest, Gear::Advance).unwrap();
    let data = data_of(&run);
    assert!(rows(&data, "messages").is_empty() && rows(&data, "changes").is_empty());
    assert!(!rows(&data, "ops").is_empty() && !rows(&data, "verdicts").is_empty());
}
