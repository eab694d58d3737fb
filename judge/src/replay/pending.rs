//! What nodes had begun and not ended: timers that ran, and syncs that were asked for.

use super::taken_down;
use crate::record::{Event, EventId, FaultRecord, Trace};
use node::{NodeId, Time};
use std::{collections::BTreeMap, time::Duration};

/// Something of a node's that lasts a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending<'a> {
    /// Whose.
    pub node: NodeId,
    /// What.
    pub what: Awaited<'a>,
    /// Since when.
    pub from: Time,
    /// Until when, and how it ended; `None`: it lasted to the end of the trace.
    pub end: Option<(Time, End)>,
}

/// What a node awaits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Awaited<'a> {
    /// That a timer runs out.
    Timer {
        /// What it is for.
        text: &'a str,
        /// How long it runs by the node's own clock.
        after: Duration,
    },
    /// That a file is on the platter.
    Sync {
        /// Which.
        file: &'a str,
        /// How often it failed, to be tried again.
        failed: u64,
    },
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The timer ran out, or the file is on the platter; the node has handled it.
    Done,
    /// The node disarmed the timer.
    Cancelled,
    /// The node's process ended before.
    Died,
}

/// The names of what a node awaits now, timers and syncs each by their numbers.
type Open = BTreeMap<NodeId, [BTreeMap<u64, usize>; 2]>;
const TIMER: usize = 0;
const SYNC: usize = 1;

/// All that nodes awaited, in the order in which they began to.
pub fn pending<'a>(trace: &'a Trace, faults: &[FaultRecord]) -> Vec<Pending<'a>> {
    let (mut all, mut open) = (Vec::new(), Open::new());
    for event in &trace.events {
        let at = event.at;
        let mut begin = |node: NodeId, sort: usize, number: u64, what: Awaited<'a>| {
            open.entry(node).or_default()[sort].insert(number, all.len());
            all.push(Pending { node, what, from: at, end: None });
        };
        match &event.event {
            Event::TimerArmed { node, timer, after, text } => {
                begin(*node, TIMER, *timer, Awaited::Timer { text, after: *after });
            }
            Event::SyncAsked { node, sync, file } => {
                begin(*node, SYNC, *sync, Awaited::Sync { file, failed: 0 });
            }
            Event::TimerCancelled { node, timer } => {
                close(&mut all, take(&mut open, *node, TIMER, *timer), at, End::Cancelled);
            }
            Event::Timer { node, text } => {
                let armed = event.cause.and_then(|cause| armed(trace, cause, *node));
                let timer = armed.or_else(|| first_named(&all, &open, *node, text));
                let found = timer.and_then(|timer| take(&mut open, *node, TIMER, timer));
                close(&mut all, found, at, End::Done);
            }
            Event::Synced { node, sync } => {
                close(&mut all, take(&mut open, *node, SYNC, *sync), at, End::Done);
            }
            Event::SyncFailed { node, sync, .. } => {
                let found = open.get(node).and_then(|open| open[SYNC].get(sync));
                if let Some(Awaited::Sync { failed, .. }) = found.map(|place| &mut all[*place].what)
                {
                    *failed += 1;
                }
            }
            Event::Boot { node, .. } => end_all(&mut all, &mut open, *node, at),
            other => {
                for node in taken_down(other, faults) {
                    end_all(&mut all, &mut open, *node, at);
                }
            }
        }
    }
    all
}

/// The number of the timer that an event armed.
fn armed(trace: &Trace, event: EventId, node: NodeId) -> Option<u64> {
    match &trace.get(event)?.event {
        Event::TimerArmed { node: whose, timer, .. } if *whose == node => Some(*timer),
        _ => None,
    }
}

/// Where no cause is on record: the timer of a node with this text that was armed first.
fn first_named(all: &[Pending<'_>], open: &Open, node: NodeId, name: &str) -> Option<u64> {
    let is_named =
        |place: &usize| matches!(all[*place].what, Awaited::Timer { text, .. } if text == name);
    open.get(&node)?[TIMER].iter().find(|(_, place)| is_named(place)).map(|(number, _)| *number)
}

fn take(open: &mut Open, node: NodeId, sort: usize, number: u64) -> Option<usize> {
    open.get_mut(&node)?[sort].remove(&number)
}

fn close(all: &mut [Pending<'_>], place: Option<usize>, at: Time, end: End) {
    if let Some(place) = place {
        all[place].end = Some((at, end));
    }
}

fn end_all(all: &mut [Pending<'_>], open: &mut Open, node: NodeId, at: Time) {
    for place in open.remove(&node).into_iter().flatten().flat_map(BTreeMap::into_values) {
        close(all, Some(place), at, End::Died);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::TraceEvent;

    fn node() -> NodeId {
        NodeId::new(1)
    }

    fn trace(events: Vec<(u64, Option<u64>, Event)>) -> Trace {
        let events = events.into_iter().map(|(at, cause, event)| TraceEvent {
            cause: cause.map(EventId),
            ..TraceEvent::new(Time::from_nanos(at), event)
        });
        Trace { events: events.collect() }
    }

    fn arm(timer: u64) -> Event {
        let after = Duration::from_nanos(50);
        Event::TimerArmed { node: node(), timer, after, text: "beat".to_owned() }
    }

    fn asks(sync: u64) -> Event {
        Event::SyncAsked { node: node(), sync, file: "log".to_owned() }
    }

    fn ends(trace: &Trace) -> Vec<Option<(u64, End)>> {
        let all = pending(trace, &[]);
        all.into_iter().map(|it| it.end.map(|(at, end)| (at.as_nanos(), end))).collect()
    }

    #[test]
    fn each_ends_as_the_trace_says_and_what_does_not_is_open() {
        let ran_out = Event::Timer { node: node(), text: "beat".to_owned() };
        let trace = trace(vec![
            (0, None, arm(0)),
            (1, None, arm(1)),
            (2, None, asks(0)),
            // The second ran out: its cause says so, though the first is named alike.
            (3, Some(1), ran_out),
            (4, None, Event::TimerCancelled { node: node(), timer: 0 }),
            (5, None, Event::SyncFailed { node: node(), sync: 0, fault: 0 }),
            (6, None, Event::Synced { node: node(), sync: 0 }),
            (7, None, asks(1)),
        ]);
        let (done, cancelled) = (End::Done, End::Cancelled);
        assert_eq!(ends(&trace), [Some((4, cancelled)), Some((3, done)), Some((6, done)), None]);
        assert_eq!(pending(&trace, &[])[2].what, Awaited::Sync { file: "log", failed: 1 });
    }

    #[test]
    fn a_death_ends_all_and_a_boot_counts_anew() {
        let died = Event::Died { node: node(), timers: 1, syncs: 1, lost_bytes: 0 };
        let trace = trace(vec![
            (0, None, arm(0)),
            (1, None, asks(0)),
            (2, None, died),
            (3, None, arm(0)),
            // The control: what a dead process asked for is never done.
            (4, None, Event::Synced { node: node(), sync: 0 }),
            (5, None, Event::Timer { node: node(), text: "beat".to_owned() }),
        ]);
        let dead = Some((2, End::Died));
        assert_eq!(ends(&trace), [dead, dead, Some((5, End::Done))]);
    }
}
