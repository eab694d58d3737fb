//! What the tests of reading share.

use node::{
    Announces, OperationKind, Setting, SystemInfo, systems::FlawInfo, systems::SettingInfo,
};
use scenarios::{InvalidScenario, Scenario};
use std::time::Duration;

/// A system that has everything the registry can say, beside the real ones.
pub(crate) const TOY: SystemInfo = SystemInfo {
    name: "toy",
    summary: "has settings and flaws",
    source: "the tests",
    operations: &OperationKind::ALL,
    flaws: &[
        FlawInfo { name: "no-retry", summary: "drops", builds_on: None },
        FlawInfo { name: "serial-fanout", summary: "waits", builds_on: None },
    ],
    settings: &[
        SettingInfo { name: "quorum", summary: "nodes", default: || Setting::Count(2) },
        SettingInfo {
            name: "sweep",
            summary: "time",
            default: || Setting::Duration(Duration::from_secs(5)),
        },
        SettingInfo {
            name: "resolve",
            summary: "word",
            default: || Setting::Word("clock".to_owned()),
        },
    ],
    remedies: &[],
    deduplicates: false,
    has_leader: false,
    announces: Announces::ItsLog,
    membership: true,
    deals_keys: true,
    min_nodes: 2,
};

/// Two real systems, one of which checks its settings, and the toy. Messages list
/// them, so they are not all that the registry will ever have.
pub(crate) fn systems() -> Vec<SystemInfo> {
    let real = ["async-leader", "quorum"].map(|name| *node::systems::find(name).expect(name));
    real.into_iter().chain([TOY]).collect()
}

/// A whole scenario around a few sections: what they do not say is added.
pub(crate) fn around(sections: &str) -> String {
    let mut text = "name = \"test\"\ntitle = \"A test\"\n".to_owned();
    for (section, usual) in
        [("[phases]", "run = \"10s\"\n"), ("[expect.", "async-leader]\nholds = [\"durability\"]\n")]
    {
        if !sections.contains(section) {
            text.push_str(section);
            text.push_str(if section.ends_with(']') { "\n" } else { "" });
            text.push_str(usual);
        }
    }
    text + sections
}

/// Reads a text that may name these systems.
pub(crate) fn parse(text: &str) -> Result<Scenario, InvalidScenario> {
    Scenario::parse("test.toml", text, &systems())
}
