//! Long and crowded histories are decided within the budget, which is counted in steps.

use super::generate::{self, Numbers, Taste};
use crate::consistency::{
    Call, Calls,
    linear::{Budget, Outcome, linearizability},
};

const LONG: Taste = Taste {
    calls: 20_000,
    sessions: 10,
    keys: 1,
    values: 5,
    kinds: [5, 3, 0, 2, 0, 0],
    unknown: 0,
    untold: 100,
    wrong: 0,
    longest: 100,
    initial: false,
};

/// Thirty clients at one key.
const CROWDED: Taste = Taste { calls: 2_000, sessions: 30, ..LONG };

#[track_caller]
fn decided(taste: Taste, steps: u64) {
    for seed in 0..3 {
        let calls = generate::history(taste, &mut Numbers(seed));
        let outcome = linearizability(&calls, Budget::steps(steps));
        match outcome {
            Outcome::Linearizable => assert_eq!(taste.wrong, 0),
            Outcome::NotLinearizable(_) => assert!(taste.wrong > 0),
            Outcome::Undecided(_) => panic!("{steps} steps do not suffice for {taste:?}"),
        }
    }
}

#[test]
fn a_long_history_is_decided() {
    decided(LONG, 10_000_000);
    decided(Taste { values: 1_000_000, ..LONG }, 10_000_000);
}

#[test]
fn a_crowded_history_is_decided() {
    decided(Taste { values: 1_000_000, ..CROWDED }, 40_000_000);
}

/// Few values, and answers that never came: operations of unknown outcome fit nearly everywhere.
const HARD: Taste = Taste { unknown: 1, ..CROWDED };

#[test]
fn a_crowded_history_of_few_values_and_unknown_outcomes_is_decided() {
    decided(HARD, 40_000_000);
}

#[test]
fn a_crowded_history_that_is_wrong_here_and_there_is_refuted() {
    decided(Taste { wrong: 2, ..HARD }, 40_000_000);
    decided(Taste { wrong: 2, values: 1_000_000, ..HARD }, 40_000_000);
}

/// The first half is as it should be, so that it is no early contradiction that refutes it.
#[test]
fn a_crowded_history_that_is_wrong_late_is_refuted() {
    for seed in 0..3 {
        let right = generate::history(HARD, &mut Numbers(seed));
        let wrong = generate::history(Taste { wrong: 10, ..HARD }, &mut Numbers(seed + 100));
        let middle = right.calls[1_000].invoked;
        let mut calls = right.calls;
        calls.retain(|call| call.invoked < middle);
        let end = calls.iter().filter_map(|call| call.returned).max().unwrap_or(0) + 1;
        let count = calls.len();
        calls.extend(wrong.calls.into_iter().take(1_000).map(|call| Call {
            position: call.position + 2 * count,
            session: call.session + HARD.sessions,
            invoked: call.invoked + end,
            returned: call.returned.map(|returned| returned + end),
            ..call
        }));
        let outcome =
            linearizability(&Calls { calls, initial: right.initial }, Budget::steps(40_000_000));
        assert!(matches!(outcome, Outcome::NotLinearizable(_)), "{seed}");
    }
}

#[test]
fn a_history_with_lists_is_decided() {
    let taste = Taste {
        calls: 1_000,
        sessions: 6,
        keys: 10,
        kinds: [5, 3, 1, 1, 0, 1],
        longest: 20,
        unknown: 1,
        ..LONG
    };
    decided(taste, 10_000_000);
}
