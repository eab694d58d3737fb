//! What paces the workload's clients: closed loops and open ones.

use super::{Event, World, nanos};
use crate::{
    seed::{Stream, Streams, draw_exponential},
    workload::Generator,
};
use node::{Operation, OperationKind};
use scenarios::Pace;

/// What paces the workload's clients.
pub(super) struct Pacing {
    generator: Generator,
    pace: Pace,
    stop: u64,
    /// How many operations may still be begun.
    left: u64,
    /// The positions of the workload's clients.
    first: usize,
    count: usize,
    /// Whose turn it is in an open loop.
    turn: usize,
    gaps: Stream,
}

impl World {
    /// Makes the sessions of the workload, and sets them off.
    pub(super) fn add_sessions_of_workload(&mut self) {
        let scenario = self.scenario.clone();
        let Some(workload) = &scenario.workload else {
            return;
        };
        let (Pace::Closed { clients: count, .. } | Pace::Open { clients: count, .. }) =
            workload.pace;
        let first = self.clients.len();
        let start = nanos(workload.start);
        let is_listed = workload.planned.is_some();
        let is_closed = matches!(workload.pace, Pace::Closed { .. });
        for client in first..first + count {
            self.add_client(workload.reads, workload.writes, workload.retry);
            self.clients[client].of_workload = true;
            if is_closed && !is_listed {
                self.clients[client].looped = true;
                self.queue.push(start, Event::Begin { client });
            }
        }
        if is_listed {
            return self.set_planned_off(first);
        }
        let mut pacing = Pacing {
            generator: Generator::new(
                workload,
                self.kind.info.operations.contains(&OperationKind::CompareAndSet),
            ),
            pace: workload.pace,
            stop: nanos(workload.stop),
            left: workload.operations.unwrap_or(u64::MAX),
            first,
            count,
            turn: 0,
            gaps: self.streams.named("workload/arrivals"),
        };
        if let Some(gap) = pacing.gap() {
            self.queue.push(start.saturating_add(gap), Event::Due);
        }
        self.pacing = Some(pacing);
    }

    /// A client of a closed loop begins its next operation, if there is to be one.
    pub(super) fn begin_next(&mut self, client: usize) {
        if self.lists_operations() {
            return self.begin_listed(client);
        }
        if let Some(operation) = self.draw_operation(client) {
            self.record.follow_up(self.clients[client].id());
            self.invoke(client, operation);
        }
    }

    /// An operation of an open loop is due.
    pub(super) fn due(&mut self) {
        if self.lists_operations() {
            return self.listed_is_due();
        }
        let Some(pacing) = &mut self.pacing else {
            return;
        };
        let client = pacing.first + pacing.turn % pacing.count;
        pacing.turn += 1;
        let next = pacing.gap().map(|gap| self.now.saturating_add(gap));
        if let Some(operation) = self.draw_operation(client) {
            self.invoke(client, operation);
            if let Some(next) = next {
                self.queue.push(next, Event::Due);
            }
        }
    }

    fn draw_operation(&mut self, client: usize) -> Option<Operation> {
        let pacing = self.pacing.as_mut()?;
        if self.now >= pacing.stop || pacing.left == 0 || self.healed_at.is_some() {
            return None;
        }
        pacing.left -= 1;
        Some(self.clients[client].draw(&mut pacing.generator))
    }

    /// A client of a closed loop is done with an operation.
    pub(super) fn pause_to_think(&mut self, client: usize) {
        if self.lists_operations() {
            return self.await_listed(client);
        }
        let think = match self.pacing.as_ref().map(|pacing| pacing.pace) {
            Some(Pace::Closed { think, .. }) => nanos(think),
            Some(Pace::Open { .. }) | None => return,
        };
        if think == 0 {
            self.begin_next(client);
        } else {
            self.queue.push(self.now.saturating_add(think), Event::Begin { client });
        }
    }
}

impl Pacing {
    /// Draws the gaps from these streams from now on.
    pub(super) fn redraw(&mut self, streams: &Streams) {
        self.gaps = streams.named("workload/arrivals");
    }

    /// Whether compare-and-set is drawn, which needs what clients have seen.
    pub(super) fn compares(&self) -> bool {
        self.generator.compares()
    }

    /// Draws the gap to the next operation of an open loop; `None` in a closed one.
    fn gap(&mut self) -> Option<u64> {
        match self.pace {
            Pace::Open { rate, .. } => Some((1e9 / rate * draw_exponential(&mut self.gaps)) as u64),
            Pace::Closed { .. } => None,
        }
    }
}
