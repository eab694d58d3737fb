//! Rounder times, closer together, in the same order.

use super::{
    parts::{lasts_mut, moments_mut, size},
    search::Search,
    settings::change,
};
use scenarios::{Pace, Scenario, Workload};
use std::time::Duration;

/// What times are rounded to, the friendliest first.
const GRIDS: [Duration; 7] = [
    Duration::from_secs(1),
    Duration::from_millis(500),
    Duration::from_millis(100),
    Duration::from_millis(50),
    Duration::from_millis(10),
    Duration::from_millis(1),
    Duration::from_micros(100),
];

/// Up to so many steps and operations, each pause between two is rounded by itself.
const ONE_BY_ONE: usize = 40;

/// Pulls times together and rounds them.
pub(super) fn times(search: &mut Search<'_>) {
    evenly(search);
    if size(&search.best) <= ONE_BY_ONE {
        pauses(search);
        lengths(search);
        pace(search);
    }
    end(search);
}

fn moments(plan: &Scenario) -> Vec<Duration> {
    let mut moments: Vec<_> = moments_mut(&mut plan.clone()).into_iter().map(|at| *at).collect();
    moments.sort();
    moments.dedup();
    moments
}

/// The plan with each moment in place of another.
fn moved(plan: &Scenario, from: &[Duration], to: &[Duration]) -> Scenario {
    let mut plan = plan.clone();
    for at in moments_mut(&mut plan) {
        let place = from.binary_search(at).expect("every moment is listed");
        *at = to[place];
    }
    // What happens after the end of the run would not happen.
    let last = to.last().copied().unwrap_or_default();
    plan.phases.run = plan.phases.run.max(last + GRIDS[0]);
    stop_at_the_end(&mut plan);
    plan
}

fn stop_at_the_end(plan: &mut Scenario) {
    if let Some(workload) = plan.workload.as_mut().filter(|workload| workload.planned.is_some()) {
        workload.stop = plan.phases.run;
    }
}

/// Moments as far apart as each other, where they are not yet all on a friendly grid.
fn evenly(search: &mut Search<'_>) {
    let from = moments(&search.best);
    if from.iter().all(|at| on(*at, GRIDS[2])) {
        return;
    }
    let base = search.best.clone();
    let candidates = GRIDS[..5].iter().flat_map(|gap| {
        [GRIDS[0], GRIDS[1], GRIDS[2]].map(|first| {
            let to: Vec<_> = (0..from.len()).map(|place| first + *gap * place as u32).collect();
            ((), moved(&base, &from, &to))
        })
    });
    search.first_of(candidates.collect::<Vec<_>>());
}

fn on(time: Duration, grid: Duration) -> bool {
    time.as_nanos().is_multiple_of(grid.as_nanos())
}

/// What a time may be rounded to, the friendliest first: less and more of each grid that it is not on.
fn rounded(time: Duration) -> impl Iterator<Item = Duration> {
    GRIDS.into_iter().take_while(move |grid| !on(time, *grid)).flat_map(move |grid| {
        let less =
            Duration::from_nanos((time.as_nanos() / grid.as_nanos() * grid.as_nanos()) as u64);
        [less, less + grid].into_iter().filter(|time| !time.is_zero())
    })
}

/// Each pause between two moments, with what follows moved along; or the moment alone.
fn pauses(search: &mut Search<'_>) {
    for place in 0..moments(&search.best).len() {
        let base = search.best.clone();
        let from = moments(&base);
        let Some(&at) = from.get(place) else { return };
        let before = if place == 0 { Duration::ZERO } else { from[place - 1] };
        let along = rounded(at - before).map(|pause| {
            let to = from.iter().enumerate().map(|(it, moment)| {
                if it < place { *moment } else { before + pause + (*moment - at) }
            });
            to.collect::<Vec<_>>()
        });
        let after = from.get(place + 1).copied();
        let alone = rounded(at).filter(|to| *to > before && after.is_none_or(|after| *to < after));
        let alone = alone.map(|moment| {
            let mut to = from.clone();
            to[place] = moment;
            to
        });
        let candidates = along.chain(alone).map(|to| ((), moved(&base, &from, &to)));
        search.first_of(candidates.collect::<Vec<_>>());
    }
}

/// How long each fault lasts.
fn lengths(search: &mut Search<'_>) {
    for place in 0..search.best.steps.len() {
        let base = search.best.clone();
        let length = lasts_mut(&mut base.steps[place].action.clone()).map(|lasts| *lasts);
        let Some(length) = length else { continue };
        let candidates = rounded(length).map(|length| {
            let mut plan = base.clone();
            if let Some(lasts) = lasts_mut(&mut plan.steps[place].action) {
                *lasts = length;
            }
            ((), plan)
        });
        search.first_of(candidates.collect::<Vec<_>>());
    }
}

/// What the clients of a workload wait for.
fn pace(search: &mut Search<'_>) {
    let each: [fn(&mut Workload) -> Option<&mut Duration>; 3] = [
        |workload| match &mut workload.pace {
            Pace::Closed { think, .. } => Some(think),
            Pace::Open { .. } => None,
        },
        |workload| Some(&mut workload.retry.timeout),
        |workload| Some(&mut workload.retry.backoff),
    ];
    for length in each {
        let mut base = search.best.clone();
        let now = base.workload.as_mut().and_then(length).map(|length| *length);
        let Some(now) = now else { continue };
        let candidates = rounded(now).map(|to| {
            let mut plan = base.clone();
            if let Some(length) = plan.workload.as_mut().and_then(length) {
                *length = to;
            }
            ((), plan)
        });
        search.first_of(candidates.collect::<Vec<_>>());
    }
}

/// A run that ends soon after the last that happens in it.
fn end(search: &mut Search<'_>) {
    let last = moments(&search.best).last().copied().unwrap_or_default();
    let seconds = |more: u64| Duration::from_secs(last.as_secs() + more);
    for run in [seconds(1), seconds(2), seconds(3), seconds(5)] {
        if run < search.best.phases.run || !on(search.best.phases.run, GRIDS[2]) {
            let took = change(search, |plan| {
                plan.phases.run = run;
                stop_at_the_end(plan);
            });
            if took {
                return;
            }
        }
    }
}
