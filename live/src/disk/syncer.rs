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
