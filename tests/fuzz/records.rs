//! Records of runs, with changed values in their lines.

use crate::rounds::{Came, Rounds, check};
use judge::record::lines;
use proptest::{prelude::*, sample::Index, test_runner::TestCaseError};
use reports::{StoryOptions, Summary};
use serde_json::{Value, json};
use sim::{Detail, Gear};
use std::time::Duration;

/// Where, what kind of change, where in the line, and to what.
type Change = (Index, u8, Index, Index);

fn record() -> Vec<String> {
    let scenario = scenarios::find("ghost-data").unwrap();
    let system = scenario.default_system().unwrap().name;
    let run = sim::run(&scenario, system, 0, Detail::Full, Gear::Advance).unwrap();
    let mut bytes = Vec::new();
    lines::write(&run, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
}

fn extremes() -> Vec<Value> {
    vec![
        json!(null),
        json!(0),
        json!(1),
        json!(-1),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1e300),
        json!(""),
        json!("n1"),
        json!("n99"),
        json!("c1"),
        json!("nonesuch"),
        json!([]),
        json!({}),
        json!(true),
        json!(7),
        json!(4_294_967_295_u64),
        json!(1_000_000_000_u64),
        json!([1, 2, 3]),
        json!("0"),
    ]
}

/// Every value of a document, the root left out.
fn places(value: &mut Value) -> Vec<&mut Value> {
    let mut all = Vec::new();
    let below: Vec<&mut Value> = match value {
        Value::Array(values) => values.iter_mut().collect(),
        Value::Object(entries) => entries.values_mut().collect(),
        _ => Vec::new(),
    };
    for value in below {
        if value.is_array() || value.is_object() {
            all.extend(places(value));
        } else {
            all.push(value);
        }
    }
    all
}

fn changed(record: &[String], changes: &[Change]) -> String {
    let mut lines = record.to_vec();
    for (place, kind, within, pick) in changes {
        if lines.is_empty() {
            break;
        }
        let (at, other) = (place.index(lines.len()), pick.index(lines.len()));
        match kind % 8 {
            0 => drop(lines.remove(at)),
            1 => lines.insert(at, lines[other].clone()),
            2 => lines.swap(at, other),
            kind => {
                let Ok(mut line) = serde_json::from_str::<Value>(&lines[at]) else { continue };
                let mut places = places(&mut line);
                if places.is_empty() {
                    continue;
                }
                let at_place = within.index(places.len());
                let near = |number: u64| json!(number.saturating_add(pick.index(3) as u64));
                let value = match (kind, places[at_place].as_u64()) {
                    (3..=5, Some(number)) => near(number),
                    _ => extremes()[pick.index(extremes().len())].clone(),
                };
                *places[at_place] = value;
                lines[at] = line.to_string();
            }
        }
    }
    lines.join("\n") + "\n"
}

/// Reads a record, and tells its story: it is a run like any other.
fn put_in(text: &str) -> Result<Came, TestCaseError> {
    match lines::read(text.as_bytes(), node::systems::all()) {
        Err(error) => {
            check(!error.to_string().is_empty(), || "no words".to_owned())?;
            Ok(Came::Refused)
        }
        Ok(run) => {
            let story = reports::story(&run, &StoryOptions::default());
            check(!story.is_empty() && Summary::of(&run).to_json().starts_with('{'), || story)?;
            let mut again = Vec::new();
            lines::write(&run, &mut again).unwrap();
            let read = lines::read(again.as_slice(), node::systems::all());
            check(read.is_ok(), || "what was read is not read again".to_owned())?;
            Ok(Came::Accepted)
        }
    }
}

#[test]
fn records_with_changed_values_do_no_harm() {
    let record = record();
    let change = (any::<Index>(), any::<u8>(), any::<Index>(), any::<Index>());
    let texts = prop::collection::vec(change, 0..3).prop_map(move |it| changed(&record, &it));
    let rounds = Rounds { of: "records", cases: 300, longest: Duration::from_secs(10) };
    rounds.go(&texts, |text| put_in(text));
}
