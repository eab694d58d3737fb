//! One client session, from operation to operation.

use super::{AttemptEnd, Directory, Failure, Outcome, Route};
use crate::{Answer, NodeId, Operation, Refusal};
use rand::{Rng, RngCore};
use std::time::Duration;

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
    reads: Route,
    writes: Route,
    retry: Retry,
    /// Who is believed to lead.
    leader: NodeId,
    /// Who leads according to the refusal of the last attempt.
    named: Option<NodeId>,
    sticky: Option<NodeId>,
    turn: usize,
    preferred: usize,
    /// The nodes, nearest first; none: as they are numbered.
    nearest: Vec<NodeId>,
    /// How many of them have failed.
    farther: usize,
    attempts: u32,
    /// Whether an attempt ended so that it may have taken effect, or may yet.
    may_have_happened: bool,
    /// Whether the network doubled the request of an attempt.
    was_doubled: bool,
    deduplicated: bool,
}

impl Session {
    /// A session that believes `leader` to lead.
    pub fn new(leader: NodeId, reads: Route, writes: Route, retry: Retry) -> Self {
        assert!(retry.attempts > 0, "a session needs an attempt");
        Self {
            reads,
            writes,
            retry,
            leader,
            named: None,
            sticky: None,
            turn: 0,
            preferred: 0,
            nearest: Vec::new(),
            farther: 0,
            attempts: 0,
            may_have_happened: false,
            was_doubled: false,
            deduplicated: false,
        }
    }

    /// The same session at a system that carries out the attempts at one operation once at most,
    /// and answers each with what came of that. A mismatch is then the operation's own outcome,
    /// whatever became of earlier attempts; elsewhere an earlier attempt, or a copy, may be what it
    /// did not match. No system does so for who is [anonymous](crate::ClientId::ANONYMOUS).
    #[must_use]
    pub fn deduplicated(self, deduplicated: bool) -> Self {
        Self { deduplicated, ..self }
    }

    /// The same session with these nodes near it, nearest first: where [`Route::Nearest`] leads.
    #[must_use]
    pub fn near(self, nearest: Vec<NodeId>) -> Self {
        Self { nearest, ..self }
    }

    /// Takes note that the network has doubled the request of the attempt under way.
    ///
    /// No client could know that. Whoever keeps a history as the world sees it does, and calls
    /// this: if one copy is refused, the other may take effect all the same, and an outcome that
    /// says otherwise would make the checkers accuse a store that did nothing wrong. An attempt is
    /// a plain failure only if no copy of it, or of an earlier one, can have taken effect.
    pub fn was_doubled(&mut self) {
        self.was_doubled = true;
    }

    /// Starts an operation: where to send its first attempt.
    pub fn begin(
        &mut self,
        operation: &Operation,
        directory: &mut Directory,
        rng: &mut dyn RngCore,
    ) -> NodeId {
        self.attempts = 1;
        self.may_have_happened = false;
        self.was_doubled = false;
        self.named = None;
        self.target(operation, directory, rng)
    }

    /// Sends the operations from now on by these routes, and tries them so.
    pub fn set_policy(&mut self, reads: Route, writes: Route, retry: Retry) {
        assert!(retry.attempts > 0, "a session needs an attempt");
        (self.reads, self.writes, self.retry) = (reads, writes, retry);
    }

    /// Takes note that the first attempt of an operation that was just begun goes to this node,
    /// whatever the route would have it: a plan says so. A sticky session stays there.
    pub fn is_sent_to(&mut self, operation: &Operation, node: NodeId) {
        if self.route(operation) == Route::Sticky {
            self.sticky = Some(node);
        }
    }

    /// How long an attempt may take.
    pub fn timeout(&self) -> Duration {
        self.retry.timeout
    }

    /// Decides what follows an attempt's end.
    pub fn after(
        &mut self,
        operation: &Operation,
        end: AttemptEnd,
        directory: &mut Directory,
        rng: &mut dyn RngCore,
    ) -> Next {
        let is_write = operation.kind().is_write();
        self.named = None;
        let failure = match end {
            AttemptEnd::Answered(Answer::Refused(refusal)) => {
                if let Refusal::NotLeader { leader } = refusal {
                    self.named = leader;
                }
                let worth_another =
                    matches!(refusal, Refusal::NotLeader { .. } | Refusal::Unavailable(_));
                let failure = Failure::Refused(refusal);
                if !worth_another {
                    return Next::Finish(self.give_up(operation, failure));
                }
                failure
            }
            AttemptEnd::Answered(Answer::Mismatch { actual }) => {
                let failure = Failure::Mismatch { actual };
                if self.deduplicated {
                    return Next::Finish(Outcome::Fail(failure));
                }
                return Next::Finish(self.give_up(operation, failure));
            }
            AttemptEnd::Answered(Answer::Unknown) => {
                self.may_have_happened |= is_write;
                Failure::Unknown
            }
            AttemptEnd::Answered(answer) => return Next::Finish(Outcome::Ok(answer)),
            AttemptEnd::TimedOut => {
                self.may_have_happened |= is_write;
                Failure::Timeout
            }
            AttemptEnd::Broken => {
                self.may_have_happened |= is_write;
                Failure::Broken
            }
            AttemptEnd::Unreachable => Failure::Unreachable,
        };
        self.look_elsewhere(operation, directory.nodes());
        if self.attempts >= self.retry.attempts {
            return Next::Finish(self.give_up(operation, failure));
        }
        let after = self.retry.backoff.saturating_mul(2u32.saturating_pow(self.attempts - 1));
        self.attempts += 1;
        Next::Retry { to: self.target(operation, directory, rng), after }
    }

    /// Turns to whoever was named, or else away from the node that has just failed.
    fn look_elsewhere(&mut self, operation: &Operation, nodes: usize) {
        let route = self.route(operation);
        if let Some(leader) = self.named {
            self.leader = leader;
            self.preferred = leader.index();
            if route == Route::Nearest {
                self.farther = self.place_of(leader);
            }
        } else {
            self.preferred += 1;
            self.farther += usize::from(route == Route::Nearest);
            if route == Route::Leader {
                self.leader = NodeId::from_index((self.leader.index() + 1) % nodes);
            }
        }
    }

    /// How far a node is, counted from 0.
    fn place_of(&self, node: NodeId) -> usize {
        self.nearest.iter().position(|near| *near == node).unwrap_or(node.index())
    }

    fn give_up(&self, operation: &Operation, failure: Failure) -> Outcome {
        let is_write = operation.kind().is_write();
        if is_write && (self.may_have_happened || self.was_doubled) {
            Outcome::Info(failure)
        } else {
            Outcome::Fail(failure)
        }
    }

    fn route(&self, operation: &Operation) -> Route {
        if operation.kind().is_write() { self.writes } else { self.reads }
    }

    fn target(
        &mut self,
        operation: &Operation,
        directory: &mut Directory,
        rng: &mut dyn RngCore,
    ) -> NodeId {
        let nodes = directory.nodes();
        let any = |rng: &mut dyn RngCore| NodeId::from_index(draw_index(nodes, rng));
        let route = self.route(operation);
        let may_choose = !matches!(route, Route::Node(_));
        if let Some(leader) = self.named.take().filter(|_| may_choose) {
            return leader;
        }
        match route {
            Route::Leader => self.leader,
            Route::Any => any(rng),
            Route::Sticky => *self.sticky.get_or_insert_with(|| any(rng)),
            Route::RoundRobin => {
                self.turn += 1;
                NodeId::from_index((self.turn - 1) % nodes)
            }
            Route::Balanced => directory.balancer.next(),
            Route::Failover => NodeId::from_index(self.preferred % nodes),
            Route::HashRing => {
                let failed = self.attempts as usize - 1;
                let owner = directory.owner(operation.key());
                NodeId::from_index((owner.index() + failed) % nodes)
            }
            Route::Nearest => {
                let place = self.farther % nodes;
                self.nearest.get(place).copied().unwrap_or(NodeId::from_index(place))
            }
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
        Session::new(NodeId::new(1), route, route, retry)
    }

    fn written() -> AttemptEnd {
        AttemptEnd::Answered(Answer::Written { version: Version(1), previous: None })
    }

    fn targets(route: Route, ends: &[AttemptEnd]) -> Vec<String> {
        let mut directory = Directory::new(3);
        let mut rng = StepRng::new(0, 1 << 30);
        let mut session = session(route, 1);
        let put = Operation::put("k", "v");
        ends.iter()
            .map(|end| {
                let target = session.begin(&put, &mut directory, &mut rng).to_string();
                session.after(&put, end.clone(), &mut directory, &mut rng);
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
    fn the_nearest_node_is_asked_until_it_fails() {
        let order = [3, 1, 2].map(NodeId::new);
        let mut directory = Directory::new(3);
        let mut rng = StepRng::new(0, 1);
        let mut session = session(Route::Nearest, 1).near(order.to_vec());
        let put = Operation::put("k", "v");
        let refusal = Refusal::NotLeader { leader: Some(NodeId::new(1)) };
        let ends = [
            (written(), "n3"),
            (AttemptEnd::Unreachable, "n3"),
            (AttemptEnd::TimedOut, "n1"),
            (AttemptEnd::Answered(Answer::Refused(refusal)), "n2"),
            (written(), "n1"),
        ];
        for (end, at) in ends {
            let to = session.begin(&put, &mut directory, &mut rng);
            assert_eq!(to.to_string(), at, "before {end:?}");
            session.after(&put, end, &mut directory, &mut rng);
        }
        // Nobody is near: as they are numbered.
        assert_eq!(targets(Route::Nearest, &[AttemptEnd::TimedOut, written()]), ["n1", "n2"]);
    }

    #[test]
    fn a_refusal_that_names_the_leader_is_believed() {
        let mut directory = Directory::new(3);
        let mut rng = StepRng::new(0, 1);
        let mut session = session(Route::Leader, 2);
        let put = Operation::put("k", "v");
        assert_eq!(session.begin(&put, &mut directory, &mut rng), NodeId::new(1));
        let refusal = Refusal::NotLeader { leader: Some(NodeId::new(3)) };
        let next = session.after(
            &put,
            AttemptEnd::Answered(Answer::Refused(refusal)),
            &mut directory,
            &mut rng,
        );
        assert!(matches!(next, Next::Retry { to, .. } if to == NodeId::new(3)));
    }

    #[test]
    fn whoever_may_choose_goes_where_a_refusal_sends_it() {
        let mut directory = Directory::new(3);
        let mut rng = StepRng::new(0, 1);
        let put = Operation::put("k", "v");
        let mut after_refusal = |route| {
            let mut session = session(route, 2);
            session.begin(&put, &mut directory, &mut rng);
            let refusal = Answer::Refused(Refusal::NotLeader { leader: Some(NodeId::new(3)) });
            match session.after(&put, AttemptEnd::Answered(refusal), &mut directory, &mut rng) {
                Next::Retry { to, .. } => to.to_string(),
                Next::Finish(_) => unreachable!("an attempt is left"),
            }
        };
        for route in [Route::Any, Route::RoundRobin, Route::Balanced, Route::Failover] {
            assert_eq!(after_refusal(route), "n3", "{route:?}");
        }
        assert_eq!(after_refusal(Route::Node(NodeId::new(2))), "n2");
    }

    #[test]
    fn a_failed_read_elsewhere_says_nothing_of_the_leader() {
        let mut directory = Directory::new(3);
        let mut rng = StepRng::new(0, 1);
        let elsewhere = Route::Node(NodeId::new(2));
        let mut session = Session::new(NodeId::new(1), elsewhere, Route::Leader, Retry::default());
        let (get, put) = (Operation::get("k"), Operation::put("k", "v"));
        session.begin(&get, &mut directory, &mut rng);
        session.after(&get, AttemptEnd::TimedOut, &mut directory, &mut rng);
        assert_eq!(session.begin(&put, &mut directory, &mut rng), NodeId::new(1));
    }

    #[test]
    fn a_key_has_its_node_on_the_ring_and_another_when_that_fails() {
        let mut directory = Directory::new(3);
        let mut rng = StepRng::new(0, 1);
        let mut session = session(Route::HashRing, 2);
        let mut targets = Vec::new();
        for key in ["user1", "user2", "test", "user1"] {
            let get = Operation::get(key);
            targets.push(session.begin(&get, &mut directory, &mut rng));
        }
        assert_eq!(targets[0], targets[3]);
        assert!(targets.iter().any(|target| *target != targets[0]), "{targets:?}");
        let get = Operation::get("user1");
        let next = session.after(&get, AttemptEnd::TimedOut, &mut directory, &mut rng);
        assert!(matches!(next, Next::Retry { to, .. } if to != targets[0]));
    }

    #[test]
    fn a_leader_that_does_not_answer_is_sought_elsewhere() {
        let ends = [written(), AttemptEnd::TimedOut, written(), AttemptEnd::Unreachable, written()];
        assert_eq!(targets(Route::Leader, &ends), ["n1", "n1", "n2", "n2", "n3"]);
    }

    #[test]
    fn a_write_that_timed_out_once_is_never_a_plain_failure() {
        let mut directory = Directory::new(3);
        let mut rng = StepRng::new(0, 1);
        let mut session = session(Route::Leader, 2);
        let put = Operation::put("k", "v");
        session.begin(&put, &mut directory, &mut rng);
        assert!(matches!(
            session.after(&put, AttemptEnd::TimedOut, &mut directory, &mut rng),
            Next::Retry { .. }
        ));
        assert_eq!(
            session.after(&put, AttemptEnd::Unreachable, &mut directory, &mut rng),
            Next::Finish(Outcome::Info(Failure::Unreachable))
        );
    }

    #[test]
    fn a_connection_that_breaks_leaves_a_write_unknown_and_is_worth_another_attempt() {
        let (put, get) = (Operation::put("k", "v"), Operation::get("k"));
        let ends = |operation: &Operation, ends: &[AttemptEnd]| {
            let attempts = u32::try_from(ends.len()).unwrap();
            outcome(session(Route::Leader, attempts), operation, false, ends)
        };
        assert_eq!(ends(&put, &[AttemptEnd::Broken]), Outcome::Info(Failure::Broken));
        let later = [AttemptEnd::Broken, AttemptEnd::Unreachable];
        assert_eq!(ends(&put, &later), Outcome::Info(Failure::Unreachable));
        // One that was never sent leaves nothing behind, and a read never does.
        let never = [AttemptEnd::Unreachable, AttemptEnd::Unreachable];
        assert_eq!(ends(&put, &never), Outcome::Fail(Failure::Unreachable));
        assert_eq!(ends(&get, &[AttemptEnd::Broken]), Outcome::Fail(Failure::Broken));
        assert!(matches!(ends(&put, &[AttemptEnd::Broken, written()]), Outcome::Ok(_)));
        // The next node is asked.
        let broken = [AttemptEnd::Broken, written()];
        assert_eq!(targets(Route::Failover, &broken), ["n1", "n2"]);
    }

    /// How an operation ends whose attempts end like this, the first with a request that the
    /// network doubled or not.
    fn outcome(
        mut session: Session,
        operation: &Operation,
        doubled: bool,
        ends: &[AttemptEnd],
    ) -> Outcome {
        let mut directory = Directory::new(3);
        let mut rng = StepRng::new(0, 1);
        session.begin(operation, &mut directory, &mut rng);
        if doubled {
            session.was_doubled();
        }
        for end in ends {
            let next = session.after(operation, end.clone(), &mut directory, &mut rng);
            if let Next::Finish(outcome) = next {
                return outcome;
            }
        }
        unreachable!("the attempts are over")
    }

    fn refused() -> AttemptEnd {
        AttemptEnd::Answered(Answer::Refused(Refusal::NotLeader { leader: None }))
    }

    fn mismatched() -> AttemptEnd {
        AttemptEnd::Answered(Answer::Mismatch { actual: None })
    }

    fn compare_and_set() -> Operation {
        Operation::CompareAndSet { key: "k".into(), expected: None, new: "v".into() }
    }

    #[test]
    fn a_mismatch_after_an_attempt_that_may_have_happened_is_no_plain_failure() {
        let ends = [AttemptEnd::TimedOut, mismatched()];
        let swap = compare_and_set();
        let plain = || session(Route::Leader, 2);
        assert!(matches!(outcome(plain(), &swap, false, &ends), Outcome::Info(_)));
        let unreached = [AttemptEnd::Unreachable, mismatched()];
        assert!(matches!(outcome(plain(), &swap, false, &unreached), Outcome::Fail(_)));
        // Where attempts are carried out once, the answer is to all of them.
        let once = plain().deduplicated(true);
        assert!(matches!(outcome(once, &swap, false, &ends), Outcome::Fail(_)));
        let once = plain().deduplicated(true);
        let refused = [AttemptEnd::TimedOut, refused()];
        assert!(matches!(outcome(once, &swap, false, &refused), Outcome::Info(_)));
    }

    #[test]
    fn a_refusal_is_no_proof_where_the_network_doubled_the_request() {
        let put = Operation::put("k", "v");
        let of = |operation: &Operation, doubled, deduplicated: bool, end: AttemptEnd| {
            let session = session(Route::Leader, 1).deduplicated(deduplicated);
            outcome(session, operation, doubled, &[end])
        };
        for end in [refused(), AttemptEnd::Unreachable] {
            assert!(matches!(of(&put, true, false, end.clone()), Outcome::Info(_)));
            assert!(matches!(of(&put, true, true, end.clone()), Outcome::Info(_)));
            assert!(matches!(of(&put, false, false, end.clone()), Outcome::Fail(_)));
            assert!(matches!(of(&Operation::get("k"), true, false, end), Outcome::Fail(_)));
        }
        let swap = compare_and_set();
        assert!(matches!(of(&swap, true, false, mismatched()), Outcome::Info(_)));
        assert!(matches!(of(&swap, false, false, mismatched()), Outcome::Fail(_)));
        assert!(matches!(of(&swap, true, true, mismatched()), Outcome::Fail(_)));
        // An earlier attempt's copy may be under way while a later attempt is refused.
        let later = outcome(session(Route::Leader, 2), &put, true, &[refused(), refused()]);
        assert!(matches!(later, Outcome::Info(_)));
    }

    #[test]
    fn the_next_operation_knows_nothing_of_the_last() {
        let mut directory = Directory::new(3);
        let mut rng = StepRng::new(0, 1);
        let mut session = session(Route::Leader, 1);
        let put = Operation::put("k", "v");
        session.begin(&put, &mut directory, &mut rng);
        session.was_doubled();
        session.after(&put, refused(), &mut directory, &mut rng);
        session.begin(&put, &mut directory, &mut rng);
        let next = session.after(&put, refused(), &mut directory, &mut rng);
        assert!(matches!(next, Next::Finish(Outcome::Fail(_))));
    }

    #[test]
    fn a_read_that_timed_out_has_failed() {
        let mut directory = Directory::new(3);
        let mut rng = StepRng::new(0, 1);
        let mut session = session(Route::Any, 1);
        let get = Operation::get("k");
        session.begin(&get, &mut directory, &mut rng);
        assert_eq!(
            session.after(&get, AttemptEnd::TimedOut, &mut directory, &mut rng),
            Next::Finish(Outcome::Fail(Failure::Timeout))
        );
        let found = Versioned { value: "v".into(), version: Version(1) };
        session.begin(&get, &mut directory, &mut rng);
        let end = AttemptEnd::Answered(Answer::Value(Some(found.clone())));
        assert_eq!(
            session.after(&get, end, &mut directory, &mut rng),
            Next::Finish(Outcome::Ok(Answer::Value(Some(found))))
        );
    }

    #[test]
    fn backoff_doubles() {
        let mut directory = Directory::new(3);
        let mut rng = StepRng::new(0, 1);
        let mut session = session(Route::Leader, 3);
        let put = Operation::put("k", "v");
        session.begin(&put, &mut directory, &mut rng);
        let pauses: Vec<_> = (0..2)
            .map(|_| match session.after(&put, AttemptEnd::Unreachable, &mut directory, &mut rng) {
                Next::Retry { after, .. } => after.as_millis(),
                Next::Finish(_) => unreachable!("an attempt is left"),
            })
            .collect();
        assert_eq!(pauses, [100, 200]);
    }
}
