//! For each kind of operation a history that is accepted, and one like it that is not.

use super::naive;
use crate::consistency::{
    Action, Call, Calls, State, Swap,
    linear::{Budget, Linearization, Outcome, Window, linearizability, linearizations},
};
use node::Key;

/// Calls, each with the moments of its question and of its answer, if that came.
fn calls(told: &[(u64, Option<u64>, Action)]) -> Calls {
    let calls = told.iter().enumerate().map(|(position, (invoked, returned, action))| Call {
        position,
        session: position as u64,
        action: action.clone(),
        invoked: *invoked,
        returned: *returned,
    });
    Calls { calls: calls.collect(), initial: None }
}

fn state(text: &str) -> State {
    (!text.is_empty()).then(|| text.into())
}

fn get(found: &str) -> Action {
    Action::Read { key: "k".into(), found: Some(state(found)) }
}

fn put(value: &str) -> Action {
    Action::Write { key: "k".into(), value: value.into(), previous: None }
}

fn put_over(value: &str, previous: &str) -> Action {
    Action::Write { key: "k".into(), value: value.into(), previous: Some(state(previous)) }
}

fn delete(existed: Option<bool>) -> Action {
    Action::Delete { key: "k".into(), existed }
}

fn cas(expected: &str, new: &str, outcome: Option<Swap>) -> Action {
    Action::CompareAndSet { key: "k".into(), expected: state(expected), new: new.into(), outcome }
}

fn append(value: &str) -> Action {
    Action::Append { key: "k".into(), value: value.into() }
}

fn list(keys: &[&str]) -> Action {
    Action::List { keys: Some(keys.iter().map(|key| Key::from(*key)).collect()) }
}

/// One after the other, each answered before the next is asked.
fn in_turn(actions: &[Action]) -> Calls {
    let told: Vec<_> = (0..)
        .step_by(10)
        .zip(actions)
        .map(|(at, action)| (at, Some(at + 5), action.clone()))
        .collect();
    calls(&told)
}

#[track_caller]
fn accepted(calls: &Calls) {
    assert!(naive::is_linearizable(calls));
    assert_eq!(linearizability(calls, Budget::DEFAULT), Outcome::Linearizable);
}

#[track_caller]
fn rejected(calls: &Calls) -> Window {
    assert!(!naive::is_linearizable(calls));
    match linearizability(calls, Budget::DEFAULT) {
        Outcome::NotLinearizable(window) => *window,
        other => panic!("{other:?}"),
    }
}

#[test]
fn reads_find_what_was_written_last() {
    accepted(&in_turn(&[get(""), put("a"), put("b"), get("b")]));
    rejected(&in_turn(&[get(""), put("a"), put("b"), get("a")]));
    rejected(&in_turn(&[put("a"), get("")]));
    rejected(&in_turn(&[get("a"), put("a")]));
    let initial = Calls { initial: state("a"), ..in_turn(&[get("a"), put("b"), get("b")]) };
    accepted(&initial);
    rejected(&Calls { initial: state("c"), ..initial });
}

#[test]
fn what_a_write_replaced_is_a_read() {
    accepted(&in_turn(&[put_over("a", ""), put_over("b", "a")]));
    rejected(&in_turn(&[put_over("a", ""), put_over("b", "")]));
}

#[test]
fn whether_a_key_existed_is_a_read() {
    accepted(&in_turn(&[delete(Some(false)), put("a"), delete(Some(true)), get("")]));
    rejected(&in_turn(&[delete(Some(true)), put("a")]));
    rejected(&in_turn(&[put("a"), delete(Some(false))]));
    rejected(&in_turn(&[put("a"), delete(None), get("a")]));
}

#[test]
fn a_compare_and_set_tells_what_it_met() {
    let actual = |text| Some(Swap::Mismatch { actual: Some(state(text)) });
    let mismatch = Some(Swap::Mismatch { actual: None });
    accepted(&in_turn(&[put("a"), cas("a", "b", Some(Swap::Swapped)), get("b")]));
    rejected(&in_turn(&[put("a"), cas("b", "c", Some(Swap::Swapped))]));
    accepted(&in_turn(&[put("a"), cas("b", "c", mismatch.clone()), get("a")]));
    rejected(&in_turn(&[put("b"), cas("b", "c", mismatch)]));
    accepted(&in_turn(&[put("a"), cas("b", "c", actual("a"))]));
    rejected(&in_turn(&[put("a"), cas("b", "c", actual(""))]));
    accepted(&in_turn(&[cas("", "a", Some(Swap::Swapped)), get("a")]));
    rejected(&in_turn(&[cas("", "a", Some(Swap::Swapped)), get("")]));
}

#[test]
fn appends_add_up() {
    accepted(&in_turn(&[append("a"), append("b"), get("ab")]));
    accepted(&in_turn(&[
        append("ab"),
        append("c"),
        get("abc"),
        put("a"),
        append("bc"),
        get("abc"),
    ]));
    rejected(&in_turn(&[append("a"), append("b"), get("ba")]));
    let together = |found| {
        calls(&[(0, Some(9), append("a")), (0, Some(9), append("b")), (10, Some(11), get(found))])
    };
    accepted(&together("ab"));
    accepted(&together("ba"));
    rejected(&together("a"));
}

#[test]
fn lists_name_the_keys_that_hold_something() {
    accepted(&in_turn(&[list(&[]), put("a"), list(&["k"]), delete(None), list(&[])]));
    let window = rejected(&in_turn(&[put("a"), list(&[])]));
    assert_eq!(window.key, None);
    rejected(&in_turn(&[put("a"), list(&["k", "l"])]));
    // Each of the lists alone has a place, yet they contradict each other.
    let other = Action::Write { key: "l".into(), value: "a".into(), previous: None };
    let both = |first: &[&str], second: &[&str]| {
        calls(&[
            (0, Some(100), put("a")),
            (0, Some(100), other.clone()),
            (0, Some(10), list(first)),
            (20, Some(30), list(second)),
        ])
    };
    accepted(&both(&["k"], &["k", "l"]));
    rejected(&both(&["k"], &["l"]));
}

#[test]
fn an_unknown_outcome_explains_what_came_later_but_nothing_before() {
    accepted(&calls(&[(0, None, put("a")), (5, Some(6), get("")), (10, Some(11), get("a"))]));
    accepted(&calls(&[(0, None, put("a")), (5, Some(6), get(""))]));
    rejected(&calls(&[(0, Some(1), get("a")), (5, None, put("a"))]));
    // One write explains one change, and two like it explain two.
    let changes = [get("a"), put("b"), get("a"), put("b"), get("a")];
    let mut told = vec![(0, None, put("a")), (0, None, put("a"))];
    let later = (10..).step_by(10).zip(changes);
    told.extend(later.map(|(at, action)| (at, Some(at + 1), action)));
    rejected(&calls(&told));
    told.push((0, None, put("a")));
    accepted(&calls(&told));
    // A compare-and-set of which nothing was told may have swapped or not.
    accepted(&in_turn(&[put("a"), cas("a", "b", None), get("a")]));
    accepted(&in_turn(&[put("a"), cas("a", "b", None), get("b")]));
    rejected(&in_turn(&[put("a"), cas("c", "b", None), get("b")]));
}

#[test]
fn answers_at_the_moment_of_a_question_overlap_it() {
    accepted(&calls(&[(0, Some(5), put("a")), (5, Some(9), get(""))]));
    rejected(&calls(&[(0, Some(5), put("a")), (6, Some(9), get(""))]));
}

#[test]
fn what_tells_nothing_constrains_nothing() {
    let untold = Action::Read { key: "k".into(), found: None };
    accepted(&in_turn(&[untold, Action::List { keys: None }, get("")]));
}

#[test]
fn a_spent_budget_decides_nothing() {
    let calls = in_turn(&[put("a"), get("b")]);
    let outcome = linearizability(&calls, Budget::steps(0));
    assert_eq!(outcome, Outcome::Undecided(vec![Some("k".into())]));
    assert_eq!(linearizations(&in_turn(&[put("a")]), Budget::steps(0)), None);
    rejected(&calls);
}

#[test]
fn a_window_says_how_far_it_goes_and_why_no_further() {
    let mut window = rejected(&calls(&[
        (0, Some(5), put("a")),
        (10, Some(15), put("b")),
        (20, Some(25), get("a")),
        (22, Some(30), get("x")),
        (27, Some(29), put("c")),
        (0, None, cas("x", "a", None)),
    ]));
    let lines = window.lines(|position| format!("operation {position}"));
    let told = "\
no order of the operations on \"k\" explains every answer
2 operations can be put in a legal order, which ends with
  put \"k\" \"a\" (operation 0); then the key holds \"a\"
  put \"k\" \"b\" (operation 1); then the key holds \"b\"
  get \"k\" -> \"a\" (operation 2) cannot come next: the key holds \"b\"
  get \"k\" -> \"x\" (operation 3) cannot come next: the key holds \"b\"
  put \"k\" \"c\" (operation 4) must come after operation 2, which returned before it began
  compare-and-set \"k\" from \"x\" to \"a\" (operation 5) may come next, as its outcome is \
         unknown, but nothing could follow it";
    assert_eq!(lines.join("\n"), told);
    window.prefix.clear();
    assert_eq!(window.lines(|_| "x")[1], "none of them can come first");
}

#[test]
fn a_linearization_is_told_key_by_key() {
    let calls = calls(&[(0, Some(50), put("a")), (1, Some(9), get("")), (2, Some(60), get("a"))]);
    let found = linearizations(&calls, Budget::DEFAULT).unwrap();
    assert_eq!(found, [Linearization { key: Some("k".into()), order: vec![1, 0, 2] }]);
}
