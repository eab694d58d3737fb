//! One node in one state, with its disk, its timers and its syncs: what an event does to it.

use super::{fingerprint::Renaming, fingerprint::hides, intern::put, medium::Files};
use node::{
    Answer, Canonical, Change, Config, Disk, Encoder, Fact, NodeId, Perform, Request, RequestId,
    Said, SyncId, Time, TimerId,
    resident::{Boot, Event, Lent, Purpose, Resident},
};
use rand::rngs::mock::StepRng;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

/// After so many firings in a row that show nothing, a timer is left alone.
const SILENT_FIRINGS: u32 = 64;
/// What a clock shows first, so that one can be behind and still be after zero.
const CLOCK_START: Duration = Duration::from_secs(24 * 3600);
/// What a clock moves on by with each event of its node.
const CLOCK_STEP: Duration = Duration::from_millis(1);

/// How nodes are hosted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hosting {
    /// Syncs take a step of their own, and a power loss takes what they had not reached.
    pub(super) slow_syncs: bool,
    /// The system reads clocks, so that what they show is part of a node's state.
    pub(super) clocks: bool,
}

/// Something that happens to one node.
#[derive(Clone, Debug)]
pub(super) enum LocalEvent {
    /// It starts, or starts again.
    Boot,
    /// A client asks.
    Request(Request),
    /// A node speaks.
    Message { from: NodeId, message: Said },
    /// The timer at this place of the list runs out; if `on`, again and again until that shows.
    Timer { place: u8, on: bool },
    /// The sync that has waited longest reaches the platter.
    Synced,
    /// Its process ends.
    Crash,
    /// Its process ends, and unsynced writes are lost.
    PowerLoss,
}

/// A timer that runs.
#[derive(Clone, Debug)]
pub(super) struct Armed {
    pub(super) id: TimerId,
    pub(super) after: Duration,
}

/// A sync that was asked for, and what the file was then.
struct Asked {
    id: SyncId,
    file: String,
    content: Option<Vec<u8>>,
}

/// What an event showed.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    pub(super) sends: Vec<(NodeId, Said)>,
    pub(super) replies: Vec<(RequestId, Answer)>,
    pub(super) facts: Vec<Fact>,
    /// Whether what clients can read has changed.
    pub(super) changed: bool,
}

impl Shown {
    fn is_nothing(&self) -> bool {
        self.sends.is_empty() && self.replies.is_empty() && self.facts.is_empty() && !self.changed
    }
}

/// A node that is up or down.
pub(super) struct Live {
    config: Config,
    hosting: Hosting,
    boot: Boot,
    pub(super) node: Option<Box<dyn Resident>>,
    files: Arc<Mutex<Files>>,
    disk: Disk,
    /// Those that run, in the order in which they were armed.
    pub(super) timers: Vec<Armed>,
    syncs: VecDeque<Asked>,
    lives: u64,
    handled: u32,
    pub(super) clock_was_read: bool,
}

impl Live {
    /// A node that has never been up.
    pub(super) fn new(boot: Boot, config: Config, hosting: Hosting) -> Self {
        let files = Arc::new(Mutex::new(Files::default()));
        Self {
            boot,
            config,
            hosting,
            node: None,
            disk: Disk::new(files.clone()),
            files,
            timers: Vec::new(),
            syncs: VecDeque::new(),
            lives: 0,
            handled: 0,
            clock_was_read: false,
        }
    }

    /// Whether a sync is under way.
    pub(super) fn is_syncing(&self) -> bool {
        !self.syncs.is_empty()
    }

    /// Lets something happen to the node.
    pub(super) fn take(&mut self, event: &LocalEvent) -> Shown {
        let mut shown = Shown::default();
        match event {
            LocalEvent::Crash => self.stop(),
            LocalEvent::PowerLoss => {
                self.stop();
                self.files().lose_power();
            }
            LocalEvent::Timer { place, on: true } => self.run_on(usize::from(*place), &mut shown),
            event => self.handle(event, &mut shown),
        }
        shown
    }

    fn stop(&mut self) {
        self.node = None;
        self.timers.clear();
        self.syncs.clear();
    }

    /// Fires a timer until that shows. What is armed anew in its place fires next.
    fn run_on(&mut self, place: usize, shown: &mut Shown) {
        let label = self.label(self.timers[place].id);
        let mut next = Some(place);
        for _ in 0..SILENT_FIRINGS {
            let Some(place) = next else { return };
            let place = u8::try_from(place).expect("a node has fewer than 256 timers");
            self.handle(&LocalEvent::Timer { place, on: false }, shown);
            if !shown.is_nothing() {
                return;
            }
            next = self.timers.iter().rposition(|armed| self.label(armed.id) == label);
        }
    }

    fn handle(&mut self, event: &LocalEvent, shown: &mut Shown) {
        match event {
            LocalEvent::Boot => self.boots(),
            LocalEvent::Request(request) => self.handles(Event::Request(request.clone())),
            LocalEvent::Message { from, message } => {
                self.handles(Event::Message { from: *from, message: message.clone() });
            }
            LocalEvent::Timer { place, .. } => {
                let id = self.timers.remove(usize::from(*place)).id;
                self.handles(Event::Timer(id));
            }
            LocalEvent::Synced => {
                let done = self.syncs.pop_front().expect("a sync is under way");
                self.files().finish_sync(done.file, done.content);
                self.handles(Event::Synced(done.id));
            }
            LocalEvent::Crash | LocalEvent::PowerLoss => {}
        }
        self.gather(shown);
        if !self.hosting.slow_syncs && self.is_syncing() {
            self.handle(&LocalEvent::Synced, shown);
        }
    }

    fn boots(&mut self) {
        if self.node.is_none() {
            self.lives += 1;
        }
        let mut rng = self.begin();
        let booted = (self.boot)(self.lent(&mut rng), false);
        self.node = Some(booted.node);
        self.clock_was_read |= booted.clock_read;
    }

    fn handles(&mut self, event: Event) {
        let mut node = self.node.take().expect("only a node that is up handles anything");
        let mut rng = self.begin();
        self.clock_was_read |= node.handle(event, self.lent(&mut rng)).clock_read;
        self.node = Some(node);
    }

    /// Begins an event; the answer is what the node draws by.
    fn begin(&mut self) -> StepRng {
        self.handled += 1;
        // Each life of each node draws a number of its own, and that number always: of a range it
        // is the lowest.
        StepRng::new(self.lives * 64 + self.config.id.index() as u64, 0)
    }

    fn lent<'a>(&'a self, rng: &'a mut StepRng) -> Lent<'a> {
        let shows = CLOCK_START + CLOCK_STEP * if self.hosting.clocks { self.handled } else { 0 };
        Lent { config: &self.config, shows: Time::from(shows), rng, disk: &self.disk }
    }

    fn gather(&mut self, shown: &mut Shown) {
        if let Some(mut node) = self.node.take() {
            node.perform(&mut Showing { live: self, shown });
            self.node = Some(node);
        }
    }

    fn timer(&self, id: TimerId) -> &dyn Purpose {
        let purpose = self.node.as_ref().and_then(|node| node.timer(id));
        purpose.expect("a timer that is listed runs")
    }

    /// What a timer is for, in words.
    pub(super) fn label(&self, id: TimerId) -> String {
        self.timer(id).to_string()
    }

    /// All that tells this state from others of the same node; `None` if the node hides something.
    pub(super) fn fingerprint(&self) -> Option<Vec<u8>> {
        let text = match &self.node {
            Some(node) => node.state_text()?,
            None => String::new(),
        };
        if hides(&text) {
            return None;
        }
        let timers: Vec<u64> = self.timers.iter().map(|armed| armed.id.0).collect();
        let syncs: Vec<u64> = self.syncs.iter().map(|asked| asked.id.0).collect();
        let renaming = Renaming::of(&text, &timers, &syncs);
        let mut key = Vec::with_capacity(text.len() + 512);
        put(&mut key, self.config.id.index() as u32);
        put(&mut key, u32::from(self.node.is_some()));
        key.extend_from_slice(&self.lives.to_le_bytes());
        put(&mut key, if self.hosting.clocks { self.handled } else { 0 });
        let mut encoded = Encoder::default();
        for armed in &self.timers {
            renaming.timer(armed.id.0).encode(&mut encoded);
            armed.after.as_nanos().to_string().encode(&mut encoded);
            self.timer(armed.id).encode(&mut encoded);
        }
        (u64::MAX, self.syncs.len()).encode(&mut encoded);
        for asked in &self.syncs {
            (renaming.sync(asked.id.0), &asked.file, &asked.content).encode(&mut encoded);
        }
        key.extend_from_slice(encoded.bytes());
        self.files().encode(self.hosting.slow_syncs, &mut key);
        renaming.write(&text, &mut key);
        Some(key)
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        lock(&self.files)
    }
}

fn lock(files: &Mutex<Files>) -> MutexGuard<'_, Files> {
    files.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A node whose effects are carried out, and what they show.
struct Showing<'a> {
    live: &'a mut Live,
    shown: &'a mut Shown,
}

impl Perform<Said, &dyn Purpose> for Showing<'_> {
    fn send(&mut self, to: NodeId, message: Said) {
        self.shown.sends.push((to, message));
    }

    fn reply(&mut self, request: RequestId, answer: Answer) {
        self.shown.replies.push((request, answer));
    }

    fn set_timer(&mut self, id: TimerId, after: Duration, _timer: &dyn Purpose) {
        self.live.timers.push(Armed { id, after });
    }

    fn cancel_timer(&mut self, id: TimerId) {
        self.live.timers.retain(|armed| armed.id != id);
    }

    fn sync(&mut self, id: SyncId, file: String) {
        let content = self.live.files().content(&file);
        self.live.syncs.push_back(Asked { id, file, content });
    }

    fn apply(&mut self, _change: Change) {
        self.shown.changed = true;
    }

    fn announce(&mut self, fact: Fact) {
        self.shown.facts.push(fact);
    }
}
