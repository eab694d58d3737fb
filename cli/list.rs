//! `seedbed list`: the scenarios and the systems, from their registries.

use crate::{
    args::{Format, ListArgs},
    choose,
    failure::Failure,
    output,
};
use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use node::systems;
use serde_json::json;
use std::process::ExitCode;

/// Prints both lists.
pub(crate) fn list(args: &ListArgs) -> Result<ExitCode, Failure> {
    output::print(&match args.format {
        Format::Text => text(),
        Format::Json => json(),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn text() -> String {
    let mut scenarios = table(["scenario", "what it shows", "systems"]);
    for embedded in scenarios::library() {
        let scenario = embedded.scenario();
        let names: Vec<_> = choose::systems_of(&scenario).map(|system| system.name).collect();
        scenarios.add_row([scenario.name, scenario.title, names.join(", ")]);
    }
    let mut systems = table(["system", "what it is", "flaws that can be switched on"]);
    for system in systems::ALL {
        let flaws: Vec<_> = system.flaws.iter().map(|flaw| flaw.name).collect();
        systems.add_row([system.name, system.summary, &flaws.join(", ")]);
    }
    format!(
        "Scenarios (seedbed run <scenario>)\n{scenarios}\n\nSystems (--system <system>)\n{systems}\n"
    )
}

fn json() -> String {
    let scenarios: Vec<_> = scenarios::library()
        .map(|embedded| {
            let scenario = embedded.scenario();
            json!({
                "name": scenario.name,
                "title": scenario.title,
                "watch": scenario.watch,
                "source": scenario.source,
                "systems": choose::systems_of(&scenario).map(|s| s.name).collect::<Vec<_>>(),
            })
        })
        .collect();
    let systems: Vec<_> = systems::ALL
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

/// An empty table with these heads, as wide as the terminal.
pub(crate) fn table<const N: usize>(heads: [&str; N]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(output::width()).unwrap_or(u16::MAX))
        .set_header(heads);
    // The first column holds names, which are to be copied whole.
    if let Some(names) = table.column_mut(0) {
        names.set_constraint(ColumnConstraint::ContentWidth);
    }
    table
}
