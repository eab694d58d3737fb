//! A way through a scope in words: its steps, and what they prove.

use super::{
    search::Search,
    verdicts::{Left, history_of, patience, settled},
    world::{Choice, Moment, State, World},
};
use judge::record::{FactRecord, Verdict, Witness, Words};
use node::{Fact, NodeId, Time};
use scenarios::Property;
use serde::Serialize;
use std::time::Duration;

/// One step of a way: what happened, and what the node did whom it concerned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TraceStep {
    /// What happened.
    pub what: String,
    /// What came of it, a line each.
    pub then: Vec<String>,
}

/// A shortest way to a violation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Found {
    /// What is violated; `None`: a node panicked.
    #[serde(serialize_with = "by_name")]
    pub property: Option<Property>,
    /// The steps, in order.
    pub steps: Vec<TraceStep>,
    /// What the nodes were left alone for after the last step, if the verdict is about rest.
    pub left_alone: Option<Duration>,
    /// What proves it.
    pub witness: Witness,
}

fn by_name<S: serde::Serializer>(it: &Option<Property>, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(it.map_or("panic", Property::name))
}

/// Moments are places in the way: the first step is at one second.
fn moment(step: usize) -> Time {
    Time::from(Duration::from_secs(step as u64))
}

/// The way to the first state in which a property is violated.
///
/// # Panics
///
/// Panics if the way does not prove it: then the search is wrong.
pub(super) fn found(search: &mut Search, property: Property) -> Found {
    let way = search.way(search.found[&property]);
    let start = search.start.clone();
    let world = &mut search.world;
    let mut told = Told::of(world, &start);
    for choice in way {
        told.tell(world, choice);
    }
    let in_the_end = matches!(property, Property::Convergence | Property::Durability);
    let mut left = told.left(world);
    if in_the_end {
        left.replicas = settled(world, &told.state);
    }
    let judgements = left.judge(&world.scope, Words::Said);
    let of_it = judgements.into_iter().find(|judgement| judgement.property == property);
    let Some(Verdict::Violated(witness)) = of_it.map(|judgement| judgement.verdict) else {
        panic!("the way to a violation of {} proves it", property.name());
    };
    let left_alone = in_the_end.then(|| patience(&world.scope));
    let witness = by_steps(witness, told.steps.len());
    Found { property: Some(property), steps: told.steps, left_alone, witness }
}

/// A witness that speaks of steps, since its moments are such; the one after the last is the end.
fn by_steps(witness: Witness, steps: usize) -> Witness {
    let told = |text: &String| {
        (0..=steps + 1).rev().fold(text.clone(), |text, step| {
            let name = if step > steps { "the end".to_owned() } else { format!("step {step}") };
            let at = moment(step);
            text.replace(&format!("{at}:"), &format!("{name}:"))
                .replace(&format!(" at {at}"), &format!(" at {name}"))
        })
    };
    Witness { facts: witness.facts.iter().map(told).collect(), ..witness }
}

/// The way to a panic.
pub(super) fn panicked(search: &mut Search) -> Option<Found> {
    let panicked = search.panicked.clone()?;
    let mut way = search.way(panicked.state);
    way.push(panicked.choice);
    let start = search.start.clone();
    let mut told = Told::of(&search.world, &start);
    for choice in way {
        told.tell(&mut search.world, choice);
    }
    let summary = format!("a node panicked: {}", panicked.message);
    let witness = Witness { summary, ..Witness::default() };
    Some(Found { property: None, steps: told.steps, left_alone: None, witness })
}

/// What has been told so far.
struct Told {
    state: State,
    steps: Vec<TraceStep>,
    moments: Vec<(Time, Moment)>,
    facts: Vec<FactRecord>,
}

impl Told {
    fn of(world: &World, start: &State) -> Self {
        let record = |(node, fact): (NodeId, Fact)| FactRecord { at: Time::ZERO, node, fact };
        let facts = world.facts(start.facts).into_iter().map(record).collect();
        Self { state: start.clone(), steps: Vec::new(), moments: Vec::new(), facts }
    }

    fn tell(&mut self, world: &mut World, choice: Choice) {
        let at = moment(self.steps.len() + 1);
        let before = world.moments(self.state.history).len();
        let (after, step) = world.go(&self.state, choice);
        let what = describe(world, &self.state, choice, step.is_none());
        let mut then = Vec::new();
        if let Some((node, step)) = step {
            let done = world.locals.done(step);
            for &fact in &done.facts {
                then.push(format!("{node} {fact}"));
                self.facts.push(FactRecord { at, node, fact });
            }
            for &message in &done.sends {
                let sent = &world.locals.messages[message as usize];
                then.push(format!("{node} sends {}: {}", sent.to, sent.message));
            }
            for (request, answer) in &done.replies {
                then.push(format!("{node} answers {}: {answer}", request.client));
            }
        }
        if let Choice::Begin { operation, node } = choice {
            self.moments.push((at, Moment::Begin { operation: usize::from(operation), node }));
        }
        let grew = world.moments(after.history).len() > before;
        if grew {
            self.add_ends(world, &after, at);
        }
        self.steps.push(TraceStep { what, then });
        self.state = after;
    }

    /// The ends that a step has brought.
    fn add_ends(&mut self, world: &World, after: &State, at: Time) {
        for moment in world.moments(after.history) {
            let Moment::End { operation, .. } = moment else { continue };
            let is_old = self.moments.iter().any(|(_, old)| {
                matches!(old, Moment::End { operation: ended, .. } if *ended == operation)
            });
            if !is_old {
                self.moments.push((at, moment));
            }
        }
    }

    fn left(&self, world: &World) -> Left {
        let ended = moment(self.steps.len() + 1);
        Left {
            history: history_of(&world.scope, self.moments.iter().cloned(), ended),
            facts: self.facts.clone(),
            replicas: Vec::new(),
            ended,
        }
    }
}

fn describe(world: &World, state: &State, choice: Choice, vanished: bool) -> String {
    let message = |message: u32| {
        let sent = &world.locals.messages[message as usize];
        (format!("{} to {}: {}", sent.from, sent.to, sent.message), sent.to)
    };
    match choice {
        Choice::Begin { operation, node } => {
            let place = usize::from(operation);
            let asked = &world.scope.operations[place].operation;
            format!("c{} asks {node}: {asked}", place + 1)
        }
        Choice::Arrive(id) => {
            let (text, to) = message(id);
            match vanished {
                true => format!("vanishes, as {to} is down: {text}"),
                false => format!("arrives from {text}"),
            }
        }
        Choice::Lose(id) => format!("is lost from {}", message(id).0),
        Choice::Double(id) => format!("arrives, and will arrive again, from {}", message(id).0),
        Choice::Timer { node, place } => {
            let running = &world.locals.summary(state.locals[node.index()]).timers;
            format!("the timer `{}` runs out at {node}", running[usize::from(place)].label)
        }
        Choice::Synced(node) => format!("the disk of {node} has synced"),
        Choice::Crash(node) => format!("{node} crashes"),
        Choice::PowerLoss(node) => format!("{node} loses its power, and what it had not synced"),
        Choice::Restart(node) => format!("{node} boots"),
    }
}
