//! Many runs at once, with results that do not show it.

use std::{
    any::Any,
    num::NonZeroUsize,
    ops::Range,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

/// The name of the threads on which runs are had; a panic hook may know them by it. A run that is
/// asked for on such a thread, as by [`in_parallel`], may be had there.
pub const RUN_THREAD: &str = "seedbed-run";

/// So many jobs are taken at a time at most.
const MOST_AT_A_TIME: usize = 32;

/// Does every job of a list on some threads, on which runs can be had, and gives the results in
/// the order of the list, whichever is done first. `done` hears of each result on the calling
/// thread, soon after it is there.
///
/// ```
/// use std::num::NonZeroUsize;
///
/// let two = NonZeroUsize::new(2).unwrap();
/// let squares = sim::in_parallel(&[3, 1, 2], two, |job| job * job, |_job, _square| {});
/// assert_eq!(squares, [9, 1, 4]);
/// ```
///
/// # Panics
///
/// Panics if a job does, or if the operating system will not start a thread.
pub fn in_parallel<J: Sync, R: Send>(
    jobs: &[J],
    threads: NonZeroUsize,
    work: impl Fn(&J) -> R + Sync,
    mut done: impl FnMut(&J, &R),
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let (sender, results) = mpsc::channel();
    let mut slots: Vec<Option<R>> = jobs.iter().map(|_| None).collect();
    thread::scope(|scope| {
        let mut workers = Vec::new();
        for _ in 0..threads.get().min(jobs.len()) {
            let (sender, next, work) = (sender.clone(), &next, &work);
            let thread = thread::Builder::new().name(RUN_THREAD.to_owned());
            let work = move || {
                while let Some(taken) = take(jobs.len(), threads, next) {
                    let first = taken.start;
                    let results: Vec<R> = jobs[taken].iter().map(work).collect();
                    // Nobody receives any more if `done` has panicked.
                    let _ = sender.send((first, results));
                }
            };
            let started = thread.spawn_scoped(scope, work);
            workers.push(started.expect("the operating system starts a thread"));
        }
        // Once the threads are through, the last sender is gone and the loop ends.
        drop(sender);
        for (first, results) in results {
            for (index, result) in (first..).zip(results) {
                done(&jobs[index], &result);
                slots[index] = Some(result);
            }
        }
        for worker in workers {
            // Told here, since a panic hook may be silent about the threads of runs.
            worker.join().unwrap_or_else(|panic| panic!("{}", panic_message(&*panic)));
        }
    });
    slots.into_iter().map(|slot| slot.expect("each job is taken once")).collect()
}

/// What a panic said.
pub(crate) fn panic_message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without words".to_owned())
}

/// Takes the next jobs: some at a time, since to hand over each result alone takes a good part of a
/// short run, and fewer towards the end, so that all threads end at about the same time.
fn take(jobs: usize, threads: NonZeroUsize, next: &AtomicUsize) -> Option<Range<usize>> {
    let some = |start: usize| {
        (jobs.saturating_sub(start) / threads.get().saturating_mul(8)).clamp(1, MOST_AT_A_TIME)
    };
    let start = next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |start| {
        (start < jobs).then(|| start + some(start))
    });
    start.ok().map(|start| start..start + some(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, sync::Mutex, time::Duration};

    fn threads(count: usize) -> NonZeroUsize {
        NonZeroUsize::new(count).unwrap()
    }

    #[test]
    fn results_stand_in_the_order_of_the_jobs_whoever_is_first() {
        let jobs: Vec<u64> = (0..20).collect();
        let work = |job: &u64| {
            thread::sleep(Duration::from_millis((20 - job) / 5));
            job * 10
        };
        let expected: Vec<u64> = (0..20).map(|job| job * 10).collect();
        for count in [1, 3, 64] {
            let mut heard = BTreeSet::new();
            let results = in_parallel(&jobs, threads(count), work, |job, result| {
                assert!(heard.insert((*job, *result)));
            });
            assert_eq!(results, expected);
            assert_eq!(heard.len(), 20);
        }
    }

    #[test]
    fn each_job_is_taken_once_and_fewer_at_a_time_towards_the_end() {
        for count in [1, 2, 7] {
            let next = AtomicUsize::new(0);
            let taken = std::iter::from_fn(|| take(1000, threads(count), &next));
            let taken: Vec<_> = taken.collect();
            assert!(taken.windows(2).all(|pair| pair[0].end == pair[1].start));
            assert!(taken.windows(2).all(|pair| pair[0].len() >= pair[1].len()));
            assert_eq!((taken[0].start, taken.last().unwrap().end), (0, 1000));
            assert_eq!(taken.last().unwrap().len(), 1);
        }
    }

    #[test]
    fn no_job_is_no_thread() {
        let results = in_parallel(&[], threads(4), |(): &()| 1, |_, _| {});
        assert_eq!(results, [] as [i32; 0]);
    }

    #[test]
    fn several_threads_take_part() {
        let names = Mutex::new(BTreeSet::new());
        let barrier = std::sync::Barrier::new(2);
        let work = |_: &u8| {
            barrier.wait();
            names.lock().unwrap().insert(format!("{:?}", thread::current().id()));
        };
        in_parallel(&[0, 1], threads(2), work, |_, ()| {});
        assert_eq!(names.lock().unwrap().len(), 2);
    }
}
