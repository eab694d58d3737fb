use super::case::{Case, ms};
use crate::record::{DropReason, FaultKind, FaultOrigin, Verdict};
use scenarios::Property::Convergence;

/// The failure that started it all: a follower is down for one write.
pub(super) fn ghost_data() -> Case {
    Case::new()
        .boot(0, "n1", 0)
        .boot(0, "n2", 0)
        .boot(0, "n3", 0)
        .fault(FaultKind::Crash, "n2", 1_000, Some(3_000))
        .put(2_000..2_004, "999", "GhostData")
        .apply(2_002, "n1", "999", "GhostData")
        .send(2_003, 1, "n1", "n2", "replicate 999=GhostData v1")
        .send(2_003, 2, "n1", "n3", "replicate 999=GhostData v1")
        .lose(2_005, 1, DropReason::NodeDown)
        .apply(2_006, "n3", "999", "GhostData")
        .boot(3_000, "n2", 0)
        .get(4_000..4_002, "999", None)
        .at("n2")
        .replica("n1", &[("999", "GhostData")])
        .replica("n2", &[])
        .replica("n3", &[("999", "GhostData")])
}

#[test]
fn replicas_that_agree_converge() {
    let case = Case::new()
        .replica("n1", &[("a", "1"), ("b", "2")])
        .replica("n2", &[("a", "1"), ("b", "2")])
        .replica("n3", &[("a", "1"), ("b", "2")]);
    assert_eq!(case.valid(Convergence), "all 3 replicas hold the same 2 entries");
}

#[test]
fn versions_alone_are_no_difference() {
    let mut case = Case::new().replica("n1", &[("a", "1")]).replica("n2", &[("a", "1")]);
    case.replicas[1].entries.as_mut().unwrap()[0].1.version = node::Version(7);
    assert_eq!(case.valid(Convergence), "both replicas hold the same 1 entry");
}

#[test]
fn ghost_data_is_told_from_beginning_to_end() {
    let witness = ghost_data().witness(Convergence);
    assert_eq!(witness.summary, "n2 lacks key \"999\"; n1 and n3 hold \"GhostData\"");
    assert_eq!(
        witness.facts,
        [
            "1.000s: n2 crashed (over at 3.000s)",
            "2.000s: c1 put \"GhostData\" under key \"999\"; n1 acknowledged it at 2.004s (operation 0)",
            "2.005s: n1 told n2 of it (replicate 999=GhostData v1), but the message did not get there: receiver down",
            "12.000s: under key \"999\" n1 and n3 hold \"GhostData\"; n2 holds nothing",
        ]
    );
    assert_eq!(witness.operations, [0]);
    assert_eq!(witness.keys, ["999".into()]);
    assert_eq!(witness.since, Some(ms(2_002)));
}

#[test]
fn without_a_trace_the_story_is_shorter() {
    let mut case = ghost_data();
    case.trace = None;
    let witness = case.witness(Convergence);
    assert_eq!(witness.since, None);
    assert_eq!(witness.facts.len(), 3);
    assert!(witness.facts[0].contains("n2 crashed"));
}

#[test]
fn values_that_differ_name_both_sides() {
    let case = Case::new()
        .put(10..20, "k", "a")
        .put(10..21, "k", "b")
        .at("n2")
        .replica("n1", &[("k", "a")])
        .replica("n2", &[("k", "b")])
        .replica("n3", &[("k", "a")]);
    let witness = case.witness(Convergence);
    assert_eq!(witness.summary, "n1 and n3 hold \"a\" under key \"k\"; n2 holds \"b\"");
    assert_eq!(witness.operations, [1]);
}

#[test]
fn overtaking_messages_show_in_the_last_change() {
    let case = Case::new()
        .put(10..20, "k", "old")
        .put(30..40, "k", "new")
        .apply(11, "n1", "k", "old")
        .apply(31, "n1", "k", "new")
        .apply(50, "n2", "k", "new")
        .apply(60, "n2", "k", "old")
        .replica("n1", &[("k", "new")])
        .replica("n2", &[("k", "old")]);
    let witness = case.witness(Convergence);
    assert!(
        witness.facts.contains(&"0.060s: n2 went over to \"old\", and stayed there".to_owned())
    );
    assert_eq!(witness.since, Some(ms(60)), "they agreed between 50 and 60 ms");
}

#[test]
fn a_deleted_key_that_is_back_names_the_delete() {
    let case = Case::new()
        .put(10..20, "k", "a")
        .delete(30..40, "k")
        .replica("n1", &[])
        .replica("n2", &[("k", "a")]);
    let witness = case.witness(Convergence);
    assert_eq!(witness.operations, [1]);
    assert!(witness.facts[0].starts_with("0.030s: c1 deleted key \"k\""));
}

#[test]
fn many_differing_keys_are_counted_and_five_shown() {
    let names: Vec<String> = (1..=7).map(|key| format!("key{key}")).collect();
    let full: Vec<_> = names.iter().map(|name| (name.as_str(), "v")).collect();
    let case = Case::new().replica("n1", &full).replica("n2", &full[..1]);
    let witness = case.witness(Convergence);
    assert_eq!(witness.summary, "6 keys differ, for one: n2 lacks key \"key2\"; n1 holds \"v\"");
    assert_eq!(witness.keys.len(), 5);
    assert_eq!(witness.facts.last().unwrap(), "12.000s: 1 more key differs too");
}

#[test]
fn a_node_that_crashed_with_its_memory_differs_since_the_crash() {
    let case = Case::new()
        .put(10..20, "k", "a")
        .apply(11, "n1", "k", "a")
        .apply(15, "n2", "k", "a")
        .fault(FaultKind::Crash, "n2", 1_000, Some(2_000))
        .boot(2_000, "n2", 0)
        .replica("n1", &[("k", "a")])
        .replica("n2", &[]);
    let witness = case.witness(Convergence);
    assert_eq!(witness.since, Some(ms(1_000)));
    assert!(witness.facts.contains(&"2.000s: n2 booted with nothing".to_owned()));
}

#[test]
fn what_was_on_a_disk_is_learned_from_what_came_later() {
    let booted = Case::new()
        .put(10..20, "k", "a")
        .apply(11, "n1", "k", "a")
        .apply(15, "n2", "k", "a")
        .fault(FaultKind::Crash, "n2", 1_000, Some(2_000))
        .boot(2_000, "n2", 3)
        .replica("n1", &[("k", "a")]);
    // The replica shows that the key was not among the three entries.
    let lacking = booted.replica("n2", &[("other", "x")]);
    assert_eq!(lacking.witness(Convergence).keys.len(), 2);
    assert_eq!(lacking.witness(Convergence).since, Some(ms(1_000)), "the crash took it");
}

#[test]
fn what_a_change_replaced_shows_what_was_on_the_disk() {
    let case = Case::new()
        .put(10..20, "k", "a")
        .put(3_000..3_010, "k", "b")
        .apply(11, "n1", "k", "a")
        .apply(15, "n2", "k", "a")
        // The fault makes the builder forget what n2 held: it booted without the key.
        .fault(FaultKind::Crash, "n2", 1_000, Some(2_000))
        .boot(2_000, "n2", 3)
        .apply(3_005, "n2", "k", "b")
        .replica("n1", &[("k", "a")])
        .replica("n2", &[("k", "b")]);
    assert_eq!(case.witness(Convergence).since, Some(ms(1_000)), "the crash took it");
}

#[test]
fn faults_that_cannot_matter_are_not_told() {
    let mut case = Case::new()
        .fault(FaultKind::Pause, "n2", 1_000, Some(1_500))
        .fault(FaultKind::Loss, "n2", 1_900, None)
        .fault(FaultKind::Crash, "n1", 2_100, Some(2_200))
        .put(2_000..2_010, "k", "a")
        .replica("n1", &[("k", "a")])
        .replica("n2", &[]);
    case.faults[1].origin = FaultOrigin::Background;
    let facts = case.witness(Convergence).facts;
    assert_eq!(facts.len(), 2, "only the write and what the replicas hold: {facts:?}");
}

#[test]
fn the_node_that_took_the_write_needs_no_message() {
    let case = Case::new()
        .put(10..20, "k", "a")
        .apply(11, "n1", "k", "a")
        .send(12, 1, "n1", "n2", "replicate k=a v1")
        .apply(15, "n2", "k", "a")
        .fault(FaultKind::Crash, "n1", 1_000, Some(2_000))
        .boot(2_000, "n1", 0)
        .replica("n1", &[])
        .replica("n2", &[("k", "a")]);
    let facts = case.witness(Convergence).facts;
    assert!(!facts.iter().any(|fact| fact.contains("nobody")), "{facts:?}");
    assert!(facts.contains(&"2.000s: n1 booted with nothing".to_owned()), "{facts:?}");
}

#[test]
fn down_nodes_are_named_and_the_rest_is_compared() {
    let agreeing = Case::new().replica("n1", &[("k", "a")]).replica("n2", &[("k", "a")]).down("n3");
    assert_eq!(
        agreeing.valid(Convergence),
        "the 2 replicas that are up hold the same 1 entry; n3 was down"
    );
    let differing = Case::new().replica("n1", &[("k", "a")]).replica("n2", &[]).down("n3");
    assert_eq!(
        differing.witness(Convergence).summary,
        "n2 lacks key \"k\"; n1 holds \"a\"; n3 was down"
    );
}

#[test]
fn a_group_of_one_agrees_and_one_survivor_has_nothing_to_compare() {
    let rest_down = Case::new().replica("n1", &[("k", "a")]).down("n2");
    assert_eq!(
        rest_down.verdict(Convergence),
        Verdict::Unknown("only n1 was up at the end, so there was nothing to compare".into())
    );
    let all_down = Case::new().down("n1").down("n2");
    assert_eq!(all_down.verdict(Convergence).word(), "unknown");
    let cluster_of_one = Case::new().replica("n1", &[("k", "a")]);
    assert_eq!(cluster_of_one.valid(Convergence), "the only replica holds 1 entry");
    let mut groups = Case::new().replica("n1", &[("k", "a")]).replica("n2", &[("k", "a")]);
    groups = groups.replica("n3", &[("j", "b")]).down("n4");
    groups.replicas[2].group = 1;
    groups.replicas[3].group = 1;
    assert_eq!(
        groups.unknown(Convergence),
        "n3 was the only one of its group that was up at the end, so there was nothing to compare"
    );
    groups.replicas[3].group = 2;
    assert_eq!(
        groups.unknown(Convergence),
        "of the group of n4 no node was up at the end, so there was nothing to compare"
    );
    groups.replicas[3].entries = Some(Vec::new());
    assert_eq!(
        groups.valid(Convergence),
        "in each of 3 groups all replicas hold the same; 2 entries in all"
    );
    assert_eq!(Case::new().unknown(Convergence), "no replicas were read");
}

#[test]
fn a_node_that_nobody_told_is_named() {
    let case = Case::new()
        .put(10..20, "k", "a")
        .apply(11, "n1", "k", "a")
        .send(12, 1, "n1", "n2", "replicate k=a v1")
        .apply(15, "n2", "k", "a")
        .replica("n1", &[("k", "a")])
        .replica("n2", &[("k", "a")])
        .replica("n3", &[]);
    let facts = case.witness(Convergence).facts;
    assert!(
        facts.iter().any(|fact| fact.ends_with("nobody had ever sent n3 a message about it")),
        "{facts:?}"
    );
}
