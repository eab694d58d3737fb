//! The ranges of the format's numbers, each with the mend for what is outside.

use crate::{MAX_FACTOR, MAX_FAULTS_PER_MINUTE, MAX_RATE, MIN_FAULTS_PER_MINUTE};

/// A range of numbers.
#[derive(Debug)]
pub(crate) struct Bounds {
    /// The range in words that follow "must be".
    pub(crate) range: &'static str,
    /// How to mend a number that is outside.
    pub(crate) help: &'static str,
    /// A number inside.
    pub(crate) example: &'static str,
    /// Whether a number is inside. Not for NaN: no comparison with it is true.
    pub(crate) allow: fn(f64) -> bool,
}

pub(crate) const SHARE: Bounds = Bounds {
    range: "between 0 and 1",
    help: "a share is a part of 1: write 5 of 100 as 0.05",
    example: "0.05",
    allow: |share| (0.0..=1.0).contains(&share),
};

pub(crate) const PART: Bounds = Bounds {
    range: "above 0 and below 1",
    help: "a share is a part of 1: write 5 of 100 as 0.05; if all keys are alike, choose \"uniform\"",
    example: "0.1",
    allow: |share| share > 0.0 && share < 1.0,
};

pub(crate) const WEIGHT: Bounds = Bounds {
    range: "between 0 and 1000000000",
    help: "write a weight such as 0.3; weights need not sum to 1",
    example: "0.3",
    allow: |weight| (0.0..=1e9).contains(&weight),
};

pub(crate) const RATE: Bounds = Bounds {
    range: "above 0 and at most 1000000",
    help: "write how many operations begin each second, as in `rate = 200.0`",
    example: "200.0",
    allow: |rate| rate > 0.0 && rate <= MAX_RATE,
};

pub(crate) const PER_MINUTE: Bounds = Bounds {
    range: "between 0.000001 and 6000",
    help: "write how many faults strike each minute on average, as in `per_minute = 6.0`",
    example: "6.0",
    allow: |rate| (MIN_FAULTS_PER_MINUTE..=MAX_FAULTS_PER_MINUTE).contains(&rate),
};

pub(crate) const EXPONENT: Bounds = Bounds {
    range: "between 0 and 100",
    help: "write 0 for keys that are all alike, 0.99 for the usual skew",
    example: "0.99",
    allow: |exponent| (0.0..=100.0).contains(&exponent),
};

pub(crate) const FACTOR: Bounds = Bounds {
    range: "above 1 and at most 1000000",
    help: "write how many times as long everything takes, as in `factor = 10.0`",
    example: "10.0",
    allow: |factor| factor > 1.0 && factor <= MAX_FACTOR,
};

pub(crate) const DRIFT: Bounds = Bounds {
    range: "above -1000000 and at most 1000000",
    help: "write parts per million: 100 gains 100 us a second; at -1000000 a clock would stand still",
    example: "100",
    allow: |drift| drift > -1e6 && drift <= 1e6,
};
