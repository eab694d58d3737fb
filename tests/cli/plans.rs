//! Plans: written, run again, changed, and refused.

use crate::support::{Desk, EXPECTED};
use serde_json::Value;
use std::fs;

fn summary(desk: &Desk, which: &str) -> Value {
    let said = desk.seedbed(&format!("run {which} --format json"));
    assert!(said.code.is_some_and(|code| code < 2), "{which}: {}", said.stderr);
    serde_json::from_str(&said.stdout).unwrap()
}

#[test]
fn a_full_plan_gives_the_same_run_and_a_line_less_gives_another() {
    let desk = Desk::new();
    for scenario in ["healthy", "chaos", "leader-crash"] {
        let first = summary(&desk, &format!("{scenario} --seed 7 --plan full --out first"));
        let second = summary(&desk, "first/plan.toml --plan full --out second");
        for field in ["digest", "system", "seed", "as_expected", "defects"] {
            assert_eq!(first[field], second[field], "{scenario}, {field}");
        }
        let read = |folder: &str| fs::read_to_string(desk.path(folder).join("plan.toml")).unwrap();
        assert_eq!(read("first"), read("second"), "{scenario}");
        let plan = read("first");
        let operations = plan.lines().filter(|line| line.starts_with("    { at = ")).count();
        if scenario == "leader-crash" {
            continue;
        }
        assert!(operations > 20, "{plan}");
        // Without its first operation.
        let (head, tail) = plan.split_once("    { at = ").unwrap();
        let less = format!("{head}{}", tail.split_once('\n').unwrap().1);
        fs::write(desk.path("less.toml"), less).unwrap();
        let less = summary(&desk, "less.toml --out less");
        assert_ne!(first["digest"], less["digest"], "{scenario}");
    }
}

#[test]
fn what_is_mended_must_not_come_back() {
    let with =
        |head: &str| format!("{head}{}", EXPECTED.replace("violated = [\"convergence\"]", ""));
    let shows = "shows = [\"convergence\"]\n";
    let desk = Desk::new()
        .with("open.toml", with(shows))
        .with("mended.toml", with(&format!("{shows}fixed-in = \"0.2.0\"\n")));
    desk.seedbed("run open.toml --quiet").succeeds();
    let ended = desk.seedbed("run mended.toml");
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), ""));
    assert!(ended.stdout.contains("convergence was to hold, and is violated"), "{}", ended.stdout);
    // A system in which it is mended.
    let story = desk.seedbed("run mended.toml --system raft").succeeds();
    assert!(story.contains("As expected."), "{story}");
}

#[test]
fn a_seed_and_a_system_stand_in_the_file_and_the_command_goes_before() {
    let desk = Desk::new().with("mine.toml", format!("seed = 9\non = \"quorum\"\n{EXPECTED}"));
    let named = |which: &str| {
        let summary = summary(&desk, which);
        (summary["seed"].as_u64().unwrap(), summary["system"].as_str().unwrap().to_owned())
    };
    assert_eq!(named("mine.toml"), (9, "quorum".to_owned()));
    assert_eq!(named("mine.toml --seed 1 --system raft"), (1, "raft".to_owned()));
    assert_eq!(named("ghost-data"), (0, "async-leader".to_owned()));
}

#[test]
fn a_newer_schema_is_refused_by_its_number() {
    let newer = format!("schema = 3\nwhatever = \"is new\"\n{EXPECTED}");
    let desk = Desk::new().with("mine.toml", newer);
    for command in ["run", "show", "trace", "audit", "matrix --scenarios"] {
        let said = desk.seedbed(&format!("{command} mine.toml")).refused();
        let version = env!("CARGO_PKG_VERSION");
        assert!(
            said.contains("schema 3") && said.contains(&format!("seedbed {version}")),
            "{said}"
        );
        assert!(said.contains("mine.toml:1:10") && !said.contains("whatever` "), "{said}");
    }
    assert_eq!(desk.files().len(), 1, "nothing was written");
}

#[test]
fn a_pin_is_told_in_the_story_and_the_tables() {
    let pinned = EXPECTED.replace(
        "[[step]]\nat = \"1s\"\ndo = { crash = \"n2\" }\n",
        "[pins]\nmessage = [{ link = \"n1->n2\", number = 1, fate = \"lost\" }]\n",
    );
    let desk = Desk::new().with("mine.toml", pinned);
    let story = desk.seedbed("run mine.toml --out report").succeeds();
    let told = "n1 -> n2 loses message 1, as the plan says";
    assert!(story.contains(told), "{story}");
    let faults = fs::read_to_string(desk.path("report/faults.csv")).unwrap();
    assert!(faults.contains(told) && faults.contains("pin 0"), "{faults}");
    let plan = fs::read_to_string(desk.path("report/plan.toml")).unwrap();
    assert!(plan.contains("{ link = \"n1->n2\", number = 1, fate = \"lost\" }"), "{plan}");
}

#[test]
fn a_file_that_expects_nothing_can_be_shown_and_audited() {
    let nothing = EXPECTED.split("[expect").next().unwrap();
    let on = format!("on = \"raft\"\n{nothing}");
    let desk = Desk::new().with("mine.toml", nothing).with("on.toml", on);
    let shown = desk.seedbed("show mine.toml").succeeds();
    assert!(shown.contains("It expects nothing, and runs on sync-leader, "), "{shown}");
    let shown = desk.seedbed("show on.toml").succeeds();
    assert!(shown.contains("It expects nothing, and runs on raft."), "{shown}");
    let lines =
        |name: &str| desk.seedbed(&format!("audit {name} --digests")).succeeds().lines().count();
    assert_eq!((lines("mine.toml"), lines("on.toml")), (node::systems::all().len(), 1));
}
