//! What a scenario is about, for lists: read off what it does and expects, so that no label can
//! say what the scenario does not.

use crate::{Expectation, FaultKind, Order, Property, Scenario};
use node::{Announces, SystemInfo, systems};
use std::collections::BTreeSet;

/// What a scenario shows on a system. Each has one topic there, the first that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// A flaw of a replicated log breaks something.
    Consensus,
    /// Durability must be violated, or an update be lost.
    LostWrites,
    /// Requests wait and are not answered even after healing.
    Standstill,
    /// An answer, or its version, that no write explains.
    WrongAnswers,
    /// Convergence must be violated.
    Divergence,
    /// An order or age of answers must be violated.
    StaleReads,
    /// Availability must be violated, and no more.
    NoAnswer,
    /// Several kinds of random faults strike, and nothing must be violated.
    Storms,
    /// Something fails, and nothing must be violated.
    Survival,
    /// Nothing fails, and nothing must be violated.
    Calm,
}

/// So many kinds of random faults make a storm.
const STORM: usize = 3;

impl Topic {
    /// Every topic, in the order in which lists show them.
    pub const ALL: [Self; 10] = [
        Self::LostWrites,
        Self::Divergence,
        Self::StaleReads,
        Self::WrongAnswers,
        Self::NoAnswer,
        Self::Standstill,
        Self::Consensus,
        Self::Survival,
        Self::Storms,
        Self::Calm,
    ];

    /// Its name, which is also a tag.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LostWrites => "lost-writes",
            Self::Divergence => "divergence",
            Self::StaleReads => "stale-reads",
            Self::WrongAnswers => "wrong-answers",
            Self::NoAnswer => "no-answer",
            Self::Standstill => "standstill",
            Self::Consensus => "consensus",
            Self::Survival => "survival",
            Self::Storms => "storms",
            Self::Calm => "calm",
        }
    }

    /// What it says of a scenario, in a few words.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::LostWrites => "a write that was confirmed is gone",
            Self::Divergence => "replicas hold different things",
            Self::StaleReads => "a read answers from the past",
            Self::WrongAnswers => "an answer that no write explains",
            Self::NoAnswer => "requests fail or are not answered",
            Self::Standstill => "silent even after all is healed",
            Self::Consensus => "a replicated log lacks one rule",
            Self::Survival => "a fault, and promises hold",
            Self::Storms => "many faults, and promises hold",
            Self::Calm => "nothing fails, and promises hold",
        }
    }
}

impl Scenario {
    /// The system that the scenario runs on where none is named: the one that it is `on`, one that a program
    /// has [registered](systems::register) and that can carry it out, that of the
    /// document which it comes from, or the one that its file states an expectation for first. One that expects
    /// nothing of any system runs on the first that can carry it out.
    pub fn default_system(&self) -> Option<&'static SystemInfo> {
        if let Some(system) = self.on.as_deref().and_then(systems::find) {
            return Some(system);
        }
        let mut own = systems::registered().iter();
        if let Some(own) = own.find(|system| self.obstacles(system).is_empty()) {
            return Some(own);
        }
        if self.expect.is_empty() {
            // One that has what the file sets, if there is one: a setting means nothing to the others.
            let knows = |system: &&SystemInfo| {
                let names = self.system.versions().flat_map(|version| version.settings.keys());
                names.into_iter().all(|name| system.settings.iter().any(|it| it.name == name))
            };
            return self.able_systems().find(knows).or_else(|| self.able_systems().next());
        }
        let source = self.source.as_deref().unwrap_or_default();
        let document = source.split_once(", test ").map_or(source, |(document, _)| document);
        let mut meant = systems::all().iter().filter(|it| self.expect.contains_key(it.name));
        let of_document = meant.clone().find(|system| system.source == document);
        let first = self.expected_first.as_ref().or(self.expect.keys().next());
        let first = first.map(String::as_str);
        let as_written = meant.clone().find(|system| Some(system.name) == first);
        of_document.or(as_written).or_else(|| meant.next())
    }

    /// What it shows on a system; `None` if it is not meant for it.
    pub fn topic_on(&self, system: &SystemInfo) -> Option<Topic> {
        let expected = self.expect.get(system.name)?;
        if expected.violated.is_empty() {
            return Some(self.topic_of_what_holds());
        }
        let flawed = !self.for_system(system).all_flaws().is_empty();
        let keeps_a_log = matches!(system.announces, Announces::ItsLog);
        Some(if flawed && keeps_a_log { Topic::Consensus } else { topic_of_violations(expected) })
    }

    fn topic_of_what_holds(&self) -> Topic {
        let kinds = self.nemesis.iter().flat_map(|nemesis| &nemesis.faults).map(|it| it.kind);
        if kinds.collect::<BTreeSet<_>>().len() >= STORM {
            Topic::Storms
        } else if !self.faults().is_empty() {
            Topic::Survival
        } else {
            Topic::Calm
        }
    }

    /// The kinds of faults in it, by the words of scenarios: those of its steps, of its nemesis,
    /// of its links, and `clock-skew` where clocks are off from the start.
    pub fn faults(&self) -> BTreeSet<&'static str> {
        let is_fault = |word: &&str| all_faults().any(|fault| fault == *word);
        let steps = self.steps.iter().map(|step| step.action.name());
        let random = self.nemesis.iter().flat_map(|nemesis| &nemesis.faults);
        let random = random.map(|fault| fault.kind.name());
        let mut faults: BTreeSet<_> = steps.chain(random).filter(is_fault).collect();
        let network = &self.network;
        for link in [&network.nodes, &network.clients].into_iter().chain(network.links.values()) {
            faults.extend((link.loss > 0.0).then_some("loss"));
            faults.extend((link.duplicate > 0.0).then_some("duplicate"));
            faults.extend((link.order == Order::Free).then_some("reorder"));
        }
        for crossing in self.zones.between.values() {
            faults.extend(crossing.loss.is_some_and(|it| it > 0.0).then_some("loss"));
            faults.extend(crossing.duplicate.is_some_and(|it| it > 0.0).then_some("duplicate"));
            faults.extend((crossing.order == Some(Order::Free)).then_some("reorder"));
        }
        faults.extend((!self.cluster.clocks.is_empty()).then_some(CLOCK_SKEW));
        faults
    }

    /// Every tag that it bears on these systems: topics, faults, properties that must be
    /// violated, and `flaw` where a flaw is switched on.
    pub fn tags(&self, systems: &[&SystemInfo]) -> BTreeSet<&'static str> {
        let mut tags = self.faults();
        for system in systems.iter().filter(|system| self.expect.contains_key(system.name)) {
            tags.extend(self.topic_on(system).map(Topic::name));
            tags.extend((!self.for_system(system).all_flaws().is_empty()).then_some(FLAW));
            tags.extend(self.expect[system.name].violated.iter().map(|it| it.name()));
        }
        tags
    }
}

/// Every tag that there is: topics, faults, properties and `flaw`, each once.
pub fn tags() -> Vec<&'static str> {
    let topics = Topic::ALL.iter().map(|topic| topic.name());
    let mut tags: Vec<_> = topics.chain([FLAW, CLOCK_SKEW]).chain(all_faults()).collect();
    tags.extend(Property::EVERY.iter().map(|property| property.name()));
    tags
}

fn topic_of_violations(expected: &Expectation) -> Topic {
    let violated =
        |properties: &[Property]| properties.iter().any(|it| expected.violated.contains(it));
    if violated(&[Property::Durability, Property::NoLostUpdate, Property::Invariants]) {
        Topic::LostWrites
    } else if violated(&[Property::Liveness]) {
        Topic::Standstill
    } else if violated(&[Property::Answers, Property::Versions]) {
        Topic::WrongAnswers
    } else if violated(&[Property::Convergence, Property::Placement]) {
        Topic::Divergence
    } else if expected.violated.iter().any(|&it| it != Property::Availability) {
        Topic::StaleReads
    } else {
        Topic::NoAnswer
    }
}

const FLAW: &str = "flaw";
const CLOCK_SKEW: &str = "clock-skew";

/// The faults that strike in steps alone.
const SCRIPTED_ONLY: [&str; 7] =
    ["rolling-restart", "upgrade", "downgrade", "rolling-upgrade", "join", "leave", "retire"];

fn all_faults() -> impl Iterator<Item = &'static str> {
    FaultKind::ALL.into_iter().map(FaultKind::name).chain(SCRIPTED_ONLY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Embedded, find, library};

    #[test]
    fn every_tag_of_the_library_is_on_the_list_and_stands_there_once() {
        let all = tags();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{all:?}");
        let everywhere: Vec<_> = systems::all().iter().collect();
        for embedded in library() {
            let scenario = embedded.scenario();
            let tags = scenario.tags(&everywhere);
            let strange: Vec<_> = tags.into_iter().filter(|tag| !all.contains(tag)).collect();
            assert!(strange.is_empty(), "{}: {strange:?}", embedded.name);
        }
    }

    #[test]
    fn a_topic_follows_from_what_is_expected_of_the_system() {
        let topic =
            |name: &str, system: &str| find(name).unwrap().topic_on(systems::find(system).unwrap());
        assert_eq!(topic("ghost-data", "async-leader"), Some(Topic::Divergence));
        assert_eq!(topic("ghost-data", "raft"), Some(Topic::Survival));
        assert_eq!(topic("ghost-data", "sharded-groups"), None);
        assert_eq!(topic("leader-crash", "async-leader"), Some(Topic::LostWrites));
        assert_eq!(topic("deadlock", "peer-to-peer"), Some(Topic::Standstill));
        assert_eq!(topic("slow-follower", "async-leader"), Some(Topic::StaleReads));
        assert_eq!(topic("answers-mixed-up", "durable-eventual"), Some(Topic::WrongAnswers));
        assert_eq!(topic("leader-isolated", "sync-leader"), Some(Topic::NoAnswer));
        assert_eq!(topic("figure-8", "raft"), Some(Topic::Consensus));
        assert_eq!(topic("chaos", "raft"), Some(Topic::Storms));
        assert_eq!(topic("healthy", "raft"), Some(Topic::Calm));
    }

    #[test]
    fn every_topic_has_a_scenario() {
        let scenarios: Vec<_> = library().map(Embedded::scenario).collect();
        for topic in Topic::ALL {
            let shows = |scenario: &Scenario| {
                let system = scenario.default_system().expect("it expects something");
                scenario.topic_on(system) == Some(topic)
            };
            assert!(scenarios.iter().any(shows), "{}", topic.name());
        }
    }

    #[test]
    fn where_nothing_is_expected_it_is_a_system_that_has_what_is_set() {
        let read = |sections: &str| {
            let text = format!(
                "name = \"a\"\ntitle = \"A\"\n[cluster]\nnodes = 3\n[phases]\nrun = \"1s\"\n{sections}"
            );
            let scenario = Scenario::parse("a.toml", &text, systems::all()).unwrap();
            scenario.default_system().unwrap().name
        };
        assert_eq!(read("[system]\nr = 2\nw = 2\n"), "quorum");
        assert_eq!(read("[system.next]\nheartbeat = \"20ms\"\n"), "raft");
        assert_eq!(read(""), systems::all()[0].name);
    }

    #[test]
    fn the_default_system_is_that_of_the_document_or_the_first() {
        let system = |name: &str| find(name).unwrap().default_system().unwrap().name;
        assert_eq!(system("ghost-data"), "async-leader");
        // "durable store, test 1"
        assert_eq!(system("put-get"), "durable-eventual");
        // Of two documents, and of papers: the first that something is expected of.
        assert_eq!(system("bridge"), "peer-to-peer");
        assert_eq!(system("figure-8"), "raft");
        // In the order of the file, and in that of the file that this writes.
        for systems in [["raft", "async-leader"], ["async-leader", "raft"]] {
            let expect = systems.map(|name| format!("[expect.{name}]\nholds = [\"durability\"]\n"));
            let head = "name = \"a\"\ntitle = \"A\"\n[phases]\nrun = \"1s\"\n";
            let read = |text: &str| Scenario::parse("a.toml", text, systems::all()).unwrap();
            let scenario = read(&(head.to_owned() + &expect.concat()));
            assert_eq!(scenario.default_system().unwrap().name, systems[0]);
            assert_eq!(read(&scenario.to_toml()), scenario);
        }
    }

    #[test]
    fn tags_on_one_system_are_those_of_that_system() {
        let ghost_data = find("ghost-data").unwrap();
        let on = |system: &str| ghost_data.tags(&[systems::find(system).unwrap()]);
        assert!(on("async-leader").is_superset(&BTreeSet::from(["crash", "convergence"])));
        assert_eq!(on("raft"), BTreeSet::from(["crash", "survival"]));
    }
}
