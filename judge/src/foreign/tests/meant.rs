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

/// The actions in a text of EDN.
fn actions(text: &str) -> Vec<Action> {
    of(text).calls.calls.into_iter().map(|call| call.action).collect()
}

/// One operation and its completion, in EDN.
fn done(f: &str, asked: &str, told: &str) -> String {
    let event = |kind, value| format!("{{:process 0, :type {kind}, :f {f}, :value {value}}}\n");
    event(":invoke", asked) + &event(":ok", told)
}

#[test]
fn a_register_of_knossos() {
    let history = of("; a comment
        (#jepsen.history.Op{:type :invoke, :process 1, :f :read, :value nil, :index 0}
         {:type :invoke, :process 101, :f :write, :value 3, #_:time #_ 7},
         {:type :fail, :process 101 :f :write :value 3 :error [:temporarily-unavailable nil]}
         #_ {:an :operation, :that [is left out]}
         {:process :nemesis, :type :info, :f :start, :value {:cut #{:n1 \"n2\"}}}
         ^{:a :mark} {:type :ok, :process 1, :f :read, :value nil, :time -3.5e7, :x \\newline})"
        .replace("^{:a :mark} ", "")
        .as_str());
    assert_eq!(history.meaning.model, Model::Register);
    assert_eq!(history.meaning.fail, Fail::Dropped);
    assert_eq!(history.calls.initial, Some(value("0")));
    assert_eq!((history.operations, history.silent), (2, 1));
    assert_eq!(history.calls.calls[0].action, Action::Read { key: key(), found: None });
    assert_eq!(history.calls.calls[0].session, 1);
}

#[test]
fn keys_of_maelstrom_in_values() {
    let text = done(":write", "[\"a\" 1]", "[\"a\" 1]")
        + &done(":cas", "[\"a\" [1 2]]", "#jepsen.independent/tuple [\"a\" [1 2]]")
        + &done(":read", "[7 nil]", "[7 nil]");
    let history = of(&text);
    assert_eq!((history.meaning.model, &history.calls.initial), (Model::Map, &None));
    let keys: Vec<_> = history.calls.calls.iter().filter_map(|call| call.action.key()).collect();
    assert_eq!(keys, [&Key::from("a"), &Key::from("a"), &Key::from("7")]);
    let last = &history.calls.calls[2].action;
    assert_eq!(*last, Action::Read { key: Key::from("7"), found: None });
}

#[test]
fn failures_that_name_their_reason() {
    let failed = |f: &str, value: &str, error: &str| {
        format!(
            "{{:process 0, :type :invoke, :f {f}, :value {value}}}
                 {{:process 0, :type :fail, :f {f}, :value {value}, :error {error}}}\n"
        )
    };
    let text = failed(":cas", "[1 [2 3]]", "[:precondition-failed \"expected 2\"]")
        + &failed(":cas", "[1 [2 3]]", "[:key-does-not-exist \"none\"]")
        + &failed(":read", "[1 nil]", ":key-does-not-exist")
        + &failed(":cas", "[1 [2 3]]", "[:temporarily-unavailable \"later\"]")
        + &failed(":write", "[1 2]", ":precondition-failed");
    assert!(of(&text).calls.calls.is_empty());
    let constrains = Asked { fail: Some(Fail::Constrains), ..Asked::default() };
    let history = asked(&text, &constrains);
    assert_eq!((history.operations, history.silent), (5, 2));
    let calls: Vec<_> = history.calls.calls.into_iter().map(|call| call.action).collect();
    let key = Key::from("1");
    let compared = |actual| Action::CompareAndSet {
        key: key.clone(),
        expected: Some(value("2")),
        new: value("3"),
        outcome: Some(Swap::Mismatch { actual }),
    };
    let absent = Action::Read { key: key.clone(), found: Some(None) };
    assert_eq!(calls, [compared(None), compared(Some(None)), absent]);
}

#[test]
fn a_store_of_porcupine() {
    let text = "{:process 0, :type :invoke, :f :append, :key \"0\", :value \"x 1\"}
        {:process 0, :type :ok, :f :append, :key \"0\", :value \"x 1\"}
        {:process 0, :type :invoke, :f :get, :key \"0\", :value nil}
        {:process 0, :type :ok, :f :get, :key \"0\", :value \"x 1\"}";
    let history = of(text);
    assert_eq!(history.meaning.model, Model::Kv);
    assert_eq!(history.calls.initial, Some(value("")));
    let nil = of(&text.replace(":get, :key \"0\", :value \"x 1\"", ":get, :key \"0\", :value nil"));
    assert_eq!(nil.calls.initial, None);
    assert_eq!(nil.meaning.nil_read, NilRead::Absent);
}

#[test]
fn columns_of_a_history_and_of_a_modern_log() {
    let modern =
        "INFO [2021-02-08 11:17:57,842] jepsen worker 0 - jepsen.util 0\t:invoke\t:read\t[1 nil]
2021-02-08 WARN [2021-02-08] jepsen worker 0 - jepsen.core Process 0 crashed
INFO [2021-02-08 11:17:57,843] jepsen nemesis - jepsen.util :nemesis\t:info\t:start\tnil
INFO [2021-02-08 11:17:57,843] jepsen worker 0 - jepsen.util 0\t:ok\t:read\t[1 4]\n";
    let columns = "0\t:invoke\t:read\t[1 nil]\n:nemesis\t:info\t:start\t{:a [1]}\n\
        0\t:ok\t:read\t[1 4]\n1\t:invoke\t:write\t[1 5]\n1\t:info\t:write\t[1 5]\t[:net-timeout a (b]\n";
    let read = Action::Read { key: Key::from("1"), found: Some(Some(value("4"))) };
    assert_eq!(actions(modern), std::slice::from_ref(&read));
    assert_eq!(actions(columns)[0], read);
    assert_eq!(actions(columns).len(), 2);
    assert_eq!(actions(&columns.replace('\n', "\r\n")).len(), 2);
}

#[test]
fn values_that_look_alike_differ_unless_they_are_equal() {
    let text = ["3", "\"3\"", ":a", "\":a\"", "a", "\"a\"", "nil", "\"nil\"", "true", "3.0", "03"];
    let text = text.map(|value| done(":write", value, value)).concat();
    let mut values: Vec<_> = actions(&text).iter().map(|action| format!("{action:?}")).collect();
    values.sort();
    values.dedup();
    assert_eq!(values.len(), 11, "{values:?}");
    let same = ["3", "+3", "3N"].map(|value| done(":write", value, "nil")).concat();
    let same = actions(&same);
    assert!(same.iter().all(|action| *action == same[0]), "{same:?}");
    let sets = ["#{1 2}", "#{2 1}"].map(|value| done(":write", value, value)).concat();
    assert_eq!(actions(&sets)[0], actions(&sets)[1]);
}

#[test]
fn a_process_goes_on_after_an_operation_of_unknown_outcome() {
    let history =
        of("0 :invoke :write 1\n0 :info :write :timed-out\n0 :invoke :read nil\n0 :ok :read 1");
    let returned: Vec<_> = history.calls.calls.iter().map(|call| call.returned).collect();
    assert_eq!(returned, [None, Some(4)]);
}

#[test]
fn initial_values_that_are_asked_for() {
    let text = done(":read", "nil", "1");
    for (initial, state) in [
        ("nil", None),
        ("1", Some("1")),
        ("\"1\"", Some("\"1\"")),
        ("", Some("")),
        ("abc", Some("abc")),
        ("a b", Some("a b")),
    ] {
        let with = Asked { initial: Some(initial.to_owned()), ..Asked::default() };
        assert_eq!(asked(&text, &with).calls.initial, state.map(value), "{initial}");
    }
}
