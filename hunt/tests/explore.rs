//! Scopes that are explored whole: what is found in them, and that nothing is found without the flaw.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test as tests do")]

use hunt::explore::{Bounds, Ended, Report, ScopeError, explore};
use node::systems;
use scenarios::Property;

/// A scope on three nodes, by its numbers of operations, faults and timers.
const fn scope(writes: usize, reads: usize, crashes: u8, timers: u8) -> Bounds {
    Bounds {
        flaw: None,
        writes: Some(writes),
        reads: Some(reads),
        keys: 1,
        crashes: Some(crashes),
        power_losses: None,
        losses: None,
        doubles: None,
        timers,
        depth: None,
        states: 1_000_000,
        cold: false,
        reorder: false,
        compare: true,
    }
}

fn explored(scenario: &str, system: &str, bounds: &Bounds) -> Report {
    let scenario = scenarios::find(scenario).unwrap();
    explore(&scenario, systems::find(system).unwrap(), bounds, |_| {}).unwrap()
}

fn on_raft(bounds: &Bounds) -> Report {
    explored("ghost-data", "raft", bounds)
}

fn steps(report: &Report, property: Property) -> Vec<String> {
    let found = report.found.iter().find(|found| found.property == Some(property)).unwrap();
    found.steps.iter().map(|step| step.what.clone()).collect()
}

#[test]
fn ghost_data_is_found_by_a_shortest_way() {
    let report = explored("ghost-data", "async-leader", &Bounds::default());
    let expected = [
        "n2 crashes",
        "c1 asks n1: put 999=GhostData",
        "the timer `push` runs out at n1",
        "vanishes, as n2 is down: n1 to n2: replicate 999=GhostData v1",
        "n2 boots",
        "arrives from n1 to n3: replicate 999=GhostData v1",
    ];
    assert_eq!(steps(&report, Property::Convergence), expected);
    assert_eq!(report.ended, Ended::Exhausted);
    assert!(report.as_expected());
    // No shorter one: with one step less there is none.
    let shallow = Bounds { depth: Some(5), ..Bounds::default() };
    let report = explored("ghost-data", "async-leader", &shallow);
    assert!(!report.violates(Property::Convergence));
    assert_eq!(report.ended, Ended::Depth);
    assert!(!report.as_expected());
}

#[test]
fn without_a_crash_there_is_no_ghost_data() {
    let none = Bounds { crashes: Some(0), ..Bounds::default() };
    let report = explored("ghost-data", "async-leader", &none);
    assert!(!report.violates(Property::Convergence));
    assert_eq!(report.ended, Ended::Exhausted);
    let lost = Bounds { losses: Some(1), ..none };
    let report = explored("ghost-data", "async-leader", &lost);
    assert!(steps(&report, Property::Convergence).iter().any(|step| step.starts_with("is lost")));
}

#[test]
fn what_overtakes_makes_replicas_differ_and_nothing_else_does() {
    let report = explored("ghost-data", "async-leader", &scope(2, 0, 0, 0));
    assert!(!report.violates(Property::Convergence));
    assert_eq!(report.ended, Ended::Exhausted);
    let overtaking = Bounds { reorder: true, ..scope(2, 0, 0, 0) };
    let report = explored("ghost-data", "async-leader", &overtaking);
    assert!(report.violates(Property::Convergence));
}

/// A flaw of raft, what it violates, and a scope in which it shows.
struct Flaw {
    name: &'static str,
    violates: Property,
    bounds: Bounds,
    /// Whether the scope without the flaw is small enough for a test to look at all of it.
    whole: bool,
}

impl Flaw {
    fn new(name: &'static str, violates: Property, bounds: Bounds) -> Self {
        Self { name, violates, bounds, whole: true }
    }

    fn in_part(self) -> Self {
        Self { whole: false, ..self }
    }
}

/// The flaws that fit small scopes. Of the others, `commit-old-term` and `old-round-counts` need three
/// elections, `only-voters-stand` and `removed-voter-counts` a change of members, and
/// `vote-before-sync` two candidates whose syncs are steps of their own: more than a million states.
///
/// Without `fsync` a node that lost its power has less than it told its leader, which never sends
/// it that again.
fn flaws() -> [Flaw; 6] {
    [
        Flaw::new("vote-twice", Property::StateMachine, scope(0, 0, 0, 2)),
        Flaw::new("forget-vote", Property::StateMachine, scope(0, 0, 1, 2)).in_part(),
        Flaw::new("skip-log-check", Property::StateMachine, scope(1, 0, 0, 2)),
        Flaw::new("apply-before-commit", Property::StateMachine, scope(1, 0, 0, 2)),
        Flaw::new("stale-read", Property::Linearizability, scope(1, 1, 0, 2)).in_part(),
        Flaw::new("no-fsync", Property::Convergence, power_loss(1, 1)).in_part(),
    ]
}

const fn power_loss(writes: usize, timers: u8) -> Bounds {
    let mut bounds = scope(writes, 0, 0, timers);
    bounds.power_losses = Some(1);
    bounds
}

#[test]
fn flaws_of_raft_are_found_and_their_scopes_are_sound_without_them() {
    for Flaw { name, violates, bounds, whole } in flaws() {
        let report = on_raft(&Bounds { flaw: Some(name.to_owned()), ..bounds.clone() });
        assert!(report.violates(violates), "{name}: {:#?}", report.found);
        assert!(report.as_expected(), "{name}");
        // As far as the flaw shows there is nothing without it, and where that is soon done, at all.
        let way = steps(&report, violates).len() as u32;
        let (depth, ended) =
            if whole { (None, Ended::Exhausted) } else { (Some(way), Ended::Depth) };
        let control = on_raft(&Bounds { depth, ..bounds });
        assert_eq!((control.ended, control.found.len()), (ended, 0), "{name}");
        let told = !control.unknown.contains(&violates);
        assert!(told, "{name}: {:?}", control.unknown);
    }
}

#[test]
fn raft_keeps_a_write_whatever_crashes() {
    for bounds in [scope(1, 0, 1, 1), scope(2, 0, 1, 0)] {
        let report = on_raft(&bounds);
        assert_eq!((report.ended, report.found.len()), (Ended::Exhausted, 0));
        assert!(report.as_expected() && report.compared && report.quiet > 100);
    }
}

/// The scope of the promise: `--writes 2 --crashes 1`. Half a million states take a release build
/// three seconds.
#[test]
#[cfg_attr(debug_assertions, ignore = "it takes a debug build a minute")]
fn raft_keeps_two_writes_whatever_crashes() {
    let report = on_raft(&scope(2, 0, 1, 1));
    assert_eq!((report.ended, report.found.len()), (Ended::Exhausted, 0));
    assert!(report.progress.states > 100_000);
}

/// What a search came to, whatever it took for equal.
fn found(report: &Report) -> (Ended, Vec<(Property, usize)>) {
    let found = report.found.iter();
    let found = found.filter_map(|it| Some((it.property?, it.steps.len())));
    (report.ended, found.collect())
}

#[test]
fn comparing_nodes_finds_what_not_comparing_them_finds() {
    let mut cut_off = 0;
    for (system, bounds) in [
        ("async-leader", scope(2, 1, 1, 1)),
        ("peer-to-peer", scope(1, 1, 1, 1)),
        ("sync-leader", scope(1, 1, 1, 1)),
        ("raft", scope(1, 0, 0, 1)),
    ] {
        let naive = Bounds { compare: false, ..bounds.clone() };
        let [clever, naive] = [&bounds, &naive].map(|it| explored("ghost-data", system, it));
        assert_eq!(found(&clever), found(&naive), "{system}");
        assert!(clever.progress.states <= naive.progress.states, "{system}");
        cut_off += naive.progress.states - clever.progress.states;
    }
    assert!(cut_off > 0, "comparing cuts nothing off");
}

#[test]
fn what_cannot_be_compared_says_so() {
    let bounds = Bounds { depth: Some(4), ..scope(1, 0, 0, 1) };
    let compared = |system: &str| explored("ghost-data", system, &bounds).compared;
    let systems = systems::all().iter().map(|system| system.name);
    let not: Vec<_> = systems.filter(|system| !compared(system)).collect();
    assert_eq!(not, ["durable-eventual"]);
}

#[test]
fn what_nothing_tells_of_is_unknown() {
    let report = on_raft(&scope(0, 0, 0, 1));
    assert_eq!(
        report.unknown,
        [Property::Durability, Property::Answers, Property::Linearizability]
    );
    assert!(!report.as_expected());
    assert_eq!(on_raft(&scope(1, 0, 0, 1)).unknown, []);
}

#[test]
fn the_same_is_found_again() {
    let told = || format!("{:?}", explored("ghost-data", "async-leader", &scope(2, 1, 1, 1)));
    assert_eq!(told(), told());
}

#[test]
fn a_bound_is_never_called_the_end() {
    let few = Bounds { states: 100, ..scope(1, 0, 1, 1) };
    let report = on_raft(&few);
    assert_eq!((report.ended, report.progress.states), (Ended::States, 100));
    // One more than there are is no bound.
    let all = on_raft(&scope(1, 0, 0, 1));
    let enough = Bounds { states: all.progress.states, ..scope(1, 0, 0, 1) };
    assert_eq!(on_raft(&enough).ended, Ended::Exhausted);
}

#[test]
fn scopes_that_are_none_are_refused() {
    let raft = systems::find("raft").unwrap();
    let scenario = scenarios::find("ghost-data").unwrap();
    let refused = |bounds: &Bounds| explore(&scenario, raft, bounds, |_| {}).unwrap_err();
    let unknown = Bounds { flaw: Some("vote-thrice".to_owned()), ..Bounds::default() };
    assert!(refused(&unknown).to_string().starts_with("`raft` has no flaw `vote-thrice`; it has"));
    let many = refused(&scope(20, 0, 0, 0)).to_string();
    assert_eq!(many, "20 operations are too many to be explored; at most 12 can be");
    let late = scenarios::find("hung-leader").unwrap();
    let system = late.default_system().unwrap();
    let refusal = explore(&late, system, &Bounds::default(), |_| {}).err();
    assert!(matches!(refusal, None | Some(ScopeError::Nothing(_))));
}
