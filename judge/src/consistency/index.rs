//! What calls wrote and what they were told, key by key.

use super::{Action, Call, Calls, Swap, groups::Groups, linear::memo::FixedMap};
use node::{Key, Value};
use std::{collections::BTreeSet, iter, ops::Range};

/// In place of a write: what a key holds before the first call.
pub(super) const INITIAL: u32 = u32::MAX;

/// Lists are looked at key by key; more looks than this are not made.
const MOST_LIST_LOOKS: usize = 4_000_000;

/// The calls, with what each session did and each key was told to hold.
pub(super) struct Index<'a> {
    pub(super) all: &'a Calls,
    pub(super) keys: Vec<&'a Key>,
    /// By call, the call of its session that was answered last before it.
    pub(super) before: Vec<Option<u32>>,
    /// By call, the number of the key that it names; what lists them names none.
    pub(super) key: Vec<u32>,
    /// By call, the number of the state that it leaves if it takes effect, or [`NO_STATE`].
    pub(super) left: Vec<u32>,
    /// By call, the number of its session.
    pub(super) session: Vec<u32>,
    pub(super) sessions: usize,
    /// By key, the calls that changed it or may have, in order of invocation.
    pub(super) writes: Vec<Vec<u32>>,
    /// By key, whether something was added to its end, so that what it held is not known.
    pub(super) appended: Vec<bool>,
    /// In order of calls.
    pub(super) seen: Vec<Observation<'a>>,
    /// By call, where its observations start; one more entry ends the last.
    seen_from: Vec<u32>,
    /// By session, its observations in order.
    pub(super) seen_by: Vec<Vec<u32>>,
    /// Whether there were too many lists of too many keys to look at them all.
    pub(super) lists_left_out: bool,
    numbers: FixedMap<&'a Key, u32>,
    states: FixedMap<(u32, Option<&'a Value>), u32>,
    /// The calls that write each state, by the number of the state and in order of invocation.
    writers: Groups,
}

/// In place of a state: what was told is not one.
pub(super) const NO_STATE: u32 = u32::MAX;

/// What a call was told of a key. A call that also changes the key was told this before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Observation<'a> {
    pub(super) call: u32,
    pub(super) key: u32,
    pub(super) told: Told<'a>,
    /// The number of the state that it was told of the key, or [`NO_STATE`].
    pub(super) state: u32,
}

/// How much was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told<'a> {
    /// Just this was there.
    Is(Option<&'a Value>),
    /// Something was there.
    Present,
    /// Something else was there, or nothing.
    Not(Option<&'a Value>),
}

impl Told<'_> {
    /// Whether it fits what a key holds.
    pub(super) fn fits(self, state: Option<&Value>) -> bool {
        match self {
            Self::Is(told) => told == state,
            Self::Present => state.is_some(),
            Self::Not(other) => other != state,
        }
    }
}

impl<'a> Index<'a> {
    pub(super) fn new(all: &'a Calls) -> Self {
        let Named { keys, numbers, key } = Named::new(all);
        let mut index = Self {
            all,
            keys,
            key,
            before: Vec::with_capacity(all.calls.len()),
            left: Vec::with_capacity(all.calls.len()),
            session: Vec::with_capacity(all.calls.len()),
            sessions: 0,
            writes: Vec::new(),
            appended: Vec::new(),
            seen: Vec::new(),
            seen_from: Vec::with_capacity(all.calls.len() + 1),
            seen_by: Vec::new(),
            lists_left_out: false,
            numbers,
            states: FixedMap::default(),
            writers: Groups::new(0, iter::empty()),
        };
        index.writes.resize_with(index.keys.len(), Vec::new);
        index.appended.resize(index.keys.len(), false);
        // Room for no more: where one lies is by chance, so that all of it is touched.
        index.states.reserve(all.calls.iter().filter(|call| call.action.is_write()).count());
        index.seen.reserve(all.calls.len());
        let mut sessions = FixedMap::default();
        let mut last: Vec<Option<u32>> = Vec::new();
        for (place, call) in all.calls.iter().enumerate() {
            let place = u32::try_from(place).expect("fewer than 2^32 calls");
            let count = sessions.len() as u32;
            let session = *sessions.entry(call.session).or_insert(count);
            if session as usize == last.len() {
                last.push(None);
            }
            index.session.push(session);
            index.before.push(last[session as usize]);
            if call.returned.is_some() {
                last[session as usize] = Some(place);
            }
            index.seen_from.push(index.seen.len() as u32);
            let left = index.add(place, call);
            index.left.push(left.unwrap_or(NO_STATE));
        }
        index.seen_from.push(index.seen.len() as u32);
        let left = (0u32..).zip(&index.left).filter(|(_, state)| **state != NO_STATE);
        index.writers = Groups::new(index.states.len(), left.map(|(call, state)| (*state, call)));
        index.sessions = last.len();
        index.seen_by.resize_with(index.sessions, Vec::new);
        for (number, seen) in index.seen.iter().enumerate() {
            index.seen_by[index.session[seen.call as usize] as usize].push(number as u32);
        }
        index
    }

    pub(super) fn call(&self, place: u32) -> &'a Call {
        &self.all.calls[place as usize]
    }

    /// What a write leaves, or what was there at first. `None`: it depends, as for what
    /// is added to the end.
    pub(super) fn left_by(&self, write: u32) -> Option<Option<&'a Value>> {
        if write == INITIAL {
            return Some(self.all.initial.as_ref());
        }
        match &self.call(write).action {
            Action::Write { value, .. } | Action::CompareAndSet { new: value, .. } => {
                Some(Some(value))
            }
            Action::Delete { .. } => Some(None),
            Action::Append { .. } | Action::Read { .. } | Action::List { .. } => None,
        }
    }

    /// Whether a write is known to have taken effect, in the order of its session.
    pub(super) fn is_certain(&self, write: u32) -> bool {
        let call = self.call(write);
        call.returned.is_some()
            && match &call.action {
                Action::CompareAndSet { outcome, .. } => *outcome == Some(Swap::Swapped),
                action => action.is_write(),
            }
    }

    /// The writes that may have left what was seen, [`INITIAL`] first and the others in order
    /// of invocation: all but those that its session asked for with it or later.
    pub(super) fn sources(
        &self,
        seen: &Observation<'a>,
    ) -> impl DoubleEndedIterator<Item = u32> + use<'_, 'a> {
        let Observation { call, key, told, state } = *seen;
        let initial = Some(INITIAL).filter(|_| told.fits(self.all.initial.as_ref()));
        let session = self.session[call as usize];
        let is_exact = state != NO_STATE;
        let among =
            if is_exact { self.writers_of(state) } else { self.writes[key as usize].as_slice() };
        let writes = among.iter().copied().filter(move |write| {
            let is_earlier = self.session[*write as usize] != session || *write < call;
            is_earlier && (is_exact || self.left_by(*write).is_some_and(|left| told.fits(left)))
        });
        initial.into_iter().chain(writes)
    }

    /// The observations of a call.
    pub(super) fn seen_at(&self, call: u32) -> Range<usize> {
        let call = call as usize;
        self.seen_from[call] as usize..self.seen_from[call + 1] as usize
    }

    /// The calls that write a state to a key, in order of invocation.
    pub(super) fn writers(&self, key: u32, state: Option<&'a Value>) -> &[u32] {
        self.states.get(&(key, state)).map_or(&[], |state| self.writers_of(*state))
    }

    /// The calls that write a state of this number, in order of invocation.
    pub(super) fn writers_of(&self, state: u32) -> &[u32] {
        self.writers.of(state)
    }

    /// How many states of keys were told or written.
    pub(super) fn states(&self) -> usize {
        self.states.len()
    }

    /// Takes note of a call; the answer is the number of the state that it leaves.
    fn add(&mut self, place: u32, call: &'a Call) -> Option<u32> {
        if call.action.key().is_none() {
            if let (Action::List { keys: Some(keys) }, true) =
                (&call.action, call.returned.is_some())
            {
                self.add_list(place, keys);
            }
            return None;
        }
        let key = self.key[place as usize];
        if call.returned.is_some()
            && let Some(told) = told(&call.action)
        {
            self.see(place, key, told);
        }
        if !call.action.is_write() {
            return None;
        }
        self.writes[key as usize].push(place);
        let left = self.left_by(place);
        self.appended[key as usize] |= left.is_none();
        left.map(|left| self.state(key, left))
    }

    fn see(&mut self, call: u32, key: u32, told: Told<'a>) {
        let state = match told {
            Told::Is(state) => self.state(key, state),
            Told::Present | Told::Not(_) => NO_STATE,
        };
        self.seen.push(Observation { call, key, told, state });
    }

    fn state(&mut self, key: u32, state: Option<&'a Value>) -> u32 {
        let next = self.states.len() as u32;
        *self.states.entry((key, state)).or_insert(next)
    }

    fn add_list(&mut self, place: u32, listed: &'a [Key]) {
        if self.seen.len() + self.keys.len() > MOST_LIST_LOOKS {
            self.lists_left_out = true;
            return;
        }
        let listed: BTreeSet<u32> = listed.iter().map(|key| self.number(key)).collect();
        for key in 0..self.keys.len() as u32 {
            let told = if listed.contains(&key) { Told::Present } else { Told::Is(None) };
            self.see(place, key, told);
        }
    }

    fn number(&self, key: &Key) -> u32 {
        *self.numbers.get(key).expect("every key was counted")
    }
}

/// In place of a key: the call names none.
const NO_KEY: u32 = u32::MAX;

/// Every key that is named, in order.
struct Named<'a> {
    keys: Vec<&'a Key>,
    numbers: FixedMap<&'a Key, u32>,
    /// By call.
    key: Vec<u32>,
}

impl<'a> Named<'a> {
    fn new(all: &'a Calls) -> Self {
        let mut numbers: FixedMap<&'a Key, u32> = FixedMap::default();
        let mut keys: Vec<&'a Key> = Vec::new();
        let mut number = |key: &'a Key| {
            *numbers.entry(key).or_insert_with(|| {
                keys.push(key);
                keys.len() as u32 - 1
            })
        };
        let mut key: Vec<u32> = Vec::with_capacity(all.calls.len());
        for call in &all.calls {
            if let Action::List { keys: Some(listed) } = &call.action {
                listed.iter().for_each(|key| _ = number(key));
            }
            key.push(call.action.key().map_or(NO_KEY, &mut number));
        }
        // So far they have numbers in the order in which they were named.
        let mut order: Vec<u32> = (0..keys.len() as u32).collect();
        order.sort_unstable_by_key(|number| keys[*number as usize]);
        let mut place = vec![0; keys.len()];
        for (now, before) in order.iter().enumerate() {
            place[*before as usize] = now as u32;
        }
        let sorted = |number: &mut u32| *number = place[*number as usize];
        numbers.values_mut().for_each(sorted);
        key.iter_mut().filter(|number| **number != NO_KEY).for_each(sorted);
        Self { keys: order.iter().map(|number| keys[*number as usize]).collect(), numbers, key }
    }
}

/// Whether some answer told what a key holds.
pub(crate) fn tell_something(all: &Calls) -> bool {
    let is_named = |call: &Call| match &call.action {
        Action::List { keys } => keys.as_ref().is_some_and(|keys| !keys.is_empty()),
        _ => true,
    };
    let some_key = all.calls.iter().any(is_named);
    let tells = |call: &Call| match &call.action {
        Action::List { keys } => some_key && keys.is_some(),
        action => told(action).is_some(),
    };
    all.calls.iter().any(|call| call.returned.is_some() && tells(call))
}

/// What an answered call was told of its key before its own change.
fn told(action: &Action) -> Option<Told<'_>> {
    match action {
        Action::Read { found, .. } => found.as_ref().map(|found| Told::Is(found.as_ref())),
        Action::Write { previous, .. } => previous.as_ref().map(|found| Told::Is(found.as_ref())),
        Action::Delete { existed, .. } => {
            existed.map(|existed| if existed { Told::Present } else { Told::Is(None) })
        }
        Action::CompareAndSet { expected, outcome, .. } => match outcome.as_ref()? {
            Swap::Swapped => Some(Told::Is(expected.as_ref())),
            Swap::Mismatch { actual: Some(actual) } => Some(Told::Is(actual.as_ref())),
            Swap::Mismatch { actual: None } => Some(Told::Not(expected.as_ref())),
        },
        Action::Append { .. } | Action::List { .. } => None,
    }
}
