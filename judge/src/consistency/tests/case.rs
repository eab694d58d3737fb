//! Calls written by hand, or drawn at random.

use crate::consistency::{
    Action, Budget, Call, Calls, Finding, Known, Proof, Subject, Swap, level,
};
use std::ops::Range;

/// Calls in the making; their positions are their places.
#[derive(Clone, Default)]
pub(super) struct Case {
    pub(super) calls: Calls,
}

impl Case {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// A call of a session that was answered.
    pub(super) fn call(mut self, session: u64, times: Range<u64>, action: Action) -> Self {
        self.calls.calls.push(Call {
            position: self.calls.calls.len(),
            session,
            action,
            invoked: times.start,
            returned: Some(times.end),
        });
        self
    }

    pub(super) fn put(self, session: u64, times: Range<u64>, key: &str, value: &str) -> Self {
        let action = Action::Write { key: key.into(), value: value.into(), previous: None };
        self.call(session, times, action)
    }

    pub(super) fn get(self, session: u64, times: Range<u64>, key: &str, found: &str) -> Self {
        let found = Some(found).filter(|found| !found.is_empty()).map(Into::into);
        self.call(session, times, Action::Read { key: key.into(), found: Some(found) })
    }

    pub(super) fn delete(self, session: u64, times: Range<u64>, key: &str) -> Self {
        self.call(session, times, Action::Delete { key: key.into(), existed: None })
    }

    pub(super) fn swap(
        self,
        session: u64,
        times: Range<u64>,
        key: &str,
        from: &str,
        to: &str,
    ) -> Self {
        let expected = Some(from).filter(|from| !from.is_empty()).map(Into::into);
        let (key, new, outcome) = (key.into(), to.into(), Some(Swap::Swapped));
        self.call(session, times, Action::CompareAndSet { key, expected, new, outcome })
    }

    pub(super) fn list(self, session: u64, times: Range<u64>, keys: &[&str]) -> Self {
        let keys = keys.iter().map(|key| (*key).into()).collect();
        self.call(session, times, Action::List { keys: Some(keys) })
    }

    /// Nobody knows what came of the last call.
    pub(super) fn unknown(mut self) -> Self {
        self.calls.calls.last_mut().unwrap().returned = None;
        self
    }

    pub(super) fn find(&self, name: &str) -> Finding {
        (level(name).unwrap().judge)(
            &Subject::new(&self.calls),
            Known::default(),
            Budget::default(),
        )
    }

    pub(super) fn holds(&self, name: &str) -> String {
        match self.find(name) {
            Finding::Holds(text) => text,
            other => panic!("{name}: {other:?}"),
        }
    }

    pub(super) fn violated(&self, name: &str) -> Proof {
        match self.find(name) {
            Finding::Violated(proof) => proof,
            other => panic!("{name}: {other:?}"),
        }
    }

    pub(super) fn unknown_as(&self, name: &str) -> String {
        match self.find(name) {
            Finding::Unknown(text) => text,
            other => panic!("{name}: {other:?}"),
        }
    }
}

/// Random numbers, the same in every run (Steele and others, *SplitMix*, 2014).
pub(super) struct Draw(pub(super) u64);

impl Draw {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (word ^ (word >> 31)) % bound
    }

    pub(super) fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }
}
