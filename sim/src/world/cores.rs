//! The cores of a machine that nodes and clients share.

use super::service::Errand;
use node::{ClientId, NodeId};
use std::collections::VecDeque;

/// The cores, and who waits for one: first come, first served.
pub(super) struct Cores {
    free: usize,
    waiting: VecDeque<(u64, Worker, Task)>,
}

/// Who takes a core; of two that come at one moment the lesser one goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Worker {
    /// A node.
    Node(NodeId),
    /// A client.
    Client(ClientId),
}

/// What a core is taken for.
#[derive(Clone)]
pub(super) enum Task {
    /// A node's next event.
    Serve {
        /// The life of the node.
        incarnation: u32,
    },
    /// What a client does.
    Errand(Errand),
}

impl Cores {
    pub(super) fn new(cores: usize) -> Self {
        Self { free: cores, waiting: VecDeque::new() }
    }

    /// Takes a core for a task, which is given back if there is one; else it waits.
    pub(super) fn take(&mut self, now: u64, worker: Worker, task: Task) -> Option<Task> {
        if self.free > 0 {
            self.free -= 1;
            return Some(task);
        }
        let goes_before =
            |(since, other, _): &&(u64, Worker, Task)| (*since, *other) > (now, worker);
        let after = self.waiting.iter().rev().take_while(goes_before).count();
        self.waiting.insert(self.waiting.len() - after, (now, worker, task));
        None
    }

    /// Gives a core back; the answer is who has it next, if somebody waits.
    pub(super) fn give_back(&mut self) -> Option<(Worker, Task)> {
        match self.waiting.pop_front() {
            Some((_, worker, task)) => Some((worker, task)),
            None => {
                self.free += 1;
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASK: Task = Task::Serve { incarnation: 0 };

    fn node(number: u32) -> Worker {
        Worker::Node(NodeId::new(number))
    }

    #[test]
    fn who_came_first_goes_first_and_of_two_at_once_the_lower_name() {
        let mut cores = Cores::new(1);
        let client = Worker::Client(ClientId::new(1));
        assert!(cores.take(0, node(3), TASK).is_some());
        for (at, worker) in [(1, client), (1, node(2)), (1, node(1)), (2, node(1)), (2, node(3))] {
            assert!(cores.take(at, worker, TASK).is_none(), "the only core is taken");
        }
        let order = std::iter::from_fn(|| cores.give_back().map(|(worker, _)| worker));
        assert_eq!(order.collect::<Vec<_>>(), [node(1), node(2), client, node(1), node(3)]);
        assert!(cores.take(3, node(2), TASK).is_some(), "it is free again");
        assert!(cores.take(3, node(3), TASK).is_none(), "there is one, not two");
    }
}
