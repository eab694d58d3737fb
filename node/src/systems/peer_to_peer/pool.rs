//! A bounded pool of workers, and the queue before it.

use std::collections::VecDeque;

/// Workers that each do one job at a time; jobs wait, in order, for one to be free.
#[derive(Debug)]
pub(super) struct Pool<J> {
    free: u64,
    queue: VecDeque<J>,
}

impl<J> Pool<J> {
    /// A pool of `workers` idle workers.
    pub(super) fn new(workers: u64) -> Self {
        Self { free: workers, queue: VecDeque::new() }
    }

    /// How many workers are idle.
    pub(super) fn free(&self) -> u64 {
        self.free
    }

    /// The jobs that wait for a worker, first come first.
    pub(super) fn queue(&self) -> impl Iterator<Item = &J> {
        self.queue.iter()
    }

    /// Gives a job to a free worker and hands it back to be done, or leaves it in the queue.
    pub(super) fn admit(&mut self, job: J) -> Option<J> {
        if self.free == 0 {
            self.queue.push_back(job);
            return None;
        }
        self.free -= 1;
        Some(job)
    }

    /// Frees a worker; if a job waits, the worker takes it at once.
    pub(super) fn release(&mut self) -> Option<J> {
        let next = self.queue.pop_front();
        if next.is_none() {
            self.free += 1;
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_beyond_the_workers_waits_for_one() {
        let mut pool = Pool::new(2);
        assert_eq!(pool.admit("a"), Some("a"));
        assert_eq!(pool.admit("b"), Some("b"));
        assert_eq!(pool.admit("c"), None);
        assert_eq!(pool.admit("d"), None);
        assert_eq!(pool.release(), Some("c"));
        assert_eq!(pool.release(), Some("d"));
        assert_eq!(pool.release(), None);
        assert_eq!(pool.admit("e"), Some("e"));
        assert_eq!(pool.admit("f"), None);
    }
}
