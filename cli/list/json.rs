//! The lists for programs.

use super::Chosen;
use crate::choose;
use scenarios::Topic;
use serde_json::json;

pub(super) fn json(chosen: &Chosen) -> String {
    let scenarios: Vec<_> = chosen
        .scenarios
        .iter()
        .map(|scenario| {
            let systems: Vec<_> = choose::systems_of(scenario).collect();
            let own = chosen.on.or_else(|| scenario.default_system());
            json!({
                "name": scenario.name,
                "title": scenario.title,
                "watch": scenario.watch,
                "source": scenario.source,
                "topic": own.and_then(|system| scenario.topic_on(system)).map(Topic::name),
                "tags": scenario.tags(&chosen.on.map_or(systems.clone(), |on| vec![on])),
                "systems": systems.iter().map(|system| system.name).collect::<Vec<_>>(),
            })
        })
        .collect();
    let systems: Vec<_> = chosen
        .systems
        .iter()
        .map(|system| {
            json!({
                "name": system.name,
                "summary": system.summary,
                "source": system.source,
                "operations": system.operations,
                "flaws": system.flaws.iter().map(|flaw| {
                    json!({ "name": flaw.name, "summary": flaw.summary })
                }).collect::<Vec<_>>(),
            })
        })
        .collect();
    format!("{:#}\n", json!({ "scenarios": scenarios, "systems": systems }))
}
