//! Scopes that are explored whole: what is found in them, and that nothing is found without the flaw.

use hunt::explore::{Bounds, Ended, Report, explore};
use node::systems;
use scenarios::{Property, Scenario};

fn report(scenario: &Scenario, system: &str, bounds: &Bounds) -> Report {
    let system = systems::find(system).unwrap();
    explore(scenario, system, bounds, |_| {}).unwrap()
}

#[test]
#[ignore]
fn play() {
    let var = |name: &str| std::env::var(name).ok();
    let num = |name: &str| var(name).and_then(|it| it.parse().ok());
    let scenario = scenarios::find(&var("SC").unwrap_or("ghost-data".into())).unwrap();
    let bounds = Bounds {
        flaw: var("FLAW"),
        writes: num("W").map(|it: u8| it.into()),
        reads: num("R").map(|it: u8| it.into()),
        crashes: num("C"),
        power_losses: num("P"),
        losses: num("L"),
        doubles: num("D"),
        timers: num("T").unwrap_or(2),
        depth: num("DEPTH").map(|it: u8| it.into()),
        states: var("S").and_then(|it| it.parse().ok()).unwrap_or(2_000_000),
        cold: var("COLD").is_some(),
        reorder: var("RE").is_some(),
        compare: var("NOCMP").is_none(),
        ..Bounds::default()
    };
    let start = std::time::Instant::now();
    let report = report(&scenario, &var("SYS").unwrap_or("async-leader".into()), &bounds);
    for line in &report.scope { println!("  {line}"); }
    println!("left out {:?}", report.left_out);
    for found in &report.found {
        println!("FOUND {:?} in {} steps: {}", found.property, found.steps.len(), found.witness.summary);
        for (i, step) in found.steps.iter().enumerate() {
            println!("{:3}. {}", i + 1, step.what);
            for then in &step.then { println!("       {then}"); }
        }
        for fact in &found.witness.facts { println!("   - {fact}"); }
    }
    println!("{:?} {:?} locals {} quiet {} compared {} in {:?}; as expected {}", report.ended, report.progress, report.local_states, report.quiet, report.compared, start.elapsed(), report.as_expected());
    let _ = (Property::Convergence, Ended::Found);
}
