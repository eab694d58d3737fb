use super::case::Case;
use node::Fact;
use scenarios::Property::Placement;

/// Groups 0 (n1) and 1 (n2) that know each other after 5 ms.
fn two_groups() -> Case {
    Case::new()
        .fact(0, "n1", Fact::RingOf { group: 0 })
        .fact(0, "n2", Fact::RingOf { group: 1 })
        .fact(5, "n1", Fact::GroupJoins { group: 1 })
        .fact(5, "n2", Fact::GroupJoins { group: 0 })
}

/// `user2` belongs to group 0 and `test` to group 1.
fn with_replicas(case: Case, of_n1: &[(&str, &str)], of_n2: &[(&str, &str)]) -> Case {
    let mut case = case.replica("n1", of_n1).replica("n2", of_n2);
    case.replicas[1].group = 1;
    case
}

#[test]
fn a_key_lies_where_the_ring_says() {
    let case = two_groups().put(10..20, "user2", "a").put(10..20, "test", "b");
    let right = with_replicas(case, &[("user2", "a")], &[("test", "b")]);
    assert_eq!(right.valid(Placement), "2 entries lie where a ring of its time says");
}

#[test]
fn a_key_that_all_nodes_put_in_the_wrong_group_is_misplaced() {
    let case = two_groups().put(10..20, "user2", "a").put(10..20, "test", "b");
    let wrong = with_replicas(case, &[("test", "b")], &[("user2", "a")]);
    let witness = wrong.witness(Placement);
    assert_eq!(
        witness.summary,
        "key \"test\" lies in group 0, though the ring gives it to group 1, and so with 1 more key"
    );
    assert_eq!(witness.operations, [1, 0]);
}

#[test]
fn a_key_may_lie_where_some_ring_since_its_write_put_it() {
    // Written while n1 had not yet heard of group 1.
    let early = two_groups().put(3..20, "test", "b");
    with_replicas(early, &[("test", "b")], &[]).valid(Placement);
    let late = two_groups().put(6..20, "test", "b");
    with_replicas(late, &[("test", "b")], &[]).witness(Placement);
    // Or while n1 had dropped it, or had booted anew.
    for fact in [Fact::GroupLeaves { group: 1 }, Fact::RingOf { group: 0 }] {
        let parted = two_groups().fact(50, "n1", fact).put(60..70, "test", "b");
        with_replicas(parted, &[("test", "b")], &[]).valid(Placement);
    }
}

#[test]
fn nothing_is_said_without_rings_or_without_entries() {
    let untold = Case::new().put(10..20, "test", "b");
    let untold = with_replicas(untold, &[("test", "b")], &[]);
    assert_eq!(untold.unknown(Placement), "no node told of its ring");
    let empty = with_replicas(two_groups().put(10..20, "test", "b"), &[], &[("test", "x")]);
    assert_eq!(empty.unknown(Placement), "no replica held what a client wrote");
}
