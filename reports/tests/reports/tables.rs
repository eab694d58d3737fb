use crate::support::{busy, ghost, odd, waits};
use reports::{Summary, csv};

fn head(table: &str) -> String {
    table.lines().take(6).map(|line| format!("{line}\n")).collect()
}

#[test]
fn tables_of_the_ghost_run() {
    let run = ghost::run();
    insta::assert_snapshot!("ghost-operations", csv::operations(&run));
    insta::assert_snapshot!("ghost-latency", head(&csv::latency(&run)));
    insta::assert_snapshot!("ghost-messages", csv::messages(run.trace.as_ref().unwrap()));
    insta::assert_snapshot!("ghost-faults", csv::faults(&run));
    insta::assert_snapshot!("ghost-replicas", csv::replicas(&run));
}

#[test]
fn heads_of_the_tables_of_the_busy_run() {
    let run = busy::run();
    insta::assert_snapshot!("busy-operations", head(&csv::operations(&run)));
    insta::assert_snapshot!("busy-latency", head(&csv::latency(&run)));
    insta::assert_snapshot!("busy-messages", head(&csv::messages(run.trace.as_ref().unwrap())));
    insta::assert_snapshot!("busy-faults", csv::faults(&run));
    insta::assert_snapshot!("busy-replicas", head(&csv::replicas(&run)));
}

#[test]
fn summaries() {
    insta::assert_snapshot!("ghost-summary", Summary::of(&ghost::run()).to_json());
    insta::assert_snapshot!("busy-summary", Summary::of(&busy::run()).to_json());
}

#[test]
fn a_summary_names_the_nodes_that_wait() {
    let json: serde_json::Value =
        serde_json::from_str(&Summary::of(&waits::hang()).to_json()).unwrap();
    let waiting = serde_json::json!([{
        "node": "n1", "workers": 1, "on": { "n2": 1 }, "queued_requests": 2, "queued_calls": 0, "queued_health_checks": 0
    }]);
    assert_eq!(json["waits"], waiting);
}

#[test]
fn the_latency_rows_of_kinds_and_windows_add_up() {
    let run = busy::run();
    let table = csv::latency(&run);
    let count = |kind: &str, wanted: &dyn Fn(&str) -> bool| -> u64 {
        let rows = table.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
        let rows = rows.filter(|row| row[0] == kind && wanted(row[1]));
        rows.map(|row| row[4].parse::<u64>().unwrap()).sum()
    };
    let whole = |window: &str| window == csv::WHOLE_RUN;
    let parts = |window: &str| window != csv::WHOLE_RUN;
    let answered = run.history.operations.iter().filter(|record| record.is_answered()).count();
    assert_eq!(count("all", &whole), answered as u64);
    for kind in ["all", "put", "get"] {
        assert_eq!(count(kind, &whole), count(kind, &parts), "{kind}");
    }
    assert_eq!(count("put", &whole) + count("get", &whole), count("all", &whole));
}

#[test]
fn groups_agree_each_within_itself() {
    let last = |run| csv::replicas(&run).lines().last().unwrap().to_owned();
    assert_eq!(last(odd::two_groups()), "999,GhostData@1,,GhostData@1,yes");
    let differing = "999,GhostData@1,,GhostData@1,GhostData@1,(down),,no";
    assert_eq!(last(odd::two_groups_that_differ()), differing);
}

#[test]
fn a_node_that_is_down_is_not_a_node_without_the_key() {
    let table = csv::replicas(&odd::short_and_silent());
    assert_eq!(table, "key,n1,n2,n3,agree\n999,GhostData@1,(down),GhostData@1,yes\n");
}
