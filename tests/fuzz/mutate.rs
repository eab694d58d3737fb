//! Changes to a document at the level of its values.

use crate::extremes;
use proptest::prelude::*;
use toml::{Table, Value};

/// One change: of which kind, where, and to what. Numbers are taken modulo what there is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    kind: u32,
    place: u32,
    pick: u32,
}

/// A few changes; none now and then.
pub(crate) fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = (any::<u32>(), any::<u32>(), any::<u32>())
        .prop_map(|(kind, place, pick)| Change { kind, place, pick });
    prop::collection::vec(change, 0..4)
}

/// Where a value stands.
type Path = Vec<Step>;

#[derive(Clone, Debug)]
enum Step {
    Key(String),
    Index(usize),
}

/// The document with the changes. What is taken from elsewhere comes from `donor`.
pub(crate) fn changed(document: &Table, donor: &Table, changes: &[Change]) -> Table {
    let mut changed = Value::Table(document.clone());
    let donor = Value::Table(donor.clone());
    for change in changes {
        apply(&mut changed, &donor, *change);
    }
    match changed {
        Value::Table(table) => table,
        _ => Table::new(),
    }
}

fn apply(document: &mut Value, donor: &Value, change: Change) {
    let paths = paths(document);
    let Some(path) = chosen(&paths, change.place) else { return };
    match change.kind % 8 {
        0 => put(document, path, extremes::value(change.pick)),
        1 => drop_at(document, path),
        2 => double(document, path),
        3 => rename(document, path, donor, change.pick),
        4 => {
            let other = chosen(&paths, change.pick).and_then(|from| at(document, from)).cloned();
            other.into_iter().for_each(|value| put(document, path, value));
        }
        5 => {
            // What stands under the same name elsewhere, if it does.
            let theirs = self::paths(donor);
            let name = name_of(path);
            let same: Vec<_> = theirs.into_iter().filter(|from| name_of(from) == name).collect();
            let other = chosen(&same, change.pick).and_then(|from| at(donor, from)).cloned();
            other.into_iter().for_each(|value| put(document, path, value));
        }
        _ => like(document, path, change.pick),
    }
}

fn chosen(paths: &[Path], place: u32) -> Option<&Path> {
    paths.get((place as usize).checked_rem(paths.len())?)
}

fn name_of(path: &[Step]) -> Option<&str> {
    path.iter().rev().find_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        Step::Index(_) => None,
    })
}

/// Every place but the root.
fn paths(value: &Value) -> Vec<Path> {
    let mut all = Vec::new();
    let mut left: Vec<(Path, &Value)> = vec![(Vec::new(), value)];
    while let Some((path, value)) = left.pop() {
        let below = |step: Step| path.iter().cloned().chain([step]).collect::<Path>();
        match value {
            Value::Table(table) => {
                left.extend(
                    table.iter().map(|(key, value)| (below(Step::Key(key.clone())), value)),
                );
            }
            Value::Array(values) => {
                let values = values.iter().enumerate();
                left.extend(values.map(|(index, value)| (below(Step::Index(index)), value)));
            }
            _ => {}
        }
        if !path.is_empty() {
            all.push(path);
        }
    }
    all
}

fn at<'a>(value: &'a Value, path: &[Step]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Index(index) => value.get(*index),
    })
}

fn at_mut<'a>(value: &'a mut Value, path: &[Step]) -> Option<&'a mut Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get_mut(key),
        Step::Index(index) => value.get_mut(*index),
    })
}

fn put(document: &mut Value, path: &[Step], value: Value) {
    if let Some(place) = at_mut(document, path) {
        *place = value;
    }
}

fn drop_at(document: &mut Value, path: &[Step]) {
    let Some((last, above)) = path.split_last() else { return };
    match (at_mut(document, above), last) {
        (Some(Value::Table(table)), Step::Key(key)) => {
            table.remove(key);
        }
        (Some(Value::Array(values)), Step::Index(index)) => {
            values.remove(*index);
        }
        _ => {}
    }
}

/// An element once more at the end of its list; an entry once more under a name much like its own.
fn double(document: &mut Value, path: &[Step]) {
    let Some((last, above)) = path.split_last() else { return };
    let Some(value) = at(document, path).cloned() else { return };
    match (at_mut(document, above), last) {
        (Some(Value::Table(table)), Step::Key(key)) => {
            table.insert(format!("{key}s"), value);
        }
        (Some(Value::Array(values)), Step::Index(_)) => values.push(value),
        _ => {}
    }
}

/// Puts an entry under a name from elsewhere.
fn rename(document: &mut Value, path: &[Step], donor: &Value, pick: u32) {
    let Some((Step::Key(key), above)) = path.split_last() else { return };
    let theirs = paths(donor);
    let Some(name) = chosen(&theirs, pick).and_then(|from| name_of(from)) else { return };
    if let Some(Value::Table(table)) = at_mut(document, above)
        && let Some(value) = table.remove(key)
    {
        table.insert(name.to_owned(), value);
    }
}

/// Another value of the same kind: what is a number stays one, and a time a time.
fn like(document: &mut Value, path: &[Step], pick: u32) {
    let of = pick as usize;
    let Some(value) = at_mut(document, path) else { return };
    *value = match &*value {
        Value::Integer(number) => match of % 3 {
            0 => Value::Integer(number.saturating_mul(10)),
            1 => Value::Integer(number / 2),
            _ => Value::Integer(extremes::WHOLES[of / 3 % extremes::WHOLES.len()]),
        },
        Value::Float(number) => match of % 3 {
            0 => Value::Float(number * 10.0),
            1 => Value::Float(number / 10.0),
            _ => Value::Float(extremes::NUMBERS[of / 3 % extremes::NUMBERS.len()]),
        },
        Value::String(text) => Value::String(like_text(text, of)),
        Value::Boolean(is_so) => Value::Boolean(!is_so),
        Value::Array(values) => {
            let mut values = values.clone();
            values.reverse();
            Value::Array(values)
        }
        other => other.clone(),
    };
}

/// Of a time, one a thousand times as long or short; of a node, another.
fn like_text(text: &str, of: usize) -> String {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let units = ["ns", "us", "ms", "s", "m", "h"];
    match units.iter().position(|it| *it == unit) {
        Some(_) if digits > 0 && of % 4 < 3 => format!("{number}{}", units[of / 4 % units.len()]),
        Some(_) if digits > 0 => format!("{}{unit}", of / 4 % 1000),
        _ if text.starts_with('n') && text[1..].parse::<u32>().is_ok() => format!("n{}", of % 6),
        _ => extremes::TEXTS[of % extremes::TEXTS.len()].to_owned(),
    }
}
