//! How things stand at a moment of the run, to which one can go forth and back.

use judge::{
    record::{Endpoint, Event, FactRecord, MessageId, OperationRecord, TraceEvent},
    replay::{Fate, Message, Replay},
};
use node::{ClientId, Fact, Key, NodeId, Time};
use reports::beats::Beats;
use std::collections::{BTreeMap, BTreeSet};

/// After so many beats a state is kept, from which it goes on when somebody goes back.
const KEPT_EVERY: usize = 32;
/// So many states are kept at most.
const MOST_KEPT: usize = 256;

/// The run at a moment.
pub(super) struct Stage<'a> {
    pub(super) beats: &'a Beats<'a>,
    /// Which beat it is.
    beat: usize,
    replay: Option<Replay<'a>>,
    /// States before the beat of this number, the first of them 0.
    kept: BTreeMap<usize, Replay<'a>>,
    places: BTreeMap<MessageId, usize>,
    /// Who leads by configuration, where nobody ever says that it leads.
    leader: Option<NodeId>,
    has_balancer: bool,
    /// Who asks in the run, and who looks afterwards who answers.
    sessions: [BTreeSet<ClientId>; 2],
}

impl<'a> Stage<'a> {
    pub(super) fn new(beats: &'a Beats<'a>) -> Self {
        let places = beats.messages().iter().enumerate().map(|(place, it)| (it.id, place));
        let before = Replay::of(beats.run());
        let kept = before.iter().map(|replay| (0, replay.clone())).collect();
        let run = beats.run();
        let says = |fact: &FactRecord| {
            matches!(fact.fact, Fact::Leads { .. } | Fact::Elected { .. } | Fact::Stands { .. })
        };
        let mut leaders = run.replicas.iter().filter(|replica| replica.leads);
        let leader = match (leaders.next(), leaders.next()) {
            (Some(leader), None) if !run.facts.iter().any(says) => Some(leader.node),
            _ => None,
        };
        let is_of_balancer = |it: &Message<'_>| [it.from, it.to].contains(&Endpoint::Balancer);
        let has_balancer = beats.messages().iter().any(is_of_balancer);
        let places = places.collect();
        let (own, probes) = run.history.operations.split_at(run.operations().len());
        let sessions = [own, probes].map(|all| all.iter().map(|record| record.client).collect());
        let beat = 0;
        let mut stage =
            Self { beats, beat, replay: before, kept, places, leader, has_balancer, sessions };
        stage.go(0);
        stage
    }

    /// Which beat it is.
    pub(super) fn beat(&self) -> usize {
        self.beat
    }

    /// Goes to a beat; past the last there is none.
    pub(super) fn go(&mut self, beat: usize) {
        let beat = beat.min(self.beats.all.len().saturating_sub(1));
        let Some(mut replay) = self.replay.take() else {
            self.beat = beat;
            return;
        };
        let mut next = self.beat + 1;
        let kept = self.kept.range(..=beat).next_back();
        if let Some((place, state)) = kept.filter(|(place, _)| beat < self.beat || **place > next) {
            (replay, next) = (state.clone(), *place);
        }
        let every = KEPT_EVERY.max(self.beats.all.len() / MOST_KEPT);
        for place in next.min(beat)..=beat {
            if place % every == 0 {
                self.kept.entry(place).or_insert_with(|| replay.clone());
            }
            if let Some(beat) = self.beats.all.get(place) {
                replay.advance_to(beat.at);
            }
        }
        self.beat = beat;
        self.replay = Some(replay);
    }

    /// Who leads by configuration, where nobody ever says that it leads.
    pub(super) fn leader(&self) -> Option<NodeId> {
        self.leader
    }

    /// The sessions: those of the run, and after it those that look who answers.
    pub(super) fn sessions(&self) -> &BTreeSet<ClientId> {
        let [own, probes] = &self.sessions;
        let is_over = self.span().0 >= self.beats.run().ended;
        if is_over && !probes.is_empty() { probes } else { own }
    }

    /// Whether a load balancer asks the nodes how they are.
    pub(super) fn has_balancer(&self) -> bool {
        self.has_balancer
    }

    /// What the nodes hold and which messages are under way; `None` without a trace.
    pub(super) fn replay(&self) -> Option<&Replay<'a>> {
        self.replay.as_ref()
    }

    /// The moments of this beat and of the next.
    pub(super) fn span(&self) -> (Time, Time) {
        let at = |beat: usize| self.beats.all.get(beat).map(|beat| beat.at);
        let from = at(self.beat).unwrap_or(Time::ZERO);
        (from, at(self.beat + 1).unwrap_or(from))
    }

    /// The messages that are to be seen from this beat to the next: those under way, those that ended with
    /// this beat, and those that will leave.
    pub(super) fn messages(&self) -> Vec<&Message<'a>> {
        let all = self.beats.messages();
        let (from, to) = self.span();
        let flying = self.replay.iter().flat_map(Replay::in_flight);
        let mut places: Vec<usize> =
            flying.filter_map(|(id, _)| self.places.get(&id).copied()).collect();
        // They stand in the order in which they left.
        let sent = all.partition_point(|message| message.sent <= from);
        let recent = all[..sent].iter().enumerate().rev().take(MOST_BACK);
        let ended = recent.filter(|(_, message)| ended(message).is_some_and(|end| end == from));
        places.extend(ended.map(|(place, _)| place));
        let later = all[sent..].iter().enumerate().take_while(|(_, message)| message.sent < to);
        places.extend(later.take(MOST_BACK).map(|(place, _)| sent + place));
        places.sort_unstable();
        places.dedup();
        places.into_iter().map(|place| &all[place]).collect()
    }

    /// The events up to this beat, those of the beat among them.
    fn events(&self) -> &'a [TraceEvent] {
        let events = self.beats.run().trace.as_ref().map_or(&[][..], |trace| &trace.events);
        let at = self.span().0;
        &events[..events.partition_point(|event| event.at <= at)]
    }

    /// The keys that the story is about, and those that changed last, at most so many.
    pub(super) fn keys(&self, most: usize) -> Vec<&'a Key> {
        let mut keys: Vec<&'a Key> = self.beats.keys().iter().take(most).collect();
        for event in self.events().iter().rev().take(MOST_BACK) {
            if keys.len() >= most {
                break;
            }
            if let Event::Apply { change, .. } = &event.event
                && !keys.contains(&&change.key)
            {
                keys.push(&change.key);
            }
        }
        // In their own order, they stay where they are as long as they are shown.
        keys[self.beats.keys().len().min(most)..].sort_unstable();
        keys
    }

    /// Whether what a node holds under a key changed with this beat.
    pub(super) fn has_changed(&self, node: NodeId, key: &Key) -> bool {
        let at = self.span().0;
        let now = self.events().iter().rev().take_while(|event| event.at == at);
        now.into_iter().any(|event| match &event.event {
            Event::Apply { node: changed, change } => *changed == node && change.key == *key,
            _ => false,
        })
    }

    /// The operations under way at a moment of this beat or until the next.
    pub(super) fn operations(&self, now: Time) -> Vec<&'a OperationRecord> {
        let all = &self.beats.run().history.operations;
        let begun = all.partition_point(|record| record.invoked <= now);
        // Nobody waits longer than so many others begin, but for those that are never answered.
        let recent = all[begun.saturating_sub(MOST_BACK)..begun].iter();
        let at = self.span().0;
        recent.filter(|record| record.completed > now || record.invoked == at).collect()
    }
}

/// So far back something is looked for that may have begun long ago.
const MOST_BACK: usize = 2_000;

/// When a message was handled or lost.
pub(super) fn ended(message: &Message<'_>) -> Option<Time> {
    match message.fate {
        Fate::Handled { at, .. } | Fate::Dropped { at, .. } => Some(at),
        Fate::UnderWay => None,
    }
}
