//! The messages that wait to be chosen.

use super::{ChoiceError, state::State};
use judge::{
    Run,
    record::{Endpoint, Event, FaultKind, MessageClass, MessageId},
    replay::{Fate, messages},
};
use node::Time;
use scenarios::{LinkEnd, MessagePin, Order, Scenario};
use std::collections::{BTreeMap, BTreeSet};

/// A message that is under way and has not been chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Waiting<'a> {
    /// Its number in the run.
    pub id: MessageId,
    /// From where.
    pub from: Endpoint,
    /// To where.
    pub to: Endpoint,
    /// What it says.
    pub text: &'a str,
    /// When it left.
    pub sent: Time,
    /// Whether an earlier message of its link waits, and the link keeps order.
    pub is_behind: bool,
    /// Which message of its link it is, counted from 1.
    number: u64,
}

impl Waiting<'_> {
    /// What a plan calls it.
    pub(super) fn pinned(&self) -> MessagePin {
        let (from, to, number) = (end(self.from), end(self.to), self.number);
        MessagePin { from, to, number, fate: scenarios::Fate::Kept, after: None, copy_after: None }
    }
}

fn end(end: Endpoint) -> LinkEnd {
    match end {
        Endpoint::Node(node) => LinkEnd::Node(node),
        Endpoint::Client(client) => LinkEnd::Client(client),
        Endpoint::Balancer => LinkEnd::Balancer,
    }
}

/// The one of this number, if it may go next.
pub(super) fn named<'a, 'w>(
    waiting: &'w [Waiting<'a>],
    id: MessageId,
) -> Result<&'w Waiting<'a>, ChoiceError> {
    let found = waiting.iter().find(|it| it.id == id).ok_or(ChoiceError::NotWaiting)?;
    match found.is_behind {
        true => Err(ChoiceError::Behind { from: found.from, to: found.to }),
        false => Ok(found),
    }
}

pub(super) fn waiting<'a>(run: &'a Run, state: &State, clients: bool) -> Vec<Waiting<'a>> {
    let Some(trace) = &run.trace else { return Vec::new() };
    let copies: BTreeSet<MessageId> = trace
        .events
        .iter()
        .filter_map(|event| match event.event {
            Event::Send { message, copy_of: Some(_), .. } => Some(message),
            _ => None,
        })
        .collect();
    let overtakes = is_out_of_order(run, state.now);
    let mut given: BTreeMap<(Endpoint, Endpoint), u64> = BTreeMap::new();
    let mut lines: BTreeSet<(Endpoint, Endpoint)> = BTreeSet::new();
    let mut waiting = Vec::new();
    let all = messages(trace).into_iter();
    for message in all.take_while(|it| it.sent <= state.now).filter(|it| !copies.contains(&it.id)) {
        let ends = (message.from, message.to);
        let number = given.entry(ends).or_default();
        *number += 1;
        let is_held = match message.class {
            MessageClass::Peer => true,
            MessageClass::Request | MessageClass::Reply => clients,
            MessageClass::Health => false,
        };
        let is_under_way = message.fate == Fate::UnderWay;
        if !is_held || !is_under_way || message.sent < state.from {
            continue;
        }
        let mut it = Waiting {
            id: message.id,
            from: message.from,
            to: message.to,
            text: message.text,
            sent: message.sent,
            is_behind: false,
            number: *number,
        };
        if state.pin(&it.pinned()).is_some() {
            continue;
        }
        let is_first = lines.insert(ends);
        it.is_behind = !is_first && !overtakes && keeps_order(&state.plan, ends);
        waiting.push(it);
    }
    waiting
}

/// Whether a fault lets messages overtake each other now.
fn is_out_of_order(run: &Run, now: Time) -> bool {
    let reorders = |fault: &&judge::record::FaultRecord| fault.kind == FaultKind::Reorder;
    let mut faults = run.faults.iter().filter(reorders);
    faults.any(|fault| fault.start <= now && fault.end.is_none_or(|end| now < end))
}

fn keeps_order(plan: &Scenario, ends: (Endpoint, Endpoint)) -> bool {
    let network = &plan.network;
    let order = match ends {
        (Endpoint::Node(from), Endpoint::Node(to)) => match network.links.get(&(from, to)) {
            Some(link) => link.order,
            None => plan.zones.between_nodes(from, to, &network.nodes).order,
        },
        _ => network.clients.order,
    };
    order == Order::Fifo
}
