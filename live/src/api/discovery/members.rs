//! Who is there, as far as has been heard.

use super::Announce;
use std::{
    collections::{BTreeMap, btree_map::Entry},
    time::{Duration, Instant},
};

/// The most members that are kept: more than that is somebody's mischief.
const MOST: usize = 1024;

/// News of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A member is there, or is there otherwise than before: at another address, in another group, or
    /// with another say on whether it leads.
    Appeared(Announce),
    /// A member was silent for too long.
    Disappeared(Announce),
}

/// The members that have been heard, and when.
#[derive(Clone, Debug)]
pub struct Members {
    silence: Duration,
    heard: BTreeMap<String, (Announce, Instant)>,
}

impl Members {
    /// Nobody; `silence` is how long a member may be silent.
    pub fn new(silence: Duration) -> Self {
        Self { silence, heard: BTreeMap::new() }
    }

    /// Takes note of an announcement; what is new about it. Beyond 1,024 members nobody new is taken.
    pub fn hear(&mut self, announce: Announce, now: Instant) -> Option<Found> {
        let is_full = self.heard.len() >= MOST;
        match self.heard.entry(announce.id.clone()) {
            Entry::Vacant(_) if is_full => None,
            Entry::Vacant(place) => {
                place.insert((announce.clone(), now));
                Some(Found::Appeared(announce))
            }
            Entry::Occupied(mut known) => {
                let (before, _) = known.insert((announce.clone(), now));
                (before != announce).then_some(Found::Appeared(announce))
            }
        }
    }

    /// Drops those who were silent for too long.
    pub fn sweep(&mut self, now: Instant) -> Vec<Found> {
        let is_silent = |at: Instant| now.saturating_duration_since(at) > self.silence;
        let silent = self.heard.values().filter(|(_, at)| is_silent(*at));
        let gone: Vec<_> = silent.map(|(announce, _)| announce.clone()).collect();
        for announce in &gone {
            self.heard.remove(&announce.id);
        }
        gone.into_iter().map(Found::Disappeared).collect()
    }

    /// Who is there, by name.
    pub fn all(&self) -> impl Iterator<Item = &Announce> {
        self.heard.values().map(|(announce, _)| announce)
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a test must begin somewhere")]
mod tests {
    use super::*;

    fn member(name: &str, port: u16) -> Announce {
        format!("ANNOUNCE|{name}|127.0.0.1|{port}|0|false").parse().unwrap()
    }

    #[test]
    fn members_appear_change_and_disappear() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut members = Members::new(Duration::from_secs(30));
        assert_eq!(members.hear(member("a", 1), at(0)), Some(Found::Appeared(member("a", 1))));
        assert_eq!(members.hear(member("a", 1), at(5)), None);
        assert_eq!(members.hear(member("b", 2), at(9)), Some(Found::Appeared(member("b", 2))));
        assert_eq!(members.hear(member("a", 3), at(10)), Some(Found::Appeared(member("a", 3))));
        assert_eq!(members.sweep(at(39)), [], "thirty seconds are not too long");
        assert_eq!(members.sweep(at(40)), [Found::Disappeared(member("b", 2))]);
        assert_eq!(members.all().collect::<Vec<_>>(), [&member("a", 3)]);
        assert_eq!(members.sweep(at(0)), [], "a clock that goes back drops nobody");
    }

    #[test]
    fn a_flood_of_names_does_not_grow_for_ever() {
        let now = Instant::now();
        let mut members = Members::new(Duration::from_secs(30));
        for number in 0..2 * MOST {
            members.hear(member(&number.to_string(), 1), now);
        }
        assert_eq!(members.all().count(), MOST);
        assert!(members.hear(member("0", 2), now).is_some(), "those who are known may change");
    }
}
