//! The plan as a scenario that says what it shows.

use crate::look::What;
use node::SystemInfo;
use scenarios::{Expectation, Scenario};

/// The plan with what it shows stated in it.
pub(super) fn told(plan: &Scenario, system: &SystemInfo, what: What, sentence: &str) -> Scenario {
    let mut plan = plan.clone();
    plan.name = format!("{}-{}", system.name, what.name());
    let line = sentence.lines().next().unwrap_or_default();
    plan.watch = match what {
        What::Violated(_) => format!("{line}."),
        What::Panic => format!("The run ends with a panic: {line}."),
    };
    plan.source = None;
    match what {
        What::Violated(property) => {
            plan.title = format!("{} of {} is violated", property.name(), system.name);
            plan.shows = vec![property];
            let expected = Expectation { violated: vec![property], ..Expectation::default() };
            plan.expect.insert(system.name.to_owned(), expected);
        }
        What::Panic => plan.title = format!("A node of {} panics", system.name),
    }
    plan
}
