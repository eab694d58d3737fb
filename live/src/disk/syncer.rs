//! The thread that brings files to the platter while the node goes on.

use super::{Storage, SyncError};
use crate::{metrics::Metrics, now};
use node::SyncId;
use std::{
    collections::BTreeMap,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// How long it is waited before a sync that failed on purpose is tried again.
const PAUSE: Duration = Duration::from_millis(1);

/// A thread that syncs. What is asked for while it is at work on a file waits, and the next time serves
/// all of it at once.
pub(crate) struct Syncer {
    /// `None` once no more is to come.
    asked: Option<mpsc::Sender<(SyncId, String)>>,
    /// Whether what fails is no longer to be tried again.
    ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Syncer {
    /// Starts it. It says of each sync that it is done, or why none will be any more.
    pub(crate) fn start(
        storage: Storage,
        metrics: Arc<Metrics>,
        say: impl Fn(Result<SyncId, String>) + Send + 'static,
    ) -> io::Result<Self> {
        let (asked, requests) = mpsc::channel();
        let ending = Arc::new(AtomicBool::new(false));
        let ends = ending.clone();
        let thread = now::thread("syncer".to_owned(), move || {
            while let Some(batch) = next(&requests) {
                if let Err(why) = serve(&storage, &metrics, &ends, batch, &say) {
                    say(Err(why));
                    return;
                }
            }
        })?;
        Ok(Self { asked: Some(asked), ending, thread: Some(thread) })
    }

    /// Asks that what was written to a file so far reach the platter.
    pub(crate) fn ask(&self, sync: SyncId, file: String) {
        if let Some(asked) = &self.asked {
            // Where the thread has ended, it has said why.
            let _ = asked.send((sync, file));
        }
    }
}

impl Drop for Syncer {
    /// Waits for what is under way.
    fn drop(&mut self) {
        self.asked = None;
        self.ending.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// All that has been asked for by now, by file; waits if that is nothing.
fn next(requests: &mpsc::Receiver<(SyncId, String)>) -> Option<BTreeMap<String, Vec<SyncId>>> {
    let mut batch: BTreeMap<String, Vec<SyncId>> = BTreeMap::new();
    let first = requests.recv().ok()?;
    for (sync, file) in std::iter::once(first).chain(requests.try_iter()) {
        batch.entry(file).or_default().push(sync);
    }
    Some(batch)
}

fn serve(
    storage: &Storage,
    metrics: &Metrics,
    ending: &AtomicBool,
    batch: BTreeMap<String, Vec<SyncId>>,
    say: &impl Fn(Result<SyncId, String>),
) -> Result<(), String> {
    for (file, syncs) in batch {
        metrics.platter.rise();
        loop {
            match storage.bring_to_platter(&file) {
                Ok(()) => break,
                Err(SyncError::Broke(error)) => {
                    return Err(format!("`{file}` could not be synced: {error}"));
                }
                Err(SyncError::Again) if ending.load(Ordering::Relaxed) => return Ok(()),
                // A disk takes its time to fail, too.
                Err(SyncError::Again) => thread::sleep(PAUSE),
            }
        }
        syncs.into_iter().for_each(|sync| say(Ok(sync)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{control::DiskTrouble, disk::Shim};

    /// Has so many syncs of one file, `at_once` of them at a time; the answer is how often the disk was told.
    fn times_told(syncs: u64, at_once: u64, trouble: DiskTrouble) -> u64 {
        let dir = tempfile::tempdir().unwrap();
        let storage = Storage::shim(Shim::open(dir.path()).unwrap());
        storage.disk().write("log", 0, b"bytes").unwrap();
        storage.trouble(trouble);
        let metrics = Arc::new(Metrics::default());
        let (say, done) = mpsc::channel();
        let syncer = Syncer::start(storage, metrics.clone(), move |sync| say.send(sync).unwrap());
        let syncer = syncer.unwrap();
        for first in (0..syncs).step_by(at_once as usize) {
            let batch: Vec<SyncId> = (first..first + at_once).map(SyncId).collect();
            batch.iter().for_each(|&sync| syncer.ask(sync, "log".to_owned()));
            let told: Vec<SyncId> = batch.iter().map(|_| done.recv().unwrap().unwrap()).collect();
            assert_eq!(told, batch);
        }
        metrics.platter.get()
    }

    #[test]
    fn what_is_asked_for_meanwhile_is_served_at_once() {
        let slow = DiskTrouble { slow: 50.0, ..DiskTrouble::default() };
        assert!(times_told(200, 200, slow) < 200);
        assert_eq!(times_told(20, 1, DiskTrouble::default()), 20, "one after the other");
    }

    #[test]
    fn what_fails_on_purpose_is_tried_again() {
        let errors = DiskTrouble { errors: 0.7, seed: 1, ..DiskTrouble::default() };
        assert_eq!(times_told(10, 1, errors), 10);
    }
}
