//! What is explored: which operations, which faults and how many of each.

use node::{Config, NodeId, Operation, SystemInfo, client::Route};
use scenarios::{Action, Order, Party, Property, Scenario, Target};
use std::sync::Arc;

/// The most nodes, and the most operations: nobody would wait for the end of more.
pub const MOST_NODES: usize = 7;
/// See [`MOST_NODES`].
pub const MOST_OPERATIONS: usize = 12;

/// The properties that can be judged where time is free and each operation has its own session.
pub const JUDGED: [Property; 8] = [
    Property::Convergence,
    Property::Durability,
    Property::StateMachine,
    Property::Versions,
    Property::Answers,
    Property::Linearizability,
    Property::NoLostUpdate,
    Property::NoResurrection,
];

/// What was asked for; what is `None` follows from the scenario.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// A flaw to switch on beside those of the scenario.
    pub flaw: Option<String>,
    /// Puts in place of the scenario's operations.
    pub writes: Option<usize>,
    /// Gets in place of the scenario's operations.
    pub reads: Option<usize>,
    /// How many keys those touch in turn, at least 1.
    pub keys: usize,
    /// How often a node may crash; given, it may be any node.
    pub crashes: Option<u8>,
    /// How often a node may lose its power; given, it may be any node.
    pub power_losses: Option<u8>,
    /// How many messages may be lost.
    pub losses: Option<u8>,
    /// How many messages may arrive twice.
    pub doubles: Option<u8>,
    /// How often a timer may run out that is not due at once.
    pub timers: u8,
    /// How many steps at most; `None`: as many as there are.
    pub depth: Option<u32>,
    /// How many states at most.
    pub states: usize,
    /// Whether to begin as the nodes boot, and not when they have settled.
    pub cold: bool,
    /// Whether messages of one link overtake each other, whatever the scenario says.
    pub reorder: bool,
    /// Whether states of nodes are equal by what they are; else only by the events behind them.
    pub compare: bool,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            flaw: None,
            writes: None,
            reads: None,
            keys: 1,
            crashes: None,
            power_losses: None,
            losses: None,
            doubles: None,
            timers: 2,
            depth: None,
            states: 2_000_000,
            cold: false,
            reorder: false,
            compare: true,
        }
    }
}

/// Why a scope is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// The system has no such flaw.
    #[error("`{system}` has no flaw `{flaw}`; it has {has}")]
    NoSuchFlaw {
        /// Which system.
        system: &'static str,
        /// What was asked for.
        flaw: String,
        /// What there is.
        has: String,
    },
    /// There is more than anyone would wait for.
    #[error("{what} are too many to be explored; at most {most} can be")]
    TooMuch {
        /// What there is.
        what: String,
        /// How much there may be.
        most: usize,
    },
    /// Nothing would happen.
    #[error("there is nothing to explore: {0}")]
    Nothing(&'static str),
}

/// Where an operation may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    Node(NodeId),
    Leader,
    Any,
}

/// An operation that a client carries out once, in a session of its own.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) operation: Operation,
    pub(super) at: At,
    /// The operations that must have begun before.
    pub(super) after: Vec<usize>,
}

/// What is explored.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    pub(super) config: Config,
    pub(super) system: SystemInfo,
    pub(super) scenario: Scenario,
    pub(super) operations: Vec<Planned>,
    pub(super) crashes: u8,
    pub(super) power_losses: u8,
    /// Who may go down.
    pub(super) mortal: Vec<NodeId>,
    pub(super) losses: u8,
    pub(super) doubles: u8,
    pub(super) timers: u8,
    pub(super) depth: Option<u32>,
    pub(super) states: usize,
    pub(super) cold: bool,
    pub(super) overtaking: bool,
    pub(super) compare: bool,
    pub(super) judged: Vec<Property>,
    /// What the scenario has and nobody explores.
    pub(super) left_out: Vec<String>,
    pub(super) expects_flaw: bool,
}

impl Scope {
    /// The scope of a scenario on a system.
    pub(super) fn of(
        scenario: &Scenario,
        system: &SystemInfo,
        bounds: &Bounds,
    ) -> Result<Self, ScopeError> {
        let nodes = scenario.cluster.nodes;
        if nodes > MOST_NODES {
            return Err(ScopeError::TooMuch { what: format!("{nodes} nodes"), most: MOST_NODES });
        }
        let operations = operations(scenario, system, bounds);
        if operations.len() > MOST_OPERATIONS {
            let what = format!("{} operations", operations.len());
            return Err(ScopeError::TooMuch { what, most: MOST_OPERATIONS });
        }
        let faults = Faults::of(scenario);
        let asked = bounds.crashes.is_some() || bounds.power_losses.is_some();
        let all: Vec<_> = (0..nodes).map(NodeId::from_index).collect();
        let scripted = |number: u8| if asked { 0 } else { number };
        let scope = Self {
            config: config(scenario, system, bounds)?,
            system: *system,
            operations,
            crashes: bounds.crashes.unwrap_or(scripted(faults.crashes)),
            power_losses: bounds.power_losses.unwrap_or(scripted(faults.power_losses)),
            mortal: if asked || faults.mortal.is_empty() { all } else { faults.mortal },
            losses: bounds.losses.unwrap_or(u8::from(faults.loses)),
            doubles: bounds.doubles.unwrap_or(u8::from(faults.doubles)),
            timers: bounds.timers,
            depth: bounds.depth,
            states: bounds.states,
            cold: bounds.cold,
            overtaking: bounds.reorder || scenario.network.nodes.order == Order::Free,
            compare: bounds.compare,
            judged: judged(scenario, system, bounds),
            left_out: faults.left_out,
            expects_flaw: bounds.flaw.is_some(),
            scenario: scenario.clone(),
        };
        match scope.judged.is_empty() {
            true => Err(ScopeError::Nothing(
                "what the scenario expects there is about time, or about sessions of several operations",
            )),
            false => Ok(scope),
        }
    }

    pub(super) fn nodes(&self) -> usize {
        self.config.members.len()
    }
}

fn config(scenario: &Scenario, system: &SystemInfo, bounds: &Bounds) -> Result<Config, ScopeError> {
    let mut set = scenario.for_system(system);
    if let Some(flaw) = &bounds.flaw {
        let names: Vec<_> = system.flaws.iter().map(|flaw| flaw.name).collect();
        if !names.contains(&flaw.as_str()) {
            let has = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            return Err(ScopeError::NoSuchFlaw { system: system.name, flaw: flaw.clone(), has });
        }
        if !set.flaws.contains(flaw) {
            set.flaws.push(flaw.clone());
        }
    }
    let mut config = Config::new(NodeId::new(1), scenario.cluster.nodes);
    config.flaws = set.flaws.into();
    config.settings = Arc::new(set.settings);
    Ok(config)
}

/// What is judged: what is expected, or with a flaw whatever can be.
fn judged(scenario: &Scenario, system: &SystemInfo, bounds: &Bounds) -> Vec<Property> {
    let stated = scenario.expect.get(system.name);
    let is_stated = |property: &Property| {
        stated.is_some_and(|it| it.holds.contains(property) || it.violated.contains(property))
    };
    let all = bounds.flaw.is_some() || stated.is_none();
    let applies = |property: &Property| property.applies_to(system).is_ok();
    JUDGED.into_iter().filter(applies).filter(|it| all || is_stated(it)).collect()
}

/// The scenario's own operations in their order, or those that were asked for.
fn operations(scenario: &Scenario, system: &SystemInfo, bounds: &Bounds) -> Vec<Planned> {
    let scripted: Vec<_> =
        scenario.steps.iter().filter_map(|step| scripted(&step.action)).collect();
    if bounds.writes.is_none() && bounds.reads.is_none() && !scripted.is_empty() {
        let numbered = scripted.into_iter().enumerate();
        let planned = numbered.map(|(place, (operation, at))| {
            let after = place.checked_sub(1).into_iter().collect();
            Planned { operation, at, after }
        });
        return planned.collect();
    }
    let none_given = bounds.writes.is_none() && bounds.reads.is_none();
    let writes = bounds.writes.unwrap_or(if none_given { 2 } else { 0 });
    let reads = bounds.reads.unwrap_or(usize::from(none_given));
    let key = |place: usize| format!("k{}", place % bounds.keys.max(1) + 1);
    let workload = scenario.workload.as_ref();
    let default = if system.has_leader { Route::Leader } else { Route::Any };
    let to = at(workload.map_or(default, |workload| workload.writes), system);
    let from = at(workload.map_or(Route::Any, |workload| workload.reads), system);
    let mut planned = Vec::new();
    for place in 0..writes {
        let operation = Operation::put(key(place), format!("v{}", place + 1));
        let after = place.checked_sub(1).into_iter().collect();
        planned.push(Planned { operation, at: to, after });
    }
    for place in 0..reads {
        let after = place.checked_sub(1).map(|before| writes + before).into_iter().collect();
        planned.push(Planned { operation: Operation::get(key(place)), at: from, after });
    }
    planned
}

fn at(route: Route, system: &SystemInfo) -> At {
    match route {
        Route::Node(node) => At::Node(node),
        Route::Leader if system.has_leader => At::Leader,
        _ => At::Any,
    }
}

fn scripted(action: &Action) -> Option<(Operation, At)> {
    let (operation, target) = action.operation()?;
    let at = match target {
        Target::Node(node) => At::Node(node),
        Target::Leader => At::Leader,
        _ => At::Any,
    };
    Some((operation, at))
}

/// The faults of a scenario, as far as they have a place in a scope.
#[derive(Default)]
struct Faults {
    crashes: u8,
    power_losses: u8,
    mortal: Vec<NodeId>,
    /// Whether a role is named, so that it may be any node.
    any: bool,
    loses: bool,
    doubles: bool,
    left_out: Vec<String>,
}

impl Faults {
    fn of(scenario: &Scenario) -> Self {
        let mut faults = Self::default();
        let nodes = &scenario.network.nodes;
        faults.loses = nodes.loss > 0.0;
        faults.doubles = nodes.duplicate > 0.0;
        for step in &scenario.steps {
            faults.add(&step.action);
        }
        if scenario.nemesis.is_some() {
            faults.left_out.push("its random faults".to_owned());
        }
        if scenario.workload.is_some() {
            faults.left_out.push("its workload, but for where reads and writes go".to_owned());
        }
        if faults.any {
            faults.mortal.clear();
        }
        faults
    }

    fn add(&mut self, action: &Action) {
        match action {
            Action::Lasting { action, .. } => self.add(action),
            Action::Crash(target) => {
                self.crashes = self.crashes.saturating_add(1);
                self.may_die(*target);
            }
            Action::PowerLoss(target) => {
                self.power_losses = self.power_losses.saturating_add(1);
                self.may_die(*target);
            }
            Action::Restart(_) | Action::HealNetwork | Action::Reorder { .. } => {}
            Action::Partition(sides) => {
                self.loses = true;
                if sides.iter().flatten().any(|party| *party == Party::Clients) {
                    self.left_out.push(format!("clients are never cut off: {action}"));
                }
            }
            Action::Isolate(_)
            | Action::OneWay { .. }
            | Action::Bridge(_)
            | Action::FlappingLink { .. }
            | Action::Loss { .. } => self.loses = true,
            Action::Duplicate { .. } => self.doubles = true,
            action if scripted(action).is_some() => {}
            action => self.left_out.push(action.to_string()),
        }
    }

    fn may_die(&mut self, target: Target) {
        match target {
            Target::Node(node) if !self.mortal.contains(&node) => self.mortal.push(node),
            Target::Node(_) => {}
            _ => self.any = true,
        }
    }
}
