//! What a read must not return, by causal consistency and by each session guarantee.

use super::{
    index::{INITIAL, Index},
    past::Past,
};

/// So many of the observations of a session are passed over in the time of one step.
const PASSED_IN_A_STEP: usize = 16;

/// Which reads count as going back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Whatever is older than anything in the causal past.
    Causal,
    /// What is older than what the session itself has written.
    ReadYourWrites,
    /// What is older than what the session has read.
    MonotonicReads,
    /// What is older than a write that precedes, in its session, what the reader has read.
    MonotonicWrites,
    /// What is older than what was read before that was written which the reader has read.
    WritesFollowReads,
}

/// Calls under one assumption of who saw what.
pub(super) struct View<'i, 'a> {
    pub(super) index: &'i Index<'a>,
    pub(super) sources: &'i [Option<u32>],
    pub(super) past: &'i Past,
}

/// Why a source of an observation breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Offence {
    /// The write that must have been seen, or a newer one.
    pub(super) newer: u32,
    /// The calls by which the reader came to know of it, the last first.
    pub(super) via: Vec<u32>,
}

impl View<'_, '_> {
    /// Why an observation breaks the rule if it saw this. `steps` counts the work.
    pub(super) fn offence(
        &self,
        rule: Rule,
        number: usize,
        source: u32,
        steps: &mut u64,
    ) -> Option<Offence> {
        let seen = &self.index.seen[number];
        *steps += 1;
        let newer = self.past.overwritten(seen.call, seen.key, source)?;
        match rule {
            Rule::Causal => Some(Offence { newer, via: Vec::new() }),
            Rule::ReadYourWrites => self.own_write(number, source),
            Rule::MonotonicReads => self.earlier(number, steps).find_map(|(call, key, known)| {
                let is_newer = key == seen.key && self.replaces(known, source);
                is_newer.then(|| Offence { newer: known, via: vec![call] })
            }),
            Rule::MonotonicWrites => self
                .earlier(number, steps)
                .find_map(|(call, _, known)| self.written_before(number, source, call, known)),
            Rule::WritesFollowReads => {
                let mut more = 0;
                let found = self.earlier(number, steps).find_map(|(call, _, known)| {
                    self.read_before(number, source, call, known, &mut more)
                });
                *steps += more;
                found
            }
        }
    }

    /// What the session of an observation saw in earlier calls: call, key and write.
    fn earlier(
        &self,
        number: usize,
        steps: &mut u64,
    ) -> impl Iterator<Item = (u32, u32, u32)> + use<'_> {
        let call = self.index.seen[number].call;
        let seen = &self.index.seen_by[self.index.session[call as usize] as usize];
        let end = seen.partition_point(|other| self.index.seen[*other as usize].call < call);
        *steps += (1 + end / PASSED_IN_A_STEP) as u64;
        seen[..end].iter().filter_map(|other| {
            let earlier = &self.index.seen[*other as usize];
            let source = self.sources[*other as usize].filter(|source| *source != INITIAL)?;
            Some((earlier.call, earlier.key, source))
        })
    }

    /// Whether whoever knows one write must not see the other any more.
    fn replaces(&self, newer: u32, source: u32) -> bool {
        newer != source && self.past.holds(newer, source)
    }

    fn own_write(&self, number: usize, source: u32) -> Option<Offence> {
        let seen = &self.index.seen[number];
        let session = self.index.session[seen.call as usize];
        let own = self.past.last_of(session, seen.key, seen.call)?;
        self.replaces(own, source).then(|| Offence { newer: own, via: Vec::new() })
    }

    /// Whether the session that wrote what was known had written to this key before.
    fn written_before(&self, number: usize, source: u32, call: u32, known: u32) -> Option<Offence> {
        let index = self.index;
        let key = index.seen[number].key;
        let writer = index.session[known as usize];
        let is_of_writer =
            |write: u32| index.is_certain(write) && index.session[write as usize] == writer;
        let own_key = index.key[known as usize] == key;
        if own_key && source != INITIAL && is_of_writer(source) && source < known {
            return Some(Offence { newer: known, via: vec![call] });
        }
        let first = self.past.last_of(writer, key, known)?;
        self.replaces(first, source).then(|| Offence { newer: first, via: vec![known, call] })
    }

    /// Whether the session that wrote what was known had read this key before.
    fn read_before(
        &self,
        number: usize,
        source: u32,
        call: u32,
        known: u32,
        steps: &mut u64,
    ) -> Option<Offence> {
        let index = self.index;
        let key = index.seen[number].key;
        let own_key = index.key[known as usize] == key;
        let seen = &index.seen_by[index.session[known as usize] as usize];
        let end = seen.partition_point(|other| index.seen[*other as usize].call <= known);
        *steps += (1 + end / PASSED_IN_A_STEP) as u64;
        seen[..end].iter().find_map(|other| {
            let earlier = &index.seen[*other as usize];
            let read = self.sources[*other as usize].filter(|read| *read != INITIAL)?;
            if earlier.key != key {
                None
            } else if self.replaces(read, source) {
                Some(Offence { newer: read, via: vec![earlier.call, known, call] })
            } else if own_key && read == source && known != source {
                Some(Offence { newer: known, via: vec![earlier.call, call] })
            } else {
                None
            }
        })
    }
}
