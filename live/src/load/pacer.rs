//! What says when operations are due.

use crate::now;
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;

/// The longest sleep, so that it ends soon when it is to.
const NAP: Duration = Duration::from_millis(20);

/// Releases operations at a rate. A thread of its own does, since a runtime's timers go by milliseconds.
pub(super) struct Pacer {
    due: Arc<Semaphore>,
    ends: Arc<AtomicBool>,
    taken: AtomicU64,
    schedule: Schedule,
    thread: Option<JoinHandle<()>>,
}

#[derive(Clone, Copy)]
struct Schedule {
    start: Instant,
    per_second: f64,
}

impl Schedule {
    fn due(self, operation: u64) -> Instant {
        self.start + Duration::from_secs_f64(operation as f64 / self.per_second)
    }

    /// How many are due before a moment.
    fn before(self, moment: Instant) -> u64 {
        let since = moment.saturating_duration_since(self.start).as_secs_f64();
        let mut count = (since * self.per_second).ceil() as u64;
        // By due moments as they are told, to the last.
        while count > 0 && self.due(count - 1) >= moment {
            count -= 1;
        }
        while self.due(count) < moment {
            count += 1;
        }
        count
    }
}

impl Pacer {
    /// Starts; the first operation is due at once.
    pub(super) fn start(per_second: f64) -> io::Result<Self> {
        let schedule = Schedule { start: now::instant(), per_second };
        let (due, ends) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicBool::new(false)));
        let (release, stop) = (due.clone(), ends.clone());
        let thread = now::thread("pacer".to_owned(), move || {
            let mut released = 0;
            while !stop.load(Ordering::Relaxed) {
                let now = now::instant();
                let by_now = schedule.before(now);
                release.add_permits((by_now - released) as usize);
                released = by_now;
                let next = schedule.due(released).saturating_duration_since(now);
                thread::sleep(next.min(NAP));
            }
            release.close();
        })?;
        Ok(Self { due, ends, taken: AtomicU64::new(0), schedule, thread: Some(thread) })
    }

    /// When the first operation was due.
    pub(super) fn begin(&self) -> Instant {
        self.schedule.start
    }

    /// Waits for the next operation that nobody has taken; when it was due. `None` once it has ended.
    pub(super) async fn next(&self) -> Option<Instant> {
        self.due.acquire().await.ok()?.forget();
        Some(self.schedule.due(self.taken.fetch_add(1, Ordering::Relaxed)))
    }

    /// How many are due from one moment until before another.
    pub(super) fn due_between(&self, from: Instant, until: Instant) -> u64 {
        self.schedule.before(until) - self.schedule.before(from)
    }
}

impl Drop for Pacer {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
