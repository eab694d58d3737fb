//! `[system]`: flaws and settings of the system under test.

use super::{
    item::{Item, Zero},
    mistakes::Word,
    section::Section,
};
use crate::{SystemSettings, suggest};
use node::{Setting, SystemInfo, systems::SettingInfo};

const FLAWS: &str = "flaws";

/// Reads flaws and settings; each must be known to at least one of the systems,
/// so that a flaw can be shown beside a remedy that does not have it.
pub(super) fn settings(root: &Section<'_>, systems: Vec<&SystemInfo>) -> SystemSettings {
    let Some(item) = root.get("system") else {
        return SystemSettings::default();
    };
    let mut read = SystemSettings::default();
    for (name, item) in item.entries("[system]").unwrap_or_default() {
        if name.text == FLAWS {
            read.flaws = flaws(item, &systems);
            continue;
        }
        let declared: Vec<_> = systems.iter().flat_map(|system| system.settings).collect();
        match declared.iter().find(|setting| setting.name == name.text) {
            Some(info) => {
                let value = setting(item, info);
                read.settings.extend(value.map(|value| (name.text.to_owned(), value)));
            }
            None => unknown_setting(name, item, &declared),
        }
    }
    read
}

fn unknown_setting(name: Word<'_>, item: Item<'_>, declared: &[&SettingInfo]) {
    let mut candidates = vec![FLAWS];
    candidates.extend(declared.iter().map(|setting| setting.name));
    item.mistakes().unknown("setting", name, &candidates);
}

fn flaws(item: Item<'_>, systems: &[&SystemInfo]) -> Vec<String> {
    let mistakes = item.mistakes();
    let known: Vec<_> =
        systems.iter().flat_map(|system| system.flaws).map(|flaw| flaw.name).collect();
    let mut listed = Vec::new();
    for item in item.list("[\"some-flaw\"]").unwrap_or_default() {
        let Some(name) = item.text("\"some-flaw\"") else {
            continue;
        };
        if known.contains(&name.text) {
            listed.push((name, name.text.to_owned()));
        } else if known.is_empty() {
            let systems: Vec<_> = systems.iter().map(|system| system.name).collect();
            mistakes.add(
                name.span(),
                format!("no flaw is called `{}`", name.text),
                "unknown flaw",
                format!("{} has no flaws that can be switched on", suggest::listed(&systems)),
            );
        } else {
            mistakes.unknown("flaw", name, &known);
        }
    }
    mistakes.distinct(listed)
}

/// Reads a setting as what its default is.
fn setting(item: Item<'_>, info: &SettingInfo) -> Option<Setting> {
    match (info.default)() {
        // TOML's whole numbers have 63 bits.
        Setting::Count(_) => item.count(0..=i64::MAX as u64).map(Setting::Count),
        Setting::Duration(_) => item.duration(Zero::Allowed).map(Setting::Duration),
        Setting::Word(default) => {
            item.text(&format!("{default:?}")).map(|word| Setting::Word(word.text.to_owned()))
        }
    }
}
