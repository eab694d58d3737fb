//! What passes a stronger level passes every weaker one, on histories of whole runs.

use super::word;
use judge::{
    Run,
    consistency::{
        Budget, Calls, Finding, Known, Subject, level,
        linear::{self, Outcome, linearizability},
    },
};
use node::Time;
use scenarios::Property;
use sim::{Detail, Gear};
use std::collections::BTreeMap;

/// Scenarios with histories of every kind, short enough for a test.
const SCENARIOS: [&str; 7] = [
    "put-get",
    "ghost-data",
    "list-keys",
    "delete-comes-back",
    "stale-leader-reads",
    "concurrent-writes",
    "failover-without-session",
];

const SEEDS: u64 = 2;

const SESSIONS: [&str; 4] =
    ["read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads"];

/// Each level, and those that it implies.
const IMPLIES: [(&str, &[&str]); 3] = [
    ("linearizability", &["sequential", "causal", "no-lost-update", "no-resurrection"]),
    ("sequential", &["causal"]),
    ("causal", &SESSIONS),
];

/// Judges a level by itself, as if nothing were known of the others.
fn judge(name: &str, calls: &Calls) -> Finding {
    if name == "linearizability" {
        return match linearizability(calls, linear::Budget::DEFAULT) {
            Outcome::Linearizable => Finding::Holds(String::new()),
            Outcome::NotLinearizable(_) => Finding::Violated(Default::default()),
            Outcome::Undecided(_) => Finding::Unknown(String::new()),
        };
    }
    (level(name).unwrap().judge)(
        &Subject::new(calls),
        Known { linearizable: None },
        Budget { steps: 200_000 },
    )
}

fn all(calls: &Calls) -> BTreeMap<&'static str, Finding> {
    let names = IMPLIES
        .into_iter()
        .flat_map(|(name, weaker)| [name].into_iter().chain(weaker.iter().copied()));
    names.map(|name| (name, judge(name, calls))).collect()
}

/// Which weaker level is violated where a stronger one holds.
fn upside_down(found: &BTreeMap<&'static str, Finding>) -> Vec<(&'static str, &'static str)> {
    let pairs = IMPLIES
        .into_iter()
        .flat_map(|(strong, weaker)| weaker.iter().map(move |weak| (strong, *weak)));
    let holds = |name: &str| matches!(found[name], Finding::Holds(_));
    let violated = |name: &str| matches!(found[name], Finding::Violated(_));
    pairs.filter(|(strong, weak)| holds(strong) && violated(weak)).collect()
}

fn runs() -> impl Iterator<Item = Run> {
    SCENARIOS.into_iter().flat_map(|name| {
        let scenario = scenarios::find(name).unwrap();
        let systems: Vec<String> = scenario.expect.keys().cloned().collect();
        let pairs =
            systems.into_iter().flat_map(move |it| (0..SEEDS).map(move |seed| (it.clone(), seed)));
        pairs.map(move |(system, seed)| {
            sim::run(&scenario, &system, seed, Detail::Digest, Gear::Advance).unwrap()
        })
    })
}

#[test]
fn what_passes_a_stronger_level_passes_every_weaker_one() {
    let mut tally: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for run in runs() {
        let calls = Calls::of(&run.history, Time::MAX);
        let found = all(&calls);
        let place = || format!("{} on {}, seed {}", run.scenario.name, run.system.name, run.seed);
        assert_eq!(upside_down(&found), [], "{}: {found:#?}", place());
        for (name, finding) in &found {
            *tally.entry((name, finding.word())).or_default() += 1;
        }
        // What a run says of each is never the opposite.
        for judged in &run.judgements {
            let pair = found
                .get(judged.property.name())
                .map(|found| (found.word(), judged.verdict.word()));
            let is_opposite = matches!(pair, Some(("holds", "violated") | ("violated", "holds")));
            assert!(!is_opposite, "{}: {judged:?}", place());
        }
    }
    let count = |name, word| tally.get(&(name, word)).copied().unwrap_or(0);
    for name in ["linearizability", "sequential", "causal"] {
        assert!(count(name, "holds") >= 3 && count(name, "violated") >= 2, "{tally:?}");
    }
    for name in ["read-your-writes", "monotonic-reads"] {
        assert!(count(name, "holds") >= 3 && count(name, "violated") >= 2, "{tally:?}");
    }
}

/// The control: a level that is told of another history is found out.
#[test]
fn findings_of_two_histories_do_not_fit_together() {
    let mut fair = None;
    let mut stale = None;
    for run in runs() {
        let found = all(&Calls::of(&run.history, Time::MAX));
        let fits = |name: &str, word: &str| found[name].word() == word;
        if fits("linearizability", "holds") && fair.is_none() {
            fair = Some(found);
        } else if fits("monotonic-reads", "violated") && fits("causal", "violated") {
            stale = Some(found);
        }
        if fair.is_some() && stale.is_some() {
            break;
        }
    }
    let (mut mixed, fair) = (stale.unwrap(), fair.unwrap());
    mixed.insert("linearizability", fair["linearizability"].clone());
    assert!(upside_down(&mixed).contains(&("linearizability", "causal")));
}

/// A write under a clock that is ahead outlives later ones, and each session by itself sees
/// nothing odd: no checker of single keys, replicas or versions finds it.
#[test]
fn linearizability_is_refuted_where_no_checker_of_less_finds_anything() {
    let scenario = scenarios::find("clock-jumps").unwrap();
    let on = |system: &str, seed| {
        sim::run(&scenario, system, seed, Detail::Digest, Gear::Advance).unwrap()
    };
    let of_less = [
        Property::Convergence,
        Property::Durability,
        Property::Staleness,
        Property::PerKeyOrder,
        Property::Versions,
        Property::Answers,
    ];
    for seed in [1, 3, 5] {
        let run = on("durable-eventual", seed);
        for property in of_less {
            assert_ne!(word(&run, property), "violated", "{property:?}, seed {seed}");
        }
        assert_eq!(word(&run, Property::Linearizability), "violated", "seed {seed}");
        assert_eq!(word(&on("raft", seed), Property::Linearizability), "holds", "seed {seed}");
    }
}
