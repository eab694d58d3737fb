//! Scenarios on processes: what fails in the simulator fails there, and what is mended holds.
//!
//! Each test has a control that must come out otherwise: the flaw on, or a naive system.

use crate::support::{Desk, Ended, SEEDBED};
use serde_json::Value;
use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

/// A follower is away while the leader takes a write.
const AWAY: &str = r#"
name = "away"
title = "A follower misses a write"
[phases]
run = "1500ms"
settle = "700ms"
[[step]]
at = "300ms"
do = { crash = "n2" }
[[step]]
at = "600ms"
do = { put = { key = "999", value = "GhostData", to = "leader" } }
[[step]]
at = "900ms"
do = { restart = "n2" }
[expect.async-leader]
violated = ["convergence"]
[expect.anti-entropy]
holds = ["convergence", "durability"]
"#;

/// Everybody writes keys of their own, so that no loss can be taken for an overwrite; `@` stands for steps.
fn write_once(name: &str, steps: &str) -> String {
    format!(
        r#"
name = "{name}"
title = "What was promised is kept"
[workload]
clients = 8
start = "700ms"
think = "1ms"
mix = {{ insert = 1 }}
keys = {{ count = 1 }}
timeout = "300ms"
attempts = 4
backoff = "20ms"
[phases]
run = "3s"
settle = "1500ms"
[properties]
min_availability = 0.05
{steps}
[expect.raft]
holds = ["durability", "convergence", "state-machine", "linearizability"]
[expect.durable-eventual]
holds = ["durability"]
"#
    )
}

/// All lose their power at once, with the disk in the middle of things.
fn all_lose_power() -> String {
    write_once(
        "all-lose-power",
        r#"
[[step]]
at = "1500ms"
do = { power-loss = "all" }
[[step]]
at = "1700ms"
do = { restart = "all" }
[[step]]
at = "2500ms"
do = { power-loss = "all" }
[[step]]
at = "2700ms"
do = { restart = "all" }
"#,
    )
}

/// The followers die, then the leader; the followers, who are a majority, come back first.
/// While the others stand still at first it is n1 who stands for election, and they vote for it as they go on.
const LAST_WORDS: &str = r#"
[[step]]
at = "10ms"
do = { pause = "n2" }
[[step]]
at = "10ms"
do = { pause = "n3" }
[[step]]
at = "700ms"
do = { resume = "n2" }
[[step]]
at = "700ms"
do = { resume = "n3" }
[[step]]
at = "2s"
do = { crash = "n2" }
[[step]]
at = "2s"
do = { crash = "n3" }
[[step]]
at = "2100ms"
do = { crash = "n1" }
[[step]]
at = "2300ms"
do = { restart = "n2" }
[[step]]
at = "2300ms"
do = { restart = "n3" }
[[step]]
at = "2900ms"
do = { restart = "n1" }
"#;

fn on_processes(desk: &Desk, arguments: &str) -> Ended {
    desk.seedbed(&format!("run {arguments} --on processes --format json"))
}

/// The verdict on a property.
pub(crate) fn verdict(summary: &Value, property: &str) -> String {
    let verdicts = summary["verdicts"].as_array().unwrap();
    let found = verdicts.iter().find(|verdict| verdict["property"] == property).unwrap();
    found["verdict"].as_str().unwrap().to_owned()
}

pub(crate) fn summary(told: &str) -> Value {
    let summary: Value = serde_json::from_str(told).unwrap();
    assert_eq!(summary["stage"], "processes");
    summary
}

/// How many processes there are whose command line speaks of this folder.
fn processes_of(folder: &Path) -> usize {
    let folder = folder.canonicalize().unwrap_or(folder.to_owned()).display().to_string();
    let all = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let lines = all.filter_map(|entry| fs::read_to_string(entry.path().join("cmdline")).ok());
    lines.filter(|line| line.contains("--conducted") && line.contains(&folder)).count()
}

#[test]
fn a_missed_write_is_missed_for_ever_unless_somebody_asks() {
    let desk = Desk::new().with("away.toml", AWAY);
    let naive = on_processes(&desk, "away.toml --system async-leader --out naive --keep kept");
    let naive = summary(&naive.succeeds());
    assert_eq!(verdict(&naive, "convergence"), "violated");
    assert_eq!(processes_of(&desk.path("kept")), 0, "every process has ended");
    assert!(desk.path("kept/n2/data").is_dir() && desk.path("kept/n2/log").is_file());
    let story = fs::read_to_string(desk.path("naive/story.txt")).unwrap();
    assert!(story.contains("replicate 999=GhostData"), "{story}");
    assert!(story.contains("LOST: as its receiver was down"), "{story}");
    assert!(story.contains("on processes no two runs are the same"), "{story}");
    assert!(!story.contains("digest"), "{story}");
    let mended = on_processes(&desk, "away.toml --system anti-entropy --out mended");
    assert_eq!(verdict(&summary(&mended.succeeds()), "convergence"), "holds");
}

#[test]
fn what_was_synced_outlives_the_power_and_what_was_not_does_not() {
    let desk = Desk::new().with("power.toml", all_lose_power());
    // Where everything is synced at once it is a matter of chance whether the power takes anything, and a run in
    // which it took nothing is not as expected; what was promised must hold in it all the same.
    let judged = |arguments: &str| {
        let ended = on_processes(&desk, arguments);
        assert!(matches!(ended.code, Some(0 | 1)), "{}", ended.stderr);
        summary(&ended.stdout)
    };
    let sound = judged("power.toml --system raft --out sound");
    for property in ["durability", "convergence", "state-machine", "linearizability"] {
        assert_eq!(verdict(&sound, property), "holds", "{property}");
    }
    let flawed = judged("power.toml --system raft --flaw no-fsync --out flawed");
    let bit = flawed["faults"].as_array().unwrap().iter().map(|it| it["touched"].as_u64().unwrap());
    assert!(bit.sum::<u64>() > 0, "bytes were lost: {}", flawed["faults"]);
    assert_eq!(verdict(&flawed, "durability"), "violated");
}

#[test]
fn who_answers_after_a_majority_has_it_keeps_it_and_who_answers_before_does_not() {
    let desk = Desk::new().with("words.toml", write_once("last-words", LAST_WORDS));
    let sound = on_processes(&desk, "words.toml --system raft --out sound");
    summary(&sound.succeeds());
    let flawed = "words.toml --system raft --flaw apply-before-commit --out flawed";
    let flawed = summary(&on_processes(&desk, flawed).succeeds());
    assert_eq!(
        verdict(&flawed, "durability"),
        "violated",
        "it promises too early, and is found out"
    );
}

#[test]
fn who_stands_still_or_cannot_be_reached_takes_part_no_more() {
    let paused = AWAY
        .replace("crash = \"n2\"", "pause = \"n2\"")
        .replace("restart = \"n2\"", "resume = \"n2\"");
    let cut = AWAY
        .replace("do = { crash = \"n2\" }", "do = { isolate = \"n2\" }")
        .replace("do = { restart = \"n2\" }", "do = \"heal-network\"");
    let expects = "[expect.async-leader]\nviolated = [\"convergence\"]";
    let late = paused.replace(expects, "[expect.async-leader]\nholds = [\"convergence\"]");
    let desk = Desk::new().with("paused.toml", late).with("cut.toml", cut);
    // What reaches one that stands still waits, and is handled when it goes on.
    let paused = on_processes(&desk, "paused.toml --system async-leader --out paused");
    let paused = summary(&paused.succeeds());
    assert_eq!(verdict(&paused, "convergence"), "holds");
    assert!(paused["faults"][0]["touched"].as_u64().unwrap() > 0, "{}", paused["faults"]);
    // What is cut off is lost.
    let cut = on_processes(&desk, "cut.toml --system async-leader --out cut");
    let cut = summary(&cut.succeeds());
    assert_eq!(verdict(&cut, "convergence"), "violated");
    assert!(cut["faults"][0]["touched"].as_u64().unwrap() > 0, "{}", cut["faults"]);
}

#[test]
fn processes_end_with_who_started_them() {
    let desk = Desk::new().with("away.toml", AWAY);
    let arguments = "run away.toml --system async-leader --on processes --quiet --keep kept";
    let start = || -> Child {
        Command::new(SEEDBED)
            .args(arguments.split(' '))
            .current_dir(desk.path("."))
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    };
    let mut run = start();
    let kept = desk.path("kept");
    let within = |seconds: u32, is: &dyn Fn() -> bool| {
        (0..seconds * 20).any(|_| {
            sleep(Duration::from_millis(50));
            is()
        })
    };
    let had_some = within(10, &|| processes_of(&kept) == 3);
    run.kill().unwrap();
    run.wait().unwrap();
    assert!(had_some, "three processes were there");
    assert!(within(10, &|| processes_of(&kept) == 0), "none is left");
    assert!(!desk.path("out").exists(), "nothing is half written");
}

#[test]
fn what_processes_cannot_do_is_said_before_any_is_started() {
    let desk = Desk::new();
    fs::create_dir(desk.path("there")).unwrap();
    let many = desk.seedbed("run ten-groups --on processes").refused();
    assert!(many.contains("50 nodes") && many.contains("24"), "{many}");
    let there = desk.seedbed("run ghost-data --on processes --keep there").refused();
    assert!(there.contains("there is there already"), "{there}");
    let simulated = desk.seedbed("run ghost-data --keep kept").refused();
    assert!(simulated.contains("--on processes"), "{simulated}");
    let parts = desk.seedbed("matrix --on processes --shard 1/2 --results r.json").refused();
    assert!(parts.contains("--shard"), "{parts}");
    assert!(!desk.path("out").exists());
}

#[test]
fn a_matrix_on_processes_stands_beside_that_of_the_simulator() {
    let desk = Desk::new().with("away.toml", AWAY);
    let matrix = "matrix --on processes --scenarios away.toml --out both";
    let told = desk.seedbed(matrix).succeeds();
    assert!(told.contains("ON PROCESSES AND IN THE SIMULATOR"), "{told}");
    assert!(told.contains("verdicts"), "{told}");
    let beside = fs::read_to_string(desk.path("both/beside.csv")).unwrap();
    let rows: Vec<Vec<&str>> = beside.lines().map(|line| line.split(',').collect()).collect();
    let of = |system: &str| {
        let row = rows.iter().find(|row| row[1] == system && row[3] == "convergence").unwrap();
        (row[5].to_owned(), row[6].to_owned())
    };
    assert_eq!(of("async-leader"), ("violated".to_owned(), "violated".to_owned()));
    assert_eq!(of("anti-entropy"), ("holds".to_owned(), "holds".to_owned()));
}
