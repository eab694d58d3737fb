//! What a step does, as TOML.

use super::{list, signed, table, text, time};
use crate::{
    Action, Links, Party, Target,
    words::{self, LINKS},
};
use std::time::Duration;
use toml::Value;

/// Writes what a step does, as `do` takes it.
pub(super) fn action(step: &Action) -> Value {
    match step {
        Action::Lasting { action, lasts } => {
            table([(action.name(), carried(action)), ("lasts", time(*lasts))])
        }
        Action::HealNetwork => text(step.name()),
        action => table([(action.name(), carried(action))]),
    }
}

/// What the name of an action carries.
fn carried(action: &Action) -> Value {
    match action {
        Action::HealNetwork => text(action.name()),
        Action::Lasting { action, .. } => carried(action),
        Action::Crash(target)
        | Action::PowerLoss(target)
        | Action::Restart(target)
        | Action::Pause(target)
        | Action::Resume(target)
        | Action::Isolate(target)
        | Action::Bridge(target)
        | Action::BitRot(target)
        | Action::Join(target)
        | Action::Leave(target)
        | Action::Start(target)
        | Action::Retire(target) => text(target),
        Action::RollingRestart { down, gap } | Action::RollingUpgrade { down, gap } => {
            table([("down", time(*down)), ("gap", time(*gap))])
        }
        Action::Install { node, release: _, down } => {
            table([("node", text(node)), ("down", time(*down))])
        }
        Action::Partition(sides) => partition(sides),
        Action::OneWay { from, to } => table(link(from, to)),
        Action::FlappingLink { from, to, period, lasts } => {
            lasting(link(from, to).into_iter().chain([("period", time(*period))]), *lasts)
        }
        Action::SlowLink { from, to, delay, lasts } => {
            lasting(link(from, to).into_iter().chain([("delay", time(*delay))]), *lasts)
        }
        Action::DelaySpike { delay, lasts } => lasting([("delay", time(*delay))], *lasts),
        Action::Reorder { spread, lasts, links } => {
            lasting([("spread", time(*spread))].into_iter().chain(of_links(*links)), *lasts)
        }
        Action::Loss { share, lasts, links } | Action::Duplicate { share, lasts, links } => {
            let share = ("share", Value::Float(*share));
            lasting([share].into_iter().chain(of_links(*links)), *lasts)
        }
        Action::SlowNode { node, factor, lasts } | Action::SlowDisk { node, factor, lasts } => {
            lasting([("node", text(node)), ("factor", Value::Float(*factor))], *lasts)
        }
        Action::FullDisk { node, lasts } => lasting([("node", text(node))], *lasts),
        Action::DiskErrors { node, share, lasts, reads } => {
            let fields = [("node", text(node)), ("share", Value::Float(*share))];
            let reads = reads.then_some(("reads", Value::Boolean(true)));
            lasting(fields.into_iter().chain(reads), *lasts)
        }
        Action::ClockJump { node, by_ns } => table([("node", text(node)), ("by", signed(*by_ns))]),
        Action::Put { key, value, to } => {
            table([("key", text(key)), ("value", text(value)), ("to", text(to))])
        }
        Action::Get { key, from } => table([("key", text(key)), ("from", text(from))]),
        Action::Delete { key, to } => table([("key", text(key)), ("to", text(to))]),
        Action::ListKeys { from } => table([("from", text(from))]),
        Action::CompareAndSet { key, expected, new, to } => {
            let mut fields = vec![("key", text(key))];
            fields.extend(expected.as_ref().map(|expected| ("expected", text(expected))));
            fields.extend([("new", text(new)), ("to", text(to))]);
            table(fields)
        }
    }
}

/// The links of a disturbance, where they are not the usual ones.
fn of_links(links: Links) -> Option<(&'static str, Value)> {
    (links != Links::default()).then(|| ("links", text(words::name_of(LINKS, &links))))
}

fn partition(sides: &[Vec<Party>]) -> Value {
    list(sides.iter().map(|side| list(side.iter().map(text))))
}

fn link(from: &Target, to: &Target) -> [(&'static str, Value); 2] {
    [("from", text(from)), ("to", text(to))]
}

fn lasting<'a>(fields: impl IntoIterator<Item = (&'a str, Value)>, lasts: Duration) -> Value {
    table(fields.into_iter().chain([("lasts", time(lasts))]))
}
