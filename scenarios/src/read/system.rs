//! `[system]`: flaws and settings of the system under test, and of its next version.

use super::{
    item::{Item, Zero},
    mistakes::{Mistakes, Span, Word},
    section::Section,
};
use crate::{SystemSettings, suggest};
use node::{
    Setting, SystemInfo,
    systems::{SettingInfo, check_settings},
};
use std::mem::discriminant;

const FLAWS: &str = "flaws";
const NEXT: &str = "next";

/// `[system]` or `[system.next]`, and where its parts stand.
#[derive(Default)]
pub(super) struct Given<'a> {
    pub(super) settings: SystemSettings,
    section: Option<Item<'a>>,
    /// The names of the settings.
    names: Vec<Word<'a>>,
    /// A setting is mistaken in itself, so what the others amount to cannot be judged.
    broken: bool,
    /// What upgraded nodes are set by.
    next: Option<Box<Self>>,
}

/// Reads flaws and settings of `[system]` and `[system.next]`; each must be known to at least one of the systems,
/// so that a flaw can be shown beside a remedy that does not have it.
pub(super) fn settings<'a>(root: &Section<'a>, systems: &[&SystemInfo]) -> Given<'a> {
    version(root.get("system"), "[system]", systems)
}

fn version<'a>(section: Option<Item<'a>>, heading: &str, systems: &[&SystemInfo]) -> Given<'a> {
    let mut given = Given { section, ..Given::default() };
    let entries = section.and_then(|item| item.entries(heading));
    let is_first = heading == "[system]";
    for (name, item) in entries.unwrap_or_default() {
        if name.text == NEXT && is_first {
            let mut next = version(Some(item), "[system.next]", systems);
            given.settings.next = Some(Box::new(std::mem::take(&mut next.settings)));
            given.next = Some(Box::new(next));
            continue;
        }
        if name.text == FLAWS {
            given.settings.flaws = flaws(item, systems);
            continue;
        }
        match setting(name, item, systems) {
            Some(value) => {
                given.names.push(name);
                given.settings.settings.insert(name.text.to_owned(), value);
            }
            None => given.broken = true,
        }
    }
    given
}

impl Given<'_> {
    /// Asks each system whether it can be set so in a cluster of this size; `cluster`
    /// is where that size stands.
    pub(super) fn check(
        &self,
        nodes: usize,
        cluster: Span,
        systems: &[&SystemInfo],
        mistakes: &Mistakes,
    ) {
        self.check_version(&self.settings, nodes, &cluster, systems, mistakes);
        if let (Some(next), Some(settings)) = (&self.next, &self.settings.next) {
            next.check_version(settings, nodes, &cluster, systems, mistakes);
        }
    }

    fn check_version(
        &self,
        given: &SystemSettings,
        nodes: usize,
        cluster: &Span,
        systems: &[&SystemInfo],
        mistakes: &Mistakes,
    ) {
        // A cluster that is too small is a mistake that is told elsewhere.
        let able = systems.iter().filter(|system| !self.broken && nodes >= system.min_nodes);
        for system in able {
            let settings = given.declared_by(system).settings;
            let Some(Err(why)) = check_settings(system.name, nodes, &settings) else {
                continue;
            };
            let named = first_named(&why, system.settings);
            let written =
                self.names.iter().find(|name| named.is_some_and(|it| it.name == name.text));
            let span = written.map(Word::span).or(self.section.map(|item| item.span()));
            mistakes.add(
                span.unwrap_or_else(|| cluster.clone()),
                format!("`{}` cannot be set so: {why}", system.name),
                format!("refused by `{}`", system.name),
                match named {
                    Some(setting) => format!("`{}`: {}", setting.name, setting.summary),
                    None => "change this, or `nodes` in [cluster]".to_owned(),
                },
            );
        }
    }
}

/// The setting that a system's sentence names first.
fn first_named<'s>(sentence: &str, settings: &'s [SettingInfo]) -> Option<&'s SettingInfo> {
    let place = |setting: &SettingInfo| sentence.find(&format!("`{}`", setting.name));
    let named = settings.iter().filter_map(|setting| Some((place(setting)?, setting)));
    named.min_by_key(|&(place, _)| place).map(|(_, setting)| setting)
}

/// Reads a setting as every system that declares it wants it.
fn setting(name: Word<'_>, item: Item<'_>, systems: &[&SystemInfo]) -> Option<Setting> {
    let declared: Vec<_> = systems.iter().flat_map(|system| system.settings).collect();
    let mut kinds: Vec<Setting> = Vec::new();
    for info in declared.iter().filter(|setting| setting.name == name.text) {
        let default = (info.default)();
        if kinds.iter().all(|kind| discriminant(kind) != discriminant(&default)) {
            kinds.push(default);
        }
    }
    if kinds.is_empty() {
        unknown_setting(name, item, &declared);
    }
    kinds.iter().map(|default| value(item, default)).collect::<Option<Vec<_>>>()?.pop()
}

fn unknown_setting(name: Word<'_>, item: Item<'_>, declared: &[&SettingInfo]) {
    let mut candidates = vec![FLAWS];
    candidates.extend(declared.iter().map(|setting| setting.name));
    item.mistakes().unknown("setting", name, &candidates);
}

/// Reads flaws, each known to at least one of the systems.
pub(super) fn flaws(item: Item<'_>, systems: &[&SystemInfo]) -> Vec<String> {
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

/// Reads a value as what its default is.
fn value(item: Item<'_>, default: &Setting) -> Option<Setting> {
    match default {
        // TOML's whole numbers have 63 bits.
        Setting::Count(_) => item.count(0..=i64::MAX as u64).map(Setting::Count),
        Setting::Duration(_) => item.duration(Zero::Allowed).map(Setting::Duration),
        Setting::Word(default) => {
            item.text(&format!("{default:?}")).map(|word| Setting::Word(word.text.to_owned()))
        }
    }
}
