//! Who waits for which answer.

use crate::{now, wire::ToClient};
use node::{Answer, HealthCheckId, RequestId};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{Notify, mpsc, oneshot};

/// So long an answer is waited for at most.
const LONGEST: Duration = Duration::from_secs(60);

/// So many answers are waited for at most; of more, the oldest are given up.
const MOST: usize = 100_000;

/// Where an answer goes.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Which connection.
    pub(crate) connection: u64,
    /// What is still to be written there.
    pub(crate) queue: mpsc::Sender<ToClient>,
    /// Told when it reads too little.
    pub(crate) hang_up: Arc<Notify>,
}

/// Who waits for an answer.
#[derive(Debug)]
pub(crate) enum ReplyTo {
    /// The other end of a connection.
    Line(Line),
    /// Somebody in this process.
    Here(oneshot::Sender<Answer>),
}

impl Line {
    /// Room for one frame; if there is none, whoever is there does not read, and the connection ends.
    pub(crate) fn reserve(self) -> Option<mpsc::OwnedPermit<ToClient>> {
        let room = self.queue.try_reserve_owned();
        if room.is_err() {
            self.hang_up.notify_one();
        }
        room.ok()
    }
}

/// Which question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Question {
    Request(RequestId),
    HealthCheck(HealthCheckId),
}

/// Who waits for which answer.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    who: BTreeMap<Question, (u64, ReplyTo)>,
    /// In the order in which they were asked; some have been answered.
    asked: VecDeque<(Instant, u64, Question)>,
    turn: u64,
}

impl Waiting {
    /// Somebody has asked. Who asked the same before waits no longer.
    pub(super) fn add(&mut self, question: Question, who: ReplyTo) {
        let now = now::instant();
        self.turn += 1;
        self.who.insert(question, (self.turn, who));
        self.asked.push_back((now, self.turn, question));
        self.forget_old(now);
    }

    /// Takes who waits for the answer.
    pub(super) fn take(&mut self, question: Question) -> Option<ReplyTo> {
        self.who.remove(&question).map(|(_, who)| who)
    }

    /// Nobody at this connection waits any more.
    pub(super) fn close(&mut self, connection: u64) {
        self.who.retain(
            |_, (_, who)| !matches!(who, ReplyTo::Line(line) if line.connection == connection),
        );
    }

    /// Whether nobody waits.
    pub(super) fn is_empty(&self) -> bool {
        self.who.is_empty()
    }

    fn forget_old(&mut self, now: Instant) {
        while let Some(&(asked, turn, question)) = self.asked.front() {
            let is_answered = self.who.get(&question).is_none_or(|(own, _)| *own != turn);
            let is_old = now.saturating_duration_since(asked) > LONGEST;
            if !is_answered && !is_old && self.asked.len() <= MOST {
                return;
            }
            self.asked.pop_front();
            if !is_answered {
                self.who.remove(&question);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_many_the_oldest_are_given_up() {
        let mut waiting = Waiting::default();
        let mut ears = Vec::new();
        for check in 0..MOST as u64 + 5 {
            let (who, ear) = oneshot::channel();
            waiting.add(Question::HealthCheck(HealthCheckId(check)), ReplyTo::Here(who));
            ears.push(ear);
        }
        assert_eq!(waiting.who.len(), MOST);
        assert!(waiting.take(Question::HealthCheck(HealthCheckId(4))).is_none());
        assert!(waiting.take(Question::HealthCheck(HealthCheckId(5))).is_some());
    }

    #[test]
    fn a_connection_that_has_ended_waits_for_nothing() {
        let (queue, _frames) = mpsc::channel(1);
        let line = |connection| {
            ReplyTo::Line(Line { connection, queue: queue.clone(), hang_up: Arc::default() })
        };
        let mut waiting = Waiting::default();
        waiting.add(Question::HealthCheck(HealthCheckId(1)), line(7));
        waiting.add(Question::HealthCheck(HealthCheckId(2)), line(8));
        waiting.close(7);
        assert!(waiting.take(Question::HealthCheck(HealthCheckId(1))).is_none());
        assert!(waiting.take(Question::HealthCheck(HealthCheckId(2))).is_some());
        assert!(waiting.is_empty());
    }
}
