//! What becomes of effects: one method for each, in whatever world a node is hosted.

use crate::{
    Answer, Change, Effect, Fact, HealthCheckId, NodeId, Note, Outbox, RequestId, SyncId, TimerId,
};
use std::time::Duration;

/// Carries out the effects of one node, whose messages and timers are of these types.
///
/// What only checkers and traces look at may be left alone.
pub trait Perform<M, T> {
    /// A message leaves for another node.
    fn send(&mut self, to: NodeId, message: M);

    /// A client gets its answer.
    fn reply(&mut self, request: RequestId, answer: Answer);

    /// A health check is passed.
    fn healthy(&mut self, check: HealthCheckId) {
        let _ = check;
    }

    /// A timer is armed, to run for `after` by the node's own clock.
    fn set_timer(&mut self, id: TimerId, after: Duration, timer: T);

    /// A timer is disarmed; harmless if it has already run out.
    fn cancel_timer(&mut self, id: TimerId);

    /// What was written to a file so far is to reach the platter.
    fn sync(&mut self, id: SyncId, file: String);

    /// What a client could read from the node has changed.
    fn apply(&mut self, change: Change) {
        let _ = change;
    }

    /// Something has become true that checkers look at.
    fn announce(&mut self, fact: Fact) {
        let _ = fact;
    }

    /// Why the node does what it does.
    fn note(&mut self, note: Note) {
        let _ = note;
    }

    /// What follows serves these requests, or, if `None`, what the event serves.
    fn serve(&mut self, requests: Option<Vec<RequestId>>) {
        let _ = requests;
    }
}

impl<M, T> Effect<M, T> {
    /// Has the effect carried out.
    #[inline]
    pub fn perform(self, by: &mut (impl Perform<M, T> + ?Sized)) {
        match self {
            Self::Send { to, message } => by.send(to, message),
            Self::Reply { request, answer } => by.reply(request, answer),
            Self::Healthy(check) => by.healthy(check),
            Self::SetTimer { id, after, timer } => by.set_timer(id, after, timer),
            Self::CancelTimer { id } => by.cancel_timer(id),
            Self::Sync { id, file } => by.sync(id, file),
            Self::Apply(change) => by.apply(change),
            Self::Announce(fact) => by.announce(fact),
            Self::Note(note) => by.note(*note),
            Self::Serve(requests) => by.serve(requests),
        }
    }
}

impl<M, T> Outbox<M, T> {
    /// Has the effects that have gathered carried out, in order. The outbox keeps its room.
    #[inline]
    pub fn perform(&mut self, by: &mut (impl Perform<M, T> + ?Sized)) {
        for effect in self.effects.drain(..) {
            effect.perform(by);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ClientId, Version};

    /// Writes down each effect that it is told to carry out.
    #[derive(Default)]
    struct Scribe(Vec<Effect<&'static str, &'static str>>);

    impl Perform<&'static str, &'static str> for Scribe {
        fn send(&mut self, to: NodeId, message: &'static str) {
            self.0.push(Effect::Send { to, message });
        }

        fn reply(&mut self, request: RequestId, answer: Answer) {
            self.0.push(Effect::Reply { request, answer });
        }

        fn healthy(&mut self, check: HealthCheckId) {
            self.0.push(Effect::Healthy(check));
        }

        fn set_timer(&mut self, id: TimerId, after: Duration, timer: &'static str) {
            self.0.push(Effect::SetTimer { id, after, timer });
        }

        fn cancel_timer(&mut self, id: TimerId) {
            self.0.push(Effect::CancelTimer { id });
        }

        fn sync(&mut self, id: SyncId, file: String) {
            self.0.push(Effect::Sync { id, file });
        }

        fn apply(&mut self, change: Change) {
            self.0.push(Effect::Apply(change));
        }

        fn announce(&mut self, fact: Fact) {
            self.0.push(Effect::Announce(fact));
        }

        fn note(&mut self, note: Note) {
            self.0.push(Effect::Note(Box::new(note)));
        }

        fn serve(&mut self, requests: Option<Vec<RequestId>>) {
            self.0.push(Effect::Serve(requests));
        }
    }

    #[test]
    fn each_effect_is_carried_out_as_what_it_is() {
        let request = RequestId { client: ClientId::new(1), attempt: 2, sequence: 3 };
        let change = Change { key: "k".into(), version: Version(1), before: None, after: None };
        let effects = vec![
            Effect::Send { to: NodeId::new(2), message: "m" },
            Effect::Reply { request, answer: Answer::Unknown },
            Effect::Healthy(HealthCheckId(4)),
            Effect::SetTimer { id: TimerId(5), after: Duration::from_millis(6), timer: "t" },
            Effect::CancelTimer { id: TimerId(7) },
            Effect::Sync { id: SyncId(8), file: "f".to_owned() },
            Effect::Apply(change),
            Effect::Announce(Fact::Enters { term: 9 }),
            Effect::Note(Box::new(Note::ReadUnasked { term: 10 })),
            Effect::Serve(None),
            Effect::Serve(Some(vec![request])),
        ];
        let mut outbox = Outbox::default();
        outbox.effects.clone_from(&effects);
        let mut scribe = Scribe::default();
        outbox.perform(&mut scribe);
        assert_eq!(scribe.0, effects);
        assert!(outbox.effects.is_empty());
    }
}
