//! `[[step]]`: what happens when.

mod disk;
mod network;
mod node;
mod operation;

use super::{
    item::{Item, Tagged, Zero},
    number,
    plan::client_of_step,
    scope::Scope,
    section::Section,
};
use crate::{Action, Release, Step, Target, words::Words};
use std::{cell::RefCell, time::Duration};

/// Reads what an action's tag carries.
type Reader = fn(&Do<'_>) -> Option<Action>;

const ACTIONS: &Words<Reader> = &[
    ("crash", |it| it.at_target(Action::Crash)),
    ("power-loss", |it| it.at_target(Action::PowerLoss)),
    ("restart", |it| it.at_target(Action::Restart)),
    ("rolling-restart", |it| it.rolling_restart()),
    ("upgrade", |it| it.install(Release::Next)),
    ("downgrade", |it| it.install(Release::First)),
    ("rolling-upgrade", |it| it.rolling_upgrade()),
    ("pause", |it| it.at_target(Action::Pause)),
    ("resume", |it| it.at_target(Action::Resume)),
    ("slow-node", |it| it.slowed(|node, factor, lasts| Action::SlowNode { node, factor, lasts })),
    ("clock-jump", |it| it.clock_jump()),
    ("partition", |it| it.partition()),
    ("isolate", |it| it.isolate()),
    ("bridge", |it| it.bridge()),
    ("one-way", |it| it.one_way()),
    ("flapping-link", |it| it.flapping_link()),
    ("heal-network", |it| it.tagged.alone().map(|()| Action::HealNetwork)),
    ("slow-link", |it| it.slow_link()),
    ("delay-spike", |it| it.delay_spike()),
    ("reorder", |it| it.reorder()),
    ("loss", |it| it.shared(|share, lasts, links| Action::Loss { share, lasts, links })),
    ("duplicate", |it| it.shared(|share, lasts, links| Action::Duplicate { share, lasts, links })),
    ("slow-disk", |it| it.slowed(|node, factor, lasts| Action::SlowDisk { node, factor, lasts })),
    ("full-disk", |it| it.full_disk()),
    ("disk-errors", |it| it.disk_errors()),
    ("bit-rot", |it| it.at_target(Action::BitRot)),
    ("join", |it| it.membership(Action::Join)),
    ("leave", |it| it.membership(Action::Leave)),
    ("start", |it| it.start()),
    ("retire", |it| it.at_target(Action::Retire)),
    ("put", |it| it.put()),
    ("get", |it| it.get()),
    ("delete", |it| it.delete()),
    ("list-keys", |it| it.list_keys()),
    ("compare-and-set", |it| it.compare_and_set()),
];

/// Reads all steps, in order of time; those of one moment keep their order.
/// `clients` is how many the workload has.
pub(super) fn steps(root: &Section<'_>, scope: &Scope<'_>, clients: usize) -> Vec<Step> {
    let sections = root.tables("step", "[[step]]", &["at", "do", "client", "random"]);
    let read = |section: &Section<'_>| step(section, scope, clients);
    let mut steps: Vec<_> = sections.iter().filter_map(read).flatten().collect();
    steps.sort_by_key(|step| step.at);
    steps
}

/// Reads a step. One that names several targets is a step for each of them.
fn step(section: &Section<'_>, scope: &Scope<'_>, clients: usize) -> Option<Vec<Step>> {
    let at = section.required("at", "\"2s\"").and_then(|item| scope.moment(item));
    let example = "{ crash = \"n2\" }";
    let action = section.required("do", example).and_then(|item| {
        let (tagged, lasts) = item.tagged_beside("action", example, ACTIONS, "lasts")?;
        let it = Do { tagged, scope, lists: RefCell::default() };
        let action = (tagged.meaning)(&it);
        let action = match lasts {
            Some(lasts) => lasting(action?, lasts),
            None => action,
        };
        it.for_each_target(action?)
    });
    let random = section.get("random").and_then(|item| item.flag()).unwrap_or(false);
    let actions = action?;
    let is_operation = actions.iter().all(|action| action.operation_kind().is_some());
    let client = client_of_step(section, is_operation, clients);
    let at = at?;
    Some(actions.into_iter().map(|action| Step { at, action, client, random }).collect())
}

/// A fault with an end of its own beside it, as in `{ crash = "n2", lasts = "2s" }`.
fn lasting(action: Action, lasts: Item<'_>) -> Option<Action> {
    if !action.can_last() {
        let name = action.name();
        lasts.mistake(
            format!("`{name}` takes no `lasts` beside it"),
            "not here",
            "crash, power-loss, pause, clock-jump, partition, isolate, one-way and bridge take it \
             so; what else lasts a while says it within, and the rest is over at once",
        );
        return None;
    }
    Some(action.lasting(lasts.duration(Zero::Meaningless)?))
}

/// One `do`, and what it must agree with.
struct Do<'a> {
    tagged: Tagged<'a, Reader>,
    scope: &'a Scope<'a>,
    /// What each target that was read so far may be, in the order of the action's targets.
    lists: RefCell<Vec<Vec<Target>>>,
}

impl<'a> Do<'a> {
    fn section(&self, example: &str, fields: &'static [&'static str]) -> Option<Section<'a>> {
        let heading = format!("`{}`", self.tagged.tag.text);
        Some(self.tagged.payload(example)?.section(&heading, fields))
    }

    fn at_target(&self, action: fn(Target) -> Action) -> Option<Action> {
        let payload = self.tagged.payload("\"n2\"")?;
        self.first_of(payload).map(action)
    }

    fn target(&self, section: &Section<'_>, field: &'static str) -> Option<Target> {
        section.required(field, "\"n2\"").and_then(|item| self.first_of(item))
    }

    /// The first of several targets; the others are kept for [`for_each_target`](Self::for_each_target).
    fn first_of(&self, item: Item<'_>) -> Option<Target> {
        let targets = self.scope.targets(item)?;
        let first = targets.first().copied();
        self.lists.borrow_mut().push(targets);
        first
    }

    /// The action for each target that was listed; of two lists, for each pair of different ones.
    fn for_each_target(&self, mut action: Action) -> Option<Vec<Action>> {
        let lists = self.lists.take();
        if lists.iter().all(|list| list.len() == 1) {
            return Some(vec![action]);
        }
        let mut actions = Vec::new();
        let mut aim = |at: &[Target]| {
            action.targets_mut().into_iter().zip(at).for_each(|(target, at)| *target = *at);
            actions.push(action.clone());
        };
        match &lists[..] {
            [only] => only.iter().for_each(|target| aim(&[*target])),
            [from, to] => {
                for &one in from {
                    let others = to.iter().filter(|&&other| !is_itself(one, other));
                    others.for_each(|&other| aim(&[one, other]));
                }
            }
            _ => unreachable!("an action has two targets at most"),
        }
        Some(actions)
    }
}

/// Whether two targets are the same node for certain.
fn is_itself(one: Target, other: Target) -> bool {
    one == other && matches!(one, Target::Node(_) | Target::Leader)
}

fn time(section: &Section<'_>, field: &'static str, example: &str) -> Option<Duration> {
    section.required(field, example)?.duration(Zero::Meaningless)
}

fn share(section: &Section<'_>) -> Option<f64> {
    section.required("share", "0.2")?.number(&number::SHARE)
}

fn factor(section: &Section<'_>) -> Option<f64> {
    section.required("factor", number::FACTOR.example)?.number(&number::FACTOR)
}
