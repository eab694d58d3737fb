//! A cluster driven by hand: every message waits until it is told to arrive.

use node::{
    Answer, Change, ClientId, Config, Disk, Effect, Effects, Host, Key, Node, NodeId, Operation,
    Perform, Request, RequestId, Setting, SyncId, Time, TimerId, Versioned,
};
use rand::rngs::mock::StepRng;
use std::{collections::BTreeMap, fmt::Write as _, sync::Arc, time::Duration};

/// A message that has left and not arrived.
struct InFlight<M> {
    from: NodeId,
    to: NodeId,
    message: M,
}

/// One node, running or not.
struct Slot<N: Node> {
    host: Option<Host<N>>,
    disk: Disk,
    boots: u64,
    now: Time,
    timers: Vec<(TimerId, N::Timer)>,
    syncs: Vec<SyncId>,
    /// What the node has announced, to be compared with what it holds.
    announced: BTreeMap<Key, Versioned>,
}

/// The nodes, and what is under way between them.
pub(crate) struct Cluster<N: Node> {
    config: Config,
    slots: Vec<Slot<N>>,
    in_flight: Vec<InFlight<N::Message>>,
    sequences: BTreeMap<u32, u64>,
}

impl<N: Node> Cluster<N> {
    /// Boots `nodes` nodes, in order, and tells what that caused.
    pub(crate) fn boot(
        nodes: usize,
        flaws: Vec<String>,
        settings: BTreeMap<String, Setting>,
    ) -> Result<(Self, String), String> {
        N::check_settings(nodes, &settings)?;
        let mut config = Config::new(NodeId::new(1), nodes);
        config.flaws = flaws.into();
        config.settings = Arc::new(settings);
        let slots = (0..nodes)
            .map(|_| Slot {
                host: None,
                disk: Disk::in_memory(),
                boots: 0,
                now: Time::ZERO,
                timers: Vec::new(),
                syncs: Vec::new(),
                announced: BTreeMap::new(),
            })
            .collect();
        let mut cluster = Self { config, slots, in_flight: Vec::new(), sequences: BTreeMap::new() };
        let mut told = String::new();
        for index in 0..nodes {
            told += &cluster.boot_node(NodeId::from_index(index))?;
        }
        Ok((cluster, told))
    }

    /// Boots one node on the disk that it left behind.
    pub(crate) fn boot_node(&mut self, node: NodeId) -> Result<String, String> {
        let config = self.config.for_node(node);
        let slot = self.slot(node)?;
        if slot.host.is_some() {
            return Err(format!("{node} is running"));
        }
        // Incarnations draw different numbers, and the first draws zeros: short in texts.
        let rng = StepRng::new(slot.boots, 0);
        slot.boots += 1;
        let mut host = Host::<N>::boot_on(config, slot.disk.clone(), rng);
        host.now = slot.now;
        let effects = host.take_effects();
        // What it found on its disk is no change, and needs no announcement.
        let found = host.node().entries();
        slot.host = Some(host);
        let told = self.carry_out(node, effects);
        self.slots[node.index()].announced = found.into_iter().collect();
        Ok(told)
    }

    /// Kills a node's process; messages under way to it stay under way.
    pub(crate) fn crash(&mut self, node: NodeId) -> Result<(), String> {
        let slot = self.slot(node)?;
        let host = slot.host.take().ok_or(format!("{node} is down"))?;
        slot.disk = host.crash();
        slot.timers.clear();
        slot.syncs.clear();
        Ok(())
    }

    /// Sets a node's clock.
    pub(crate) fn set_clock(&mut self, node: NodeId, now: Time) -> Result<(), String> {
        let slot = self.slot(node)?;
        slot.now = now;
        if let Some(host) = &mut slot.host {
            host.now = now;
        }
        Ok(())
    }

    /// Hands a client's request to a node.
    pub(crate) fn request(
        &mut self,
        node: NodeId,
        client: u32,
        operation: Operation,
    ) -> Result<String, String> {
        let sequence = self.sequences.entry(client).or_insert(0);
        let id = RequestId { client: ClientId::new(client), attempt: 0, sequence: *sequence };
        *sequence += 1;
        self.event(node, |host| host.request(Request { id, operation }))
    }

    /// Lets the message at this position on a link arrive; 0 is the oldest.
    pub(crate) fn deliver(
        &mut self,
        from: NodeId,
        to: NodeId,
        position: usize,
    ) -> Result<String, String> {
        let index = self.find(from, to, position)?;
        let sent = self.in_flight.remove(index);
        self.arrive(sent)
    }

    /// Lets messages arrive, the oldest of all first, until none is under way.
    pub(crate) fn deliver_all(&mut self) -> Result<String, String> {
        let mut told = String::new();
        while !self.in_flight.is_empty() {
            let sent = self.in_flight.remove(0);
            told += &self.arrive(sent)?;
        }
        Ok(told)
    }

    /// Loses the oldest message on a link.
    pub(crate) fn drop_message(&mut self, from: NodeId, to: NodeId) -> Result<String, String> {
        let index = self.find(from, to, 0)?;
        let sent = self.in_flight.remove(index);
        Ok(format!("{from} -> {to} lost: {}\n", sent.message))
    }

    /// Lets the oldest message on a link arrive, and leaves a copy of it under way.
    pub(crate) fn duplicate(&mut self, from: NodeId, to: NodeId) -> Result<String, String> {
        let index = self.find(from, to, 0)?;
        self.duplicate_at(index)
    }

    /// Lets the oldest armed timer of a node run out whose text starts with `kind`.
    pub(crate) fn fire(&mut self, node: NodeId, kind: &str) -> Result<String, String> {
        let slot = self.slot(node)?;
        let index = slot
            .timers
            .iter()
            .position(|(_, timer)| timer.to_string().starts_with(kind))
            .ok_or(format!("{node} has no such timer armed"))?;
        let (_, timer) = slot.timers.remove(index);
        let text = format!("{node} timer: {timer}\n");
        Ok(text + &self.event(node, |host| host.timer(timer))?)
    }

    /// Lets the oldest sync of a node reach the platter.
    pub(crate) fn synced(&mut self, node: NodeId) -> Result<String, String> {
        let slot = self.slot(node)?;
        if slot.syncs.is_empty() {
            return Err(format!("{node} has no sync under way"));
        }
        let sync = slot.syncs.remove(0);
        self.event(node, |host| host.synced(sync))
    }

    /// What clients could read from each node, a line a node.
    pub(crate) fn entries(&self) -> String {
        let mut told = String::new();
        for (index, slot) in self.slots.iter().enumerate() {
            let held = slot.host.as_ref().map(|host| host.node().entries());
            let text = match held {
                None => "down".to_owned(),
                Some(entries) if entries.is_empty() => "empty".to_owned(),
                Some(entries) => entries
                    .iter()
                    .map(|(key, held)| format!("{key}={} {}", held.value, held.version))
                    .collect::<Vec<_>>()
                    .join(", "),
            };
            let node = NodeId::from_index(index);
            writeln!(told, "{node} holds: {text}").expect("a string takes all");
        }
        told
    }

    /// Every message under way and every armed timer.
    pub(crate) fn pending(&self) -> String {
        let mut told = String::new();
        for sent in &self.in_flight {
            told += &format!("{} -> {}: {}\n", sent.from, sent.to, sent.message);
        }
        for (index, slot) in self.slots.iter().enumerate() {
            for (_, timer) in &slot.timers {
                told += &format!("{} timer: {timer}\n", NodeId::from_index(index));
            }
        }
        told
    }

    /// How many messages are under way.
    pub(crate) fn under_way(&self) -> usize {
        self.in_flight.len()
    }

    /// Lets the message at this position arrive, the oldest of all first.
    pub(crate) fn deliver_at(&mut self, position: usize) -> Result<String, String> {
        let sent = self.in_flight.remove(position);
        self.arrive(sent)
    }

    /// Loses the message at this position.
    pub(crate) fn drop_at(&mut self, position: usize) {
        self.in_flight.remove(position);
    }

    /// Lets the message at this position arrive, and leaves a copy of it under way.
    pub(crate) fn duplicate_at(&mut self, position: usize) -> Result<String, String> {
        let InFlight { from, to, message } = &self.in_flight[position];
        let (from, to, message) = (*from, *to, message.clone());
        self.arrive(InFlight { from, to, message })
    }

    /// What clients could read from a node; `None` if it is down.
    pub(crate) fn held(&self, node: NodeId) -> Option<Vec<(Key, Versioned)>> {
        let host = self.slots[node.index()].host.as_ref();
        host.map(|host| host.node().entries())
    }

    /// The names of all nodes.
    pub(crate) fn nodes(&self) -> Vec<NodeId> {
        self.config.members.to_vec()
    }

    fn arrive(&mut self, sent: InFlight<N::Message>) -> Result<String, String> {
        let InFlight { from, to, message } = sent;
        if self.slot(to)?.host.is_none() {
            return Ok(format!("{from} -> {to} lost, {to} is down: {message}\n"));
        }
        let text = format!("{from} -> {to}: {message}\n");
        Ok(text + &self.event(to, |host| host.message(from, message))?)
    }

    fn event(
        &mut self,
        node: NodeId,
        handle: impl FnOnce(&mut Host<N>) -> Effects<N>,
    ) -> Result<String, String> {
        let host = self.slot(node)?.host.as_mut();
        let effects = handle(host.ok_or(format!("{node} is down"))?);
        let told = self.carry_out(node, effects);
        self.compare(node);
        Ok(told)
    }

    /// Carries effects out and tells them, a line each.
    fn carry_out(&mut self, node: NodeId, effects: Effects<N>) -> String {
        let mut told = String::new();
        for effect in effects {
            told += &format!("  {node} {effect}{}\n", version_read(&effect));
            effect.perform(&mut At { cluster: self, node });
        }
        told
    }

    /// A node that changes what clients can read without saying so would escape the checkers.
    fn compare(&self, node: NodeId) {
        let slot = &self.slots[node.index()];
        if let Some(host) = &slot.host {
            let announced: Vec<_> = slot.announced.clone().into_iter().collect();
            assert_eq!(host.node().entries(), announced, "{node} changed unseen");
        }
    }

    fn slot(&mut self, node: NodeId) -> Result<&mut Slot<N>, String> {
        let slot = self.slots.get_mut(node.index());
        slot.ok_or(format!("there is no {node}"))
    }

    fn find(&self, from: NodeId, to: NodeId, position: usize) -> Result<usize, String> {
        let on_link = |sent: &InFlight<N::Message>| sent.from == from && sent.to == to;
        let mut indices = (0..self.in_flight.len()).filter(|&i| on_link(&self.in_flight[i]));
        let none = || format!("nothing there is under way from {from} to {to}");
        indices.nth(position).ok_or_else(none)
    }
}

/// One of the nodes, whose effects are carried out.
struct At<'a, N: Node> {
    cluster: &'a mut Cluster<N>,
    node: NodeId,
}

impl<N: Node> At<'_, N> {
    fn slot(&mut self) -> &mut Slot<N> {
        &mut self.cluster.slots[self.node.index()]
    }
}

impl<N: Node> Perform<N::Message, N::Timer> for At<'_, N> {
    fn send(&mut self, to: NodeId, message: N::Message) {
        self.cluster.in_flight.push(InFlight { from: self.node, to, message });
    }

    fn reply(&mut self, _request: RequestId, _answer: Answer) {}

    fn set_timer(&mut self, id: TimerId, _after: Duration, timer: N::Timer) {
        self.slot().timers.push((id, timer));
    }

    fn cancel_timer(&mut self, id: TimerId) {
        self.slot().timers.retain(|(armed, _)| *armed != id);
    }

    fn sync(&mut self, id: SyncId, _file: String) {
        self.slot().syncs.push(id);
    }

    fn apply(&mut self, change: Change) {
        let announced = &mut self.slot().announced;
        match change.after {
            Some(entry) => announced.insert(change.key, entry),
            None => announced.remove(&change.key),
        };
    }
}

/// Answers show values only; scripts want to see under which version one was found.
fn version_read<M, T>(effect: &Effect<M, T>) -> String {
    match effect {
        Effect::Reply { answer: Answer::Value(Some(found)), .. } => format!(" {}", found.version),
        _ => String::new(),
    }
}
