//! The validated scenario: every name resolved, every number in range.
//!
//! Field names are those of the TOML file.

mod action;
mod aim;
mod fault;
mod invariant;
mod judgement;
mod nemesis;
mod pins;
mod quantiles;
mod text;
mod update;
mod workload;
mod world;
mod zone;

pub use action::{Action, Links, Party, Release, Step, Target};
pub use fault::FaultKind;
pub use invariant::{Invariant, InvariantKeys, Sum};
pub use judgement::{Expectation, Properties, Property};
pub use nemesis::{Nemesis, RandomFault};
pub use pins::{Fate, LinkEnd, LinkPin, MessagePin, Pins};
pub use quantiles::{Quantiles, Share};
pub use text::{Fit, Heading, StoryText};
pub use update::{Update, Updates, WriteBack};
pub use workload::{KeyChoice, Keys, Pace, PlannedOperation, Workload};
pub use world::{
    Balancer, Clock, Cluster, DeadNode, Disk, Latency, Link, Network, Order, ServiceKind,
};
pub use zone::{Crossing, Zone, ZoneName, Zones};

use node::{Setting, SystemInfo};
use std::{borrow::Cow, collections::BTreeMap, sync::Arc, time::Duration};

/// What is to happen, and what must come of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Its name, in lower-case words joined by hyphens.
    pub name: String,
    /// What it shows, in one line.
    pub title: String,
    /// What to watch for, in two sentences.
    pub watch: String,
    /// The properties that `title` and `watch` say are violated; none: they say nothing that a run
    /// could refute.
    pub shows: Vec<Property>,
    /// The document it comes from, if any.
    pub source: Option<String>,
    /// The seed that it runs with where none is named; `None`: 0.
    pub seed: Option<u64>,
    /// The system that it runs on where none is named.
    pub on: Option<String>,
    /// The version since which what it `shows` is mended: then that must hold again.
    pub fixed_in: Option<String>,
    /// The nodes.
    pub cluster: Cluster,
    /// How the system under test is set.
    pub system: SystemSettings,
    /// The nodes' disks.
    pub disk: Disk,
    /// The links.
    pub network: Network,
    /// Which nodes and clients are near each other.
    pub zones: Zones,
    /// The load balancer before the nodes, for clients that are routed by it.
    pub balancer: Balancer,
    /// What clients do all the while, if they do anything.
    pub workload: Option<Workload>,
    /// Random faults, if there are any.
    pub nemesis: Option<Nemesis>,
    /// What happens when, in order of time.
    pub steps: Vec<Step>,
    /// What is stated of single links and messages in place of what would be drawn.
    pub pins: Pins,
    /// How long it all takes.
    pub phases: Phases,
    /// The bounds that the checkers judge by.
    pub properties: Properties,
    /// What must hold of the values themselves.
    pub invariants: Vec<Invariant>,
    /// The texts for runs that came out otherwise, or with more to say; the first that fits is told.
    pub stories: Vec<StoryText>,
    /// For each system that the scenario is meant for, what must hold and what must not.
    pub expect: BTreeMap<String, Expectation>,
    /// The first of them in the file, if it is not the first by name: where no system is named, it runs on
    /// that one.
    pub expected_first: Option<String>,
}

impl From<&Scenario> for Arc<Scenario> {
    /// A copy, to be shared from then on.
    fn from(scenario: &Scenario) -> Self {
        Self::new(scenario.clone())
    }
}

impl Scenario {
    /// A scenario in which nothing happens, for runs written as code: three phases of
    /// no length, default links, no bounds but the strictest.
    pub fn bare(name: &str, nodes: usize) -> Self {
        Self {
            name: name.to_owned(),
            title: name.to_owned(),
            watch: String::new(),
            shows: Vec::new(),
            source: None,
            seed: None,
            on: None,
            fixed_in: None,
            cluster: Cluster { nodes, ..Cluster::default() },
            system: SystemSettings::default(),
            disk: Disk::default(),
            network: Network::default(),
            zones: Zones::default(),
            balancer: Balancer::default(),
            workload: None,
            nemesis: None,
            steps: Vec::new(),
            pins: Pins::default(),
            phases: Phases { run: Duration::ZERO, heal: true, settle: crate::defaults::SETTLE },
            // A test of its own counts its own operations, so that nothing is probed unless
            // it asks for that.
            properties: Properties { max_probe_latency: Duration::ZERO, ..Properties::default() },
            invariants: Vec::new(),
            stories: Vec::new(),
            expect: BTreeMap::new(),
            expected_first: None,
        }
    }

    /// The seeds of so many runs: from its own on, or from 0.
    pub fn seeds(&self, count: u64) -> impl Iterator<Item = u64> + use<> {
        let first = self.seed.unwrap_or(0);
        (0..count).map(move |more| first.wrapping_add(more))
    }

    /// What must come of the scenario on a system; nothing if it does not say. What it `shows` must
    /// hold once it is mended.
    pub fn expectation(&self, system: &SystemInfo) -> Option<Cow<'_, Expectation>> {
        let stated = self.expect.get(system.name);
        if self.fixed_in.is_none() {
            return stated.map(Cow::Borrowed);
        }
        let mut expected = stated.cloned().unwrap_or_default();
        for &property in self.shows.iter().filter(|it| it.applies_to(system).is_ok()) {
            expected.violated.retain(|violated| *violated != property);
            if !expected.holds.contains(&property) {
                expected.holds.push(property);
            }
        }
        Some(Cow::Owned(expected))
    }

    /// How a system is set when the scenario runs on it.
    ///
    /// Of `[system]`, these are the flaws and settings that the system declares; the
    /// others are meant for other systems. The flaws of its own expectation, if it has
    /// one, follow; a flaw named in both places stands once.
    pub fn for_system(&self, system: &SystemInfo) -> SystemSettings {
        let mut set = self.system.declared_by(system);
        let own = self.expect.get(system.name).into_iter().flat_map(|expected| &expected.flaws);
        for flaw in own {
            if has_flaw(system, flaw) && !set.flaws.contains(flaw) {
                set.flaws.push(flaw.clone());
            }
        }
        set
    }
}

fn has_flaw(system: &SystemInfo, name: &str) -> bool {
    system.flaws.iter().any(|flaw| flaw.name == name)
}

/// How the system under test is set; [`Scenario::for_system`] picks what is meant for one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SystemSettings {
    /// The flaws that are switched on.
    pub flaws: Vec<String>,
    /// The settings that differ from the defaults.
    pub settings: BTreeMap<String, Setting>,
    /// How a node is set once it has been upgraded, in place of all this; it has no further `next`.
    pub next: Option<Box<Self>>,
}

impl SystemSettings {
    /// Its settings in words, such as `workers = 10`.
    pub fn settings_in_words(&self) -> Vec<String> {
        let settings = self.settings.iter();
        settings.map(|(name, setting)| format!("{name} = {setting}")).collect()
    }

    /// How nodes are set at first, and once they have been upgraded.
    pub(crate) fn versions(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(self.next.as_deref())
    }

    /// The flaws that are switched on before an upgrade or after it, each once.
    pub fn all_flaws(&self) -> Vec<String> {
        let next = self.next.iter().flat_map(|next| &next.flaws);
        let late = next.filter(|flaw| !self.flaws.contains(flaw));
        self.flaws.iter().chain(late).cloned().collect()
    }

    /// Keeps those of the flaws, before an upgrade and after it, that are to stay.
    pub fn retain_flaws(&mut self, stays: impl Fn(&String) -> bool) {
        self.flaws.retain(&stays);
        if let Some(next) = &mut self.next {
            next.flaws.retain(&stays);
        }
    }

    /// The flaws and settings that the system declares.
    pub(crate) fn declared_by(&self, system: &SystemInfo) -> Self {
        let has_setting = |name: &str| system.settings.iter().any(|setting| setting.name == name);
        let mut declared = self.clone();
        declared.flaws.retain(|flaw| has_flaw(system, flaw));
        declared.settings.retain(|name, _| has_setting(name));
        declared.next = self.next.as_ref().map(|next| Box::new(next.declared_by(system)));
        declared
    }
}

/// How long it all takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phases {
    /// How long steps and workload run.
    pub run: Duration,
    /// Whether everything is healed afterwards: links, clocks, paused and crashed nodes.
    pub heal: bool,
    /// How long the cluster then has to settle before its replicas are read.
    pub settle: Duration,
}
