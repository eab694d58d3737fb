//! Scenarios and plans: those of the library, changed in their values.

use crate::{
    mutate::{Change, changed, changes},
    rounds::{Came, Rounds, check},
};
use proptest::{prelude::*, test_runner::TestCaseError};
use reports::{StoryOptions, Summary};
use scenarios::Scenario;
use sim::{Detail, Error, Gear, Limits};
use std::time::Duration;
use toml::Table;

/// What runs of changed scenarios may take.
const LIMITS: Limits =
    Limits { events: 15_000, memory: 64 << 20, time: Some(Duration::from_secs(20)) };

/// Puts a text in: it is refused with mistakes that can be shown, or it is had, judged and told.
fn put_in(text: &str) -> Result<Came, TestCaseError> {
    let scenario = match Scenario::parse("fuzz.toml", text, node::systems::all()) {
        Ok(scenario) => scenario,
        Err(invalid) => {
            check((1..=20).contains(&invalid.mistakes().len()), || "mistakes".to_owned())?;
            let shown = format!("{:?}", miette::Report::new(invalid));
            check(!shown.contains("Failed to read"), || shown.clone())?;
            return Ok(Came::Refused);
        }
    };
    let written = scenario.to_toml();
    let again = Scenario::parse("again.toml", &written, node::systems::all());
    check(again.is_ok_and(|again| again == scenario), || format!("not read again: {written}"))?;
    let Some(system) = scenario.default_system() else { return Ok(Came::Refused) };
    let seed = scenario.seed.unwrap_or(0);
    match sim::run(&scenario, system.name, seed, Detail::Full, Gear::Advance) {
        Ok(run) => {
            let story = reports::story(&run, &StoryOptions::default());
            check(!story.is_empty() && Summary::of(&run).to_json().starts_with('{'), || story)?;
            let plan = run.full_plan().map(|plan| plan.to_toml()).unwrap_or_default();
            let read = Scenario::parse("plan.toml", &plan, node::systems::all());
            check(read.is_ok(), || format!("the plan is not read: {plan}"))?;
            Ok(Came::Accepted)
        }
        Err(Error::OverLimit { .. }) => Ok(Came::Accepted),
        Err(Error::CannotCarryOut { .. }) => Ok(Came::Refused),
        Err(error) => Err(TestCaseError::fail(format!("{error}"))),
    }
}

fn library() -> Vec<Table> {
    scenarios::library().map(|it| it.text.parse().unwrap()).collect()
}

/// Full plans of short runs, of which not too much is to be written.
fn plans() -> Vec<Table> {
    LIMITS.set_in_force();
    let plan = |scenario: Scenario| -> Option<Table> {
        let system = scenario.default_system()?.name;
        let run = sim::run(&scenario, system, 1, Detail::Full, Gear::Advance).ok()?;
        let plan = run.full_plan()?.to_toml();
        (plan.len() < 20_000).then(|| plan.parse().unwrap())
    };
    let plans = scenarios::library().filter_map(|it| plan(it.scenario())).take(12);
    let plans: Vec<_> = plans.collect();
    assert_eq!(plans.len(), 12);
    plans
}

/// Two documents by their places, and what is changed in the first.
fn inputs() -> impl Strategy<Value = (prop::sample::Index, prop::sample::Index, Vec<Change>)> {
    (any::<prop::sample::Index>(), any::<prop::sample::Index>(), changes())
}

fn go(of: &'static str, cases: u32, documents: &[Table]) {
    LIMITS.set_in_force();
    silence_runs();
    let text = |(one, other, changes): &(prop::sample::Index, prop::sample::Index, Vec<Change>)| {
        let donor = &documents[other.index(documents.len())];
        toml::to_string(&changed(&documents[one.index(documents.len())], donor, changes)).unwrap()
    };
    // The text is what is shown of a case that fails.
    let texts = inputs().prop_map(|input| text(&input));
    Rounds { of, cases, longest: Duration::from_secs(30) }.go(&texts, |text| put_in(text));
}

/// What a run panics with is in its error.
fn silence_runs() {
    std::panic::set_hook(Box::new(|info| {
        if std::thread::current().name() != Some(sim::RUN_THREAD) {
            eprintln!("{info}");
        }
    }));
}

#[test]
fn scenarios_with_changed_values_do_no_harm() {
    go("scenarios", 150, &library());
}

#[test]
fn plans_with_changed_values_do_no_harm() {
    go("plans", 40, &plans());
}

#[test]
fn scenarios_with_changed_bytes_do_no_harm() {
    LIMITS.set_in_force();
    let texts: Vec<&str> = scenarios::library().map(|it| it.text).collect();
    let byte = (any::<prop::sample::Index>(), any::<u8>(), 0..3_u8);
    let bytes = (any::<prop::sample::Index>(), prop::collection::vec(byte, 0..3));
    let changed = bytes.prop_map(move |(which, changes)| {
        let mut bytes = texts[which.index(texts.len())].as_bytes().to_vec();
        for (place, byte, kind) in changes {
            let at = place.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, byte),
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let rounds = Rounds { of: "bytes of scenarios", cases: 100, longest: Duration::from_secs(30) };
    rounds.go(&changed, |text| put_in(text));
}
