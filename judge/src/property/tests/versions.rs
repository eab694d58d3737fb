use super::case::Case;
use crate::record::{OperationRecord, Verdict};
use node::{
    Answer, Operation, Version, Versioned,
    client::{Failure, Outcome},
};
use proptest::prelude::*;
use scenarios::Property::Versions;

fn put(case: Case, times: std::ops::Range<u64>, value: &str, version: u64) -> Case {
    let written = Answer::Written { version: Version(version), previous: None };
    case.operation(times, Operation::put("k", value), Outcome::Ok(written))
}

fn get(case: Case, times: std::ops::Range<u64>, value: &str, version: u64) -> Case {
    let found = Versioned { value: value.into(), version: Version(version) };
    case.operation(times, Operation::get("k"), Outcome::Ok(Answer::Value(Some(found))))
}

#[test]
fn a_value_that_keeps_its_version_is_accepted_wherever_it_is_read() {
    let case = put(put(Case::new(), 10..20, "a", 1), 30..40, "b", 2);
    let case = get(get(case, 50..60, "b", 2), 50..60, "a", 1).at("n2");
    assert_eq!(
        case.valid(Versions),
        "in none of 2 reads did a value bear another version than its write"
    );
}

#[test]
fn a_value_that_is_read_under_another_version_is_a_violation() {
    let case = put(put(Case::new(), 10..20, "a", 1), 30..40, "b", 2);
    let case = get(get(case, 50..60, "b", 2), 70..80, "b", 57).at("n2");
    let witness = case.witness(Versions);
    assert_eq!(
        witness.summary,
        "a value bore another version than its write in 1 of 2 reads: \"b\" under key \"k\" was \
         acknowledged as v2 and read from n2 as v57"
    );
    assert_eq!(
        witness.facts,
        [
            "0.030s: c1 put \"b\" under key \"k\" at n1, acknowledged as v2 (operation 1)",
            "0.070s: c1 read key \"k\" at n2 and got \"b\" as v57 (operation 3)",
        ]
    );
    assert_eq!(witness.operations, [1, 3]);
}

#[test]
fn a_value_far_back_is_found_too() {
    let mut case = Case::new();
    for number in 0..20 {
        case = put(case, number * 10..number * 10 + 5, &format!("v{number}"), number + 1);
    }
    assert!(get(case, 300..310, "v0", 9).witness(Versions).summary.contains("acknowledged as v1"));
}

#[test]
fn what_can_be_explained_is_no_violation() {
    // Written twice: either version may be the one that is read.
    let twice = put(put(Case::new(), 10..20, "a", 1), 30..40, "a", 2);
    get(twice, 50..60, "a", 1).valid(Versions);
    // Nobody knows under which version a write took effect that was not acknowledged.
    let unknown = Case::new().put_info(10..20, "k", "a");
    get(unknown, 50..60, "a", 7).valid(Versions);
    // What nobody wrote is another checker's business.
    get(Case::new(), 50..60, "a", 7).valid(Versions);
    assert_eq!(Case::new().get(10..20, "k", None).unknown(Versions), "no read found a value");
}

/// A put or a get of one of three values under one of three versions, of known outcome or not.
fn operation() -> impl Strategy<Value = (u64, u64, Operation, Outcome)> {
    let value = proptest::sample::select(&["a", "b", "c"][..]);
    let outcome = prop_oneof![6 => Just('o'), 1 => Just('f'), 1 => Just('i')];
    let times = (0_u64..60, 0_u64..15);
    (times, any::<bool>(), value, 1_u64..4, outcome).prop_map(
        |((start, length), puts, value, version, outcome)| {
            let version = Version(version);
            let (operation, ok) = match puts {
                true => (Operation::put("k", value), Answer::Written { version, previous: None }),
                false => {
                    let found = Versioned { value: value.into(), version };
                    (Operation::get("k"), Answer::Value(Some(found)))
                }
            };
            let outcome = match outcome {
                'o' => Outcome::Ok(ok),
                'i' if puts => Outcome::Info(Failure::Timeout),
                _ => Outcome::Fail(Failure::Timeout),
            };
            (start, start + length, operation, outcome)
        },
    )
}

/// How many reads name a version that no write of their value can have given it.
fn naive_misnamed(case: &Case) -> usize {
    let operations = &case.history.operations;
    let is_misnamed = |read: &&OperationRecord| {
        let Some(Some(value)) = read.found() else { return false };
        let writes = operations
            .iter()
            .filter(|write| write.may_have_written() && write.leaves() == Some(Some(value)));
        let mut versions = writes.map(OperationRecord::version).peekable();
        versions.peek().is_some()
            && versions.all(|given| given.is_some_and(|given| Some(given) != read.version()))
    };
    operations.iter().filter(is_misnamed).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn versions_are_as_defined(mut operations in proptest::collection::vec(operation(), 0..40)) {
        operations.sort_by_key(|(start, ..)| *start);
        let mut case = Case::new();
        for (start, end, operation, outcome) in operations {
            case = case.operation(start..end, operation, outcome);
        }
        let naive = naive_misnamed(&case);
        match case.verdict(Versions) {
            Verdict::Violated(witness) => {
                prop_assert!(witness.summary.contains(&format!(" in {naive} of ")), "{}", witness.summary);
            }
            verdict => prop_assert_eq!(naive, 0, "{:?}", verdict),
        }
    }
}
