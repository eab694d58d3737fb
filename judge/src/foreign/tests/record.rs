//! Our own records as histories.

use super::{Asked, Fail, Format, of, refused};
use crate::{
    consistency::{
        Action, Swap,
        linear::{Budget, Outcome as Verdict, linearizability},
    },
    foreign::{Limits, Lines, read},
    record::OperationRecord,
};
use node::{
    Answer, ClientId, NodeId, Operation, Time, Value, Version, Versioned,
    client::{Failure, Outcome},
};

const HEADER: &str = "{\"seedbed\":\"record\",\"version\":1}";

fn operation(client: u32, operation: Operation, at: u64, outcome: Outcome) -> OperationRecord {
    OperationRecord {
        client: ClientId::new(client),
        operation,
        invoked: Time::from_nanos(at),
        completed: Time::from_nanos(at + 5),
        outcome,
        node: NodeId::new(1),
        attempts: 1,
        begun_by_then: 0,
    }
}

fn put(client: u32, value: &str, at: u64, outcome: Outcome) -> OperationRecord {
    operation(client, Operation::put("k", value), at, outcome)
}

fn get(client: u32, value: &str, at: u64) -> OperationRecord {
    let found = Versioned { value: value.into(), version: Version(1) };
    operation(client, Operation::get("k"), at, Outcome::Ok(Answer::Value(Some(found))))
}

fn written() -> Outcome {
    Outcome::Ok(Answer::Written { version: Version(1), previous: None })
}

fn record(operations: &[OperationRecord]) -> String {
    let mut lines = vec![HEADER.to_owned(), "{\"scenario\":\"\"}".to_owned()];
    lines.extend(operations.iter().map(|operation| {
        let operation = serde_json::to_string(operation).unwrap();
        format!("{{\"operation\":{operation}}}")
    }));
    let count = lines.len();
    lines.push(format!("{{\"end\":{{\"lines\":{count},\"digest\":\"0\"}}}}\n"));
    lines.join("\n")
}

fn is_linearizable(operations: &[OperationRecord]) -> bool {
    let history = of(&record(operations));
    matches!(linearizability(&history.calls, Budget::default()), Verdict::Linearizable)
}

#[test]
fn a_write_whose_connection_broke_may_have_happened() {
    let read_after = |outcome: Outcome| {
        let operations = [put(1, "a", 10, outcome), get(2, "a", 30)];
        (record(&operations), is_linearizable(&operations))
    };
    let (text, linearizable) = read_after(Outcome::Info(Failure::Broken));
    assert!(text.contains("\"outcome\":{\"info\":\"broken\"}"), "{text}");
    assert!(linearizable);
    assert!(!read_after(Outcome::Fail(Failure::Broken)).1);
}

#[test]
fn operations_keep_their_places_where_some_tell_nothing() {
    let unreachable = Outcome::Fail(Failure::Unreachable);
    let mismatch = Outcome::Fail(Failure::Mismatch { actual: Some("a".into()) });
    let swap = Operation::CompareAndSet { key: "k".into(), expected: None, new: "c".into() };
    let history = of(&record(&[
        put(1, "a", 10, written()),
        put(1, "b", 20, unreachable),
        get(2, "a", 30),
        operation(2, swap, 40, mismatch),
        put(3, "d", 50, Outcome::Info(Failure::Timeout)),
    ]));
    assert_eq!((history.format, history.operations, history.silent), (Format::Record, 5, 1));
    let positions: Vec<_> = history.calls.calls.iter().map(|call| call.position).collect();
    assert_eq!(positions, [0, 2, 3, 4]);
    assert_eq!(history.lines[2], Lines { invoked: 5, returned: Some(5) });
    assert_eq!(history.lines[4], Lines { invoked: 7, returned: None });
    let actual = Some(Some(Value::from("a")));
    assert!(matches!(
        &history.calls.calls[2].action,
        Action::CompareAndSet { outcome: Some(Swap::Mismatch { actual: said }), .. } if *said == actual
    ));
    assert_eq!(history.calls.calls[3].returned, None);
}

#[test]
fn an_old_read_is_told_from_a_new_one() {
    let writes = [put(1, "a", 10, written()), put(1, "b", 20, written())];
    assert!(is_linearizable(&[&writes[..], &[get(2, "b", 30)]].concat()));
    assert!(!is_linearizable(&[&writes[..], &[get(2, "a", 30)]].concat()));
}

/// Clients of an open loop ask when they may, and not when the next operation is due.
#[test]
fn an_operation_may_be_due_while_its_client_waits() {
    let waited = record(&[put(1, "a", 10, written()), put(1, "b", 12, written())]);
    let calls = of(&waited).calls.calls;
    assert!(calls[1].invoked > calls[0].returned.unwrap());
}

#[test]
fn what_is_no_record_is_refused_with_its_line() {
    let good = record(&[put(1, "a", 10, written()), get(1, "a", 20)]);
    of(&good);
    let says = |text: &str, line: u64, words: &str| {
        let mistake = refused(text);
        assert_eq!(mistake.place().line, line, "{mistake}");
        assert!(mistake.message().contains(words), "{mistake}");
    };
    says(&good.replace("\"version\":1}\n", "\"version\":3}\n"), 1, "has version 3");
    says(&good.replacen("record", "other", 1), 1, "no record of seedbed");
    let cut = good.lines().take(4).fold(String::new(), |text, line| text + line + "\n");
    says(&cut, 5, "without its last line");
    says(&good[..good.len() - 10], 5, "no line of a record");
    says(&good.replace("\"lines\":4", "\"lines\":3"), 5, "missing, or too many");
    says(&(good.clone() + "{}\n"), 6, "has ended");
    let mut back = get(1, "a", 12);
    back.completed = Time::from_nanos(14);
    says(&record(&[put(1, "a", 10, written()), back]), 4, "open at once");
    of(&record(&[put(1, "a", 10, written()), get(2, "a", 12)]));
    let mut early = get(2, "a", 20);
    early.completed = Time::ZERO;
    says(&record(&[early]), 3, "before it was invoked");
    says(&record(&[]), 4, "no operation of a client");
    says("{\"other\": 1}", 1, "no history of a known format");
    let asked = Asked { fail: Some(Fail::Dropped), ..Asked::default() };
    assert!(read(good.as_bytes(), &asked, Limits::default()).is_err());
}

/// Wherever a record is cut, it is refused on its last line.
#[test]
fn a_record_that_was_cut_is_no_history() {
    let good = record(&[put(1, "a", 10, written()), get(2, "a", 20)]);
    of(good.trim_end());
    for end in 0..good.len() - 1 {
        let mistake = refused(&good[..end]);
        let last = good[..end].matches('\n').count() as u64 + 1;
        assert_eq!(mistake.place().line, last, "{end}: {mistake}");
        assert!(!mistake.message().is_empty() && !mistake.help().is_empty());
    }
}

/// A byte that was changed makes another history or none, and no panic.
#[test]
fn a_byte_that_was_changed_is_met_with_words() {
    let good = record(&[put(1, "a", 10, written()), get(2, "a", 20)]);
    let log = "{:process 0, :type :invoke, :f :cas, :value [1 \"b\"]}
{:process :nemesis, :type :info, :f :start, :value [:isolated {n1 #{n2}}]}
{:process 0, :type :ok, :f :cas, :value [1 \"b\"]}\n";
    for text in [good.as_str(), log] {
        for place in 0..text.len() {
            for byte in *b"\0\n\"{}[]:;#^\\0-9.e~\xff" {
                let mut changed = text.as_bytes().to_vec();
                changed[place] = byte;
                if let Err(mistake) = read(&*changed, &Asked::default(), Limits::default()) {
                    assert!(mistake.place().line >= 1 && !mistake.message().is_empty());
                }
            }
        }
    }
}
