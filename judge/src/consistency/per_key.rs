//! Per-key order: does a key ever go back in time before one session's eyes?
//!
//! Monotonic reads and read-your-writes together, a key at a time, with the versions of a key
//! in the order of time: a write that was over before another began is older. That is more
//! than the session guarantees ask, which know only the causal order of the writes, and
//! less than linearizability, since a session that knows no better may read the past.
//!
//! What a session saw is a chain of writes, none older than one before it. Where a read has
//! several explanations, the one is taken that was begun first of those that do not go
//! back: it forbids least later on, so that if it leads nowhere, no other does.

use super::{
    Subject,
    ages::Ages,
    index::{Index, Observation},
    linear::memo::FixedMap,
};
use node::Key;

/// What came of looking at every session and key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PerKeyOrder {
    /// How many calls told what a key held.
    pub(crate) reads: u64,
    /// Where a key went back, in order of invocation.
    pub(crate) violations: Vec<GoneBack>,
}

/// A call that was told an older state than its session knew of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GoneBack {
    /// The call, by its position in the history.
    pub(crate) read: usize,
    /// The call by which its session knew of a newer state.
    pub(crate) seen_by: usize,
    /// The key.
    pub(crate) key: Key,
}

/// The newest state of a key that a session knows of.
#[derive(Clone, Copy)]
struct Known {
    /// The write that left it was not begun before this.
    since: u64,
    /// The call by which the session learned of it.
    by: u32,
}

/// What an observation means to a session.
enum Meaning {
    /// It tells nothing that can be traced.
    Nothing,
    /// It is older than what was known.
    Back,
    /// A write that was begun at this moment was seen, or a newer one.
    Since(u64),
}

/// Looks at every session and key.
pub(crate) fn per_key_order(subject: &Subject<'_>) -> PerKeyOrder {
    let (calls, index) = (subject.calls(), subject.index());
    let mut ages = Ages::new(index);
    let mut known: FixedMap<(u32, u32), Known> = FixedMap::default();
    known.reserve(calls.calls.len());
    let mut found = PerKeyOrder::default();
    for place in 0..calls.calls.len() as u32 {
        let session = index.session[place as usize];
        let numbers = index.seen_at(place);
        found.reads += u64::from(!numbers.is_empty());
        let mut went_back = None;
        for seen in &index.seen[numbers] {
            let before = known.get(&(session, seen.key)).copied();
            match meaning(index, &mut ages, seen, before.map(|known| known.since)) {
                Meaning::Nothing => {}
                Meaning::Back => went_back = went_back.or(before.map(|before| (before, seen.key))),
                Meaning::Since(since) => {
                    learn(&mut known, (session, seen.key), Known { since, by: place });
                }
            }
        }
        found.violations.extend(went_back.map(|(before, key)| GoneBack {
            read: index.call(place).position,
            seen_by: index.call(before.by).position,
            key: index.keys[key as usize].clone(),
        }));
        if index.is_certain(place) {
            let (key, since) = (index.key[place as usize], index.call(place).invoked);
            learn(&mut known, (session, key), Known { since, by: place });
        }
    }
    found
}

fn meaning<'a>(
    index: &Index<'a>,
    ages: &mut Ages<'_, 'a>,
    seen: &Observation<'a>,
    known_since: Option<u64>,
) -> Meaning {
    if index.appended[seen.key as usize] {
        return Meaning::Nothing;
    }
    let Some(sources) = ages.sources(seen) else { return Meaning::Nothing };
    let from_start = seen.told.fits(index.all.initial.as_ref());
    let Some(since) = known_since else {
        // What was there at first teaches nothing, and so is the best explanation.
        return match sources.first_open_at(0).filter(|_| !from_start) {
            Some(first) => Meaning::Since(first),
            None => Meaning::Nothing,
        };
    };
    match sources.first_open_at(since) {
        Some(first) => Meaning::Since(first),
        // What nobody wrote is no matter of order.
        None if sources.is_empty() && !from_start => Meaning::Nothing,
        None => Meaning::Back,
    }
}

fn learn(known: &mut FixedMap<(u32, u32), Known>, of: (u32, u32), seen: Known) {
    let newest = known.entry(of).or_insert(seen);
    if newest.since <= seen.since {
        *newest = seen;
    }
}
