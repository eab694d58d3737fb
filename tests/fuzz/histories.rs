//! Histories from elsewhere, changed line by line and word by word.

use crate::{
    extremes,
    rounds::{Came, Rounds, check},
};
use judge::{
    consistency::{
        Budget, Known, LEVELS, Subject,
        linear::{self, Outcome},
    },
    foreign::{Asked, Limits, read},
};
use proptest::{prelude::*, sample::Index, test_runner::TestCaseError};
use std::{fmt::Write as _, time::Duration};

/// A short history in each format.
fn histories() -> Vec<String> {
    let (mut edn, mut log, mut kv) = (String::new(), String::new(), String::new());
    for turn in 0..12 {
        let (process, value) = (turn % 3, turn / 3);
        let (f, asked, told) = match turn % 4 {
            0 => ("write", value.to_string(), value.to_string()),
            1 => ("cas", format!("[{value} {}]", value + 1), format!("[{value} {}]", value + 1)),
            _ => ("read", "nil".to_owned(), value.to_string()),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(edn, "{{:process {process}, :type :invoke, :f :{f}, :value {asked}}}");
        let _ = writeln!(edn, "{{:process {process}, :type :ok, :f :{f}, :value {told}}}");
        let _ = writeln!(log, "INFO  jepsen.util - {process}\t:invoke\t:{f}\t{asked}");
        let _ = writeln!(log, "INFO  jepsen.util - {process}\t:ok\t:{f}\t{told}");
        let kind = if turn % 2 == 0 { "put" } else { "get" };
        let (key, text) = (turn % 2, format!("x{value}"));
        let asked = if kind == "put" { text.as_str() } else { "nil" };
        let _ = writeln!(
            kv,
            "{{:process {process}, :type :invoke, :f :{kind}, :key \"{key}\", :value \"{asked}\"}}"
        );
        let _ = writeln!(
            kv,
            "{{:process {process}, :type :ok, :f :{kind}, :key \"{key}\", :value \"{text}\"}}"
        );
    }
    vec![edn, log, kv]
}

/// Where, what kind of change, and to what.
type Change = (Index, u8, Index);

fn changed(text: &str, changes: &[Change]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for (place, kind, pick) in changes {
        if lines.is_empty() {
            break;
        }
        let (at, other) = (place.index(lines.len()), pick.index(lines.len()));
        match kind % 7 {
            0 => drop(lines.remove(at)),
            1 => lines.insert(at, lines[other].clone()),
            2 => lines.swap(at, other),
            3 => {
                let half = lines[at].len() / 2;
                let half = (0..=half).rev().find(|it| lines[at].is_char_boundary(*it));
                lines[at].truncate(half.unwrap_or(0));
            }
            _ => {
                let mut words: Vec<String> =
                    lines[at].split_inclusive([' ', '\t', ',']).map(str::to_owned).collect();
                let word = pick.index(words.len());
                words[word] = match kind % 7 {
                    4 => format!("{} ", extremes::TEXTS[pick.index(extremes::TEXTS.len())]),
                    5 => format!("{}, ", extremes::WHOLES[pick.index(extremes::WHOLES.len())]),
                    _ => {
                        let theirs = lines[other].split_inclusive([' ', '\t', ',']);
                        theirs.clone().nth(word).unwrap_or("nil ").to_owned()
                    }
                };
                lines[at] = words.concat();
            }
        }
    }
    lines.join("\n")
}

/// Reads a history and judges it by every level.
fn put_in(text: &str) -> Result<Came, TestCaseError> {
    let Ok(history) = read(text.as_bytes(), &Asked::default(), Limits::default()) else {
        return Ok(Came::Refused);
    };
    let steps = 20_000;
    let outcome = linear::linearizability(&history.calls, linear::Budget::steps(steps));
    let linearizable = match outcome {
        Outcome::Linearizable => Some(true),
        Outcome::NotLinearizable(_) => Some(false),
        Outcome::Undecided(_) => None,
    };
    let subject = Subject::new(&history.calls);
    for level in LEVELS {
        let finding = (level.judge)(&subject, Known { linearizable }, Budget { steps });
        // What is linearizable is whatever is weaker.
        let is_broken = linearizable == Some(true) && finding.proof().is_some();
        check(!is_broken, || format!("linearizable, and not {}: {finding:?}", level.name))?;
    }
    Ok(Came::Accepted)
}

#[test]
fn histories_with_changed_lines_do_no_harm() {
    let histories = histories();
    for history in &histories {
        let read = read(history.as_bytes(), &Asked::default(), Limits::default());
        assert!(read.is_ok(), "{history}: {read:?}");
    }
    let change = (any::<Index>(), any::<u8>(), any::<Index>());
    let inputs = (any::<Index>(), prop::collection::vec(change, 0..4));
    let texts = inputs.prop_map(move |(which, changes)| {
        changed(&histories[which.index(histories.len())], &changes)
    });
    let rounds = Rounds { of: "histories", cases: 1000, longest: Duration::from_secs(10) };
    rounds.go(&texts, |text| put_in(text));
}
