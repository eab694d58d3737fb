//! Every action of a step, and the roles it can be aimed at.

use super::{ms, n, read};
use scenarios::{Action, Links, Party, Release, Target};

fn action(written: &str) -> Action {
    let sections = format!("[expect.toy]\n[[step]]\nat = \"2s\"\ndo = {written}\n");
    read(&sections).steps.remove(0).action
}

fn check(cases: &[(&str, Action)]) {
    for (written, expected) in cases {
        assert_eq!(action(written), *expected, "{written}");
    }
}

#[test]
fn faults_of_nodes_and_links() {
    check(&[
        (r#"{ crash = "n2" }"#, Action::Crash(n(2))),
        (r#"{ restart = "all" }"#, Action::Restart(Target::All)),
        (r#"{ pause = "follower" }"#, Action::Pause(Target::Follower)),
        (r#"{ resume = "any" }"#, Action::Resume(Target::Any)),
        (r#"{ isolate = "n3" }"#, Action::Isolate(n(3))),
        (r#"{ retire = "n2" }"#, Action::Retire(n(2))),
        (r#"{ one-way = { from = "n1", to = "n2" } }"#, Action::OneWay { from: n(1), to: n(2) }),
        (r#""heal-network""#, Action::HealNetwork),
        (
            r#"{ partition = [["n1", "clients"], ["n2", "follower"]] }"#,
            Action::Partition(vec![
                vec![Party::Node(n(1)), Party::Clients],
                vec![Party::Node(n(2)), Party::Node(Target::Follower)],
            ]),
        ),
        (
            r#"{ slow-link = { from = "n1", to = "n3", delay = "200ms", lasts = "3s" } }"#,
            Action::SlowLink { from: n(1), to: n(3), delay: ms(200), lasts: ms(3000) },
        ),
        (
            r#"{ loss = { share = 0.2, lasts = "2s" } }"#,
            Action::Loss { share: 0.2, lasts: ms(2000), links: Links::Nodes },
        ),
        (
            r#"{ duplicate = { share = 1, lasts = "2s" } }"#,
            Action::Duplicate { share: 1.0, lasts: ms(2000), links: Links::Nodes },
        ),
        (
            r#"{ clock-jump = { node = "n2", by = "-10s" } }"#,
            Action::ClockJump { node: n(2), by_ns: -10_000_000_000 },
        ),
    ]);
}

#[test]
fn faults_with_an_end_of_their_own() {
    let lasts = ms(2000);
    check(&[
        (r#"{ crash = "n2", lasts = "2s" }"#, Action::Crash(n(2)).lasting(lasts)),
        (r#"{ lasts = "2s", power-loss = "all" }"#, Action::PowerLoss(Target::All).lasting(lasts)),
        (r#"{ pause = "n2", lasts = "2s" }"#, Action::Pause(n(2)).lasting(lasts)),
        (r#"{ isolate = "n3", lasts = "2s" }"#, Action::Isolate(n(3)).lasting(lasts)),
        (r#"{ bridge = "n3", lasts = "2s" }"#, Action::Bridge(n(3)).lasting(lasts)),
        (
            r#"{ one-way = { from = "n1", to = "n2" }, lasts = "2s" }"#,
            Action::OneWay { from: n(1), to: n(2) }.lasting(lasts),
        ),
        (
            r#"{ clock-jump = { node = "n2", by = "1s" }, lasts = "2s" }"#,
            Action::ClockJump { node: n(2), by_ns: 1_000_000_000 }.lasting(lasts),
        ),
        (
            r#"{ partition = [["n1"], ["n2"]], lasts = "2s" }"#,
            Action::Partition(vec![vec![Party::Node(n(1))], vec![Party::Node(n(2))]])
                .lasting(lasts),
        ),
    ]);
}

#[test]
fn faults_of_the_links_of_clients_and_of_reads() {
    let lasts = ms(2000);
    check(&[
        (
            r#"{ loss = { share = 0.2, lasts = "2s", links = "all" } }"#,
            Action::Loss { share: 0.2, lasts, links: Links::All },
        ),
        (
            r#"{ duplicate = { share = 0.2, lasts = "2s", links = "clients" } }"#,
            Action::Duplicate { share: 0.2, lasts, links: Links::Clients },
        ),
        (
            r#"{ reorder = { spread = "50ms", lasts = "2s", links = "clients" } }"#,
            Action::Reorder { spread: ms(50), lasts, links: Links::Clients },
        ),
        (
            r#"{ disk-errors = { node = "n2", share = 1, lasts = "2s", reads = true } }"#,
            Action::DiskErrors { node: n(2), share: 1.0, lasts, reads: true },
        ),
    ]);
}

#[test]
fn another_version() {
    let do_of = |written: &str| {
        let sections = format!(
            "[expect.toy]\n[system.next]\nquorum = 3\nflaws = [\"no-retry\"]\n\
             [[step]]\nat = \"2s\"\ndo = {written}\n"
        );
        let mut scenario = read(&sections);
        let next = scenario.system.next.as_ref().unwrap();
        assert_eq!((next.flaws.len(), next.settings.len()), (1, 1));
        assert!(scenario.system.flaws.is_empty() && scenario.system.settings.is_empty());
        assert_eq!(scenario.system.all_flaws(), ["no-retry"]);
        scenario.steps.remove(0).action
    };
    let (down, node) = (ms(500), n(2));
    assert_eq!(
        do_of(r#"{ upgrade = { node = "n2", down = "500ms" } }"#),
        Action::Install { node, release: Release::Next, down }
    );
    assert_eq!(
        do_of(r#"{ downgrade = { node = "n2", down = "500ms" } }"#),
        Action::Install { node, release: Release::First, down }
    );
    assert_eq!(
        do_of(r#"{ rolling-upgrade = { down = "500ms", gap = "1s" } }"#),
        Action::RollingUpgrade { down, gap: ms(1000) }
    );
}

#[test]
fn slowness_restarts_and_faults_of_disks() {
    let role = Target::Leader;
    check(&[
        (r#"{ power-loss = "majority" }"#, Action::PowerLoss(Target::Majority)),
        (
            r#"{ rolling-restart = { down = "500ms", gap = "1s" } }"#,
            Action::RollingRestart { down: ms(500), gap: ms(1000) },
        ),
        (
            r#"{ slow-node = { node = "leader", factor = 1.5, lasts = "3s" } }"#,
            Action::SlowNode { node: role, factor: 1.5, lasts: ms(3000) },
        ),
        (r#"{ bridge = "follower" }"#, Action::Bridge(Target::Follower)),
        (
            r#"{ flapping-link = { from = "n1", to = "n2", period = "100ms", lasts = "3s" } }"#,
            Action::FlappingLink { from: n(1), to: n(2), period: ms(100), lasts: ms(3000) },
        ),
        (
            r#"{ delay-spike = { delay = "200ms", lasts = "2s" } }"#,
            Action::DelaySpike { delay: ms(200), lasts: ms(2000) },
        ),
        (
            r#"{ reorder = { spread = "50ms", lasts = "2s" } }"#,
            Action::Reorder { spread: ms(50), lasts: ms(2000), links: Links::Nodes },
        ),
        (
            r#"{ slow-disk = { node = "all", factor = 1000000, lasts = "2s" } }"#,
            Action::SlowDisk { node: Target::All, factor: 1e6, lasts: ms(2000) },
        ),
        (
            r#"{ full-disk = { node = "minority", lasts = "2s" } }"#,
            Action::FullDisk { node: Target::Minority, lasts: ms(2000) },
        ),
        (
            r#"{ disk-errors = { node = "n2", share = 1, lasts = "2s" } }"#,
            Action::DiskErrors { node: n(2), share: 1.0, lasts: ms(2000), reads: false },
        ),
        (r#"{ bit-rot = "n2" }"#, Action::BitRot(n(2))),
    ]);
}

#[test]
fn operations() {
    let role = Target::Leader;
    check(&[
        (
            r#"{ put = { key = "999", value = "GhostData", to = "leader" } }"#,
            Action::Put { key: "999".into(), value: "GhostData".into(), to: role },
        ),
        (
            r#"{ get = { key = "999", from = "n2" } }"#,
            Action::Get { key: "999".into(), from: n(2) },
        ),
        (
            r#"{ delete = { key = "999", to = "leader" } }"#,
            Action::Delete { key: "999".into(), to: role },
        ),
        (r#"{ list-keys = { from = "n1" } }"#, Action::ListKeys { from: n(1) }),
        (
            r#"{ compare-and-set = { key = "k", expected = "a", new = "b", to = "n1" } }"#,
            Action::CompareAndSet {
                key: "k".into(),
                expected: Some("a".into()),
                new: "b".into(),
                to: n(1),
            },
        ),
        (
            r#"{ compare-and-set = { key = "k", new = "b", to = "n1" } }"#,
            Action::CompareAndSet { key: "k".into(), expected: None, new: "b".into(), to: n(1) },
        ),
    ]);
}

#[test]
fn sides_of_a_partition_can_be_roles() {
    let sides = [[Target::Majority], [Target::Minority]].map(|side| side.map(Party::Node).to_vec());
    let written = r#"{ partition = [["majority"], ["minority"]] }"#;
    assert_eq!(action(written), Action::Partition(sides.to_vec()));
}

#[test]
fn the_smallest_cluster_in_which_a_role_or_a_fault_can_be() {
    for (nodes, written) in [
        (1, r#"{ power-loss = "leader" }"#),
        (1, r#"{ rolling-restart = { down = "1s", gap = "1s" } }"#),
        (1, r#"{ disk-errors = { node = "any", share = 0.5, lasts = "1s" } }"#),
        (2, r#"{ pause = "majority" }"#),
        (2, r#"{ delay-spike = { delay = "1s", lasts = "1s" } }"#),
        (3, r#"{ pause = "minority" }"#),
        (3, r#"{ bridge = "any" }"#),
    ] {
        let step = format!("[[step]]\nat = \"1s\"\ndo = {written}\n");
        assert_eq!(read(&format!("[cluster]\nnodes = {nodes}\n{step}")).steps.len(), 1);
    }
}
