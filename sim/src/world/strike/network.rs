//! Faults of the network.

use super::{Among, Strike, World, list, percent};
use crate::world::{
    Event, nanos,
    network::{CutShape, Disturbance},
    server::Presence,
};
use judge::record::{FaultKind, FaultOrigin};
use node::NodeId;
use scenarios::{Action, Links, Party, Target, ZoneName};
use std::time::Duration;

impl World {
    /// Carries out a step that concerns links.
    pub(super) fn act_on_network(&mut self, action: &Action, strike: Strike) {
        match action {
            Action::Partition(sides) => self.partition(sides, strike),
            Action::Isolate(target) => {
                if let Target::Zone(zone) = target {
                    return self.isolate_zone(*zone, strike);
                }
                let nodes = self.resolve(*target, Among::Everyone);
                if nodes.is_empty() {
                    return;
                }
                self.note(&nodes, *target, |node| strike.as_planned(Action::Isolate(node)));
                let label = format!("{} cut off", list(&nodes));
                let fault = self.begin_fault(FaultKind::Isolate, label, strike, nodes.clone());
                self.cut(fault, CutShape::Islands(nodes));
            }
            Action::Bridge(target) => {
                let bridge = self.resolve(*target, Among::Everyone).first().copied();
                bridge.into_iter().for_each(|bridge| self.bridge(bridge, strike));
            }
            Action::HealNetwork => {
                self.heal_network();
                self.carried(Action::HealNetwork);
            }
            Action::OneWay { from, to }
            | Action::FlappingLink { from, to, .. }
            | Action::SlowLink { from, to, .. } => {
                let pairs = self.pairs(*from, *to);
                // Who is meant by these is the same in every run of the plan.
                let is_fixed = |target: &Target| {
                    matches!(target, Target::Node(_) | Target::All | Target::Zone(_))
                };
                let as_written = is_fixed(from) && is_fixed(to) && pairs.len() > 1;
                for &(from, to) in &pairs {
                    let concrete = self.act_on_link(action, from, to, strike);
                    if !as_written {
                        self.carried(concrete);
                    }
                }
                if as_written {
                    self.carried(strike.as_planned(action.clone()));
                }
            }
            _ => self.act_on_all_links(action, strike.origin),
        }
    }

    /// Strikes one link; the answer is the step that does this alone.
    fn act_on_link(&mut self, action: &Action, from: NodeId, to: NodeId, strike: Strike) -> Action {
        let origin = strike.origin;
        let nodes = vec![from, to];
        let ends = (Target::Node(from), Target::Node(to));
        match action {
            Action::FlappingLink { period, lasts, .. } => {
                let label = format!("{from} <-> {to} comes and goes");
                let fault = self.record.fault(FaultKind::FlappingLink, label, origin, nodes);
                let shape = CutShape::Flapping { ends: (from, to), period: nanos(*period) };
                self.cut(fault, shape);
                self.end_after(fault, *lasts);
                let (period, lasts) = (*period, *lasts);
                Action::FlappingLink { from: ends.0, to: ends.1, period, lasts }
            }
            Action::SlowLink { delay, lasts, .. } => {
                let label = format!("{from} -> {to} slower by {} ms", millis(*delay));
                let fault = self.record.fault(FaultKind::SlowLink, label, origin, nodes);
                let extra_ns = nanos(*delay);
                self.disturb(fault, Disturbance::Delay { from, to, extra_ns }, *lasts);
                let (delay, lasts) = (*delay, *lasts);
                Action::SlowLink { from: ends.0, to: ends.1, delay, lasts }
            }
            _ => {
                let label = format!("{from} -> {to} cut");
                let fault = self.begin_fault(FaultKind::OneWay, label, strike, nodes);
                self.cut(fault, CutShape::OneWay(from, to));
                strike.as_planned(Action::OneWay { from: ends.0, to: ends.1 })
            }
        }
    }

    fn act_on_all_links(&mut self, action: &Action, origin: FaultOrigin) {
        let (kind, label, disturbance, lasts) = match action {
            Action::DelaySpike { delay, lasts } => (
                FaultKind::DelaySpike,
                format!("links slower by {} ms", millis(*delay)),
                Disturbance::DelayAll { extra_ns: nanos(*delay) },
                *lasts,
            ),
            Action::Reorder { spread, lasts, links } => (
                FaultKind::Reorder,
                format!("messages{} out of order by up to {} ms", of(*links), millis(*spread)),
                Disturbance::Reorder { spread_ns: nanos(*spread), links: *links },
                *lasts,
            ),
            Action::Loss { share, lasts, links } => (
                FaultKind::Loss,
                format!("links{} lose {}% of messages", of(*links), percent(*share)),
                Disturbance::Loss(*share, *links),
                *lasts,
            ),
            Action::Duplicate { share, lasts, links } => (
                FaultKind::Duplicate,
                format!("links{} double {}% of messages", of(*links), percent(*share)),
                Disturbance::Duplicate(*share, *links),
                *lasts,
            ),
            _ => unreachable!("the caller passes actions upon all links"),
        };
        let fault = self.record.fault(kind, label, origin, Vec::new());
        self.disturb(fault, disturbance, lasts);
        self.carried(action.clone());
    }

    fn disturb(&mut self, fault: usize, disturbance: Disturbance, lasts: Duration) {
        self.network.disturb(fault, disturbance);
        self.end_after(fault, lasts);
    }

    /// Lets a fault end of itself.
    pub(super) fn end_after(&mut self, fault: usize, lasts: Duration) {
        self.queue.push(self.now.saturating_add(nanos(lasts)), Event::WindowEnd { fault });
    }

    /// Splits all nodes but one into two halves that meet only there.
    fn bridge(&mut self, bridge: NodeId, strike: Strike) {
        let others = self.ranking.iter().copied().filter(|&node| node != bridge);
        let others: Vec<NodeId> = others.collect();
        let (one, other) = others.split_at(others.len() / 2);
        let mut side_of = vec![0; self.servers.len()];
        one.iter().for_each(|node| side_of[node.index()] = 1);
        other.iter().for_each(|node| side_of[node.index()] = 2);
        let label = format!("split {} | {}, bridged by {bridge}", list(one), list(other));
        let fault = self.begin_fault(FaultKind::Bridge, label, strike, others);
        self.cut(fault, CutShape::Sides { nodes: side_of, clients: Vec::new(), others: 0 });
        self.carried(strike.as_planned(Action::Bridge(Target::Node(bridge))));
    }

    /// Cuts the nodes of a zone off from all others, and not from each other.
    fn isolate_zone(&mut self, zone: ZoneName, strike: Strike) {
        let inside = self.resolve(Target::Zone(zone), Among::Everyone);
        let mut outside = self.candidates(Among::Everyone);
        outside.retain(|node| !inside.contains(node));
        let side = |nodes: Vec<NodeId>| {
            nodes.into_iter().map(|node| Party::Node(Target::Node(node))).collect::<Vec<_>>()
        };
        if inside.is_empty() || outside.is_empty() {
            self.defects.push(format!("there is nobody to cut the zone `{zone}` off from"));
        } else {
            self.partition(&[side(inside), side(outside)], strike);
        }
    }

    /// Splits nodes and clients. A zone is its nodes and the clients near it, but for those that
    /// stand on a side by a name or a role of their own.
    fn partition(&mut self, sides: &[Vec<Party>], strike: Strike) {
        let scenario = self.scenario.clone();
        let mut side_of = vec![0; self.servers.len()];
        let mut of_clients = vec![None; self.clients.len()];
        let mut others = 0;
        let mut labels = vec![Vec::new(); sides.len()];
        let mut concrete = vec![Vec::new(); sides.len()];
        let is_zone = |party: &Party| matches!(party, Party::Node(Target::Zone(_)));
        let named = |zones: bool| {
            let sides = sides.iter().enumerate();
            sides.flat_map(move |(side, parties)| {
                let parties = parties.iter().filter(move |party| is_zone(party) == zones);
                parties.map(move |party| (side, *party))
            })
        };
        for (side, party) in named(false).chain(named(true)) {
            match party {
                Party::Clients => {
                    others = side + 1;
                    concrete[side].push(Party::Clients);
                    labels[side].push("clients".to_owned());
                }
                Party::Node(target) => {
                    let nodes = self.resolve(target, Among::Everyone);
                    // A role may stand for a node that an earlier side has.
                    let nodes: Vec<_> =
                        nodes.into_iter().filter(|node| side_of[node.index()] == 0).collect();
                    nodes.iter().for_each(|node| side_of[node.index()] = side + 1);
                    if let Target::Node(node) = target
                        && self.servers[node.index()].presence != Presence::There
                    {
                        // Who is not there is on no side, and the plan says the same.
                        concrete[side].push(party);
                    }
                    let Target::Zone(zone) = target else {
                        concrete[side]
                            .extend(nodes.iter().map(|&it| Party::Node(Target::Node(it))));
                        labels[side].extend(nodes.iter().map(ToString::to_string));
                        continue;
                    };
                    concrete[side].push(party);
                    labels[side].push(zone.to_string());
                    for client in scenario.zones.get(zone).iter().flat_map(|zone| &zone.clients) {
                        if let Some(of_client) = of_clients.get_mut(client.index()) {
                            *of_client = Some(side + 1);
                        }
                    }
                }
            }
        }
        let nodes = self.servers.iter().map(crate::world::Server::id);
        let nodes = nodes.filter(|node| side_of[node.index()] > 0).collect();
        let labels: Vec<_> = labels.iter().map(|names| names.join("+")).collect();
        let label = format!("split {}", labels.join(" | "));
        let fault = self.begin_fault(FaultKind::Partition, label, strike, nodes);
        self.cut(fault, CutShape::Sides { nodes: side_of, clients: of_clients, others });
        self.carried(strike.as_planned(Action::Partition(concrete)));
    }

    /// Ends every cut.
    pub(super) fn heal_network(&mut self) {
        for fault in self.network.heal_cuts(self.now) {
            self.record.end_fault(fault);
        }
    }
}

/// Whose links, where they are not those between nodes alone.
fn of(links: Links) -> &'static str {
    match links {
        Links::Nodes => "",
        Links::Clients => " of clients",
        Links::All => " of nodes and clients",
        Links::BetweenZones => " between zones",
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
