//! Sessions: what makes a write that a client tries again one write (Ongaro's thesis, 6.3).
//!
//! A client's first write opens a session in its name, and the last answer to each client is part of
//! the replicated state. The thesis has the cluster give out the names, so that no two
//! clients share one; here a client [draws](ClientId::random) its own. A session is as long as one
//! life of its client: who starts over, and counts from 0 again, takes a new name. One that does not is told
//! so, as its requests cannot be told from late copies of those before. Names that somebody
//! [deals](ClientId::is_numbered) are excepted: the network of a simulation does double requests, and
//! who deals the names sees to it that nobody starts over.
//!
//! Sessions cannot be kept for ever. Beyond [`ANSWERS`] of them, the one that was used longest ago loses its
//! answer: it has expired. How far its client had come is still known, so that a retry of its
//! last write is refused, and not carried out a second time. Beyond [`ANSWERS`] + [`EXPIRED`], even
//! that is forgotten, and a retry would be a new write; the thesis calls this an exceptional
//! situation, of which there is always some risk.
//!
//! Which one was used longest ago is decided by the log, so that all replicas agree. While at most
//! [`ORDERED_FROM`] are known, the order in which they were used is not kept, and they count as used in
//! the order of their names, before all others.

use super::Index;
use crate::{Answer, ClientId};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// How many sessions have an answer.
pub(super) const ANSWERS: usize = 10_000;
/// How many more are known by name.
pub(super) const EXPIRED: usize = 10_000;
/// With more sessions than this, the order in which they are used is kept.
const ORDERED_FROM: usize = ANSWERS / 2;
/// How many answers are kept for the scenario's script, whose steps may overlap.
/// Any other client has one operation under way at a time, so its last answer is enough.
const SCRIPT_ANSWERS: usize = 64;

/// What is known of each client's writes.
#[derive(Clone, Default)]
pub(super) struct Sessions {
    by_client: BTreeMap<ClientId, Session>,
    /// Those that have an answer, used longest ago first.
    answering: BTreeSet<(Index, ClientId)>,
    /// Those that have expired, used longest ago first.
    expired: BTreeSet<(Index, ClientId)>,
}

#[derive(Clone)]
struct Session {
    /// The last answers, by sequence number. [`Answer::Unknown`] to a write means that the session has
    /// expired after it, and that of what came before nothing is known.
    answers: BTreeMap<u64, Answer>,
    /// When it was used last; 0: while no order was kept.
    used: Index,
}

/// What is known of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// It has not been carried out.
    New,
    /// It has been carried out, with this answer.
    Answered(Answer),
    /// It has been carried out, and the answer is known no longer.
    Expired,
    /// Its client has given it up, as a later one has come.
    GivenUp,
}

impl Sessions {
    /// What is known of a client's write.
    pub(super) fn known(&self, client: ClientId, sequence: u64) -> Known {
        let Some(session) = self.by_client.get(&client) else {
            return Known::New;
        };
        match session.answers.get(&sequence) {
            Some(Answer::Unknown) => Known::Expired,
            Some(answer) => Known::Answered(answer.clone()),
            None if session.has_given_up(client, sequence) => Known::GivenUp,
            None => Known::New,
        }
    }

    /// Takes note that the entry at an index was a client's, and of the answer if it was carried
    /// out with it.
    pub(super) fn note(
        &mut self,
        index: Index,
        client: ClientId,
        answered: Option<(u64, &Answer)>,
    ) {
        let is_new = !self.by_client.contains_key(&client);
        let is_ordered = self.by_client.len() + usize::from(is_new) > ORDERED_FROM;
        let used = if is_ordered { index } else { 0 };
        let session = self
            .by_client
            .entry(client)
            .or_insert_with(|| Session { answers: BTreeMap::new(), used });
        let had_expired = session.has_expired();
        let before = (std::mem::replace(&mut session.used, used), client);
        if let Some((sequence, answer)) = answered {
            session.answers.insert(sequence, answer.clone());
            if session.answers.len() > answers_kept(client) {
                session.answers.pop_first();
            }
        }
        let has_expired = session.has_expired();
        if is_new || before.0 != used || had_expired != has_expired {
            self.among(had_expired).remove(&before);
            self.among(has_expired).insert((used, client));
            self.make_room();
        }
    }

    /// Those that have expired, or the others.
    fn among(&mut self, expired: bool) -> &mut BTreeSet<(Index, ClientId)> {
        if expired { &mut self.expired } else { &mut self.answering }
    }

    fn make_room(&mut self) {
        if self.answering.len() > ANSWERS
            && let Some(oldest) = self.answering.pop_first()
        {
            let session = self.by_client.get_mut(&oldest.1).expect("who is in order is known");
            session.expire();
            self.expired.insert(oldest);
        }
        if self.expired.len() > EXPIRED
            && let Some((_, oldest)) = self.expired.pop_first()
        {
            self.by_client.remove(&oldest);
        }
    }

    /// How many are known.
    pub(super) fn len(&self) -> usize {
        self.by_client.len()
    }

    /// Each with its answers: first those that have expired, and of either kind the one that was used
    /// longest ago first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (ClientId, &BTreeMap<u64, Answer>)> {
        let known = self.expired.iter().chain(&self.answering);
        known.map(|&(_, client)| (client, &self.by_client[&client].answers))
    }
}

impl Session {
    fn has_expired(&self) -> bool {
        matches!(self.answers.last_key_value(), Some((_, Answer::Unknown)))
    }

    fn has_given_up(&self, client: ClientId, sequence: u64) -> bool {
        self.answers.first_key_value().is_some_and(|(&oldest, answer)| {
            let is_all = self.answers.len() < answers_kept(client) && *answer != Answer::Unknown;
            sequence < oldest && !is_all
        })
    }

    fn expire(&mut self) {
        if let Some((last, _)) = self.answers.pop_last() {
            self.answers = BTreeMap::from([(last, Answer::Unknown)]);
        }
    }
}

fn answers_kept(client: ClientId) -> usize {
    if client == ClientId::SCRIPT { SCRIPT_ANSWERS } else { 1 }
}

impl FromIterator<(ClientId, BTreeMap<u64, Answer>)> for Sessions {
    /// In the order of [`Sessions::iter`].
    fn from_iter<I: IntoIterator<Item = (ClientId, BTreeMap<u64, Answer>)>>(all: I) -> Self {
        let mut places = Vec::new();
        let mut by_client = BTreeMap::new();
        for (client, answers) in all {
            // Nobody says anything twice but who has not followed the rules.
            if by_client.insert(client, Session { answers, used: 0 }).is_none() {
                places.push(client);
            }
        }
        let is_ordered = places.len() > ORDERED_FROM;
        let mut sessions = Self { by_client, ..Self::default() };
        // Each was opened by an entry of its own, so that these numbers come before every later index.
        for (place, client) in (1..).zip(places) {
            let session = sessions.by_client.get_mut(&client).expect("it was just put there");
            session.used = if is_ordered { place } else { 0 };
            let (expired, key) = (session.has_expired(), (session.used, client));
            sessions.among(expired).insert(key);
        }
        sessions
    }
}

impl PartialEq for Sessions {
    /// Whether what is known is the same, and the order.
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Sessions {}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Serialize for Sessions {
    /// As a map in the order of [`Sessions::iter`].
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(Some(self.len()))?;
        self.iter().try_for_each(|(client, answers)| map.serialize_entry(&client, answers))?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Sessions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> de::Visitor<'de> for InOrder {
            type Value = Sessions;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("sessions")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Sessions, A::Error> {
                std::iter::from_fn(|| map.next_entry().transpose()).collect()
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests;
