//! What the library promises: each scenario that exists to show a violation shows it with the seed
//! that it has by default, and says so in what it expects.

use hunt::{Outcome, What, look};
use node::{SystemInfo, systems};
use scenarios::{Expectation, Property, Scenario};
use std::num::NonZeroUsize;

/// A scenario on a system for which it states that something must be violated.
type Cell = (Scenario, &'static SystemInfo);

fn cells() -> Vec<Cell> {
    let mut cells = Vec::new();
    for embedded in scenarios::library() {
        let scenario = embedded.scenario();
        let breaks = |system: &&SystemInfo| {
            scenario.expect.get(system.name).is_some_and(|expected| !expected.violated.is_empty())
        };
        cells.extend(systems::all().iter().filter(breaks).map(|it| (scenario.clone(), it)));
    }
    cells
}

/// What a scenario violates with the seed that it has by default.
fn violated(scenario: &Scenario, system: &SystemInfo) -> Vec<Outcome> {
    let seed = scenario.seed.unwrap_or(0);
    look(scenario, system.name, seed, &Property::EVERY).unwrap().outcomes
}

fn has(outcomes: &[Outcome], property: Property) -> bool {
    outcomes.iter().any(|outcome| outcome.what == What::Violated(property))
}

/// The same scenario on the system as it is meant to be, but for flaws that others build on.
fn without_flaws(scenario: &Scenario, system: &SystemInfo) -> Scenario {
    let mut twin = scenario.clone();
    let bases = system.bases_among(&scenario.for_system(system).flaws);
    twin.system.flaws = bases;
    twin.expect.values_mut().for_each(|expected| expected.flaws.clear());
    twin
}

fn names(properties: &[Property]) -> Vec<&'static str> {
    properties.iter().map(|property| property.name()).collect()
}

/// What a scenario promises of a system and does not keep.
fn unkept(cell: &Cell) -> Vec<String> {
    unkept_by(&cell.0, cell)
}

/// What it promises, and what this run of it does not keep.
fn unkept_by(run: &Scenario, (scenario, system): &Cell) -> Vec<String> {
    let expected = scenario.expect.get(system.name).cloned().unwrap_or_default();
    let found = violated(run, system);
    let mut unkept = Vec::new();
    let mut say = |what: &str, properties: Vec<Property>| {
        if !properties.is_empty() {
            let name = &scenario.name;
            unkept.push(format!("{name} on {}: {:?} {what}", system.name, names(&properties)));
        }
    };
    let among = |all: &[Property], is_missing: &dyn Fn(Property) -> bool| {
        all.iter().copied().filter(|property| is_missing(*property)).collect::<Vec<_>>()
    };
    let missing = among(&expected.violated, &|property| !has(&found, property));
    say("not violated as expected", missing);
    let is_flawed = !scenario.for_system(system).flaws.is_empty();
    let is_its_own = scenario.default_system().is_some_and(|own| own.name == system.name);
    if is_flawed || is_its_own {
        let unstated = among(&scenario.shows, &|property| !expected.violated.contains(&property));
        say("shown, and not expected", unstated);
    }
    if is_flawed {
        let twin = violated(&without_flaws(scenario, system), system);
        let is_of_flaw = |shown: &&Outcome| {
            let is_shown = |property: &Property| shown.what == What::Violated(*property);
            let mut anyway = twin.iter();
            scenario.shows.iter().any(is_shown)
                && !anyway.any(|it| (it.what, &it.shape) == (shown.what, &shown.shape))
        };
        if !found.iter().any(|outcome| is_of_flaw(&outcome)) {
            unkept.push(format!("{}: nothing that it shows needs its flaw", scenario.name));
        }
    }
    unkept
}

fn on_all_cores<R: Send>(cells: &[Cell], look: impl Fn(&Cell) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    sim::in_parallel(cells, threads, look, |_, _| {})
}

#[test]
fn what_a_scenario_is_there_to_show_it_shows_with_its_default_seed() {
    let cells = cells();
    assert!(cells.len() > 100, "the library has as many");
    let unkept: Vec<_> = on_all_cores(&cells, unkept).into_iter().flatten().collect();
    assert!(unkept.is_empty(), "{unkept:#?}");
}

/// The control: whatever a flaw shows is not shown without it.
#[test]
fn without_its_flaw_no_scenario_keeps_its_promise() {
    let is_flawed = |cell: &Cell| !cell.0.for_system(cell.1).flaws.is_empty();
    let cells: Vec<_> = cells().into_iter().filter(is_flawed).collect();
    assert!(cells.len() > 25, "most flaws have a scenario of their own");
    let found = on_all_cores(&cells, |cell| unkept_by(&without_flaws(&cell.0, cell.1), cell));
    let kept = cells.iter().zip(&found).filter(|(_, unkept)| unkept.is_empty());
    let kept: Vec<_> = kept.map(|((scenario, _), _)| &scenario.name).collect();
    assert!(kept.is_empty(), "{kept:?}");
}

/// The control: what shows now and then only, and what is never named.
#[test]
fn a_promise_must_be_kept_by_that_seed_and_in_these_words() {
    let raft = systems::find("raft").unwrap();
    let figure = scenarios::find("figure-8").unwrap();
    assert_eq!(unkept(&(figure.clone(), raft)), Vec::<String>::new());
    let silent = Scenario { shows: Vec::new(), ..figure.clone() };
    assert!(unkept(&(silent, raft))[0].contains("nothing that it shows needs its flaw"));
    let mut modest = figure;
    let expected = Expectation { violated: Vec::new(), ..modest.expect["raft"].clone() };
    modest.expect.insert("raft".to_owned(), expected);
    assert!(unkept(&(modest, raft))[0].contains("shown, and not expected"));
    // What is not about this seed is not shown by it.
    let ghost = scenarios::find("ghost-data").unwrap();
    let leader = systems::find("async-leader").unwrap();
    let late = Scenario { steps: Vec::new(), ..ghost };
    assert!(unkept(&(late, leader))[0].contains("not violated as expected"));
}
