//! Two runs beside each other: what the page says of each is what its own page says, and where they first differ is
//! where their records do.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test as tests do")]

use judge::{Run, record::Event, replay::Replay};
use node::{
    Answer, Key, NodeId, Time, Value, Version,
    client::{Failure, Outcome},
};
use reports::{
    StoryOptions,
    compare::{Comparison, Difference, Kind, Side, is_same_run},
    page,
};
use scenarios::Scenario;
use serde_json::Value as Json;
use sim::{Detail, Gear};
use std::collections::BTreeMap;

fn run(name: &str, system: &str, seed: u64) -> Run {
    run_of(&scenarios::find(name).unwrap(), system, seed)
}

fn run_of(scenario: &Scenario, system: &str, seed: u64) -> Run {
    sim::run(scenario, system, seed, Detail::Full, Gear::Advance).unwrap()
}

fn sides(one: Run, other: Run) -> [Side; 2] {
    [one, other].map(|run| Side { run, told: StoryOptions::default(), again: None })
}

fn data(page: &str) -> Json {
    let (_, from) = page.split_once("id=\"data\"").unwrap();
    let (_, from) = from.split_once('>').unwrap();
    serde_json::from_str(from.split_once("</script>").unwrap().0).unwrap()
}

fn rows<'j>(data: &'j Json, name: &str) -> &'j [Json] {
    data[name].as_array().unwrap()
}

fn number(place: &Json) -> usize {
    place.as_u64().unwrap() as usize
}

fn text(data: &Json, place: &Json) -> Json {
    place.as_i64().filter(|it| *it >= 0).map_or(Json::Null, |it| data["texts"][it as usize].clone())
}

/// What a page says of one run, with names in the place of numbers, list by list. `lanes`: those of the run.
fn told(data: &Json, lanes: &[usize]) -> BTreeMap<&'static str, Vec<Json>> {
    let lane = |place: &Json| data["lanes"][number(place)].clone();
    let fault = |place: &Json| {
        let fault = place.as_u64().map(|it| &rows(data, "faults")[it as usize]);
        fault.map_or(Json::Null, |it| Json::from_iter([it["kind"].clone(), it["start"].clone()]))
    };
    // A column is a lane, a text, a fault, or as it stands.
    let list = |name: &str, of: usize, columns: &str| -> Vec<Json> {
        let is_of = |row: &&Json| lanes.contains(&number(&row[of]));
        let named = rows(data, name).iter().filter(is_of).map(|row| {
            let cells = row.as_array().unwrap().iter().zip(columns.chars());
            let cells = cells.map(|(cell, column)| match column {
                'l' => lane(cell),
                't' => text(data, cell),
                'f' => fault(cell),
                _ => cell.clone(),
            });
            cells.collect()
        });
        named.collect()
    };
    let changes = rows(data, "changes").iter().filter(|row| lanes.contains(&number(&row[1])));
    let changes = changes.map(|row| {
        let holds = row[3].as_array().map(|it| {
            it.iter()
                .map(|held| Json::from_iter([text(data, &held[0]), text(data, &held[1])]))
                .collect()
        });
        let holds = holds.unwrap_or_else(|| text(data, &row[3]));
        let value = if row[2] == 2 { text(data, &row[4]) } else { row[4].clone() };
        Json::from_iter([
            row[0].clone(),
            lane(&row[1]),
            row[2].clone(),
            holds,
            value,
            row[5].clone(),
        ])
    });
    BTreeMap::from([
        ("ops", list("ops", 0, "lttnnntlnnnn")),
        ("messages", list("messages", 0, "llntnnnnfn")),
        ("said", list("said", 1, "nlt")),
        ("leads", list("leads", 0, "lnnn")),
        ("changes", changes.collect()),
    ])
}

fn numbers(list: &Json) -> Vec<usize> {
    list.as_array().unwrap().iter().map(number).collect()
}

#[test]
fn of_each_run_the_page_says_what_its_own_page_says() {
    for [one, other] in [
        [("ghost-data", "async-leader", 0), ("ghost-data", "raft", 0)],
        [("figure-8", "raft", 0), ("figure-8", "raft", 1)],
        // Not as many nodes, clients and faults.
        [("ghost-data", "raft", 0), ("chaos-five", "raft", 3)],
    ] {
        let sides = sides(run(one.0, one.1, one.2), run(other.0, other.1, other.2));
        let both = data(&Comparison::of(&sides).page());
        let alone = sides.each_ref().map(|it| data(&page(&it.run, &StoryOptions::default())));
        let mut lists = Vec::new();
        for (run, alone) in rows(&both, "runs").iter().zip(&alone) {
            let lanes = numbers(&run["lanes"]);
            let all: Vec<usize> = (0..rows(alone, "lanes").len()).collect();
            let (here, there) = (told(&both, &lanes), told(alone, &all));
            assert_eq!(here, there, "{one:?} beside {other:?}");
            assert_eq!(numbers(&run["nodes"]).len(), number(&alone["nodes"]));
            // What is named by a place of its own names the same.
            for (place, verdict) in
                numbers(&run["verdicts"]).into_iter().zip(rows(alone, "verdicts"))
            {
                let moved = &rows(&both, "verdicts")[place];
                assert_eq!(moved["sentence"], verdict["sentence"]);
                let begun = |data: &Json, verdict: &Json| {
                    let places = numbers(&verdict["operations"]).into_iter();
                    places.map(|it| text(data, &rows(data, "ops")[it][1])).collect::<Vec<_>>()
                };
                assert_eq!(begun(&both, moved), begun(alone, verdict));
            }
            let reasons =
                numbers(&run["reasons"]).into_iter().map(|it| &rows(&both, "reasons")[it]);
            assert!(reasons.eq(rows(alone, "reasons")));
            lists.push(there);
        }
        assert_ne!(lists[0], lists[1], "which is the control");
        // Nothing goes across, and every list is in order of time.
        let of_first = numbers(&rows(&both, "runs")[0]["lanes"]);
        for row in rows(&both, "messages") {
            let is_first = |place: &Json| of_first.contains(&number(place));
            assert_eq!(is_first(&row[0]), is_first(&row[1]));
        }
        for (list, column) in [("ops", 3), ("messages", 4), ("changes", 0), ("said", 0)] {
            assert!(rows(&both, list).is_sorted_by_key(|row| row[column].as_u64()), "{list}");
        }
    }
}

#[test]
fn a_fault_that_struck_both_stands_once_and_one_of_a_run_under_its_letter() {
    let first = scenarios::find("ghost-data").unwrap();
    let mut second = first.clone();
    let crash =
        second.steps.iter_mut().find(|it| matches!(it.action, scenarios::Action::Crash(..)));
    crash.unwrap().at += std::time::Duration::from_millis(100);
    let faults = |other: &Scenario| {
        let sides = sides(run_of(&first, "async-leader", 0), run_of(other, "raft", 0));
        let both = Comparison::of(&sides);
        (both.faults(), data(&both.page()))
    };
    let (sentence, same) = faults(&first);
    assert_eq!(sentence, "The same 1 fault struck both: n2 crashed (1.000s to 3.000s).");
    assert_eq!(rows(&same, "faults").len(), 1);
    // The second node of either run.
    assert_eq!(same["faults"][0]["nodes"], serde_json::json!([1, 4]));
    assert_eq!(same["faults"][0]["label"], "n2 crashed");
    let (sentence, other) = faults(&second);
    assert!(
        sentence.starts_with(
            "Not the same faults struck both: none alike; only in A: n2 crashed (1.000s"
        )
    );
    let labels: Vec<_> = rows(&other, "faults").iter().map(|it| &it["label"]).collect();
    assert_eq!(labels, ["A: n2 crashed", "B: n2 crashed"]);
}

fn differences(one: &Run, other: &Run) -> (Vec<Difference>, Vec<String>) {
    let sides = sides(one.clone(), other.clone());
    let both = Comparison::of(&sides);
    (both.differences().cloned().collect(), both.same().map(ToOwned::to_owned).collect())
}

fn only(one: &Run, other: &Run) -> Difference {
    let (mut found, _) = differences(one, other);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[test]
fn where_nothing_differs_it_says_so() {
    let run = run("ghost-data", "async-leader", 0);
    let (found, same) = differences(&run, &run.clone());
    assert!(found.is_empty() && is_same_run(&run, &run));
    let events = run.trace.as_ref().unwrap().events.len();
    assert_eq!(
        same,
        [
            format!("The traces are the same, event by event: {events} events."),
            "All 3 operations came out the same in both.".to_owned(),
            "Where a node and its counterpart both hold a key, the value is the same.".to_owned(),
            "No difference between a node and its counterpart lasts to 8.000s.".to_owned(),
        ]
    );
}

#[test]
fn the_first_event_that_differs_is_the_one_that_was_changed() {
    let run = run("ghost-data", "async-leader", 0);
    let events = &run.trace.as_ref().unwrap().events;
    let note = events
        .iter()
        .rposition(|it| matches!(it.event, Event::Timer { .. } | Event::Deliver { .. }));
    for place in [0, events.len() / 2, note.unwrap()] {
        let mut other = run.clone();
        let changed = &mut other.trace.as_mut().unwrap().events[place];
        changed.at = Time::from_nanos(changed.at.as_nanos() + 1);
        let at = changed.at;
        let (found, _) = differences(&run, &other);
        assert_eq!(found[0].kind, Kind::Event);
        assert_eq!(found[0].at, [events[place].at, at]);
        assert!(
            found[0].sentence.starts_with(&format!("Event {} is the first", place + 1)),
            "{found:?}"
        );
    }
    // A trace that ends early.
    let mut other = run.clone();
    other.trace.as_mut().unwrap().events.pop();
    let found = only(&run, &other);
    assert!(found.sentence.contains("B has no event any more"), "{found:?}");
    // Of two systems events say nothing to each other.
    let (found, same) = differences(&run, &self::run("ghost-data", "raft", 0));
    assert!(found.iter().all(|it| it.kind != Kind::Event));
    assert_eq!(same[0], "Events were not compared: the systems differ.");
}

#[test]
fn the_first_answer_that_differs_is_the_one_that_was_changed() {
    let run = run("ghost-data", "async-leader", 0);
    let read = |outcome: Outcome| {
        let mut other = run.clone();
        other.history.operations[1].outcome = outcome;
        let (found, _) = differences(&run, &other);
        found.into_iter().find(|it| it.kind == Kind::Answer)
    };
    let Outcome::Ok(Answer::Value(Some(entry))) = run.history.operations[1].outcome.clone() else {
        panic!("the leader has it");
    };
    let mut newer = entry.clone();
    newer.version = Version(entry.version.0 + 7);
    assert_eq!(read(Outcome::Ok(Answer::Value(Some(newer)))), None, "versions are a system's own");
    for (outcome, words) in [
        (Outcome::Ok(Answer::Value(None)), "A GhostData, B (absent)"),
        (Outcome::Fail(Failure::Unreachable), "A GhostData, B failed, connection refused"),
        (Outcome::Info(Failure::Timeout), "A GhostData, B unknown, timeout"),
    ] {
        let found = read(outcome).unwrap();
        assert!(found.label.ends_with(words), "{found:?}");
        assert!(found.sentence.contains("`get 999`, number 2 of c0"), "{found:?}");
        assert_eq!(found.at, [run.history.operations[1].completed; 2]);
    }
    // What asks something else is nobody's counterpart.
    let mut other = run.clone();
    other.history.operations[2].operation = node::Operation::Get { key: "998".into() };
    other.history.operations[2].outcome = Outcome::Fail(Failure::Timeout);
    let (found, same) = differences(&run, &other);
    assert!(found.iter().all(|it| it.kind != Kind::Answer), "{found:?}");
    assert!(same.iter().any(|it| it.contains("2 have a counterpart")), "{same:?}");
}

/// What a node holds at a moment; nothing also while it is down.
fn held(run: &Run, node: NodeId, key: &Key, at: Time) -> Option<Option<Value>> {
    let mut replay = Replay::of(run).unwrap();
    replay.advance_to(at);
    let state = replay.node(node).filter(|state| state.is_up())?;
    Some(state.get(key).map(|entry| entry.value.clone()))
}

#[test]
fn the_first_lasting_difference_begins_where_the_replays_part() {
    let (one, other) = (run("ghost-data", "async-leader", 0), run("ghost-data", "raft", 0));
    let (found, _) = differences(&one, &other);
    let lasting = found.iter().find(|it| it.kind == Kind::Lasting).unwrap();
    let (node, key) = (one.replicas[1].node, Key::from("999"));
    assert!(lasting.label.starts_with("n2 key \"999\"") && lasting.key == Some(key.clone()));
    let at = lasting.at[0];
    let before = Time::from_nanos(at.as_nanos() - 1);
    let pair = |at: Time| [&one, &other].map(|run| held(run, node, &key, at));
    assert_eq!(pair(before)[0], pair(before)[1], "until then neither shows it");
    // From then on, at each event of either, they differ.
    let events = [&one, &other].map(|run| &run.trace.as_ref().unwrap().events);
    let later =
        events.into_iter().flatten().map(|it| it.at).filter(|it| *it >= at && *it <= one.ended);
    let mut looked = 0;
    for at in later.step_by(7).chain([at, one.ended]) {
        let [first, second] = pair(at);
        assert!(first != second && second == Some(Some("GhostData".into())), "{at}");
        looked += 1;
    }
    assert!(looked > 20);
    // Both hold the one value wherever they hold one; a run in which a node holds another is told.
    assert!(found.iter().all(|it| it.kind != Kind::Value));
    let mut wrong = one.clone();
    let applies = wrong.trace.as_mut().unwrap().events.iter_mut();
    let (at, change) = applies
        .filter_map(|it| match &mut it.event {
            Event::Apply { change, .. } if change.after.is_some() => Some((it.at, change)),
            _ => None,
        })
        .nth(1)
        .unwrap();
    change.after.as_mut().unwrap().value = "Other".into();
    let (found, _) = differences(&one, &wrong);
    let value = found.iter().find(|it| it.kind == Kind::Value).unwrap();
    assert_eq!(value.at, [at; 2]);
    assert!(value.label.ends_with("A \"GhostData\", B \"Other\""), "{value:?}");
}

#[test]
fn runs_are_called_by_what_tells_them_apart() {
    let names = |one: &Run, other: &Run| {
        let sides = sides(one.clone(), other.clone());
        let both: Json = serde_json::from_str(&Comparison::of(&sides).json()).unwrap();
        [0, 1].map(|place| both["runs"][place]["name"].as_str().unwrap().to_owned())
    };
    let raft = run("ghost-data", "raft", 0);
    assert_eq!(names(&run("ghost-data", "async-leader", 0), &raft), ["async-leader", "raft"]);
    assert_eq!(names(&raft, &run("ghost-data", "raft", 5)), ["raft, seed 0", "raft, seed 5"]);
    let other = names(&raft, &run("figure-8", "raft", 0));
    assert_eq!(other, ["raft with no flaw, ghost-data", "raft with commit-old-term, figure-8"]);
}

#[test]
fn nothing_of_the_page_is_fetched_and_whatever_a_run_says_is_text() {
    let mut scenario = scenarios::find("ghost-data").unwrap();
    let evil = "</script><script>alert(1)</script>";
    for step in &mut scenario.steps {
        if let scenarios::Action::Put { value, .. } = &mut step.action {
            *value = Value::from(evil);
        }
    }
    let page = |scenario: &Scenario| {
        let sides = sides(run_of(scenario, "async-leader", 0), run_of(scenario, "raft", 0));
        Comparison::of(&sides).page()
    };
    let (page, plain) = (page(&scenario), page(&scenarios::find("ghost-data").unwrap()));
    for mark in ["<script", "</script", "nonce=\""] {
        assert_eq!(page.matches(mark).count(), plain.matches(mark).count(), "{mark}");
    }
    assert!(plain.contains("default-src 'none'") && !plain.contains("NONCE"));
    for mark in ["https://", "src=", "@import", "fetch(", "innerHTML"] {
        assert!(!plain.contains(mark), "{mark}");
    }
    let texts = data(&page)["texts"].clone();
    assert!(texts.as_array().unwrap().iter().any(|it| it == evil), "it is there all the same");
}
