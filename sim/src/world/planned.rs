//! Operations that the plan lists: who begins which, and when.
//!
//! Each has a moment, a session and a content of its own, so that leaving one out changes none of
//! the others: a session of a closed loop begins its next at its moment, or once it is free and has
//! paused if that is later; in an open loop it is due at its moment, and waits for its session.

use super::{Event, World, nanos};
use node::{ClientId, NodeId, Operation, client::Route};
use scenarios::{Pace, PlannedOperation, Scenario, Workload};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

/// The operations that the plan lists.
pub(super) struct Planned {
    scenario: Arc<Scenario>,
    /// The positions of those that are still to come: of each client in a closed loop, of all
    /// together in an open one.
    next: Vec<VecDeque<usize>>,
    /// What is stated of the operations of the history that were planned.
    stated: BTreeMap<usize, Stated>,
}

/// What a plan states of an operation beside its content.
enum Stated {
    /// It is this one of the workload's.
    Listed(usize),
    /// It is a step, carried out at this node.
    Step(NodeId),
}

impl Planned {
    /// What the scenario lists, if it lists anything or names the session of a step.
    pub(super) fn of(scenario: &Arc<Scenario>) -> Option<Box<Self>> {
        let workload = scenario.workload.as_ref();
        let listed = workload.is_some_and(|workload| workload.planned.is_some());
        if !listed && scenario.steps.iter().all(|step| step.client.is_none()) {
            return None;
        }
        let scenario = scenario.clone();
        Some(Box::new(Self { scenario, next: Vec::new(), stated: BTreeMap::new() }))
    }

    fn workload(&self) -> &Workload {
        self.scenario.workload.as_ref().expect("operations are listed in a workload")
    }

    fn operation(&self, position: usize) -> &PlannedOperation {
        let planned = self.workload().planned.as_ref().expect("the operations are listed");
        &planned[position]
    }
}

impl World {
    /// Sets the listed operations off; the sessions are there. `first` is the first of them.
    pub(super) fn set_planned_off(&mut self, first: usize) {
        let scenario = self.scenario.clone();
        let workload = scenario.workload.as_ref().expect("operations are listed in a workload");
        let planned = workload.planned.as_ref().expect("the operations are listed");
        let is_open = matches!(workload.pace, Pace::Open { .. });
        let lanes = if is_open { 1 } else { first + workload.clients() };
        let mut next = vec![VecDeque::new(); lanes];
        for (position, operation) in planned.iter().enumerate() {
            next[if is_open { 0 } else { operation.client.index() }].push_back(position);
        }
        if is_open {
            if let Some(&position) = next[0].front() {
                self.queue.push(nanos(planned[position].at), Event::Due);
            }
        } else {
            for (client, next) in next.iter().enumerate().skip(first) {
                self.clients[client].looped = true;
                if let Some(&position) = next.front() {
                    self.queue.push(nanos(planned[position].at), Event::Begin { client });
                }
            }
        }
        self.planned.as_mut().expect("what is set off is planned").next = next;
    }

    /// Whether the workload's operations are listed.
    pub(super) fn lists_operations(&self) -> bool {
        self.planned.as_ref().is_some_and(|planned| !planned.next.is_empty())
    }

    /// A client of a closed loop begins its next listed operation, if there is one.
    pub(super) fn begin_listed(&mut self, client: usize) {
        if self.healed_at.is_some() {
            return;
        }
        let planned = self.planned.as_mut().expect("operations are listed");
        if let Some(position) = planned.next[client].pop_front() {
            self.record.follow_up(self.clients[client].id());
            self.invoke_listed(position);
        }
    }

    /// A client of a closed loop is free: it pauses before its next listed operation, and waits
    /// for its moment.
    pub(super) fn await_listed(&mut self, client: usize) {
        let planned = self.planned.as_ref().expect("operations are listed");
        let Some(&position) = planned.next[client].front() else {
            return;
        };
        let usual = match planned.workload().pace {
            Pace::Closed { think, .. } => think,
            Pace::Open { .. } => {
                unreachable!("sessions of an open loop do not go on by themselves")
            }
        };
        let operation = planned.operation(position);
        let think = nanos(operation.think.unwrap_or(usual));
        let at = nanos(operation.at).max(self.now.saturating_add(think));
        if at == self.now {
            self.begin_listed(client);
        } else {
            self.queue.push(at, Event::Begin { client });
        }
    }

    /// A listed operation of an open loop is due.
    pub(super) fn listed_is_due(&mut self) {
        if self.healed_at.is_some() {
            return;
        }
        let planned = self.planned.as_mut().expect("operations are listed");
        let Some(position) = planned.next[0].pop_front() else {
            return;
        };
        let next = planned.next[0].front().map(|&next| nanos(planned.operation(next).at));
        self.invoke_listed(position);
        if let Some(next) = next {
            self.queue.push(next, Event::Due);
        }
    }

    fn invoke_listed(&mut self, position: usize) {
        let record = self.history_len();
        let planned = self.planned.as_mut().expect("operations are listed");
        let PlannedOperation { client, operation, .. } = planned.operation(position).clone();
        planned.stated.insert(record, Stated::Listed(position));
        self.invoke(client.index(), operation);
    }

    /// Carries out an operation of a step in the session that the step names.
    pub(super) fn operate_by(&mut self, client: ClientId, operation: Operation, at: NodeId) {
        let record = self.history_len();
        let planned = self.planned.as_mut().expect("a step names its session");
        planned.stated.insert(record, Stated::Step(at));
        self.invoke(client.index(), operation);
    }

    /// Readies the session for an operation of which the plan states something.
    pub(super) fn ready_session(&mut self, position: usize, record: usize) {
        let Some(planned) = &self.planned else { return };
        let client = &mut self.clients[position];
        match planned.stated.get(&record) {
            Some(Stated::Listed(listed)) => {
                let (workload, operation) = (planned.workload(), planned.operation(*listed));
                let (reads, writes) = match operation.route {
                    Some(route) => (route, route),
                    None => (workload.reads, workload.writes),
                };
                client.set_policy(reads, writes, operation.retry.unwrap_or(workload.retry));
                // What is drawn for one operation depends on no other.
                let stream = format!("operation/{}@{}", operation.client, nanos(operation.at));
                client.set_stream(self.streams.named(&stream));
            }
            Some(Stated::Step(node)) => {
                client.renew_session(Route::Node(*node), self.kind.info.deduplicates);
            }
            None => {}
        }
    }

    /// Where the plan sends this attempt of an operation, counted from 0, if it says.
    pub(super) fn stated_node(&self, record: usize, attempt: u32) -> Option<NodeId> {
        let planned = self.planned.as_ref()?;
        match planned.stated.get(&record)? {
            Stated::Listed(listed) => planned.operation(*listed).to.get(attempt as usize).copied(),
            Stated::Step(_) => None,
        }
    }
}
