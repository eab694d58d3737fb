//! Whoever has no session: every system carries out each of their requests.

use node::{
    Answer, Change, ClientId, Config, Effects, Host, Node, NodeId, Operation, Perform, Request,
    RequestId, SyncId, TimerId, Wire, systems,
};
use std::{collections::VecDeque, time::Duration};

/// A lone node, whose timers run out and whose syncs end as soon as nothing else happens.
struct Lone<N: Node> {
    host: Host<N>,
    timers: VecDeque<N::Timer>,
    syncs: VecDeque<SyncId>,
    answers: Vec<(RequestId, Answer)>,
    applied: usize,
}

impl<N: Node> Lone<N> {
    fn boot() -> Self {
        let mut host = Host::boot(Config::new(NodeId::new(1), 1));
        let effects = host.take_effects();
        let (timers, syncs) = (VecDeque::new(), VecDeque::new());
        let mut lone = Self { host, timers, syncs, answers: Vec::new(), applied: 0 };
        lone.take(effects);
        lone
    }

    fn take(&mut self, effects: Effects<N>) {
        effects.into_iter().for_each(|effect| effect.perform(self));
    }

    /// Lets time pass: more than enough for an election, a flush and a sync.
    fn settle(&mut self) {
        for _ in 0..100 {
            if let Some(sync) = self.syncs.pop_front() {
                let effects = self.host.synced(sync);
                self.take(effects);
            } else if let Some(timer) = self.timers.pop_front() {
                let effects = self.host.timer(timer);
                self.take(effects);
            }
        }
    }

    fn ask(&mut self, id: RequestId, operation: Operation) {
        let effects = self.host.request(Request { id, operation });
        self.take(effects);
    }
}

impl<N: Node> Perform<N::Message, N::Timer> for Lone<N> {
    fn send(&mut self, to: NodeId, message: N::Message) {
        panic!("nobody else is there, and {to} is told: {message}");
    }

    fn reply(&mut self, request: RequestId, answer: Answer) {
        self.answers.push((request, answer));
    }

    fn set_timer(&mut self, _id: TimerId, _after: Duration, timer: N::Timer) {
        self.timers.push_back(timer);
    }

    fn cancel_timer(&mut self, _id: TimerId) {}

    fn sync(&mut self, id: SyncId, _file: String) {
        self.syncs.push_back(id);
    }

    fn apply(&mut self, _change: Change) {
        self.applied += 1;
    }
}

/// Has one put, and once it is answered another of the same name; the answer is how many were carried out.
struct TwoOfOneName(ClientId);

impl systems::Visitor for TwoOfOneName {
    type Output = usize;

    fn visit<N: Node<Message: Wire>>(self) -> usize {
        let mut node = Lone::<N>::boot();
        node.settle();
        let id = RequestId { client: self.0, attempt: 0, sequence: 0 };
        for value in ["first", "second"] {
            node.ask(id, Operation::put("k", value));
            node.settle();
        }
        assert_eq!(node.answers.len(), 2, "{}: {:?}", N::INFO.name, node.answers);
        let held = &node.host.node().entries()[0].1.value;
        assert_eq!(held.as_str(), if node.applied == 2 { "second" } else { "first" });
        node.applied
    }
}

#[test]
fn each_request_is_carried_out_by_every_system() {
    for system in systems::all() {
        let carried_out = |client| systems::visit(system.name, TwoOfOneName(client)).unwrap();
        assert_eq!(carried_out(ClientId::ANONYMOUS), 2, "{}", system.name);
        // With a session, what deduplicates carries out one.
        let once = if system.deduplicates { 1 } else { 2 };
        assert_eq!(carried_out(ClientId::new(1)), once, "{}", system.name);
    }
}

/// Has two puts and two gets under way at once, and sees whose answer is whose.
struct AtOnce;

impl systems::Visitor for AtOnce {
    type Output = ();

    fn visit<N: Node<Message: Wire>>(self) {
        let mut node = Lone::<N>::boot();
        node.settle();
        let mut numbers = node::Anonymous::new(&mut rand::rngs::mock::StepRng::new(7, 0));
        let asked = [
            Operation::put("k", "v"),
            Operation::put("l", "w"),
            Operation::get("k"),
            Operation::get("l"),
        ];
        let ids = asked.map(|operation| {
            let id = numbers.next_request();
            node.ask(id, operation);
            id
        });
        node.settle();
        let answer = |id| node.answers.iter().filter(move |(of, _)| *of == id).map(|(_, it)| it);
        for id in ids {
            assert_eq!(answer(id).count(), 1, "{}: {:?}", N::INFO.name, node.answers);
        }
        for (id, value) in [(ids[2], "v"), (ids[3], "w")] {
            let found = answer(id).next().unwrap().to_string();
            assert!([value, "(absent)"].contains(&&*found), "{}: {found}", N::INFO.name);
        }
    }
}

#[test]
fn requests_under_way_at_once_are_told_apart() {
    for system in systems::all() {
        systems::visit(system.name, AtOnce).unwrap();
    }
}
