//! How soon flaws are caught, as the command tells it.

use crate::support::Desk;
use serde_json::Value;

const SMALL: &str = "flaws --system raft --flaw vote-twice --hunts 3 --seeds 60 --tries 300";

/// What was measured of the only flaw, without what the machine had to do with it.
fn measured(told: &str) -> Value {
    let mut told: Value = serde_json::from_str(told).unwrap();
    let flaw = told["flaws"][0].as_object_mut().unwrap();
    flaw.remove("cpu_seconds").unwrap();
    flaw.clone().into()
}

#[test]
fn each_flaw_is_told_with_what_catches_it_and_how_soon() {
    let desk = Desk::new();
    let json = |jobs: u32| {
        measured(&desk.seedbed(&format!("{SMALL} --format json --jobs {jobs}")).succeeds())
    };
    let one = json(1);
    assert_eq!(one, json(3), "jobs change nothing");
    assert!(one["caught"].as_u64() >= Some(2), "{one}");
    assert_eq!(one["caught_by"][0]["property"], "state-machine");
    assert!(one["shrunk"]["steps"].as_u64() < one["shrunk"]["of"].as_u64(), "{one}");
    assert_eq!(one["scenarios"][0], "two-leaders-in-one-term");
    let page = desk.seedbed(&format!("{SMALL} --format markdown")).succeeds();
    let median = one["median_seeds"].as_u64().unwrap();
    assert!(page.contains("| `vote-twice` | raft | state-machine"), "{page}");
    assert!(page.contains(&format!("of 3 | {median} | ")), "{page}");
    assert!(
        page.ends_with("`two-leaders-in-one-term`, `upgraded-voter` |\n"),
        "nothing is missed: {page}"
    );
}

#[test]
fn what_no_hunt_catches_is_said_with_the_scenario_that_shows_it() {
    let desk = Desk::new();
    let arguments = "flaws --system raft --flaw forget-vote --hunts 2 --seeds 2 --tries 0";
    let told = desk.seedbed(arguments).succeeds();
    assert!(told.contains("0 of 2"), "{told}");
    let missed = "forget-vote of raft: no hunt caught it, but seedbed run forgotten-vote shows it.";
    assert!(told.contains(missed), "{told}");
}

#[test]
fn flaws_that_are_none_are_refused() {
    let desk = Desk::new();
    for (arguments, help) in [
        ("--system rft", "did you mean `raft`?"),
        ("--flaw no-fsnc", "did you mean `no-fsync`?"),
        ("--system quorum --flaw no-fsync", "It is a flaw of raft"),
        ("--hunts 0", "--help"),
        ("--seeds none", "--help"),
    ] {
        let told = desk.seedbed(&format!("flaws {arguments}")).refused();
        assert!(told.contains(help), "{arguments}: {told}");
    }
}

/// The page is made now and then, since it takes its time.
#[test]
fn the_page_names_every_flaw_and_scenarios_that_there_are() {
    let page = std::fs::read_to_string("docs/flaws.md").unwrap();
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    let mut told: Vec<_> =
        rows.iter().map(|row| (row[1].trim_matches('`').to_owned(), row[2].to_owned())).collect();
    let mut flaws: Vec<_> = node::systems::all()
        .iter()
        .flat_map(|system| {
            system.flaws.iter().map(|it| (it.name.to_owned(), system.name.to_owned()))
        })
        .collect();
    told.sort();
    flaws.sort();
    assert_eq!(told, flaws);
    for name in rows.iter().flat_map(|row| row[8].split(", ")).filter(|name| !name.is_empty()) {
        assert!(scenarios::find(name.trim_matches('`')).is_ok(), "{name}");
    }
}
