//! What goes on inside of nodes: syncs and timers under way, what died with a process, clocks that are off.

use super::{data::LeftOut, lanes::Lanes, room, texts::Texts};
use judge::{
    Run,
    record::Event,
    replay::{Awaited, End, Pending, pending},
};
use node::Time;
use scenarios::{Action, Clock, FaultKind, Step, Target};
use serde::Serialize;
use std::time::Duration;

/// So many timers, and so many syncs, are kept.
const MOST: usize = 8_000;

/// Node, what for, since, until (-1: to the end), how it ended, how long by the node's clock.
type Timer = (usize, usize, u64, i64, u8, u64);
/// Node, file, since, until (-1: to the end), how it ended, how often it failed.
type Sync = (usize, usize, u64, i64, u8, u64);

/// What goes on inside of nodes.
#[derive(Serialize)]
pub(super) struct Inside {
    timers: Vec<Timer>,
    syncs: Vec<Sync>,
    /// At, node, the bytes that its disk lost as its process ended.
    lost: Vec<(u64, usize, u64)>,
    clocks: Vec<Skew>,
}

/// A clock that is off, or was moved.
#[derive(Serialize)]
struct Skew {
    node: usize,
    /// How far ahead of true time it is from the start, in nanoseconds.
    offset: i64,
    /// How much faster it runs, in parts per million.
    drift: f64,
    /// From, to if that ended, and by how much it was moved for that time.
    jumps: Vec<(u64, Option<u64>, i64)>,
}

impl Inside {
    /// Names nodes and texts anew.
    pub(super) fn renumber(&mut self, node: impl Fn(&mut usize), text: impl Fn(&mut usize)) {
        for row in self.timers.iter_mut().chain(&mut self.syncs) {
            node(&mut row.0);
            text(&mut row.1);
        }
        self.lost.iter_mut().for_each(|row| node(&mut row.1));
        self.clocks.iter_mut().for_each(|clock| node(&mut clock.node));
    }

    /// What goes on in these nodes and in others.
    pub(super) fn and(mut self, others: Self) -> Self {
        self.timers.extend(others.timers);
        self.syncs.extend(others.syncs);
        self.lost.extend(others.lost);
        self.clocks.extend(others.clocks);
        self
    }

    pub(super) fn of(
        run: &Run,
        window: [u64; 2],
        lanes: &Lanes,
        texts: &mut Texts,
        left_out: &mut LeftOut,
    ) -> Self {
        let all = run.trace.iter().flat_map(|trace| pending(trace, &run.faults));
        let is_timer = |it: &Pending<'_>| matches!(it.what, Awaited::Timer { .. });
        let (timers, syncs): (Vec<_>, Vec<_>) = all.partition(is_timer);
        let mut rows = |all: &[Pending<'_>]| {
            let kept = room::kept_of(MOST, run, window, all, |it| it.from, |_| false);
            left_out.inside += kept.iter().filter(|kept| !**kept).count();
            let kept = all.iter().zip(kept).filter(|(_, kept)| *kept);
            kept.map(|(pending, _)| row(pending, lanes, texts)).collect()
        };
        Self {
            timers: rows(&timers),
            syncs: rows(&syncs),
            lost: lost(run, lanes),
            clocks: clocks(run, lanes),
        }
    }
}

fn row(pending: &Pending<'_>, lanes: &Lanes, texts: &mut Texts) -> Timer {
    let (what, amount) = match pending.what {
        Awaited::Timer { text, after } => (text, ns(after)),
        Awaited::Sync { file, failed } => (file, failed),
    };
    let end = pending.end.map_or(-1, |(at, _)| at.as_nanos() as i64);
    let how = match pending.end {
        None => 0,
        Some((_, End::Done)) => 1,
        Some((_, End::Cancelled)) => 2,
        Some((_, End::Died)) => 3,
    };
    (lanes.node(pending.node), texts.place(what), pending.from.as_nanos(), end, how, amount)
}

fn ns(length: Duration) -> u64 {
    u64::try_from(length.as_nanos()).unwrap_or(u64::MAX)
}

fn lost(run: &Run, lanes: &Lanes) -> Vec<(u64, usize, u64)> {
    let events = run.trace.iter().flat_map(|trace| &trace.events);
    let lost = events.filter_map(|event| match event.event {
        Event::Died { node, lost_bytes, .. } if lost_bytes > 0 => {
            Some((event.at.as_nanos(), lanes.node(node), lost_bytes))
        }
        _ => None,
    });
    lost.collect()
}

/// The clocks that the scenario sets wrong, or a fault moved. How far is stated by the scenario and by the
/// plan of what was carried out; of a node with a jump that neither states nothing is told.
fn clocks(run: &Run, lanes: &Lanes) -> Vec<Skew> {
    let skews = run.replicas.iter().filter_map(|replica| {
        let node = replica.node;
        let initial = run.scenario.cluster.clocks.get(&node).copied();
        let moved =
            |step: &&Step| matches!(jump(&step.action), Some((Target::Node(it), _)) if it == node);
        let mut planned = run.steps.iter().filter(moved);
        let struck = run.faults.iter().filter(|fault| {
            let is_background = fault.origin == judge::record::FaultOrigin::Background;
            fault.kind == FaultKind::ClockJump && fault.nodes.contains(&node) && !is_background
        });
        let jumps: Option<Vec<_>> = struck
            .map(|fault| {
                let step = planned.find(|step| Time::from(step.at) == fault.start)?;
                let (_, by_ns) = jump(&step.action)?;
                Some((fault.start.as_nanos(), fault.end.map(Time::as_nanos), by_ns))
            })
            .collect();
        let jumps = jumps?;
        let Clock { offset_ns, drift_ppm } = initial.unwrap_or_default();
        let skew = Skew { node: lanes.node(node), offset: offset_ns, drift: drift_ppm, jumps };
        (initial.is_some() || !skew.jumps.is_empty()).then_some(skew)
    });
    skews.collect()
}

/// Whose clock an action moves, and by how much.
fn jump(action: &Action) -> Option<(Target, i64)> {
    match action {
        Action::ClockJump { node, by_ns } => Some((*node, *by_ns)),
        Action::Lasting { action, .. } => jump(action),
        _ => None,
    }
}
