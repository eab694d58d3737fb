//! What has been chosen so far, as a plan.

use super::{ChoiceError, since_start};
use judge::Run;
use node::{SystemInfo, Time};
use scenarios::{Action, Fate, MessagePin, Phases, Scenario, Step};
use sim::{Detail, Hold};
use std::time::Duration;

/// The plan so far, and the moment that it has come to.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) plan: Scenario,
    /// Since when messages wait.
    pub(super) from: Time,
    pub(super) now: Time,
}

impl State {
    pub(super) fn new(plan: Scenario, now: Time) -> Self {
        Self { plan, from: now, now }
    }

    /// The run up to a moment, with everything held that nobody has chosen.
    pub(super) fn carried_out(
        &self,
        system: &SystemInfo,
        seed: u64,
        clients: bool,
        until: Time,
    ) -> Result<Run, ChoiceError> {
        let hold = Hold { from: self.from, clients };
        let mut plan = self.plan.clone();
        let run = until.since(Time::ZERO).min(plan.phases.run);
        plan.phases = Phases { run, heal: false, settle: Duration::ZERO };
        // Nothing is asked when it is over.
        plan.properties.max_probe_latency = Duration::ZERO;
        Ok(sim::run_held(&plan, system.name, seed, Some(hold), Detail::Full)?)
    }

    /// When the run's phase of steps and operations ends.
    pub(super) fn ends(&self) -> Time {
        Time::ZERO + self.plan.phases.run
    }

    /// What the plan says of a message, if it says anything.
    pub(super) fn pin(&self, of: &MessagePin) -> Option<&MessagePin> {
        let is_it =
            |pin: &&MessagePin| (pin.from, pin.to, pin.number) == (of.from, of.to, of.number);
        self.plan.pins.messages.iter().find(is_it)
    }

    pub(super) fn lose(&mut self, pin: MessagePin) {
        self.put(MessagePin { fate: Fate::Lost, ..pin });
    }

    pub(super) fn keep(&mut self, pin: MessagePin, doubled: bool) {
        let fate = if doubled { Fate::Doubled } else { Fate::Kept };
        self.put(MessagePin { fate, ..pin });
    }

    /// A message that is kept, or doubled, takes so long.
    pub(super) fn delay(&mut self, of: MessagePin, after: Duration) {
        let Some(pin) = self.pin(&of).copied() else { return };
        let copy_after = (pin.fate == Fate::Doubled).then_some(after);
        self.put(MessagePin { after: Some(after), copy_after, ..pin });
    }

    fn put(&mut self, pin: MessagePin) {
        let is_it = |it: &MessagePin| (it.from, it.to, it.number) == (pin.from, pin.to, pin.number);
        self.plan.pins.messages.retain(|it| !is_it(it));
        self.plan.pins.messages.push(pin);
    }

    /// Adds a step; the answer is its place.
    pub(super) fn strike(&mut self, at: Time, action: Action) -> usize {
        let at = at.since(Time::ZERO);
        let place = self.plan.steps.partition_point(|step| step.at <= at);
        self.plan.steps.insert(place, Step::new(at, action));
        place
    }

    /// The first step that is still to come, by its place.
    pub(super) fn next_step(&self) -> Option<usize> {
        self.plan.steps.iter().position(|step| since_start(step.at) > self.now)
    }
}
