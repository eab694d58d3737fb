//! Values that are at an edge of something.

use toml::Value;

/// Texts: times, sizes, names of nodes, clients, systems, and what is none of them.
pub(crate) const TEXTS: [&str; 48] = [
    "",
    " ",
    "0",
    "0s",
    "1ns",
    "1us",
    "999ns",
    "1ms",
    "1s",
    "1h",
    "1day",
    "365days",
    "366days",
    "18446744073709551615ns",
    "99999999999999999999s",
    "-1s",
    "+1s",
    "1.5s",
    "5",
    "n0",
    "n1",
    "n2",
    "n3",
    "n9",
    "n1000",
    "n1001",
    "n4294967296",
    "n99999999999999999999",
    "c1",
    "c0",
    "c100000",
    "all",
    "any",
    "leader",
    "follower",
    "majority",
    "minority",
    "clients",
    "raft",
    "quorum",
    "async-leader",
    "nonesuch",
    "18446744073709551615",
    "a\nb",
    "\0",
    "ä",
    "../../etc",
    "%s%n",
];

/// Whole numbers.
pub(crate) const WHOLES: [i64; 16] = [
    0,
    1,
    -1,
    2,
    3,
    7,
    64,
    1000,
    1001,
    100_000,
    10_000_000,
    i64::MAX,
    i64::MIN,
    1 << 32,
    1 << 53,
    -1000,
];

/// Numbers.
pub(crate) const NUMBERS: [f64; 14] = [
    0.0,
    -0.0,
    1.0,
    0.5,
    1e-300,
    1e300,
    -1.0,
    1.000_000_1,
    1e6,
    6000.0,
    1e-6,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
];

/// One of them all, or a table, a list, a long text.
pub(crate) fn value(pick: u32) -> Value {
    let pick = pick as usize;
    let kind = pick % 8;
    let of = pick / 8;
    match kind {
        0..=2 => Value::String(TEXTS[of % TEXTS.len()].to_owned()),
        3 | 4 => Value::Integer(WHOLES[of % WHOLES.len()]),
        5 | 6 => Value::Float(NUMBERS[of % NUMBERS.len()]),
        _ => match of % 7 {
            0 => Value::Array(Vec::new()),
            1 => Value::Table(toml::Table::new()),
            2 => Value::Boolean(of.is_multiple_of(2)),
            3 => Value::String("x".repeat(100_000)),
            4 => Value::Array(vec![Value::String("n1".to_owned()); 2000]),
            5 => Value::Datetime("1979-05-27T07:32:00Z".parse().unwrap()),
            _ => Value::Array((1..4).map(|node| Value::String(format!("n{node}"))).collect()),
        },
    }
}
