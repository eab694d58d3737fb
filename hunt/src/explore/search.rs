//! Every state within a scope, the nearest first.

use super::{
    intern::Interner,
    locals::Locals,
    settle::Settling,
    verdicts::Verdicts,
    world::{Choice, State, World},
};
use node::Role;
use scenarios::{Expectation, Property};
use std::{collections::BTreeMap, time::Duration};

/// How long nodes may take to settle before anything else happens.
const WARM_UP: Duration = Duration::from_secs(10);

/// How far an exploration has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many states were found.
    pub states: usize,
    /// Of how many of them all that may happen next was looked at.
    pub looked_at: usize,
    /// How many steps there are between states.
    pub transitions: u64,
    /// How many steps the longest of the shortest ways has.
    pub depth: u32,
}

/// What ended an exploration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// There is nothing more within the scope.
    Exhausted,
    /// States as deep as the bound were not looked behind.
    Depth,
    /// As many states were found as there may be.
    States,
    /// All that was to be found was found.
    Found,
}

/// A panic of a node, and where.
#[derive(Clone, Debug)]
pub(super) struct Panicked {
    pub(super) state: u32,
    pub(super) choice: Choice,
    pub(super) message: String,
}

/// What was found.
pub(super) struct Search {
    pub(super) world: World,
    pub(super) verdicts: Verdicts,
    /// Where everything begins.
    pub(super) start: State,
    states: Interner,
    /// For each state the one before and the step between, of a shortest way.
    came_by: Vec<(u32, Choice)>,
    pub(super) progress: Progress,
    /// The first state in which a property is violated.
    pub(super) found: BTreeMap<Property, u32>,
    pub(super) panicked: Option<Panicked>,
    /// How many quiet states were judged, for those who compare searches.
    pub(super) quiet: usize,
    key: Vec<u8>,
}

impl Search {
    /// Begins with nodes that have settled, or that have just booted.
    pub(super) fn new(mut world: World) -> Self {
        let start = start(&mut world);
        let mut search = Self {
            world,
            verdicts: Verdicts::default(),
            start: start.clone(),
            states: Interner::default(),
            came_by: Vec::new(),
            progress: Progress::default(),
            found: BTreeMap::new(),
            panicked: None,
            quiet: 0,
            key: Vec::new(),
        };
        let nowhere = Choice::Arrive(u32::MAX);
        search.meet(&start, 0, nowhere);
        search
    }

    /// Looks at everything within the scope, or until there is nothing left to be found.
    pub(super) fn run(&mut self, mut see: impl FnMut(&Progress)) -> Ended {
        let (mut next, mut level_ends) = (0u32, 1usize);
        let mut choices = Vec::new();
        while (next as usize) < self.states.len() {
            if self.is_decided() {
                return Ended::Found;
            }
            if next as usize == level_ends {
                self.progress.depth += 1;
                level_ends = self.states.len();
            }
            if self.world.scope.depth.is_some_and(|depth| self.progress.depth >= depth) {
                return Ended::Depth;
            }
            let state = self.world.decode(self.states.get(next));
            self.world.choices(&state, &mut choices);
            for &choice in &choices {
                self.progress.transitions += 1;
                let (after, step) = self.world.go(&state, choice);
                let panic = step.and_then(|(_, step)| self.world.locals.done(step).panic.clone());
                if let Some(message) = panic {
                    let panicked = Panicked { state: next, choice, message };
                    self.panicked.get_or_insert(panicked);
                    continue;
                }
                if self.states.len() >= self.world.scope.states && !self.is_known(&after) {
                    return Ended::States;
                }
                self.meet(&after, next, choice);
            }
            next += 1;
            self.progress.looked_at = next as usize;
            if next.is_multiple_of(4096) {
                see(&self.progress);
            }
        }
        if self.is_decided() { Ended::Found } else { Ended::Exhausted }
    }

    fn is_known(&mut self, state: &State) -> bool {
        self.world.encode(state, &mut self.key);
        self.states.find(&self.key).is_some()
    }

    /// Takes note of a state, and judges it if it is a new one.
    fn meet(&mut self, state: &State, before: u32, choice: Choice) {
        self.world.encode(state, &mut self.key);
        let (id, is_new) = self.states.intern(&self.key);
        if !is_new {
            return;
        }
        self.came_by.push((before, choice));
        self.progress.states = self.states.len();
        self.quiet += usize::from(self.world.is_quiet(state));
        for property in self.verdicts.of(&mut self.world, state) {
            self.found.entry(property).or_insert(id);
        }
    }

    /// Whether looking further could change nothing.
    fn is_decided(&self) -> bool {
        let scope = &self.world.scope;
        if self.panicked.is_some() {
            return true;
        }
        if scope.expects_flaw {
            return !self.found.is_empty();
        }
        let none = Expectation::default();
        let stated = scope.scenario.expect.get(scope.system.name).unwrap_or(&none);
        let of = |properties: &[Property]| -> Vec<Property> {
            properties.iter().copied().filter(|it| scope.judged.contains(it)).collect()
        };
        let (holds, violated) = (of(&stated.holds), of(&stated.violated));
        let is_found = |it: &Property| self.found.contains_key(it);
        let refuted = holds.iter().any(is_found);
        let all_found = !violated.is_empty() && violated.iter().all(is_found);
        refuted || (holds.is_empty() && all_found)
    }

    /// The steps of a shortest way to a state.
    pub(super) fn way(&self, state: u32) -> Vec<Choice> {
        let mut way = Vec::new();
        let mut at = state;
        while at != 0 {
            let (before, choice) = self.came_by[at as usize];
            way.push(choice);
            at = before;
        }
        way.reverse();
        way
    }

    /// How many states of single nodes there are.
    pub(super) fn local_states(&self) -> usize {
        self.locals().len()
    }

    fn locals(&self) -> &Locals {
        &self.world.locals
    }
}

/// The state in which everything begins.
fn start(world: &mut World) -> State {
    let mut settling = Settling::from_boot(world);
    if world.scope.cold {
        return settling.state;
    }
    let leads = |world: &World, state: &State| {
        let is_leader = |local: &u32| world.locals.summary(*local).role == Role::Leader;
        !world.scope.system.has_leader || state.locals.iter().any(is_leader)
    };
    while !(settling.is_quiet(world) && leads(world, &settling.state)) {
        if !settling.go_on(world, WARM_UP) {
            break;
        }
    }
    settling.state
}
