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
use crate::{
    Action, Links, Step, Target,
    words::{LINKS, Words},
};
use std::time::Duration;

/// Reads what an action's tag carries.
type Reader = fn(&Do<'_>) -> Option<Action>;

const ACTIONS: &Words<Reader> = &[
    ("crash", |it| it.at_target(Action::Crash)),
    ("power-loss", |it| it.at_target(Action::PowerLoss)),
    ("restart", |it| it.at_target(Action::Restart)),
    ("rolling-restart", |it| it.rolling_restart()),
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
    let mut steps: Vec<_> = sections.iter().filter_map(read).collect();
    steps.sort_by_key(|step| step.at);
    steps
}

fn step(section: &Section<'_>, scope: &Scope<'_>, clients: usize) -> Option<Step> {
    let at = section.required("at", "\"2s\"").and_then(|item| scope.moment(item));
    let example = "{ crash = \"n2\" }";
    let action = section.required("do", example).and_then(|item| {
        let (tagged, lasts) = item.tagged_beside("action", example, ACTIONS, "lasts")?;
        let action = (tagged.meaning)(&Do { tagged, scope });
        match lasts {
            Some(lasts) => lasting(action?, lasts),
            None => action,
        }
    });
    let random = section.get("random").and_then(|item| item.flag()).unwrap_or(false);
    let action = action?;
    let client = client_of_step(section, action.operation_kind().is_some(), clients);
    Some(Step { at: at?, action, client, random })
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
}

impl<'a> Do<'a> {
    fn section(&self, example: &str, fields: &'static [&'static str]) -> Option<Section<'a>> {
        let heading = format!("`{}`", self.tagged.tag.text);
        Some(self.tagged.payload(example)?.section(&heading, fields))
    }

    fn at_target(&self, action: fn(Target) -> Action) -> Option<Action> {
        let payload = self.tagged.payload("\"n2\"")?;
        self.scope.target(payload).map(action)
    }

    fn target(&self, section: &Section<'_>, field: &'static str) -> Option<Target> {
        section.required(field, "\"n2\"").and_then(|item| self.scope.target(item))
    }
}

fn time(section: &Section<'_>, field: &'static str, example: &str) -> Option<Duration> {
    section.required(field, example)?.duration(Zero::Meaningless)
}

fn share(section: &Section<'_>) -> Option<f64> {
    section.required("share", "0.2")?.number(&number::SHARE)
}

/// The links that all links means; those between nodes unless the text says otherwise.
fn links(section: &Section<'_>) -> Links {
    let links = section.get("links").and_then(|item| item.word("kind of links", LINKS));
    links.unwrap_or_default()
}

fn factor(section: &Section<'_>) -> Option<f64> {
    section.required("factor", number::FACTOR.example)?.number(&number::FACTOR)
}
