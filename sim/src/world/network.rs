//! The network: what becomes of a message that leaves, and the faults upon the links.

mod cut;
mod link;
mod pins;

pub(super) use cut::CutShape;

use super::record::Recorder;
use crate::{Hold, seed::Streams};
use cut::Cut;
use judge::record::{DropReason, Endpoint};
use link::{DUPLICATE, LOSS, Links};
use node::NodeId;
use pins::{Constants, Pinned};
use scenarios::DeadNode;

/// Every directed link, and the faults that are upon them.
pub(super) struct Network {
    links: Links,
    cuts: Vec<Cut>,
    windows: Vec<Window>,
    /// The background faults of the settings, ended by healing.
    pub(super) background: Background,
    /// The messages of which the plan says what becomes of them, if it does of any.
    pinned: Option<Box<Pinned>>,
    /// What waits to be pinned, if anything does.
    hold: Option<Hold>,
    longest_ns: u64,
}

/// The faults that stand for what the settings lose and double all the time.
#[derive(Clone, Copy, Default)]
pub(super) struct Background {
    pub(super) loss: Option<usize>,
    pub(super) duplicate: Option<usize>,
}

/// A disturbance of links between nodes that lasts a while.
struct Window {
    fault: usize,
    disturbance: Disturbance,
}

/// The kinds of disturbance.
#[derive(Clone, Copy)]
pub(super) enum Disturbance {
    /// What `from` sends to `to` takes longer.
    Delay { from: NodeId, to: NodeId, extra_ns: u64 },
    /// What any node sends to another takes longer.
    DelayAll { extra_ns: u64 },
    /// What these links carry takes up to this much longer, out of turn.
    Reorder { spread_ns: u64, links: scenarios::Links },
    /// These links lose this share.
    Loss(f64, scenarios::Links),
    /// These links double this share.
    Duplicate(f64, scenarios::Links),
}

/// What becomes of a message that leaves.
pub(super) struct Transit {
    /// When it arrives, or why it does not.
    pub(super) fate: Result<u64, DropReason>,
    /// When a copy of it arrives, if the network doubles it.
    pub(super) copy: Option<u64>,
}

impl Network {
    pub(super) fn new(
        scenario: &scenarios::Scenario,
        hold: Option<Hold>,
        streams: &Streams,
    ) -> Self {
        let pins = &scenario.pins;
        let constants = Constants::new(pins);
        Self {
            links: Links::new(scenario, constants, streams.clone()),
            pinned: Pinned::of(pins),
            hold,
            cuts: Vec::new(),
            windows: Vec::new(),
            background: Background::default(),
            longest_ns: 0,
        }
    }

    /// Draws what becomes of messages from these streams from now on.
    pub(super) fn redraw(&mut self, streams: &Streams) {
        self.links.redraw(streams);
    }

    /// What becomes of a request to a node that is down.
    pub(super) fn dead(&self) -> DeadNode {
        self.links.settings.dead
    }

    /// The largest shares that any link loses and doubles by its settings.
    pub(super) fn background_shares(&self) -> (f64, f64) {
        let settings = &self.links.settings;
        let links = settings.links.values().chain([&settings.nodes, &settings.clients]);
        let stated = links.map(|link| (link.loss, link.duplicate));
        let share = |stated: Option<f64>| stated.unwrap_or(0.0);
        let crossings = self.links.zones.between.values();
        let crossings = crossings.map(|it| (share(it.loss), share(it.duplicate)));
        stated
            .chain(crossings)
            .fold((0.0, 0.0), |(loss, duplicate), own| (own.0.max(loss), own.1.max(duplicate)))
    }

    /// Sends a message off at `now`. A cut or a loss is known at once; a cut that
    /// comes while the message is under way is found by [`Network::cut_under_way`].
    pub(super) fn transmit(
        &mut self,
        now: u64,
        from: Endpoint,
        to: Endpoint,
        size: impl FnOnce() -> usize,
        record: &mut Recorder,
    ) -> Transit {
        let pin = self.pinned.as_mut().and_then(|pinned| pinned.next(from, to));
        if self.cut_under_way(now, now, from, to, record) {
            return Transit { fate: Err(DropReason::Partition), copy: None };
        }
        if let Some(pin) = pin {
            return self.transmit_pinned(now, pin, size, record);
        }
        if self.hold.is_some_and(|hold| hold.holds(now, from, to)) {
            return self.hold_back(now, (from, to), size, record);
        }
        let link = self.links.get(from, to);
        if link.strikes(LOSS, self.background.loss, &self.windows, record) {
            return Transit { fate: Err(DropReason::Loss), copy: None };
        }
        let leaves = link.take_in(now, size);
        let arrival = link.arrival(leaves, &self.windows, record);
        let copy = link
            .strikes(DUPLICATE, self.background.duplicate, &self.windows, record)
            .then(|| link.arrival(leaves, &self.windows, record));
        self.longest_ns = self.longest_ns.max(arrival.max(copy.unwrap_or(0)) - now);
        Transit { fate: Ok(arrival), copy }
    }

    /// Whether a cut fell between a message's leaving and now; every one that did is counted.
    pub(super) fn cut_under_way(
        &self,
        sent: u64,
        now: u64,
        from: Endpoint,
        to: Endpoint,
        record: &mut Recorder,
    ) -> bool {
        let mut is_cut = false;
        for cut in self.cuts.iter().filter(|cut| cut.blocks(from, to, sent, now)) {
            record.touch(cut.fault);
            is_cut = true;
        }
        is_cut
    }

    /// Puts a cut upon the links.
    pub(super) fn cut(&mut self, now: u64, fault: usize, shape: CutShape) {
        // A cut that was over before the oldest message under way left is forgotten.
        let longest_ns = self.longest_ns;
        self.cuts.retain(|cut| cut.end.saturating_add(longest_ns) >= now);
        self.cuts.push(Cut { fault, start: now, end: u64::MAX, shape });
    }

    /// Whether a cut stands now.
    pub(super) fn is_cut(&self) -> bool {
        self.cuts.iter().any(|cut| cut.end == u64::MAX)
    }

    /// Ends every cut; the answer is their faults.
    pub(super) fn heal_cuts(&mut self, now: u64) -> Vec<usize> {
        let active = self.cuts.iter_mut().filter(|cut| cut.end == u64::MAX);
        active
            .map(|cut| {
                cut.end = now;
                cut.fault
            })
            .collect()
    }

    /// Opens a window of disturbance.
    pub(super) fn disturb(&mut self, fault: usize, disturbance: Disturbance) {
        self.windows.push(Window { fault, disturbance });
    }

    /// Closes the window, or ends the cut, that belongs to a fault.
    pub(super) fn calm(&mut self, now: u64, fault: usize) {
        self.windows.retain(|window| window.fault != fault);
        let cuts = self.cuts.iter_mut().filter(|cut| cut.fault == fault);
        cuts.for_each(|cut| cut.end = cut.end.min(now));
    }

    /// Closes every window and ends the background faults; the answer is the faults it ended.
    pub(super) fn calm_all(&mut self) -> Vec<usize> {
        let background = std::mem::take(&mut self.background);
        let windows = self.windows.drain(..).map(|window| window.fault);
        windows.chain(background.loss).chain(background.duplicate).collect()
    }
}

/// How long so many bytes take at a rate.
pub(super) fn size_ns(bytes: u64, bytes_per_second: u64) -> u64 {
    let nanos = u128::from(bytes) * 1_000_000_000 / u128::from(bytes_per_second);
    u64::try_from(nanos).unwrap_or(u64::MAX)
}
