//! What becomes of what a node causes.

use super::{Engine, Question, ReplyTo, Work};
use crate::{
    control::{Deed, Did, Handled, Met, Told},
    now,
    wire::{FromPeer, ToClient},
};
use node::{Answer, Change, Effect, Node, NodeId, SyncId, TimerId};
use std::time::Duration;
use tokio::sync::{mpsc::OwnedPermit, oneshot};

/// Something that leaves, with the room that it has where it goes.
enum Leaving<M> {
    ToPeer(OwnedPermit<FromPeer<M>>, FromPeer<M>),
    ToClient(OwnedPermit<ToClient>, ToClient),
    Here(oneshot::Sender<Answer>, Answer),
}

impl<M> Leaving<M> {
    fn leave(self) {
        match self {
            Self::ToPeer(room, frame) => drop(room.send(frame)),
            Self::ToClient(room, frame) => drop(room.send(frame)),
            // Whoever asked may wait no longer.
            Self::Here(who, answer) => drop(who.send(answer)),
        }
    }
}

impl<N: Node> Engine<N> {
    /// Carries out the effects in the outbox. A conductor is told before anything leaves.
    pub(super) fn perform(&mut self, event: Handled, met: Met) {
        // The vector goes back afterwards, so that its room is used again.
        let mut effects = std::mem::take(&mut self.outbox.effects);
        let mut leaving = Vec::new();
        let mut deeds = Vec::new();
        for effect in effects.drain(..) {
            let deed = self.perform_one(effect, &mut leaving);
            if self.told.is_some() {
                deeds.push(deed);
            }
        }
        self.outbox.effects = effects;
        if self.told.is_some() {
            self.tell(&Told::Did(Did {
                number: self.number,
                event,
                role: self.node.role(),
                deeds,
                met,
            }));
        }
        leaving.into_iter().for_each(Leaving::leave);
    }

    fn perform_one(
        &mut self,
        effect: Effect<N::Message, N::Timer>,
        leaving: &mut Vec<Leaving<N::Message>>,
    ) -> Deed {
        match effect {
            Effect::Send { to, message } => {
                let before = leaving.len();
                leaving.extend(self.to_peer(to, message));
                Deed::Send { to, sent: leaving.len() > before }
            }
            Effect::Reply { request, answer } => {
                let before = leaving.len();
                leaving.extend(match self.waiting.take(Question::Request(request)) {
                    Some(ReplyTo::Here(who)) => Some(Leaving::Here(who, answer)),
                    Some(ReplyTo::Line(line)) => {
                        let frame = ToClient::Reply { number: self.number, request, answer };
                        line.reserve().map(|room| Leaving::ToClient(room, frame))
                    }
                    None => None,
                });
                Deed::Reply { request, sent: leaving.len() > before }
            }
            Effect::Healthy(check) => {
                let before = leaving.len();
                if let Some(ReplyTo::Line(line)) = self.waiting.take(Question::HealthCheck(check)) {
                    let frame = ToClient::Healthy { number: self.number, check };
                    leaving.extend(line.reserve().map(|room| Leaving::ToClient(room, frame)));
                }
                Deed::Healthy { check, sent: leaving.len() > before }
            }
            Effect::SetTimer { id, after, timer } => self.arm(id, after, timer),
            Effect::CancelTimer { id } => {
                self.timers.cancel(id);
                Deed::CancelTimer { id: id.0 }
            }
            Effect::Sync { id, file } => self.sync(id, file),
            Effect::Apply(change) => {
                self.count(&change);
                Deed::Apply(change)
            }
            Effect::Announce(fact) => Deed::Announce(fact),
            Effect::Note(note) => Deed::Note(*note),
            Effect::Serve(requests) => Deed::Serve(requests),
        }
    }

    fn to_peer(&self, to: NodeId, message: N::Message) -> Option<Leaving<N::Message>> {
        let room = self.peers.get(&to)?.reserve()?;
        Some(Leaving::ToPeer(room, FromPeer { number: self.number, message }))
    }

    fn arm(&mut self, id: TimerId, after: Duration, timer: N::Timer) -> Deed {
        let text = if self.told.is_some() { timer.to_string() } else { String::new() };
        if after.is_zero() {
            self.timers.arm_at_once(id, timer);
            // It cannot have ended: this is its thread.
            let _ = self.inbox.put_now(Work::Due(id));
        } else if let Some(at) = now::instant().checked_add(self.clock.real(after)) {
            self.timers.arm(id, at, timer);
        }
        Deed::SetTimer { id: id.0, after, text }
    }

    fn sync(&mut self, id: SyncId, file: String) -> Deed {
        self.metrics.syncs_asked.rise();
        if let Some(timings) = &mut self.timings {
            timings.asks(id);
        }
        let deed = Deed::Sync { id: id.0, file: file.clone() };
        match &self.syncer {
            Some(syncer) => syncer.ask(id, file),
            None => drop(self.inbox.put_now(Work::Synced(id))),
        }
        deed
    }

    fn count(&mut self, change: &Change) {
        if change.before.is_some() {
            self.entries = self.entries.saturating_sub(1);
        }
        if let Some(held) = &change.after {
            self.entries += 1;
            self.version = self.version.max(held.version);
        }
    }
}
