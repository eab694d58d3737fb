//! What the formats say.

use super::*;

const ETCD: &str = "INFO  jepsen.core - starting up, 3 nodes
INFO  jepsen.util - 0\t:invoke\t:write\t1
INFO  jepsen.util - 1\t:invoke\t:cas\t[1 2]
INFO  jepsen.util - :nemesis\t:info\t:start\tnil
INFO  jepsen.util - 0\t:ok\t:write\t1
INFO  jepsen.util - 1\t:fail\t:cas\t[1 2]
INFO  jepsen.util - 0\t:invoke\t:cas\t[3 4]
INFO  jepsen.util - 0\t:info\t:cas\t:timed-out
INFO  jepsen.util - 2\t:invoke\t:read\tnil
INFO  jepsen.util - 2\t:ok\t:read\tnil
INFO  jepsen.util - 2\t:invoke\t:read\tnil
INFO  jepsen.util - 2\t:fail\t:read\t:timed-out
";

fn key() -> Key {
    Key::from("register")
}

fn value(text: &str) -> Value {
    Value::from(text)
}

#[test]
fn a_log_of_etcd() {
    let history = of(ETCD);
    assert_eq!(history.format, Format::Log);
    assert_eq!(history.meaning.model, Model::CasRegister);
    assert_eq!(history.meaning.fail, Fail::Constrains);
    assert_eq!((history.meaning.initial, history.calls.initial), (None, None));
    assert_eq!((history.operations, history.silent), (5, 1));
    let calls: Vec<_> = history.calls.calls.into_iter().map(|call| call.action).collect();
    let compared = |expected: &str, new: &str, outcome| Action::CompareAndSet {
        key: key(),
        expected: Some(value(expected)),
        new: value(new),
        outcome,
    };
    assert_eq!(
        calls,
        [
            Action::Write { key: key(), value: value("1"), previous: None },
            compared("1", "2", Some(Swap::Mismatch { actual: None })),
            compared("3", "4", None),
            Action::Read { key: key(), found: Some(None) },
        ]
    );
    let lines: Vec<_> = history.lines.iter().map(|l| (l.invoked, l.returned)).collect();
    assert_eq!(lines, [(2, Some(5)), (3, Some(6)), (7, Some(8)), (9, Some(10))]);
}

#[test]
fn both_meanings_of_a_failure_and_of_nil() {
    let dropped = Asked {
        fail: Some(Fail::Dropped),
        nil_read: Some(NilRead::Unknown),
        initial: Some("7".to_owned()),
        ..Asked::default()
    };
    let history = asked(ETCD, &dropped);
    assert_eq!((history.operations, history.silent), (5, 2));
    assert_eq!(history.calls.initial, Some(value("7")));
    let last = &history.calls.calls.last().unwrap().action;
    assert_eq!(*last, Action::Read { key: key(), found: None });
}

#[test]
fn a_history_of_faults_alone_holds_nothing() {
    let history = of("[{:process :nemesis, :type :info, :f :kill, :value nil}]");
    assert_eq!((history.operations, history.calls.calls.len()), (0, 0));
}
