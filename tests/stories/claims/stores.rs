//! What is said of what nodes held, took and lost.

use super::{Checked, Facts, moment, shown};
use judge::record::Event;
use node::{Fact, NodeId, Time};

impl Facts<'_> {
    pub(super) fn stored(&self, at: &str, who: &str, told: &str) -> Checked {
        let stored = self.events.iter().any(|event| match &event.event {
            Event::Apply { node, change } => {
                shown(event.at) == at && node.to_string() == who && told == format!("`{change}`.")
            }
            _ => false,
        });
        stored.then_some(()).ok_or("it stored nothing like that")
    }

    /// When nodes came to hold what the write leaves.
    pub(super) fn taken(&self) -> Result<Vec<(Time, NodeId)>, &'static str> {
        let write = self.subject.ok_or("of no write")?;
        let (key, state) = (write.operation.key(), write.leaves().ok_or("of no write")?);
        let taken = self.events.iter().filter_map(|event| match &event.event {
            Event::Apply { node, change } => (event.at >= write.invoked
                && Some(&change.key) == key
                && change.after.as_ref().map(|it| &it.value) == state)
                .then_some((event.at, *node)),
            _ => None,
        });
        Ok(taken.collect())
    }

    /// `Neither n1, which had said yes, nor any other node ever held it.`
    pub(super) fn nobody_took(&self) -> Checked {
        self.taken()?.is_empty().then_some(()).ok_or("somebody held it")
    }

    /// `n2 handled it at 2.000s and did not take it.`
    pub(super) fn not_taken(&self, sentence: &str) -> Checked {
        let (node, rest) = sentence.split_once(" handled it at ").ok_or("nobody")?;
        let at = rest.split(' ').next().ok_or("no moment")?;
        let handled = self.messages.iter().any(|it| {
            it.to.to_string() == node && it.handled().is_some_and(|handled| shown(handled) == at)
        });
        let taken = self.taken()?;
        let took = taken.iter().any(|(when, who)| who.to_string() == node && shown(*when) == at);
        (handled && !took).then_some(()).ok_or("it took it, or handled nothing")
    }

    pub(super) fn replaced(&self, at: &str, rest: &str) -> Checked {
        let known = self.events.iter().any(|event| match &event.event {
            Event::Apply { node, change } => {
                shown(event.at) == at
                    && rest.starts_with(&format!("`{change}` took its place on {node}"))
            }
            _ => false,
        });
        known.then_some(()).ok_or("no such change")
    }

    /// What a node held: as some change, boot or crash before left it.
    pub(super) fn held(&self, at: &str, who: &str, what: &str) -> Checked {
        let (value, key) = what.trim_end_matches('.').rsplit_once(" under ").ok_or("no key")?;
        let mut replay = judge::replay::Replay::of(self.run).ok_or("no trace")?;
        let moment = self.events.iter().rev().find(|it| shown(it.at) == at).ok_or("no moment")?;
        replay.advance_to(moment.at);
        let mut nodes = replay.nodes().filter(|(node, _)| node.to_string() == who);
        let (_, state) = nodes.next().ok_or("no such node")?;
        let held = state.get(&key.into()).map(|entry| format!("`{}`", entry.value));
        let held = held.unwrap_or_else(|| "nothing".to_owned());
        (held == value).then_some(()).ok_or("it held something else")
    }

    /// `2 of 3 nodes had entry 5 of term 1 in their logs: n1 and n2.`
    pub(super) fn holders(&self, at: &str, rest: &str) -> Checked {
        let (what, who) = rest.split_once(" in their logs: ").ok_or("nobody")?;
        let (_, entry) = what.split_once(" had entry ").ok_or("no entry")?;
        let (entry, of_term) = entry.split_once(" of term ").ok_or("no term")?;
        let (entry, of_term): (u64, u64) =
            entry.parse().ok().zip(of_term.parse().ok()).ok_or("no number")?;
        let who = who.trim_end_matches('.');
        let then = self.run.facts.iter().find(|it| shown(it.at) == at).ok_or("no such moment")?;
        let has = |name: &str| {
            self.run.facts.iter().any(|it| {
                it.at <= then.at
                    && it.node.to_string() == name
                    && matches!(it.fact, Fact::Appended { index, term, .. }
                        if (index, term) == (entry, of_term))
            })
        };
        names(who).all(has).then_some(()).ok_or("it did not have it")
    }

    /// `2.431s each of n1 and n2 held it.`
    pub(super) fn each_held(&self, rest: &str) -> Checked {
        let (by, who) = rest.split_once(" each of ").ok_or("nobody")?;
        let who = who.strip_suffix(" held it.").ok_or("it says something else")?;
        let taken = self.taken()?;
        let has = |name: &str| {
            let mut own = taken.iter().filter(|(_, node)| node.to_string() == name);
            own.any(|(at, _)| shown(*at) == by || *at < moment(by))
        };
        names(who).all(has).then_some(()).ok_or("it did not hold it")
    }

    /// `n1 and n2 lost its power at 2.500s. n1 booted again at 2.700s with nothing on its disk. ...`
    pub(super) fn each_died(&self, rest: &str) -> Checked {
        let mut sentences = rest.trim_end_matches('.').split(". ");
        let first = sentences.next().ok_or("nothing")?;
        let died = first.split_once(" lost its power at ").or(first.split_once(" crashed at "));
        let (who, at) = died.ok_or("nobody died")?;
        let gone = |name: &str| {
            self.events.iter().any(|event| match event.event {
                Event::Died { node, .. } => shown(event.at) == at && node.to_string() == name,
                _ => false,
            })
        };
        if !names(who).all(gone) {
            return Err("it did not die then");
        }
        for back in sentences {
            let Some((who, rest)) = back.split_once(" booted again at ") else { continue };
            let at = rest.split([' ', ',']).next().ok_or("no moment")?;
            let booted = |name: &str| {
                self.events.iter().any(|event| match event.event {
                    Event::Boot { node, .. } => shown(event.at) == at && node.to_string() == name,
                    _ => false,
                })
            };
            if !names(who.trim_start_matches("each of ")).all(booted) {
                return Err("it did not boot then");
            }
        }
        Ok(())
    }
}

/// The names in a list, but for those that are only counted.
fn names(list: &str) -> impl Iterator<Item = &str> {
    let names = list.split(", ").flat_map(|it| it.split(" and "));
    names.filter(|name| !name.ends_with(" more"))
}
