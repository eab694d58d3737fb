//! What an exploration came to.

use super::{
    scope::{At, Scope},
    search::{Ended, Progress, Search},
    trace::{self, Found},
    world::World,
};
use judge::record::Expected;
use node::Role;
use scenarios::Property;

/// What an exploration came to.
#[derive(Clone, Debug)]
pub struct Report {
    /// Of which scenario.
    pub scenario: String,
    /// On which system.
    pub system: &'static str,
    /// What was explored, a line each.
    pub scope: Vec<String>,
    /// What the scenario has and was not explored.
    pub left_out: Vec<String>,
    /// How far it came.
    pub progress: Progress,
    /// How many states single nodes were in.
    pub local_states: usize,
    /// How many of the states were quiet: nothing under way, every node up.
    pub quiet: usize,
    /// What ended it.
    pub ended: Ended,
    /// Whether states of nodes were compared by what they are, and not only by the events that led
    /// to them.
    pub compared: bool,
    /// The properties that were judged, with what the scenario expects of each.
    pub judged: Vec<(Property, Expected)>,
    /// Those of them of which nothing in the scope told whether they hold.
    pub unknown: Vec<Property>,
    /// The shortest way to a violation of each, the shortest first.
    pub found: Vec<Found>,
    /// Whether a flaw was switched on, so that something is to be found.
    pub expects_flaw: bool,
}

impl Report {
    pub(super) fn of(mut search: Search, ended: Ended) -> Self {
        let mut found: Vec<_> = trace::panicked(&mut search).into_iter().collect();
        for property in search.found.clone().into_keys() {
            found.push(trace::found(&mut search, property));
        }
        found.sort_by_key(|found| found.steps.len());
        let scope = &search.world.scope;
        let judged = scope.judged.iter().map(|&it| (it, expected(scope, it)));
        let decided = &search.verdicts.decided;
        let unknown = scope.judged.iter().copied().filter(|it| !decided.contains(it));
        Self {
            scenario: scope.scenario.name.clone(),
            system: scope.system.name,
            scope: in_words(&search),
            left_out: scope.left_out.clone(),
            progress: search.progress,
            local_states: search.local_states(),
            quiet: search.quiet,
            ended,
            compared: search.world.locals.is_comparable,
            judged: judged.collect(),
            unknown: unknown.collect(),
            found,
            expects_flaw: scope.expects_flaw,
        }
    }

    /// Whether a way to a violation of it was found.
    pub fn violates(&self, property: Property) -> bool {
        self.found.iter().any(|found| found.property == Some(property))
    }

    /// Whether nothing was found where something holds, and something where it does not; of
    /// what nothing told, neither is so. With a flaw
    /// that was asked for: whether anything was found.
    pub fn as_expected(&self) -> bool {
        if self.expects_flaw {
            return !self.found.is_empty();
        }
        let met = |&(property, expected): &(Property, Expected)| match expected {
            Expected::Holds => !self.violates(property) && !self.unknown.contains(&property),
            Expected::Violated => self.violates(property),
            Expected::Unstated => true,
        };
        let panicked = self.found.iter().any(|found| found.property.is_none());
        !panicked && self.judged.iter().all(met)
    }
}

fn expected(scope: &Scope, property: Property) -> Expected {
    match scope.scenario.expect.get(scope.system.name) {
        _ if scope.expects_flaw => Expected::Unstated,
        Some(stated) if stated.holds.contains(&property) => Expected::Holds,
        Some(stated) if stated.violated.contains(&property) => Expected::Violated,
        _ => Expected::Unstated,
    }
}

fn in_words(search: &Search) -> Vec<String> {
    let World { scope, .. } = &search.world;
    let mut lines = vec![begins(search)];
    for (place, planned) in scope.operations.iter().enumerate() {
        let at = match planned.at {
            At::Node(node) => format!("at {node}"),
            At::Leader if scope.system.has_leader => "at any node that leads".to_owned(),
            At::Leader | At::Any => "at any node".to_owned(),
        };
        let after = match planned.after.first() {
            Some(before) => format!(", once c{} has asked", before + 1),
            None => String::new(),
        };
        lines.push(format!("c{}: {} {at}{after}", place + 1, planned.operation));
    }
    let flaws = scope.config.flaws.join(", ");
    if !flaws.is_empty() {
        lines.push(format!("with {flaws}"));
    }
    let order = match scope.overtaking {
        true => "in any order",
        false => "in any order, but on each link in that in which they were sent",
    };
    lines.push(format!("messages arrive {order}"));
    lines.push(faults(scope));
    lines.push(match scope.timers {
        0 => "no timer runs out but those due at once".to_owned(),
        1 => "one timer runs out, any of them, beside those due at once".to_owned(),
        some => format!("{some} timers run out, any of them, beside those due at once"),
    });
    lines
}

fn begins(search: &Search) -> String {
    let World { scope, locals, .. } = &search.world;
    let nodes = scope.nodes();
    if scope.cold {
        return format!("{nodes} nodes have just booted");
    }
    let is_leader = |local: &&u32| locals.summary(**local).role == Role::Leader;
    let leader = search.start.locals.iter().find(is_leader);
    match leader.map(|local| locals.summary(*local).node) {
        Some(leader) => format!("{nodes} nodes have settled, and {leader} leads"),
        None => format!("{nodes} nodes have settled"),
    }
}

fn faults(scope: &Scope) -> String {
    let mortal: Vec<_> = scope.mortal.iter().map(ToString::to_string).collect();
    let mortal = mortal.join(", ");
    let kinds = [
        (scope.crashes, format!("crashes of {mortal}")),
        (scope.power_losses, format!("power losses of {mortal}")),
        (scope.losses, "lost messages".to_owned()),
        (scope.doubles, "doubled messages".to_owned()),
    ];
    let told = kinds.iter().filter(|(number, _)| *number > 0);
    let told: Vec<_> = told.map(|(number, what)| format!("{what}: {number}")).collect();
    match told.is_empty() {
        true => "nothing fails".to_owned(),
        false => format!("at any moments, at most: {}", told.join("; ")),
    }
}
