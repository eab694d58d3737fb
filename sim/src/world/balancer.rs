//! The load balancer's health checks.
//!
//! The balancer itself is part of the clients' directory. Here its checks travel, wait in the
//! nodes' inboxes like any request, and fail when no answer comes in time.

use super::{
    Event, World, nanos,
    server::{InTransit, Work},
};
use judge::record::{Endpoint, MessageClass, MessageId};
use node::{HealthCheckId, NodeId};
use scenarios::DeadNode;

/// The checks that are under way.
pub(super) struct HealthChecks {
    every_ns: u64,
    timeout_ns: u64,
    /// How many rounds have begun; the check of a node is named by round and node.
    rounds: u64,
    /// By node, the last round of which the outcome is known.
    settled: Vec<u64>,
}

/// What happens to health checks.
pub(super) enum HealthEvent {
    /// Every node is checked.
    Round,
    /// A check reaches its node.
    Check { to: NodeId, check: HealthCheckId, message: MessageId, sent: u64 },
    /// An answer reaches the balancer.
    Passed { from: NodeId, check: HealthCheckId, message: MessageId, sent: u64 },
    /// The balancer learns that nobody listens where it asked.
    Refused { check: HealthCheckId },
    /// The answers to a round are overdue.
    Overdue { round: u64 },
}

impl World {
    /// Has every node checked from now on, if that is not so already.
    pub(super) fn begin_health_checks(&mut self) {
        if self.health_checks.is_none() {
            self.health_checks = Some(HealthChecks {
                every_ns: nanos(self.scenario.balancer.every),
                timeout_ns: nanos(self.scenario.balancer.timeout),
                rounds: 0,
                settled: vec![0; self.servers.len()],
            });
            self.queue.push(self.now, Event::Health(HealthEvent::Round));
        }
    }

    /// Something happens to a health check.
    pub(super) fn health(&mut self, event: HealthEvent) {
        match event {
            HealthEvent::Round => self.check_every_node(),
            HealthEvent::Check { to, check, message, sent } => {
                let transit = InTransit { message, sent, arrived: self.now };
                self.check_arrives(to, check, transit);
            }
            HealthEvent::Passed { from, check, message, sent } => {
                let transit = InTransit { message, sent, arrived: self.now };
                if self.arrives(Endpoint::Node(from), Endpoint::Balancer, transit) {
                    self.record.deliver(message, sent, self.now);
                    self.settle(check, true);
                }
            }
            HealthEvent::Refused { check } => self.settle(check, false),
            HealthEvent::Overdue { round } => {
                for node in 0..self.servers.len() {
                    self.settle(self.check_of(round, NodeId::from_index(node)), false);
                }
            }
        }
    }

    /// A node says that it is well.
    pub(super) fn answer_health_check(&mut self, node: NodeId, check: HealthCheckId) {
        let now = self.now;
        let ends = (Endpoint::Node(node), Endpoint::Balancer);
        let arrivals = self.send(MessageClass::Health, ends.0, ends.1, &"healthy");
        self.schedule(arrivals, check, |check, message| {
            Event::Health(HealthEvent::Passed { from: node, check, message, sent: now })
        });
    }

    fn check_every_node(&mut self) {
        let now = self.now;
        let Some(checks) = &mut self.health_checks else {
            return;
        };
        checks.rounds += 1;
        let (round, every_ns, timeout_ns) = (checks.rounds, checks.every_ns, checks.timeout_ns);
        for to in (0..self.servers.len()).map(NodeId::from_index) {
            let check = self.check_of(round, to);
            let ends = (Endpoint::Balancer, Endpoint::Node(to));
            let arrivals = self.send(MessageClass::Health, ends.0, ends.1, &"health-check");
            self.schedule(arrivals, check, |check, message| {
                Event::Health(HealthEvent::Check { to, check, message, sent: now })
            });
        }
        let overdue = Event::Health(HealthEvent::Overdue { round });
        self.queue.push(now.saturating_add(timeout_ns), overdue);
        self.queue.push(now.saturating_add(every_ns), Event::Health(HealthEvent::Round));
    }

    fn check_arrives(&mut self, to: NodeId, check: HealthCheckId, transit: InTransit) {
        let (from, end) = (Endpoint::Balancer, Endpoint::Node(to));
        let down = !self.servers[to.index()].is_up();
        if self.arrives(from, end, transit) {
            self.enqueue(to, Work::HealthCheck { check, transit });
        } else if down && self.network.dead() == DeadNode::Refused {
            let refusal = self.network.transmit(self.now, end, from, || 0, &mut self.record);
            if let Ok(arrival) = refusal.fate {
                self.queue.push(arrival, Event::Health(HealthEvent::Refused { check }));
            }
        }
    }

    /// The outcome of a check is known, unless it was before.
    fn settle(&mut self, check: HealthCheckId, healthy: bool) {
        let nodes = self.servers.len() as u64;
        let (round, node) = (check.0 / nodes, NodeId::from_index((check.0 % nodes) as usize));
        let Some(checks) = &mut self.health_checks else {
            return;
        };
        let settled = &mut checks.settled[node.index()];
        if *settled >= round {
            return;
        }
        *settled = round;
        let balancer = &mut self.directory.balancer;
        if balancer.is_healthy(node) != healthy {
            balancer.report(node, healthy);
            self.record.balance(node, healthy);
        }
    }

    fn check_of(&self, round: u64, node: NodeId) -> HealthCheckId {
        HealthCheckId(round * self.servers.len() as u64 + node.index() as u64)
    }
}
