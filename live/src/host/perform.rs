//! What becomes of what a node causes.

use super::{Engine, IS_HERE, Question, ReplyTo, Work};
use crate::{
    control::{Deed, Did, Handled, Met, Told},
    now,
    wire::{Frame, FromPeer, ToClient},
};
use node::{
    Answer, Change, Fact, HealthCheckId, NodeId, Note, Perform, RequestId, Said, SyncId, TimerId,
    resident::Purpose,
};
use std::time::Duration;
use tokio::sync::{mpsc::OwnedPermit, oneshot};

/// Something that leaves, with the room that it has where it goes.
enum Leaving {
    ToPeer(OwnedPermit<Frame>, Frame),
    ToClient(OwnedPermit<ToClient>, ToClient),
    Here(oneshot::Sender<Answer>, Answer),
}

impl Leaving {
    fn leave(self) {
        match self {
            Self::ToPeer(room, frame) => drop(room.send(frame)),
            Self::ToClient(room, frame) => drop(room.send(frame)),
            // Whoever asked may wait no longer.
            Self::Here(who, answer) => drop(who.send(answer)),
        }
    }
}

/// The effects of one event, carried out by its host.
struct Deeds<'a> {
    engine: &'a mut Engine,
    leaving: Vec<Leaving>,
    /// What a conductor is told; nothing where there is none.
    deeds: Vec<Deed>,
}

impl Deeds<'_> {
    fn done(&mut self, deed: impl FnOnce() -> Deed) {
        if self.engine.told.is_some() {
            self.deeds.push(deed());
        }
    }

    /// Has something leave, if there is room for it.
    fn leaves(&mut self, leaving: Option<Leaving>) -> bool {
        let sent = leaving.is_some();
        self.leaving.extend(leaving);
        sent
    }
}

impl Perform<Said, &dyn Purpose> for Deeds<'_> {
    fn send(&mut self, to: NodeId, message: Said) {
        let leaving = self.engine.to_peer(to, message);
        let sent = self.leaves(leaving);
        self.done(|| Deed::Send { to, sent });
    }

    fn reply(&mut self, request: RequestId, answer: Answer) {
        let leaving = match self.engine.waiting.take(Question::Request(request)) {
            Some(ReplyTo::Here(who)) => Some(Leaving::Here(who, answer)),
            Some(ReplyTo::Line(line)) => {
                let frame = ToClient::Reply { number: self.engine.number, request, answer };
                line.reserve().map(|room| Leaving::ToClient(room, frame))
            }
            None => None,
        };
        let sent = self.leaves(leaving);
        self.done(|| Deed::Reply { request, sent });
    }

    fn healthy(&mut self, check: HealthCheckId) {
        let leaving = match self.engine.waiting.take(Question::HealthCheck(check)) {
            Some(ReplyTo::Line(line)) => {
                let frame = ToClient::Healthy { number: self.engine.number, check };
                line.reserve().map(|room| Leaving::ToClient(room, frame))
            }
            _ => None,
        };
        let sent = self.leaves(leaving);
        self.done(|| Deed::Healthy { check, sent });
    }

    fn set_timer(&mut self, id: TimerId, after: Duration, timer: &dyn Purpose) {
        self.done(|| Deed::SetTimer { id: id.0, after, text: timer.to_string() });
        self.engine.arm(id, after);
    }

    fn cancel_timer(&mut self, id: TimerId) {
        self.engine.timers.cancel(id);
        self.done(|| Deed::CancelTimer { id: id.0 });
    }

    fn sync(&mut self, id: SyncId, file: String) {
        self.done(|| Deed::Sync { id: id.0, file: file.clone() });
        self.engine.sync(id, file);
    }

    fn apply(&mut self, change: Change) {
        self.engine.count(&change);
        self.done(|| Deed::Apply(change));
    }

    fn announce(&mut self, fact: Fact) {
        self.done(|| Deed::Announce(fact));
    }

    fn note(&mut self, note: Note) {
        self.done(|| Deed::Note(note));
    }

    fn serve(&mut self, requests: Option<Vec<RequestId>>) {
        self.done(|| Deed::Serve(requests));
    }
}

impl Engine {
    /// Carries out the effects in the outbox. A conductor is told before anything leaves.
    pub(super) fn perform(&mut self, event: Handled, met: Met) {
        let mut node = self.node.take().expect(IS_HERE);
        let mut carried = Deeds { engine: self, leaving: Vec::new(), deeds: Vec::new() };
        node.perform(&mut carried);
        let Deeds { leaving, deeds, .. } = carried;
        self.node = Some(node);
        if self.told.is_some() {
            let (number, role) = (self.number, self.node().role());
            self.tell(&Told::Did(Did { number, event, role, deeds, met }));
        }
        leaving.into_iter().for_each(Leaving::leave);
    }

    fn to_peer(&self, to: NodeId, message: Said) -> Option<Leaving> {
        let room = self.peers.get(&to)?.reserve()?;
        match (self.language.frame)(FromPeer { number: self.number, message }) {
            Ok(frame) => Some(Leaving::ToPeer(room, frame)),
            Err(why) => {
                tracing::warn!("a message cannot be sent: {why}");
                None
            }
        }
    }

    fn arm(&mut self, id: TimerId, after: Duration) {
        if after.is_zero() {
            self.timers.arm_at_once(id);
            // It cannot have ended: this is its thread.
            let _ = self.inbox.put_now(Work::Due(id));
        } else if let Some(at) = now::instant().checked_add(self.clock.real(after)) {
            self.timers.arm(id, at);
        }
    }

    fn sync(&mut self, id: SyncId, file: String) {
        self.metrics.syncs_asked.rise();
        if let Some(timings) = &mut self.timings {
            timings.asks(id);
        }
        match &self.syncer {
            Some(syncer) => syncer.ask(id, file),
            None => drop(self.inbox.put_now(Work::Synced(id))),
        }
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
