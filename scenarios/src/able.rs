//! Whether a system can carry a scenario out, be it named in it or not.

use crate::{Action, FaultKind, PlannedOperation, Scenario, WriteBack, suggest};
use node::{
    Key, Operation, OperationKind, SystemInfo, Value,
    systems::{self, check_key, check_settings, check_value},
};
use std::collections::BTreeSet;

impl Scenario {
    /// What keeps a system from carrying the scenario out, a clause each; nothing if it can.
    ///
    /// A system that the scenario expects something of goes without the flaws of `[system]` that it
    /// does not have, since the file says that it is meant for it all the same.
    pub fn obstacles(&self, system: &SystemInfo) -> Vec<String> {
        let mut found = BTreeSet::new();
        let nodes = self.cluster.nodes;
        if nodes < system.min_nodes {
            let least = system.min_nodes;
            found.insert(format!("it needs at least {least} nodes, and the cluster has {nodes}"));
        } else {
            for version in self.system.versions() {
                let settings = version.declared_by(system).settings;
                if let Some(Err(why)) = check_settings(system.name, nodes, &settings) {
                    found.insert(format!("it cannot be set so: {why}"));
                }
            }
        }
        if !self.expect.contains_key(system.name) {
            let has = |name: &String| system.flaws.iter().any(|flaw| flaw.name == name);
            let flaws = self.system.all_flaws();
            let lacking = flaws.iter().filter(|name| !has(name));
            found.extend(lacking.map(|name| format!("it has no flaw `{name}`")));
        }
        self.what_it_does_not_offer(system, &mut found);
        self.what_it_refuses(system, &mut found);
        found.into_iter().collect()
    }

    /// Flaws that are neither the system's nor those of another that the scenario expects something
    /// of, and settings that no system has at all: a clause each, with the nearest that there is.
    /// A scenario may set what only some of the systems have that it is run on.
    pub fn unknown_to(&self, system: &SystemInfo) -> Vec<String> {
        let has = |all: &[&'static str], name: &str| all.contains(&name);
        let own_flaws: Vec<_> = system.flaws.iter().map(|flaw| flaw.name).collect();
        let own_settings: Vec<_> = system.settings.iter().map(|setting| setting.name).collect();
        let is_expected_of = |flaw: &str| {
            let others = self.expect.keys().filter_map(|name| systems::find(name));
            self.expect.contains_key(system.name)
                && others.into_iter().any(|other| other.flaws.iter().any(|it| it.name == flaw))
        };
        let any_has = |name: &str| {
            systems::all().iter().any(|system| system.settings.iter().any(|it| it.name == name))
        };
        let lacks = |what: &str, name: &str, own: &[&'static str]| {
            let near = suggest::nearest(name, own);
            let near = near.map_or_else(String::new, |near| format!("; is it `{near}`?"));
            format!("it has no {what} `{name}`{near}")
        };
        let flaws = self.system.all_flaws();
        let flaws = flaws.iter().filter(|name| !has(&own_flaws, name) && !is_expected_of(name));
        let settings: BTreeSet<_> =
            self.system.versions().flat_map(|version| version.settings.keys()).collect();
        let settings =
            settings.into_iter().filter(|name| !has(&own_settings, name) && !any_has(name));
        let flaws = flaws.map(|name| lacks("flaw", name, &own_flaws));
        flaws.chain(settings.map(|name| lacks("setting", name, &own_settings))).collect()
    }

    /// The systems of the registry that can carry the scenario out.
    pub fn able_systems(&self) -> impl Iterator<Item = &'static SystemInfo> {
        systems::all().iter().filter(|system| self.obstacles(system).is_empty())
    }

    /// The same scenario with these flaws of one system switched on, beside those that it has there
    /// anyway. What it expects is not known to hold then, and is left out.
    #[must_use]
    pub fn with_flaws(&self, system: &SystemInfo, flaws: &[String]) -> Self {
        let mut flawed = self.clone();
        flawed.system.flaws = self.for_system(system).flaws;
        for flaw in flaws {
            if !flawed.system.flaws.contains(flaw) {
                flawed.system.flaws.push(flaw.clone());
            }
        }
        flawed.expect.clear();
        flawed.expected_first = None;
        // A text may name only systems that something is expected of.
        flawed
            .stories
            .retain(|text| text.on.is_empty() || text.on.iter().any(|name| name == system.name));
        flawed.stories.iter_mut().for_each(|text| text.on.clear());
        flawed
    }

    fn what_it_does_not_offer(&self, system: &SystemInfo, found: &mut BTreeSet<String>) {
        let asked = self.steps.iter().filter_map(|step| step.action.operation_kind());
        let drawn = self.workload.iter().flat_map(|workload| workload.mix.keys().copied());
        let listed = self.planned().map(|planned| planned.operation.kind());
        let updates = self.workload.iter().map(|workload| &workload.updates);
        let written_back = updates.filter(|it| it.by == Some(WriteBack::CompareAndSet));
        let written_back = written_back.map(|_| OperationKind::CompareAndSet);
        let mut lacking: Vec<OperationKind> =
            asked.chain(drawn).chain(listed).chain(written_back).collect();
        lacking.retain(|kind| !system.operations.contains(kind));
        for kind in lacking {
            let offered: Vec<_> = system.operations.iter().map(|kind| kind.name()).collect();
            let offered = suggest::listed(&offered);
            found.insert(format!("it has no operation `{kind}`, only {offered}"));
        }
        let in_steps =
            self.steps.iter().any(|it| matches!(it.action, Action::Join(_) | Action::Leave(_)));
        let random = self.nemesis.iter().flat_map(|nemesis| &nemesis.faults);
        let at_random = random.clone().any(|fault| fault.kind == FaultKind::Membership);
        if !system.membership && (in_steps || at_random) {
            found.insert("its nodes are the same for the whole run".to_owned());
        }
    }

    fn what_it_refuses(&self, system: &SystemInfo, found: &mut BTreeSet<String>) {
        let mut key = |key: &Key| {
            if let Some(Err(why)) = check_key(system.name, key) {
                found.insert(format!("it refuses the key {:?}: {why}", short(key.as_str())));
            }
        };
        self.steps.iter().filter_map(|step| step.action.key()).for_each(&mut key);
        self.planned().filter_map(|planned| planned.operation.key()).for_each(&mut key);
        let mut value = |value: &Value| {
            if let Some(Err(why)) = check_value(system.name, value) {
                found.insert(format!("it refuses the value {:?}: {why}", short(value.as_str())));
            }
        };
        self.steps.iter().filter_map(|step| step.action.value()).for_each(&mut value);
        let written = self.planned().filter_map(|planned| match &planned.operation {
            Operation::Put { value, .. } | Operation::CompareAndSet { new: value, .. } => {
                Some(value)
            }
            _ => None,
        });
        written.for_each(&mut value);
    }

    fn planned(&self) -> impl Iterator<Item = &PlannedOperation> {
        self.workload.iter().flat_map(|workload| &workload.planned).flatten()
    }
}

/// The beginning of a text that may be long.
fn short(text: &str) -> String {
    const MOST: usize = 24;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST).chain("...".chars()).collect()
}

impl Action {
    /// The kind of operation that it is, if it is one.
    pub fn operation_kind(&self) -> Option<OperationKind> {
        Some(match self {
            Self::Put { .. } => OperationKind::Put,
            Self::Get { .. } => OperationKind::Get,
            Self::Delete { .. } => OperationKind::Delete,
            Self::ListKeys { .. } => OperationKind::ListKeys,
            Self::CompareAndSet { .. } => OperationKind::CompareAndSet,
            _ => return None,
        })
    }

    fn key(&self) -> Option<&Key> {
        match self {
            Self::Put { key, .. }
            | Self::Get { key, .. }
            | Self::Delete { key, .. }
            | Self::CompareAndSet { key, .. } => Some(key),
            _ => None,
        }
    }

    fn value(&self) -> Option<&Value> {
        match self {
            Self::Put { value, .. } | Self::CompareAndSet { new: value, .. } => Some(value),
            _ => None,
        }
    }
}
