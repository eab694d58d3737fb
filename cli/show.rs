//! `seedbed show`: what a scenario does and expects, without running it.

use crate::{args::ShowArgs, choose, failure::Failure, list::table, output};
use judge::text::{one_line, program};
use node::Time;
use scenarios::{Pace, Property, Scenario, SystemSettings};
use std::{fmt::Write as _, process::ExitCode};

/// Prints a scenario.
pub(crate) fn show(args: &ShowArgs) -> Result<ExitCode, Failure> {
    let scenario = choose::scenario(&args.scenario)?;
    output::print(&if args.toml { scenario.to_toml() } else { text(&args.scenario, &scenario) })?;
    Ok(ExitCode::SUCCESS)
}

/// Describes a scenario that was named so: by its own name, or by a path.
fn text(name: &str, scenario: &Scenario) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{}: {}\n", scenario.name, scenario.title);
    if !scenario.watch.is_empty() {
        let _ = writeln!(text, "{}\n", textwrap::fill(&scenario.watch, output::width()));
    }
    if !scenario.stories.is_empty() {
        let _ = writeln!(text, "{}\n", stories(scenario));
    }
    if let Some(source) = &scenario.source {
        let _ = writeln!(text, "source    {source}");
    }
    let _ = writeln!(text, "cluster   {}", cluster(scenario));
    for system in choose::systems_of(scenario) {
        let set = scenario.for_system(system);
        let words = |set: &SystemSettings| {
            let words = [set.flaws.clone(), set.settings_in_words()].concat();
            if words.is_empty() { "as it is".to_owned() } else { words.join(", ") }
        };
        if set != SystemSettings::default() {
            let _ = writeln!(text, "settings  {}: {}", system.name, words(&set));
        }
        if let Some(next) = &set.next {
            let _ = writeln!(text, "upgraded  {}: {}", system.name, words(next));
        }
    }
    let _ = writeln!(text, "workload  {}", workload(scenario));
    let _ = writeln!(text, "phases    {}", phases(scenario));
    if !scenario.steps.is_empty() {
        let mut steps = table(["at", "step"]);
        for step in &scenario.steps {
            steps.add_row([
                Time::from(step.at).to_string(),
                one_line(&step.action.to_string()).into_owned(),
            ]);
        }
        let _ = writeln!(text, "\n{steps}");
    }
    if !scenario.pins.messages.is_empty() {
        let _ = writeln!(text, "pins      {} messages", scenario.pins.messages.len());
    }
    if let Some(version) = &scenario.fixed_in {
        let _ = writeln!(text, "mended    in {version}: what it shows must hold");
    }
    if scenario.expect.is_empty() {
        let systems: Vec<_> = choose::systems_of(scenario).map(|system| system.name).collect();
        let _ = writeln!(text, "\nIt expects nothing, and runs on {}.", systems.join(", "));
    } else {
        let _ = writeln!(text, "\n{}", expectations(scenario));
    }
    let _ = writeln!(text, "\nRun it:     {} run {name}", program());
    if scenarios::find(name).is_ok() {
        let _ = writeln!(text, "Change it:  seedbed show {name} --toml > mine.toml");
    }
    text
}

/// What runs are called that came out otherwise, a paragraph each.
fn stories(scenario: &Scenario) -> String {
    let names = |properties: &[Property]| {
        properties.iter().map(|property| property.name()).collect::<Vec<_>>().join(", ")
    };
    let width = textwrap::Options::new(output::width()).subsequent_indent("  ");
    let told = scenario.stories.iter().map(|story| {
        let on = match story.on.is_empty() {
            true => String::new(),
            false => format!(" ({})", story.on.join(", ")),
        };
        let outcomes = [(&story.violated, "violated"), (&story.holds, "kept")];
        let outcomes = outcomes.into_iter().filter(|(properties, _)| !properties.is_empty());
        let outcomes = outcomes.map(|(properties, what)| format!("{} {what}", names(properties)));
        let outcomes = outcomes.collect::<Vec<_>>().join("; ");
        textwrap::fill(&format!("- {outcomes}{on}: {}", story.title), &width)
    });
    told.collect::<Vec<_>>().join("\n")
}

fn cluster(scenario: &Scenario) -> String {
    let cluster = &scenario.cluster;
    let mut text =
        format!("{} nodes, each busy {} with an event", cluster.nodes, cluster.service_time);
    for (kind, service) in &cluster.service {
        text += &format!("; {} with a {}", service, kind.name());
    }
    if let Some(cores) = cluster.cores {
        text += &format!("; at most {cores} of them at a time");
    }
    text
}

fn workload(scenario: &Scenario) -> String {
    let Some(workload) = &scenario.workload else {
        return "none but the steps".to_owned();
    };
    let pace = match workload.pace {
        Pace::Closed { clients, .. } => format!("{clients} clients, one operation each at a time"),
        Pace::Open { rate, clients } => {
            format!("{rate} operations a second from {clients} clients")
        }
    };
    if let Some(planned) = &workload.planned {
        return format!("{pace}: {} operations, listed one by one", planned.len());
    }
    let total: f64 = workload.mix.values().sum();
    let share = |(kind, weight): (&node::OperationKind, &f64)| {
        format!("{:.0}% {kind}", weight / total * 100.0)
    };
    let mix: Vec<_> = workload.mix.iter().map(share).collect();
    format!("{pace}: {} over {} keys", mix.join(", "), workload.keys.count)
}

fn phases(scenario: &Scenario) -> String {
    let phases = scenario.phases;
    let heal = if phases.heal { "heal everything" } else { "heal nothing" };
    format!("run {:?}, {heal}, settle {:?}, compare the replicas", phases.run, phases.settle)
}

fn expectations(scenario: &Scenario) -> String {
    let mut expected = table(["system", "must hold", "must be violated"]);
    let names = |properties: &[Property]| {
        properties.iter().map(|property| property.name()).collect::<Vec<_>>().join(", ")
    };
    for (system, expectation) in &scenario.expect {
        expected.add_row([system.clone(), names(&expectation.holds), names(&expectation.violated)]);
    }
    expected.to_string()
}
