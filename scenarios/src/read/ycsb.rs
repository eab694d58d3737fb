//! `ycsb` of a workload: one of the core workloads of the Yahoo! Cloud Serving Benchmark
//! (Cooper et al., SoCC 2010), by its letter.

use super::{item::Item, section::Section};
use crate::{KeyChoice, Keys, Update};
use node::OperationKind;
use std::collections::BTreeMap;

/// What a letter stands for.
#[derive(Clone, Copy, PartialEq)]
enum Core {
    /// Half reads, half updates.
    A,
    /// 95 of 100 are reads, the others updates.
    B,
    /// Reads alone.
    C,
    /// 95 of 100 are reads of the latest records, the others insert records.
    D,
    /// Scans, which no store here has.
    E,
    /// Half reads, half reads that are followed by a write.
    F,
}

const LETTERS: &[(&str, Core)] = &[
    ("a", Core::A),
    ("b", Core::B),
    ("c", Core::C),
    ("d", Core::D),
    ("e", Core::E),
    ("f", Core::F),
];

/// How many records there are, as in YCSB's own files.
const RECORDS: u64 = 1000;

/// How uneven the choice of records is, as in YCSB.
const EXPONENT: f64 = 0.99;

/// The mix and the keys of a core workload.
pub(super) type Mix = (BTreeMap<OperationKind, f64>, BTreeMap<Update, f64>);

/// What is asked, each with its weight.
type Weights<T> = &'static [(T, f64)];

const GET: OperationKind = OperationKind::Get;

/// The core workload that the section names, if it names one.
pub(super) fn core(section: &Section<'_>) -> Option<(Mix, Keys)> {
    let item = section.get("ycsb")?;
    if let Some(mix) = section.get("mix") {
        mix.mistake(
            "`mix` and `ycsb` exclude each other",
            "the letter says what is asked",
            "remove one of the two",
        );
    }
    let core = letter(item)?;
    let (ones, updates): (Weights<OperationKind>, Weights<Update>) = match core {
        Core::A => (&[(GET, 0.5), (OperationKind::Put, 0.5)], &[]),
        Core::B => (&[(GET, 0.95), (OperationKind::Put, 0.05)], &[]),
        Core::C => (&[(GET, 1.0)], &[]),
        Core::D => (&[(GET, 0.95)], &[(Update::Insert, 0.05)]),
        Core::F => (&[(GET, 0.5)], &[(Update::ReadModifyWrite, 0.5)]),
        Core::E => {
            item.mistake(
                "YCSB's E scans ranges of keys, and no store here can do that",
                "made of scans",
                "the nearest is `mix = { list-keys = 0.95, insert = 0.05 }`, which lists all keys each time",
            );
            return None;
        }
    };
    let choice = match core {
        Core::D => KeyChoice::Latest { exponent: EXPONENT },
        _ => KeyChoice::Zipfian { exponent: EXPONENT },
    };
    let mix = (ones.iter().copied().collect(), updates.iter().copied().collect());
    Some((mix, Keys { count: RECORDS, choice }))
}

/// A letter, large or small.
fn letter(item: Item<'_>) -> Option<Core> {
    let word = item.text("\"a\"")?;
    let found = LETTERS.iter().find(|(letter, _)| letter.eq_ignore_ascii_case(word.text));
    if found.is_none() {
        item.mistake(
            format!("YCSB has no core workload `{}`", word.text),
            "unknown workload",
            "write one of its letters, from \"a\" to \"f\"",
        );
    }
    found.map(|(_, core)| *core)
}
