//! Long and crowded histories are decided within the budget, which is counted in steps.

use super::generate::{self, Numbers, Taste};
use crate::consistency::linear::{Budget, Outcome, linearizability};

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
