//! What a process told, put together with what it said on other connections.

use crate::{
    control::{self, Deed, Did, Handled, Told},
    wire::{FromPeer, ToClient},
};
use node::{
    Answer, NodeId, Said,
    outside::{self, Event, Met, Status, What},
};
use std::collections::{BTreeMap, VecDeque};

/// The events of a process, in order. One is whole when every message and answer that it sent has come.
#[derive(Default)]
pub(super) struct Assembly {
    /// Events that wait for what they sent.
    events: VecDeque<Did>,
    /// What came for them, in order, by where it went.
    messages: BTreeMap<NodeId, VecDeque<FromPeer<Said>>>,
    answers: VecDeque<ToClient>,
    statuses: BTreeMap<u64, Status>,
    rotted: BTreeMap<u64, u64>,
}

impl Assembly {
    /// The process has told something; the answer is what is whole by that.
    pub(super) fn told(&mut self, told: Told) -> Vec<What> {
        match told {
            Told::Booted { group, entries, on_disk } => {
                return vec![What::Booted { group, entries, on_disk }];
            }
            Told::Did(did) => self.events.push_back(did),
            Told::Status { number, status } => {
                let control::Status { role, serves, waits, entries } = status;
                self.statuses.insert(number, Status { role, serves, waits, entries });
            }
            Told::Rotted { number, bits } => {
                self.rotted.insert(number, bits);
            }
        }
        self.whole()
    }

    /// A message for another node has come.
    pub(super) fn said(&mut self, to: NodeId, said: FromPeer<Said>) -> Vec<What> {
        self.messages.entry(to).or_default().push_back(said);
        self.whole()
    }

    /// Something for a client has come.
    pub(super) fn answered(&mut self, said: ToClient) -> Vec<What> {
        self.answers.push_back(said);
        self.whole()
    }

    /// The answer to a question of how the node is.
    pub(super) fn take_status(&mut self, number: u64) -> Option<Status> {
        self.statuses.remove(&number)
    }

    /// How many bits were flipped.
    pub(super) fn take_rotted(&mut self, number: u64) -> Option<u64> {
        self.rotted.remove(&number)
    }

    /// Takes out what is left when its process is dead: what did not come did not leave.
    pub(super) fn rest(&mut self) -> Vec<What> {
        std::mem::take(&mut self.events).into_iter().map(|did| self.assemble(did)).collect()
    }

    /// Takes out the events that are whole, up to the first that is not.
    fn whole(&mut self) -> Vec<What> {
        let mut whole = Vec::new();
        while let Some(first) = self.events.front()
            && self.has_all(first)
        {
            let did = self.events.pop_front().expect("there is a first");
            whole.push(self.assemble(did));
        }
        whole
    }

    fn has_all(&self, did: &Did) -> bool {
        let mut sent: BTreeMap<NodeId, usize> = BTreeMap::new();
        let mut answered = 0;
        for deed in &did.deeds {
            match deed {
                Deed::Send { to, sent: true } => *sent.entry(*to).or_default() += 1,
                Deed::Reply { sent: true, .. } | Deed::Healthy { sent: true, .. } => answered += 1,
                _ => {}
            }
        }
        let has = |(to, count): (NodeId, usize)| {
            self.messages.get(&to).is_some_and(|messages| messages.len() >= count)
        };
        self.answers.len() >= answered && sent.into_iter().all(has)
    }

    fn assemble(&mut self, did: Did) -> What {
        let number = did.number;
        let event = match did.event {
            Handled::Boot => Event::Boot,
            Handled::Handed(number) => Event::Handed(number),
            Handled::Timer(id) => Event::Timer(id),
            Handled::Synced(id) => Event::Synced(id),
            Handled::Membership(number, uptake) => Event::Membership(number, uptake),
        };
        let deeds = did.deeds.into_iter().map(|deed| self.deed(number, deed)).collect();
        let control::Met { clock, slow_disk, full_disk, disk_errors } = did.met;
        let met = Met { clock, slow_disk, full_disk, disk_errors };
        What::Did { event, role: did.role, deeds, met }
    }

    fn deed(&mut self, event: u64, deed: Deed) -> outside::Deed {
        match deed {
            Deed::Send { to, sent } => {
                let message = sent.then(|| self.message(event, to)).flatten();
                outside::Deed::Send { to, message }
            }
            Deed::Reply { request, sent } => {
                let answer = sent.then(|| self.answer(event)).flatten();
                outside::Deed::Reply { request, answer }
            }
            Deed::Healthy { check, sent } => {
                if sent {
                    self.answer(event);
                }
                outside::Deed::Healthy(check)
            }
            Deed::SetTimer { id, after, text } => outside::Deed::SetTimer { id, after, text },
            Deed::CancelTimer { id } => outside::Deed::CancelTimer(id),
            Deed::Sync { id, file } => outside::Deed::Sync { id, file },
            Deed::Apply(change) => outside::Deed::Apply(change),
            Deed::Announce(fact) => outside::Deed::Announce(fact),
            Deed::Note(note) => outside::Deed::Note(Box::new(note)),
            Deed::Serve(requests) => outside::Deed::Serve(requests),
        }
    }

    /// The next message to a node, if it is of this event and came before the process died. Connections keep
    /// their order, so that the first that has come is of the first event that sent one.
    fn message(&mut self, event: u64, to: NodeId) -> Option<Said> {
        let messages = self.messages.get_mut(&to)?;
        let is_of_event = messages.front()?.number == event;
        is_of_event.then(|| messages.pop_front()).flatten().map(|said| said.message)
    }

    /// The next answer, likewise.
    fn answer(&mut self, event: u64) -> Option<Answer> {
        let (ToClient::Reply { number, .. } | ToClient::Healthy { number, .. }) =
            self.answers.front()?;
        if *number != event {
            return None;
        }
        match self.answers.pop_front()? {
            ToClient::Reply { answer, .. } => Some(answer),
            ToClient::Healthy { .. } => None,
        }
    }
}
