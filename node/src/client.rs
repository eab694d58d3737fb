//! The other half of a store: how a client chooses a node, and when it tries again.
//!
//! Plain values and one small state machine, [`Session`], that every host drives.

use crate::{Answer, NodeId, Operation, Refusal};
use rand::{Rng, RngCore};
use serde::{Deserialize, Serialize};
use std::{fmt, time::Duration};

/// How a client picks the node for an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// The node the client believes to lead. A refusal that names another is believed;
    /// one that does not answer is no longer, and the next in order is asked.
    Leader,
    /// Any node, drawn anew for each operation.
    Any,
    /// One node for good, drawn at the first operation.
    Sticky,
    /// Each node in turn, as behind a load balancer.
    RoundRobin,
    /// The first node of the list, and the next one each time it fails.
    Failover,
    /// This node and no other.
    Node(NodeId),
}

/// When a client gives up an attempt, and how often it tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Attempts in all, at least 1.
    pub attempts: u32,
    /// How long an attempt may take.
    pub timeout: Duration,
    /// The pause before the second attempt; each later one is twice as long.
    pub backoff: Duration,
}

impl Default for Retry {
    /// One attempt of one second.
    fn default() -> Self {
        Self { attempts: 1, timeout: Duration::from_secs(1), backoff: Duration::from_millis(100) }
    }
}

/// How one attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttemptEnd {
    /// The node answered.
    Answered(Answer),
    /// Nothing came in time.
    TimedOut,
    /// There was nobody to connect to; the request did not arrive.
    Unreachable,
}

/// How an operation ended, in Jepsen's words.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It took effect, and this is the answer.
    Ok(Answer),
    /// It did not take effect.
    Fail(Failure),
    /// It may have taken effect, or may yet.
    Info(Failure),
}

impl Outcome {
    /// The answer, or the failure whether or not the operation may have taken effect.
    ///
    /// # Errors
    ///
    /// The failure.
    pub fn into_result(self) -> Result<Answer, Failure> {
        match self {
            Self::Ok(answer) => Ok(answer),
            Self::Fail(failure) | Self::Info(failure) => Err(failure),
        }
    }
}

/// Why an operation was not answered with a result.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Failure {
    /// The node refused.
    Refused(Refusal),
    /// A compare-and-set did not match.
    Mismatch,
    /// Nothing came in time.
    Timeout,
    /// There was nobody to connect to.
    Unreachable,
    /// The node said that it cannot tell.
    Unknown,
    /// The run ended first.
    Unfinished,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => write!(f, "refused: {refusal}"),
            Self::Mismatch => f.write_str("did not match"),
            Self::Timeout => f.write_str("timeout"),
            Self::Unreachable => f.write_str("connection refused"),
            Self::Unknown => f.write_str("the node cannot tell"),
            Self::Unfinished => f.write_str("unfinished"),
        }
    }
}

/// What a session does after an attempt has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// It tries again at this node after a pause.
    Retry {
        /// Where.
        to: NodeId,
        /// After how long.
        after: Duration,
    },
    /// The operation is over.
    Finish(Outcome),
}

/// One client session: it has one operation under way at a time.
#[derive(Clone, Debug)]
pub struct Session {
    nodes: usize,
    reads: Route,
    writes: Route,
    retry: Retry,
    leader: NodeId,
    sticky: Option<NodeId>,
    turn: usize,
    preferred: usize,
    attempts: u32,
    may_have_happened: bool,
}

impl Session {
    /// A session with a cluster of `nodes` nodes that believes `leader` to lead.
    pub fn new(nodes: usize, leader: NodeId, reads: Route, writes: Route, retry: Retry) -> Self {
        assert!(nodes > 0 && retry.attempts > 0, "a session needs a node and an attempt");
        Self {
            nodes,
            reads,
            writes,
            retry,
            leader,
            sticky: None,
            turn: 0,
            preferred: 0,
            attempts: 0,
            may_have_happened: false,
        }
    }

    /// Starts an operation: where to send its first attempt.
    pub fn begin(&mut self, operation: &Operation, rng: &mut dyn RngCore) -> NodeId {
        self.attempts = 1;
        self.may_have_happened = false;
        self.target(operation, rng)
    }

    /// How long an attempt may take.
    pub fn timeout(&self) -> Duration {
        self.retry.timeout
    }

    /// Decides what follows an attempt's end.
    pub fn after(&mut self, operation: &Operation, end: AttemptEnd, rng: &mut dyn RngCore) -> Next {
        let is_write = operation.kind().is_write();
        let failure = match end {
            AttemptEnd::Answered(Answer::Refused(refusal)) => {
                match refusal {
                    Refusal::NotLeader { leader: Some(leader) } => self.leader = leader,
                    _ => self.suspect_leader(),
                }
                let worth_another =
                    matches!(refusal, Refusal::NotLeader { .. } | Refusal::Unavailable(_));
                let failure = Failure::Refused(refusal);
                if !worth_another {
                    return Next::Finish(self.give_up(failure));
                }
                failure
            }
            AttemptEnd::Answered(Answer::Mismatch { .. }) => {
                return Next::Finish(self.give_up(Failure::Mismatch));
            }
            AttemptEnd::Answered(Answer::Unknown) => {
                self.may_have_happened |= is_write;
                Failure::Unknown
            }
            AttemptEnd::Answered(answer) => return Next::Finish(Outcome::Ok(answer)),
            AttemptEnd::TimedOut => {
                self.may_have_happened |= is_write;
                self.suspect_leader();
                Failure::Timeout
            }
            AttemptEnd::Unreachable => {
                self.suspect_leader();
                Failure::Unreachable
            }
        };
        self.preferred += 1;
        if self.attempts >= self.retry.attempts {
            return Next::Finish(self.give_up(failure));
        }
        let after = self.retry.backoff * 2u32.saturating_pow(self.attempts - 1);
        self.attempts += 1;
        Next::Retry { to: self.target(operation, rng), after }
    }

    /// Looks for a leader at the next node: whoever was asked does not seem to be one.
    fn suspect_leader(&mut self) {
        self.leader = NodeId::from_index((self.leader.index() + 1) % self.nodes);
    }

    fn give_up(&self, failure: Failure) -> Outcome {
        if self.may_have_happened { Outcome::Info(failure) } else { Outcome::Fail(failure) }
    }

    fn target(&mut self, operation: &Operation, rng: &mut dyn RngCore) -> NodeId {
        let route = if operation.kind().is_write() { self.writes } else { self.reads };
        let any = |rng: &mut dyn RngCore| NodeId::from_index(draw_index(self.nodes, rng));
        match route {
            Route::Leader => self.leader,
            Route::Any => any(rng),
            Route::Sticky => *self.sticky.get_or_insert_with(|| any(rng)),
            Route::RoundRobin => {
                self.turn += 1;
                NodeId::from_index((self.turn - 1) % self.nodes)
            }
            Route::Failover => NodeId::from_index(self.preferred % self.nodes),
            Route::Node(node) => node,
        }
    }
}

/// Draws an index below `count`, the same on machines of every word size.
fn draw_index(count: usize, rng: &mut dyn RngCore) -> usize {
    let count = u32::try_from(count).expect("a cluster has fewer than 2^32 nodes");
    rng.gen_range(0..count) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Version, Versioned};
    use rand::rngs::mock::StepRng;

    fn session(route: Route, attempts: u32) -> Session {
        let retry = Retry { attempts, ..Retry::default() };
        Session::new(3, NodeId::new(1), route, route, retry)
    }

    fn written() -> AttemptEnd {
        AttemptEnd::Answered(Answer::Written { version: Version(1), previous: None })
    }

    fn targets(route: Route, ends: &[AttemptEnd]) -> Vec<String> {
        let mut rng = StepRng::new(0, 1 << 30);
        let mut session = session(route, 1);
        let put = Operation::put("k", "v");
        ends.iter()
            .map(|end| {
                let target = session.begin(&put, &mut rng).to_string();
                session.after(&put, end.clone(), &mut rng);
                target
            })
            .collect()
    }

    #[test]
    fn round_robin_takes_turns_and_sticky_stays() {
        let ends = vec![written(); 4];
        assert_eq!(targets(Route::RoundRobin, &ends), ["n1", "n2", "n3", "n1"]);
        let sticky = targets(Route::Sticky, &ends);
        assert!(sticky.iter().all(|target| *target == sticky[0]));
    }

    #[test]
    fn failover_moves_on_only_when_a_node_fails() {
        let ends = [written(), AttemptEnd::Unreachable, written(), AttemptEnd::TimedOut, written()];
        assert_eq!(targets(Route::Failover, &ends), ["n1", "n1", "n2", "n2", "n3"]);
    }

    #[test]
    fn a_refusal_that_names_the_leader_is_believed() {
        let mut rng = StepRng::new(0, 1);
        let mut session = session(Route::Leader, 2);
        let put = Operation::put("k", "v");
        assert_eq!(session.begin(&put, &mut rng), NodeId::new(1));
        let refusal = Refusal::NotLeader { leader: Some(NodeId::new(3)) };
        let next = session.after(&put, AttemptEnd::Answered(Answer::Refused(refusal)), &mut rng);
        assert!(matches!(next, Next::Retry { to, .. } if to == NodeId::new(3)));
    }

    #[test]
    fn a_leader_that_does_not_answer_is_sought_elsewhere() {
        let ends = [written(), AttemptEnd::TimedOut, written(), AttemptEnd::Unreachable, written()];
        assert_eq!(targets(Route::Leader, &ends), ["n1", "n1", "n2", "n2", "n3"]);
    }

    #[test]
    fn a_write_that_timed_out_once_is_never_a_plain_failure() {
        let mut rng = StepRng::new(0, 1);
        let mut session = session(Route::Leader, 2);
        let put = Operation::put("k", "v");
        session.begin(&put, &mut rng);
        assert!(matches!(session.after(&put, AttemptEnd::TimedOut, &mut rng), Next::Retry { .. }));
        assert_eq!(
            session.after(&put, AttemptEnd::Unreachable, &mut rng),
            Next::Finish(Outcome::Info(Failure::Unreachable))
        );
    }

    #[test]
    fn a_read_that_timed_out_has_failed() {
        let mut rng = StepRng::new(0, 1);
        let mut session = session(Route::Any, 1);
        let get = Operation::get("k");
        session.begin(&get, &mut rng);
        assert_eq!(
            session.after(&get, AttemptEnd::TimedOut, &mut rng),
            Next::Finish(Outcome::Fail(Failure::Timeout))
        );
        let found = Versioned { value: "v".into(), version: Version(1) };
        session.begin(&get, &mut rng);
        let end = AttemptEnd::Answered(Answer::Value(Some(found.clone())));
        assert_eq!(
            session.after(&get, end, &mut rng),
            Next::Finish(Outcome::Ok(Answer::Value(Some(found))))
        );
    }

    #[test]
    fn backoff_doubles() {
        let mut rng = StepRng::new(0, 1);
        let mut session = session(Route::Leader, 3);
        let put = Operation::put("k", "v");
        session.begin(&put, &mut rng);
        let pauses: Vec<_> = (0..2)
            .map(|_| match session.after(&put, AttemptEnd::Unreachable, &mut rng) {
                Next::Retry { after, .. } => after.as_millis(),
                Next::Finish(_) => unreachable!("an attempt is left"),
            })
            .collect();
        assert_eq!(pauses, [100, 200]);
    }
}
