//! A node at work: one thread owns it, hands it one event after another, and carries out what it causes.
//!
//! What is sent and answered leaves when the event is handled, and, of a process that is looked at, when it
//! has been told.

mod clock;
mod inbox;
mod perform;
mod timers;
mod waiting;

pub(crate) use inbox::{Ended, Errand, Inbox, Work};
pub(crate) use waiting::{Line, ReplyTo};

use crate::{
    ask::View,
    control::{Command, Handled, Met, Status, Told},
    disk::{Storage, Syncer},
    measure::{Timings, What},
    metrics::Metrics,
    net::{Outgoing, Teller},
    now,
    wire::Language,
};
use clock::Clock;
use inbox::Slot;
use node::{
    Config, Disk, NodeId, TimerId, Version,
    resident::{self, Boot, Booted, Event, Lent, Resident},
};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, mpsc},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};
use timers::Timers;
use tokio::sync::oneshot;
use waiting::{Question, Waiting};

/// So long a node that is about to end may take to answer what is under way.
pub(crate) const DRAIN: Duration = Duration::from_secs(1);

/// What an event takes at least where a process is slowed down: it is so many times this that is waited.
const EVENT: Duration = Duration::from_micros(50);

/// What is wrong where a node is not.
const IS_HERE: &str = "a node is away only while its effects are carried out";

/// Why a node ended that was not to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failed {
    /// A sync failed; why.
    Disk(String),
}

/// What a node is hosted with.
pub(crate) struct Fittings {
    pub(crate) boot: Boot,
    pub(crate) language: Language,
    pub(crate) config: Config,
    pub(crate) storage: Storage,
    pub(crate) peers: BTreeMap<NodeId, Outgoing>,
    pub(crate) metrics: Arc<Metrics>,
    /// What times its events, if they are to be timed.
    pub(crate) timings: Option<Timings>,
}

/// An inbox whose node has not been booted.
pub(crate) struct Waits {
    slots: mpsc::Receiver<Slot>,
    inbox: Inbox,
}

/// An inbox for a node to come, whose events are timed or not.
pub(crate) fn inbox(metrics: &Arc<Metrics>, is_timed: bool, language: Language) -> (Inbox, Waits) {
    let (inbox, slots) = inbox::inbox(metrics.clone(), is_timed, language);
    (inbox.clone(), Waits { slots, inbox })
}

/// Starts the thread on which a node boots and works. One that is conducted boots once there is somebody to
/// tell. `ends` is dropped as the thread ends, however that comes.
pub(crate) fn start(
    fittings: Fittings,
    waits: Waits,
    conductor: Option<oneshot::Receiver<Teller>>,
    ends: oneshot::Sender<()>,
) -> io::Result<JoinHandle<Result<(), Failed>>> {
    let synced = waits.inbox.clone();
    let say = move |sync| {
        let work = match sync {
            Ok(sync) => Work::Synced(sync),
            Err(why) => Work::SyncFailed(why),
        };
        // A node that has ended wants no syncs.
        let _ = synced.put_now(work);
    };
    let syncer = match fittings.storage.takes_time() {
        true => Some(Syncer::start(fittings.storage.clone(), fittings.metrics.clone(), say)?),
        false => None,
    };
    let name = fittings.config.id.to_string();
    now::thread(name, move || {
        let _ends = ends;
        let told = match conductor.map(oneshot::Receiver::blocking_recv) {
            None => None,
            Some(Ok(teller)) => Some(teller),
            // The process ends before anybody has come.
            Some(Err(_)) => return Ok(()),
        };
        Engine::boot(fittings, waits, syncer, told)?.run()
    })
}

/// A node and all that it works with.
struct Engine {
    config: Config,
    language: Language,
    /// It is elsewhere only while its effects are carried out.
    node: Option<Box<dyn Resident>>,
    rng: ChaCha8Rng,
    disk: Disk,
    storage: Storage,
    clock: Clock,
    timers: Timers,
    slots: mpsc::Receiver<Slot>,
    inbox: Inbox,
    peers: BTreeMap<NodeId, Outgoing>,
    waiting: Waiting,
    syncer: Option<Syncer>,
    told: Option<Teller>,
    metrics: Arc<Metrics>,
    timings: Option<Timings>,
    /// The number of the event at hand.
    number: u64,
    /// How many times as long as usual everything takes.
    pace: f64,
    entries: u64,
    version: Version,
    /// When it ends whatever is still under way.
    ends: Option<Instant>,
}

/// Whether there is more to do.
type Next = Result<bool, Failed>;

impl Engine {
    fn boot(
        fittings: Fittings,
        waits: Waits,
        syncer: Option<Syncer>,
        told: Option<Teller>,
    ) -> Result<Self, Failed> {
        let Fittings { boot, language, config, storage, peers, metrics, timings } = fittings;
        let disk = storage.disk();
        let on_disk = storage.holds_anything();
        let mut rng = ChaCha8Rng::from_entropy();
        let clock = Clock::new();
        let lent = Lent { config: &config, shows: clock.shows(), rng: &mut rng, disk: &disk };
        let Booted { node, clock_read } = boot(lent, told.is_some());
        let group = node.group();
        let entries = node.entries();
        let mut engine = Self {
            entries: entries.len() as u64,
            version: entries.iter().map(|(_, held)| held.version).max().unwrap_or_default(),
            config,
            language,
            node: Some(node),
            rng,
            disk,
            storage,
            clock,
            timers: Timers::default(),
            slots: waits.slots,
            inbox: waits.inbox,
            peers,
            waiting: Waiting::default(),
            syncer,
            told,
            metrics,
            timings,
            number: 0,
            pace: 1.0,
            ends: None,
        };
        if engine.told.is_some() {
            engine.tell(&Told::Booted { group, entries, on_disk });
        }
        engine.leave(Handled::Boot, clock_read)?;
        Ok(engine)
    }

    fn run(&mut self) -> Result<(), Failed> {
        loop {
            if let Some(id) = self.timers.take_due(now::instant()) {
                self.timed(Some(What::Timer), |engine| engine.timer(id))?;
                // Else timers that run out all the time would keep all else waiting.
                if let Ok(slot) = self.slots.try_recv()
                    && !self.take(slot)?
                {
                    break;
                }
            } else {
                let idle_since = self.timings.is_some().then(now::instant);
                let slot = match self.next_moment() {
                    None => self.slots.recv().map_err(|_| mpsc::RecvTimeoutError::Disconnected),
                    Some(at) => {
                        let left = at.saturating_duration_since(now::instant());
                        self.slots.recv_timeout(left)
                    }
                };
                let goes_on = match slot {
                    Ok(slot) => {
                        self.woke(idle_since, slot.since);
                        self.take(slot)?
                    }
                    Err(mpsc::RecvTimeoutError::Timeout) => true,
                    Err(mpsc::RecvTimeoutError::Disconnected) => false,
                };
                if !goes_on {
                    break;
                }
            }
            let is_over = |ends| self.waiting.is_empty() || now::instant() >= ends;
            if self.ends.is_some_and(is_over) {
                break;
            }
        }
        // What is under way there ends first.
        self.syncer = None;
        if let Some(timings) = &self.timings
            && let Err(error) = timings.write()
        {
            tracing::error!("the times of events cannot be written: {error}");
        }
        match self.ends {
            Some(_) => self.storage.sync_all().map_err(|error| Failed::Disk(error.to_string())),
            None => Ok(()),
        }
    }

    fn next_moment(&self) -> Option<Instant> {
        [self.timers.next(), self.ends].into_iter().flatten().min()
    }

    /// Takes what waited.
    fn take(&mut self, slot: Slot) -> Next {
        if let (Some(timings), Work::Synced(sync), Some(at)) =
            (&mut self.timings, &slot.work, slot.since)
        {
            timings.synced(*sync, at);
        }
        let what = slot.work.what();
        self.timed(what, |engine| engine.work(slot))
    }

    /// Does something, and keeps how long it took if events are timed.
    fn timed<T>(&mut self, what: Option<What>, work: impl FnOnce(&mut Self) -> T) -> T {
        let began = self.timings.is_some().then(now::instant);
        let answer = work(self);
        if let (Some(timings), Some(began), Some(what)) = (&mut self.timings, began, what) {
            timings.took(what, now::instant().saturating_duration_since(began));
        }
        answer
    }

    /// Something came, since which the node may have slept.
    fn woke(&mut self, idle_since: Option<Instant>, came: Option<Instant>) {
        if let (Some(timings), Some(idle_since), Some(came)) = (&mut self.timings, idle_since, came)
            && came > idle_since
        {
            timings.took(What::WakeUp, now::instant().saturating_duration_since(came));
        }
    }

    /// Does a piece of work.
    fn work(&mut self, slot: Slot) -> Next {
        self.metrics.queue.fall();
        match slot.work {
            Work::Message { from, number, message } => {
                self.event(Event::Message { from, message }, Handled::Handed(number))?;
            }
            Work::Errand(errand) => return self.errand(errand),
            Work::Due(id) => {
                if self.timers.take_waiting(id) {
                    self.timer(id)?;
                }
            }
            Work::Synced(sync) => {
                self.metrics.syncs_done.rise();
                self.event(Event::Synced(sync), Handled::Synced(sync.0))?;
            }
            Work::SyncFailed(why) => return Err(Failed::Disk(why)),
        }
        Ok(true)
    }

    fn errand(&mut self, errand: Errand) -> Next {
        match errand {
            Errand::Request { number, request, reply } => {
                self.waiting.add(Question::Request(request.id), reply);
                self.event(Event::Request(request), Handled::Handed(number))?;
            }
            Errand::HealthCheck { number, check, reply } => {
                self.waiting.add(Question::HealthCheck(check), reply);
                self.event(Event::HealthCheck(check), Handled::Handed(number))?;
            }
            Errand::Look(view) => {
                // Whoever asked may have gone.
                let _ = view.send(self.view());
            }
            Errand::BackUp(said) => {
                let _ = said.send(self.storage.back_up());
            }
            Errand::Forget(request) => {
                self.waiting.take(Question::Request(request));
            }
            Errand::Closed(connection) => self.waiting.close(connection),
            Errand::Command(command) => self.command(command)?,
            Errand::Drain => self.ends = Some(now::instant() + DRAIN),
            Errand::Stop => return Ok(false),
        }
        Ok(true)
    }

    fn command(&mut self, command: Command) -> Result<(), Failed> {
        match command {
            Command::Membership { number, change } => {
                let resident::Handled { clock_read, uptake } = self.hand(Event::Membership(change));
                let uptake = uptake.expect("a change of the membership is taken up somehow");
                return self.leave(Handled::Membership(number, uptake), clock_read);
            }
            Command::Status { number } => {
                let node = self.node();
                let status = Status {
                    role: node.role(),
                    serves: node.serves(),
                    waits: node.waits(),
                    entries: node.entries(),
                };
                self.tell(&Told::Status { number, status });
            }
            Command::Clock { offset_ns, drift_ppb } => self.clock.set(offset_ns, drift_ppb),
            Command::Pace { factor } => self.pace = factor.clamp(1.0, 1e6),
            Command::Disk(trouble) => self.storage.trouble(trouble),
            Command::Rot { number, seed } => {
                let bits = self.storage.rot(seed);
                self.tell(&Told::Rotted { number, bits });
            }
        }
        Ok(())
    }

    fn view(&self) -> View {
        let node = self.node();
        View {
            role: node.role(),
            group: node.group(),
            serves: node.serves(),
            waits: node.waits(),
            entries: self.entries,
            version: self.version,
        }
    }

    fn node(&self) -> &dyn Resident {
        &**self.node.as_ref().expect(IS_HERE)
    }

    fn timer(&mut self, id: TimerId) -> Result<(), Failed> {
        self.event(Event::Timer(id), Handled::Timer(id.0))
    }

    /// Has the node handle an event, and lets what it causes leave.
    fn event(&mut self, event: Event, handled: Handled) -> Result<(), Failed> {
        let clock_read = self.hand(event).clock_read;
        self.leave(handled, clock_read)
    }

    /// Has the node handle an event, as slowly as it is to.
    fn hand(&mut self, event: Event) -> resident::Handled {
        self.number += 1;
        let began = (self.pace > 1.0).then(now::instant);
        let shows = self.clock.shows();
        let Self { config, node, rng, disk, .. } = self;
        let lent = Lent { config, shows, rng, disk };
        let handled = node.as_mut().expect(IS_HERE).handle(event, lent);
        if let Some(began) = began {
            let took = now::instant().saturating_duration_since(began).max(EVENT);
            thread::sleep(took.mul_f64(self.pace - 1.0));
        }
        handled
    }

    /// Carries out what an event caused.
    fn leave(&mut self, handled: Handled, clock: bool) -> Result<(), Failed> {
        self.metrics.events.rise();
        if let Some(why) = self.storage.broken() {
            return Err(Failed::Disk(why));
        }
        let met = Met { clock, ..self.storage.met() };
        self.perform(handled, met);
        Ok(())
    }

    /// Tells a conductor, if there is one. One that has gone ends the process elsewhere.
    fn tell(&mut self, told: &Told) {
        if let Some(teller) = &mut self.told {
            teller.tell(told);
        }
    }
}
