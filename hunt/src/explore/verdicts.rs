//! What the judge says of a state: asked once for each history, each set of facts, and each outcome
//! that a cluster comes to when it is left alone.

use super::{
    scope::Scope,
    settle::Settling,
    world::{Moment, State, World},
};
use judge::{
    property::{Evidence, judge},
    record::{FactRecord, History, Judgement, OperationRecord, Replica, Verdict, Words},
};
use node::{
    ClientId, Fact, NodeId, Role, Time,
    client::{Failure, Outcome},
};
use scenarios::Property;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// What was judged already, and what was violated.
#[derive(Default)]
pub(super) struct Verdicts {
    of_histories: BTreeMap<u32, Vec<Property>>,
    of_facts: BTreeMap<u32, Vec<Property>>,
    /// By what nodes hold in the end and the history.
    of_quiet: BTreeMap<(u32, Vec<u32>), Vec<Property>>,
    /// The properties of which something told whether they hold.
    pub(super) decided: BTreeSet<Property>,
}

/// What a path has left behind, ready to be judged.
pub(super) struct Left {
    pub(super) history: History,
    pub(super) facts: Vec<FactRecord>,
    pub(super) replicas: Vec<Replica>,
    /// When the path ended.
    pub(super) ended: Time,
}

impl Verdicts {
    /// What a state proves violated.
    pub(super) fn of(&mut self, world: &mut World, state: &State) -> Vec<Property> {
        let mut violated = Vec::new();
        let decided = &mut self.decided;
        let known = self.of_histories.entry(state.history);
        violated.extend(known.or_insert_with(|| of_history(world, state.history, decided)).iter());
        let known = self.of_facts.entry(state.facts);
        violated.extend(known.or_insert_with(|| of_facts(world, state.facts, decided)).iter());
        if world.is_quiet(state) {
            let known = self.of_quiet.entry((state.history, state.locals.clone()));
            violated.extend(known.or_insert_with(|| of_quiet(world, state, decided)).iter());
        }
        violated
    }
}

/// The properties that something told of.
type Decided = BTreeSet<Property>;

const IN_THE_END: [Property; 2] = [Property::Convergence, Property::Durability];

fn of_history(world: &World, history: u32, decided: &mut Decided) -> Vec<Property> {
    let left = Left::of_history(world, history);
    let about = |it: &Property| !IN_THE_END.contains(it) && *it != Property::StateMachine;
    left.violated(&world.scope, about, decided)
}

fn of_facts(world: &World, facts: u32, decided: &mut Decided) -> Vec<Property> {
    let record = |(node, fact): (NodeId, Fact)| FactRecord { at: Time::ZERO, node, fact };
    let facts = world.facts(facts).into_iter().map(record).collect();
    let left = Left { history: History::default(), facts, replicas: Vec::new(), ended: Time::ZERO };
    left.violated(&world.scope, |it| *it == Property::StateMachine, decided)
}

/// A cluster at rest, and then left alone: what is wrong at first may come right.
fn of_quiet(world: &mut World, state: &State, decided: &mut Decided) -> Vec<Property> {
    if !IN_THE_END.iter().any(|it| world.scope.judged.contains(it)) {
        return Vec::new();
    }
    let mut left = Left::of_history(world, state.history);
    let limit = patience(&world.scope);
    let mut settling = Settling::of(world, state.clone());
    let mut judged: Option<Vec<Replica>> = None;
    let mut violated = Vec::new();
    loop {
        let goes_on = settling.go_on(world, limit);
        // A cluster that never comes to rest is read as it is when its time is over.
        if goes_on && !settling.is_quiet(world) {
            continue;
        }
        let replicas = replicas(world, &settling.state);
        if judged.as_ref() != Some(&replicas) {
            left.replicas.clone_from(&replicas);
            violated = left.violated(&world.scope, |it| IN_THE_END.contains(it), decided);
            judged = Some(replicas);
        }
        if violated.is_empty() || !goes_on {
            return violated;
        }
    }
}

/// What nodes hold after they were left alone for as long as the scenario gives them.
pub(super) fn settled(world: &mut World, state: &State) -> Vec<Replica> {
    let limit = patience(&world.scope);
    let mut settling = Settling::of(world, state.clone());
    while settling.go_on(world, limit) {}
    replicas(world, &settling.state)
}

/// How long a cluster is left alone.
pub(super) fn patience(scope: &Scope) -> Duration {
    scope.scenario.phases.settle
}

fn replicas(world: &mut World, state: &State) -> Vec<Replica> {
    let of_node = |&local: &u32| {
        let summary = world.locals.summary(local).clone();
        Replica {
            node: summary.node,
            group: summary.group,
            entries: summary.serves.then(|| world.locals.entries(local)),
            on_disk: None,
            leads: summary.role == Role::Leader,
        }
    };
    state.locals.iter().map(of_node).collect()
}

impl Left {
    /// A history alone, whose moments are the places of its beginnings and ends.
    fn of_history(world: &World, history: u32) -> Self {
        let moments = world.moments(history);
        let ended = Time::from(Duration::from_secs(moments.len() as u64 + 1));
        let timed = (1..).map(|second| Time::from(Duration::from_secs(second))).zip(moments);
        Self {
            history: history_of(&world.scope, timed, ended),
            facts: Vec::new(),
            replicas: Vec::new(),
            ended,
        }
    }

    /// Which of the scope's properties it proves violated.
    fn violated(
        &self,
        scope: &Scope,
        about: impl Fn(&Property) -> bool,
        decided: &mut Decided,
    ) -> Vec<Property> {
        let mut asked: Vec<_> = scope.judged.iter().copied().filter(about).collect();
        if asked.is_empty() {
            return asked;
        }
        let judgements = self.judge(scope, Words::Unsaid);
        asked.retain(|property| {
            let of_it = judgements.iter().find(|judgement| judgement.property == *property);
            let verdict = of_it.map(|judgement| &judgement.verdict);
            if matches!(verdict, Some(Verdict::Holds(_) | Verdict::Violated(_))) {
                decided.insert(*property);
            }
            matches!(verdict, Some(Verdict::Violated(_)))
        });
        asked
    }

    /// Everything that the checkers say of it.
    pub(super) fn judge(&self, scope: &Scope, words: Words) -> Vec<Judgement> {
        let evidence = Evidence {
            history: &self.history,
            replicas: &self.replicas,
            faults: &[],
            facts: &self.facts,
            trace: None,
            probes: &[],
            system: Some(&scope.system),
            run_ended: self.ended,
            ended: self.ended,
            words,
        };
        let expectation = scope.scenario.expect.get(scope.system.name);
        judge(&evidence, &scope.scenario.properties, expectation).judgements
    }
}

/// A history of beginnings and ends with their moments. What has not ended by `ended` never does.
pub(super) fn history_of(
    scope: &Scope,
    moments: impl IntoIterator<Item = (Time, Moment)>,
    ended: Time,
) -> History {
    let mut operations: Vec<OperationRecord> = Vec::new();
    let mut places = BTreeMap::new();
    for (at, moment) in moments {
        let begun = operations.len() as u32;
        match moment {
            Moment::Begin { operation, node } => {
                places.insert(operation, operations.len());
                let asked = scope.operations[operation].operation.clone();
                let failure = Failure::Unfinished;
                let outcome = match asked.kind().is_write() {
                    true => Outcome::Info(failure),
                    false => Outcome::Fail(failure),
                };
                operations.push(OperationRecord {
                    client: ClientId::new(operation as u32 + 1),
                    operation: asked,
                    invoked: at,
                    completed: ended,
                    outcome,
                    node,
                    attempts: 1,
                    begun_by_then: 0,
                });
            }
            Moment::End { operation, outcome } => {
                let record = &mut operations[places[&operation]];
                record.completed = at;
                record.outcome = outcome;
                record.begun_by_then = begun;
            }
        }
    }
    let all = operations.len() as u32;
    let unfinished = operations.iter_mut().filter(|record| record.begun_by_then == 0);
    unfinished.for_each(|record| record.begun_by_then = all);
    History { operations }
}
