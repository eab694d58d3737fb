//! A run by hand: whoever goes through it is the network, and strikes whom they like.
//!
//! What flows in: a scenario, and [`Choice`] after [`Choice`]. What flows out: at each moment the messages that
//! [wait](Waiting), and in the end a plan like any other, which does the same without anybody's hand.
//!
//! There is no machinery of its own: every choice becomes a pin or a step of the plan, and the plan is carried
//! out anew while the network [holds back](sim::Hold) what nobody has chosen. What has happened stays as it was,
//! since what is held draws what it would have drawn, and nothing goes back in time.
//!
//! ```
//! use hunt::by_hand::{Begin, ByHand, Choice};
//!
//! let scenario = scenarios::find("ghost-data").unwrap();
//! let system = node::systems::find("async-leader").unwrap();
//! let mut hand = ByHand::begin(&scenario, system, 0, Begin::default()).unwrap();
//! while hand.waiting().is_empty() {
//!     hand.choose(Choice::Next).unwrap();
//! }
//! let first = hand.waiting()[0].id;
//! hand.choose(Choice::Lose(first)).unwrap();
//! assert!(hand.waiting().iter().all(|it| it.id != first));
//! let plan = hand.finish().unwrap().plan;
//! assert_eq!(plan.pins.messages.len(), 1);
//! ```

mod finish;
mod state;
mod waiting;

pub use finish::Finished;
pub use waiting::Waiting;

use judge::{
    Run,
    record::{Event, FaultOrigin, MessageId, TraceEvent},
    replay::{Fate, messages},
};
use node::{NodeId, SystemInfo, Time};
use scenarios::{Action, MessagePin, Scenario, Step};
use sim::Detail;
use state::State;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// The least time between two choices.
const TICK: Duration = Duration::from_micros(1);

/// How long before the scenario does something it begins: room for choices that come first.
const BEFORE: Duration = Duration::from_millis(10);

/// How far the run is had beyond the present moment, at first.
const AHEAD: Duration = Duration::from_millis(20);

/// How it begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Begin {
    /// Until when everything goes by itself; `None`: until the scenario does something.
    pub at: Option<Time>,
    /// Whether what clients ask and are told waits too, and not only what nodes send each other.
    pub clients: bool,
}

/// What happens next, as somebody chooses.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// A message that waits arrives, and is handled.
    Arrive(MessageId),
    /// A message that waits is lost.
    Lose(MessageId),
    /// A message that waits arrives, and so does a copy of it.
    Double(MessageId),
    /// All that wait arrive, those to one node or to any; there may be none.
    All(Option<NodeId>),
    /// Time passes until something happens by itself.
    Next,
    /// So much time passes; what waits goes on waiting.
    Wait(Duration),
    /// For so long everything goes by itself, what waits included.
    Go(Duration),
    /// Something strikes, or a client asks something.
    Do(Action),
    /// The next step of the scenario is left out.
    Skip,
}

/// Why a choice is none.
#[derive(Debug, thiserror::Error)]
pub enum ChoiceError {
    /// There is no such message.
    #[error("no such message waits")]
    NotWaiting,
    /// The link keeps order.
    #[error("{from} -> {to} keeps order, and an earlier message of it waits")]
    Behind {
        /// The link's sender.
        from: judge::record::Endpoint,
        /// The link's receiver.
        to: judge::record::Endpoint,
    },
    /// The scenario has no further step.
    #[error("no step of the scenario is left")]
    NoStep,
    /// The run's phase of steps and operations has ended.
    #[error("the run is over at {0}: after that everything is healed")]
    Over(Time),
    /// It would do nothing.
    #[error("{0}")]
    DoesNothing(String),
    /// The run could not be had.
    #[error(transparent)]
    Run(#[from] sim::Error),
}

/// A run on its way, by hand.
#[derive(Clone, Debug)]
pub struct ByHand {
    system: &'static SystemInfo,
    seed: u64,
    clients: bool,
    /// From the first to the present one.
    states: Vec<State>,
    /// The present one carried out. Up to its moment it is what happens; what it shows of later is what would
    /// happen if everything went on waiting.
    run: Run,
    /// Until when its events were shown before the last choice.
    before: Time,
}

impl ByHand {
    /// Begins at the moment before the scenario does something.
    ///
    /// # Errors
    ///
    /// [`ChoiceError::Run`] if the scenario cannot be carried out on the system.
    pub fn begin(
        scenario: &Scenario,
        system: &'static SystemInfo,
        seed: u64,
        begin: Begin,
    ) -> Result<Self, ChoiceError> {
        let free = sim::run_held(scenario, system.name, seed, None, Detail::Full)?;
        // Faults of chance become steps, so that they can be seen and left out.
        let plan = if scenario.nemesis.is_some() { free.plan() } else { scenario.clone() };
        let now = begin.at.unwrap_or_else(|| first_deed(&free));
        let states = vec![State::new(plan, now)];
        let mut hand =
            Self { system, seed, clients: begin.clients, states, run: free, before: now };
        hand.carry_out()?;
        Ok(hand)
    }

    /// When the run's phase of steps and operations ends; after that everything is healed.
    pub fn ends(&self) -> Time {
        self.state().ends()
    }

    /// The present moment.
    pub fn now(&self) -> Time {
        self.state().now
    }

    /// The run: what it shows up to [now](Self::now) is what has happened.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// The scenario with everything that was chosen so far, to its end, which the [run](Self::run) does not come to.
    pub fn plan(&self) -> &Scenario {
        &self.state().plan
    }

    /// How many choices were made and not taken back.
    pub fn choices(&self) -> usize {
        self.states.len() - 1
    }

    /// What has happened by the last choice.
    pub fn happened(&self) -> &[TraceEvent] {
        let events = self.events();
        let place = |at: Time| events.partition_point(|event| event.at <= at);
        &events[place(self.before)..place(self.now())]
    }

    /// What happens next by itself, if everything goes on waiting.
    pub fn next(&self) -> Option<&TraceEvent> {
        let events = self.events();
        let next = events.get(events.partition_point(|event| event.at <= self.now()))?;
        (next.at < self.ends()).then_some(next)
    }

    /// The next step of the scenario that has not been carried out.
    pub fn next_step(&self) -> Option<&Step> {
        self.state().next_step().map(|place| &self.state().plan.steps[place])
    }

    /// The messages that wait, in the order in which they left.
    pub fn waiting(&self) -> Vec<Waiting<'_>> {
        waiting::waiting(&self.run, self.state(), self.clients)
    }

    /// Takes a choice; nothing has changed if it is none.
    ///
    /// # Errors
    ///
    /// Why it is none.
    pub fn choose(&mut self, choice: Choice) -> Result<(), ChoiceError> {
        if self.now() >= self.ends() {
            return Err(ChoiceError::Over(self.ends()));
        }
        let mut trial = self.clone();
        trial.states.push(self.state().clone());
        trial.before = self.now();
        trial.take(choice)?;
        *self = trial;
        Ok(())
    }

    /// Takes the last choice back; `false`: there was none.
    ///
    /// # Errors
    ///
    /// [`ChoiceError::Run`], as it was had before only for want of room.
    pub fn undo(&mut self) -> Result<bool, ChoiceError> {
        if self.choices() == 0 {
            return Ok(false);
        }
        let last = self.states.pop();
        if let Err(error) = self.carry_out() {
            self.states.extend(last);
            return Err(error);
        }
        self.before = self.now();
        Ok(true)
    }

    fn take(&mut self, choice: Choice) -> Result<(), ChoiceError> {
        match choice {
            Choice::Arrive(id) => self.arrives(id, false),
            Choice::Double(id) => self.arrives(id, true),
            Choice::Lose(id) => {
                let pin = waiting::named(&self.waiting(), id)?.pinned();
                self.state_mut().lose(pin);
                self.carry_out()
            }
            Choice::All(to) => {
                let meant = |it: &&Waiting<'_>| to.is_none_or(|to| it.to.node() == Some(to));
                let waiting = self.waiting();
                let all = waiting.iter().filter(meant).map(|it| (it.id, it.pinned()));
                let all: Vec<_> = all.collect();
                if all.is_empty() {
                    return Ok(());
                }
                let at = self.arrive(&all, false)?;
                self.state_mut().now = at;
                self.carry_out()
            }
            Choice::Next => {
                let next = self.next().ok_or(ChoiceError::Over(self.ends()))?.at;
                self.state_mut().now = next;
                self.carry_out()
            }
            Choice::Wait(time) => {
                let until = self.later(time)?;
                self.state_mut().now = until;
                self.carry_out()
            }
            Choice::Go(time) => {
                let until = self.later(time)?;
                self.release()?;
                self.state_mut().from = until;
                self.state_mut().now = until;
                self.carry_out()
            }
            Choice::Do(action) => self.strike(action),
            Choice::Skip => {
                let place = self.state().next_step().ok_or(ChoiceError::NoStep)?;
                self.state_mut().plan.steps.remove(place);
                self.carry_out()
            }
        }
    }

    /// A moment that is still of the run.
    fn later(&self, time: Duration) -> Result<Time, ChoiceError> {
        let until = self.now() + time;
        match until < self.ends() {
            true => Ok(until),
            false => Err(ChoiceError::Over(self.ends())),
        }
    }

    /// One that may go next arrives, and it is when it has been handled.
    fn arrives(&mut self, id: MessageId, doubled: bool) -> Result<(), ChoiceError> {
        let pin = waiting::named(&self.waiting(), id)?.pinned();
        let at = self.arrive(&[(id, pin)], doubled)?;
        self.state_mut().now = at;
        self.carry_out()
    }

    /// Messages arrive when they would have, or, if they have waited for longer, now. The answer is when the last of
    /// them has been handled, or is lost on its way.
    fn arrive(
        &mut self,
        messages: &[(MessageId, MessagePin)],
        doubled: bool,
    ) -> Result<Time, ChoiceError> {
        let now = self.now();
        for (_, pin) in messages {
            self.state_mut().keep(*pin, doubled);
        }
        let mut over = self.carry_out_until_over(messages)?;
        let is_late = |id: &MessageId| over.get(id).is_some_and(|it| it.arrived <= now);
        let late: Vec<_> = messages.iter().filter(|(id, _)| is_late(id)).collect();
        if !late.is_empty() {
            for (id, pin) in late {
                let waited = now.since(over[id].sent);
                self.state_mut().delay(*pin, waited + TICK);
            }
            over = self.carry_out_until_over(messages)?;
        }
        // To a node that is paused a message arrives, and nothing is to be seen of it.
        let handled = over.values().map(|it| it.handled).max();
        Ok(handled.unwrap_or(now + TICK).max(now).min(self.ends()))
    }

    /// Everything that waits goes on as drawn, or at once if that is past.
    fn release(&mut self) -> Result<(), ChoiceError> {
        let all: Vec<_> = self.waiting().iter().map(|it| (it.id, it.pinned())).collect();
        if all.is_empty() { Ok(()) } else { self.arrive(&all, false).map(drop) }
    }

    fn strike(&mut self, action: Action) -> Result<(), ChoiceError> {
        let at = self.later(TICK)?;
        let strikes_at_once = strikes_at_once(&action);
        let place = self.state_mut().strike(at, action);
        self.state_mut().now = at;
        // Whether it does anything is told by a run without the steps that follow.
        let mut alone = self.state().clone();
        alone.plan.steps.truncate(place + 1);
        let alone = alone.carried_out(self.system, self.seed, self.clients, at + TICK)?;
        let mut untouched = alone.faults.iter().filter(|fault| {
            fault.origin == FaultOrigin::Step(place) && fault.touched == 0 && strikes_at_once
        });
        if let Some(fault) = untouched.next() {
            return Err(ChoiceError::DoesNothing(format!("{}: it touches nothing", fault.label)));
        }
        let known = &self.run.defects;
        let mut defects = alone.defects.iter().filter(|it| !known.contains(it));
        if let Some(defect) = defects.find(|defect| defect.contains(&format!("at {at} found no"))) {
            return Err(ChoiceError::DoesNothing(defect.clone()));
        }
        self.carry_out()
    }

    /// Has the present state's run, to a little after its moment: until something happens by itself.
    fn carry_out(&mut self) -> Result<(), ChoiceError> {
        self.carry_out_until(|hand| hand.next().is_some())
    }

    /// The same until these messages have been handled or lost.
    fn carry_out_until_over(
        &mut self,
        ids: &[(MessageId, MessagePin)],
    ) -> Result<BTreeMap<MessageId, Over>, ChoiceError> {
        let wanted: BTreeSet<MessageId> = ids.iter().map(|(id, _)| *id).collect();
        let over = |hand: &Self| {
            let all = hand.run.trace.as_ref().map(messages).unwrap_or_default();
            let over = all.into_iter().filter(|it| wanted.contains(&it.id)).filter_map(|it| {
                let (arrived, handled) = match it.fate {
                    Fate::Handled { arrived, at } => (arrived, at),
                    Fate::Dropped { at, .. } => (at, at),
                    Fate::UnderWay => return None,
                };
                Some((it.id, Over { sent: it.sent, arrived, handled }))
            });
            over.collect::<BTreeMap<_, _>>()
        };
        self.carry_out_until(|hand| over(hand).len() == wanted.len())?;
        Ok(over(self))
    }

    /// Has the run to farther and farther moments, until that is far enough or it ends.
    fn carry_out_until(&mut self, is_enough: impl Fn(&Self) -> bool) -> Result<(), ChoiceError> {
        let mut ahead = AHEAD;
        loop {
            let until = (self.now() + ahead).min(self.ends());
            self.run = self.state().carried_out(self.system, self.seed, self.clients, until)?;
            if until == self.ends() || is_enough(self) {
                return Ok(());
            }
            ahead *= 4;
        }
    }

    fn events(&self) -> &[TraceEvent] {
        self.run.trace.as_ref().map_or(&[], |trace| &trace.events)
    }

    fn state(&self) -> &State {
        self.states.last().expect("the first is always there")
    }

    fn state_mut(&mut self) -> &mut State {
        self.states.last_mut().expect("the first is always there")
    }
}

/// A message that was handled, or lost on its way.
#[derive(Clone, Copy)]
struct Over {
    sent: Time,
    arrived: Time,
    handled: Time,
}

/// Whether an action does what it does at once, and not to whatever comes its way.
const fn strikes_at_once(action: &Action) -> bool {
    matches!(
        action,
        Action::Crash(_)
            | Action::PowerLoss(_)
            | Action::Pause(_)
            | Action::Install { .. }
            | Action::Join(_)
            | Action::Leave(_)
            | Action::Start(_)
            | Action::Retire(_)
    )
}

fn since_start(at: Duration) -> Time {
    Time::ZERO + at
}

/// A moment before the scenario does something: a client begins, or a fault strikes.
fn first_deed(run: &Run) -> Time {
    let events = run.trace.iter().flat_map(|trace| &trace.events);
    let mut deeds = events.filter(|it| match it.event {
        Event::Invoke { .. } => true,
        Event::FaultStart { .. } => it.at > Time::ZERO,
        _ => false,
    });
    let first = deeds.next().map_or(Time::ZERO, |event| event.at);
    Time::from_nanos(first.as_nanos().saturating_sub(BEFORE.as_nanos() as u64))
}
