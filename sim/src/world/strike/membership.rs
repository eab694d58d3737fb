//! Who is to join and who is to leave, asked of whoever leads until it is done.

use super::{Among, Control, Order, World};
use crate::world::{
    Event, nanos,
    server::{Presence, Work},
};
use judge::record::{FaultKind, FaultOrigin};
use node::{MembershipChange, NodeId, Role, Uptake};
use scenarios::{Action, Target};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// How long a node that is to leave stays after it was asked for: who leads may be asked at once, and its log
/// has to reach others.
const FAREWELL: Duration = Duration::from_millis(500);

/// How long an operator waits before asking again.
const PATIENCE: Duration = Duration::from_millis(20);

/// What operators want of the membership.
#[derive(Default)]
pub(in crate::world) struct Wishes {
    /// The latest wish about each node that is not fulfilled.
    open: BTreeMap<NodeId, Wish>,
    /// Everyone who was ever to leave.
    leavers: BTreeSet<NodeId>,
    /// Tells a wish from those about the same node before it.
    made: u64,
}

struct Wish {
    number: u64,
    change: MembershipChange,
    /// The fault it is; `None`: healing wishes it.
    fault: Option<usize>,
    /// Until when it is asked for, whatever is answered: after healing, whoever leads may yet
    /// learn that it leads no longer, and what it began comes to nothing.
    insists_until: u64,
}

impl World {
    /// A step or a random fault wants nodes to join or to leave.
    pub(super) fn want_membership(&mut self, action: &Action, target: Target, origin: FaultOrigin) {
        let joins = matches!(action, Action::Join(_));
        let nodes = self.resolve(target, Among::Everyone);
        self.note(&nodes, target, if joins { Action::Join } else { Action::Leave });
        for node in nodes {
            let (change, verb) = match joins {
                true => (MembershipChange::Add(node), "join"),
                false => (MembershipChange::Remove(node), "leave"),
            };
            if !joins {
                self.wishes.leavers.insert(node);
            }
            let label = format!("{node} was to {verb}");
            let fault = self.record.fault(FaultKind::Membership, label, origin, vec![node]);
            self.wish(change, Some(fault), self.now);
        }
    }

    /// Boots nodes that were not there at the start, and has whoever leads let them vote.
    pub(super) fn start_late(&mut self, target: Target) -> Option<Control> {
        let nodes = self.not_yet_there(target);
        self.miss_if_empty(&nodes, "start", "was not there yet");
        for &node in &nodes {
            self.carried(Action::Start(Target::Node(node)));
            self.servers[node.index()].presence = Presence::Coming;
            if self.kind.info.membership {
                self.wish(MembershipChange::Add(node), None, self.now);
            }
        }
        self.begin_to_boot(nodes)
    }

    /// Lets nodes leave for good.
    pub(super) fn retire(&mut self, target: Target, origin: FaultOrigin) {
        let nodes = self.resolve(target, Among::Everyone);
        self.note(&nodes, target, Action::Retire);
        self.miss_if_empty(&nodes, "retire", "is there");
        for node in nodes {
            let label = format!("{node} left for good");
            let fault = self.record.fault(FaultKind::Membership, label, origin, vec![node]);
            self.wishes.leavers.remove(&node);
            let mut after = 0;
            if self.kind.info.membership {
                self.wish(MembershipChange::Remove(node), None, self.now);
                after = nanos(FAREWELL);
            }
            self.queue.push(self.now + after, Event::Gone { node, fault });
        }
    }

    /// The process of a node that leaves ends for good, once nobody is asked any more to let it go.
    pub(in crate::world) fn is_gone(&mut self, node: NodeId, fault: usize) -> Option<Order> {
        let is_asked_for = self.wishes.open.contains_key(&node);
        let server = &mut self.servers[node.index()];
        if is_asked_for && self.healed_at.is_none() {
            self.queue.push(self.now + nanos(PATIENCE), Event::Gone { node, fault });
            return None;
        }
        if server.presence == Presence::Gone {
            return None;
        }
        let kill = server.is_up().then_some(Control::Kill(vec![node]));
        server.presence = Presence::Gone;
        server.starting = None;
        let pauses = std::mem::take(&mut server.pauses);
        pauses.into_iter().for_each(|pause| self.record.end_fault(pause));
        self.record.touch(fault);
        kill.map(|control| Order { control, done: None })
    }

    /// Lets everyone in again who was to leave, once it is settled who leads.
    pub(super) fn heal_membership(&mut self) {
        let insists_until = self.now + nanos(self.scenario.phases.settle) / 2;
        for node in self.wishes.leavers.clone() {
            self.wish(MembershipChange::Add(node), None, insists_until);
        }
    }

    /// Asks for a change, in place of what was wanted of the same node before.
    fn wish(&mut self, change: MembershipChange, fault: Option<usize>, insists_until: u64) {
        self.wishes.made += 1;
        let number = self.wishes.made;
        let wish = Wish { number, change, fault, insists_until };
        if let Some(former) = self.wishes.open.insert(change.node(), wish) {
            self.end_wish(&former);
        }
        self.queue.push(self.now, Event::Wish { node: change.node(), number });
    }

    /// Asks whoever leads, and again after a while.
    pub(in crate::world) fn ask_for_membership(&mut self, node: NodeId, number: u64) {
        let Some(wish) = self.wishes.open.get(&node).filter(|wish| wish.number == number) else {
            return;
        };
        let change = wish.change;
        let leads = |server: &&crate::world::Server| {
            server.is_up() && server.pauses.is_empty() && server.role() == Role::Leader
        };
        let leaders: Vec<_> =
            self.servers.iter().filter(leads).map(crate::world::Server::id).collect();
        for leader in leaders {
            self.enqueue(leader, Work::Membership { change });
        }
        self.queue.push(self.now + nanos(PATIENCE), Event::Wish { node, number });
    }

    /// Whether a change is still wanted: it may have been taken up while this leader was busy.
    pub(in crate::world) fn is_wanted(&self, change: MembershipChange) -> bool {
        self.wishes.open.get(&change.node()).is_some_and(|wish| wish.change == change)
    }

    /// A leader has been asked.
    pub(in crate::world) fn membership_answered(
        &mut self,
        change: MembershipChange,
        uptake: Uptake,
    ) {
        let Some(wish) = self.wishes.open.get(&change.node()) else {
            return;
        };
        if let (Some(fault), Uptake::Taken) = (wish.fault, uptake) {
            self.record.touch(fault);
        }
        if uptake != Uptake::NotNow
            && self.now >= wish.insists_until
            && let Some(wish) = self.wishes.open.remove(&change.node())
        {
            self.end_wish(&wish);
        }
    }

    fn end_wish(&mut self, wish: &Wish) {
        if let Some(fault) = wish.fault {
            self.record.end_fault(fault);
        }
    }
}
