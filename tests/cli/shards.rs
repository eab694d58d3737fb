//! Work in parts: joined in any order, it is what one process gives.

use crate::support::{Desk, EXPECTED, Ended, files};
use std::fs;

/// What says which part it is where the tests themselves are a part of something.
const OTHERS: [&str; 3] = ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX", "CI_NODE_INDEX"];

/// A command in three parts, each with a file of its own in `parts`.
fn in_parts(desk: &Desk, command: &str) {
    fs::create_dir_all(desk.path("parts")).unwrap();
    for index in 1..=3 {
        let part = format!("{command} --shard {index}/3 --results parts/{index}.json --quiet");
        let ended = desk.seedbed(&part);
        assert!(ended.code.is_some_and(|code| code < 2), "{part}: {}", ended.stderr);
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
}

/// Asserts that the parts of a command give what one process gives, and a part less does not.
/// What it says of times is for `same` to leave out.
#[track_caller]
fn merged_is_one(desk: &Desk, command: &str, formats: &[&str], same: impl Fn(&str) -> String) {
    in_parts(desk, command);
    let said = |ended: &Ended| (ended.code, same(&ended.stdout));
    fs::create_dir_all(desk.path("more")).unwrap();
    fs::copy(desk.path("parts/2.json"), desk.path("more/copy.json")).unwrap();
    let mut less_differs = false;
    for format in formats {
        let one = desk.seedbed(&format!("{command} --format {format}"));
        assert!(one.code.is_some_and(|code| code < 2), "{}", one.stderr);
        for from in ["parts", "parts/3.json parts/1.json parts/2.json", "more parts parts/2.json"] {
            let merged = desk.seedbed(&format!("merge {from} --format {format}"));
            assert_eq!(merged.stderr, "");
            assert_eq!(said(&merged), said(&one), "{command}, {format}, {from}");
        }
        let less = desk.seedbed(&format!("merge parts/3.json parts/1.json --format {format}"));
        assert_eq!(less.code, Some(1));
        assert!(less.stderr.contains("part 2 of 3 is missing"), "{}", less.stderr);
        less_differs |= same(&less.stdout) != same(&one.stdout);
    }
    assert!(less_differs, "{command}");
}

fn plans() -> Desk {
    let names = ["a", "b", "c", "d"];
    names.into_iter().fold(Desk::new(), |desk, name| {
        desk.with(&format!("plans/{name}.toml"), EXPECTED.replace("999", name))
    })
}

#[test]
fn a_check() {
    let desk = plans();
    desk.seedbed("check plans --update").succeeds();
    let desk = desk.with("plans/b.toml", EXPECTED.replace("4s", "5s"));
    merged_is_one(&desk, "check plans", &["text", "json", "github"], str::to_owned);
    // The files of the parts say everything.
    let one = desk.seedbed("check plans --junit one.xml").stdout;
    fs::remove_dir_all(desk.path("plans")).unwrap();
    let merged = desk.seedbed("merge parts --junit merged.xml").stdout;
    assert_eq!(one, merged);
    let read = |name: &str| fs::read_to_string(desk.path(name)).unwrap();
    assert_eq!(read("one.xml"), read("merged.xml"));
}

#[test]
fn a_matrix_and_its_folder() {
    let missed = EXPECTED.replace("violated = [", "holds = [");
    let desk = Desk::new().with("mine.toml", EXPECTED).with("missed.toml", missed);
    let command = "matrix --scenarios mine.toml,missed.toml,ghost-data --seeds 4 --out table";
    // Of a part there is no folder, and the parts are joined into one like that of one process.
    in_parts(&desk, command);
    assert!(!desk.path("table").exists());
    desk.seedbed(&format!("{command} --quiet"));
    let one = files(&desk.path("table"));
    fs::remove_dir_all(desk.path("table")).unwrap();
    assert_eq!(desk.seedbed("merge parts --quiet").code, Some(1));
    assert_eq!(files(&desk.path("table")), one);
    let formats = ["text", "json", "csv", "markdown"];
    merged_is_one(&desk, command, &formats, str::to_owned);
}

#[test]
fn an_audit() {
    let desk = Desk::new().with("mine.toml", EXPECTED);
    let command = "audit mine.toml ghost-data --seeds 2";
    merged_is_one(&desk, command, &["text", "json"], str::to_owned);
    merged_is_one(&desk, &format!("{command} --digests"), &["text"], str::to_owned);
}

#[test]
fn a_hunt_with_its_groups_its_cheapest_and_what_it_covered() {
    let desk = Desk::new();
    let command = "hunt random --system async-leader --seeds 5..22";
    let is_time = |line: &&str| {
        !line.contains("a second and core") && !line.contains("seconds\":")
            || line.contains("simulated_seconds")
    };
    let same = |text: &str| text.lines().filter(is_time).collect::<Vec<_>>().join("\n");
    merged_is_one(&desk, command, &["text", "json"], same);
    let merged = desk.seedbed("merge parts --format json").stdout;
    assert!(merged.contains("\"seeds\": 17"), "{merged}");
    // The corpus is that of one process.
    fs::remove_dir_all(desk.path("parts")).unwrap();
    let command = format!("{command} --save corpus");
    in_parts(&desk, &command);
    assert!(files(&desk.path("corpus")).is_empty(), "parts keep nothing");
    desk.seedbed("merge parts --quiet");
    let merged = files(&desk.path("corpus"));
    assert!(!merged.is_empty());
    fs::remove_dir_all(desk.path("corpus")).unwrap();
    desk.seedbed(&format!("{command} --quiet"));
    assert_eq!(files(&desk.path("corpus")), merged);
}

#[test]
fn a_hunt_whose_end_is_no_matter_of_seeds_has_no_parts() {
    for (end, why) in [
        ("--for 1s", "how many seeds there are is not said"),
        ("--seeds 0..9 --for 1s", "how far `--for` comes"),
        ("--seeds 0..9 --stop-after 1", "where `--stop-after` stops"),
    ] {
        let command = format!("hunt random --system raft {end} --shard 1/2");
        let said = words(&Desk::new().seedbed(&command).refused());
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn parts_of_something_else_are_refused() {
    let desk = plans();
    in_parts(&desk, "check plans");
    let part = fs::read_to_string(desk.path("parts/1.json")).unwrap();
    let refused = |name: &str, text: &str, why: &str| {
        fs::write(desk.path("parts").join(name), text).unwrap();
        let before = desk.files();
        let said = words(&desk.seedbed("merge parts --junit junit.xml").refused());
        assert!(said.contains(why), "{why}: {said}");
        assert_eq!(desk.files(), before, "nothing is written");
        fs::remove_file(desk.path("parts").join(name)).unwrap();
    };
    let version = format!("\"tool_version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let other = "\"tool_version\": \"9.9.9\"";
    refused("x.json", &part.replace(&version, other), "was written by seedbed 9.9.9");
    let newer = part.replace("\"schema_version\": 1", "\"schema_version\": 2");
    refused("x.json", &newer, "in schema 2");
    refused("notes.md", "", "holds no results of a part");
    refused("x.json", "{}", "its schema is not `seedbed-results`");
    refused("x.json", &part[..part.len() / 2], "holds no results of a part");
    let of_four = part.replace("\"count\": 3", "\"count\": 4");
    refused("x.json", &of_four, "one is of 3 parts, the other of 4");
    let impossible = part.replace("\"index\": 1", "\"index\": 4");
    refused("x.json", &impossible, "there is no part 4 of 3");
    let arguments = part.replacen("\"plans\"", "\"others\"", 1);
    refused("x.json", &arguments, "are not parts of the same: `seedbed check -- plans` and");
    refused("x.json", &part.replacen("GhostData", "Other", 1), "they read different texts in");
    let changed = part.replacen("\"seed\": 0", "\"seed\": 1", 1);
    refused("x.json", &changed, "is part 1/3 once more, and says something else");
    // What is still being written is no file yet.
    fs::write(desk.path("parts/4.json.77.part"), "").unwrap();
    assert_eq!(desk.seedbed("merge parts").code, Some(1));
    desk.seedbed("merge nowhere").refused();
    fs::create_dir(desk.path("empty")).unwrap();
    desk.seedbed("merge empty").refused();
    let said = words(&desk.seedbed("merge parts --format csv").refused());
    assert!(said.contains("cannot be told like that"), "{said}");
}

#[test]
fn parts_that_are_none_are_refused() {
    let desk = plans();
    for (shard, why) in [
        ("5/4", "parts are counted from 1, and the last is `4/4`"),
        ("0/4", "parts are counted from 1: the first is `1/4`"),
        ("4", "such as `3/8`"),
        ("auto", "says which part this is"),
    ] {
        let mut command = desk.command(&format!("check plans --shard {shard}"));
        for name in OTHERS {
            command.env_remove(name);
        }
        let said = words(&Ended::from(command.output().unwrap()).refused());
        assert!(said.contains(why), "{said}");
    }
    let said = desk.seedbed("check plans --shard 1/2 --results nowhere/1.json").refused();
    assert!(said.contains("there is no folder nowhere"), "{said}");
    desk.seedbed("check plans --shard 1/2 --update").refused();
}

#[test]
fn the_surroundings_say_which_part_it_is() {
    let desk = plans();
    let with = |shard: &str, variables: &[(&str, &str)]| {
        let mut command = desk.command(&format!("check plans --shard {shard} --format json"));
        for name in OTHERS {
            command.env_remove(name);
        }
        command.envs(variables.iter().copied());
        Ended::from(command.output().unwrap()).stdout
    };
    let second = desk.seedbed("check plans --shard 2/4 --format json").stdout;
    let slurm = [
        ("SLURM_ARRAY_TASK_ID", "1"),
        ("SLURM_ARRAY_TASK_MIN", "0"),
        ("SLURM_ARRAY_TASK_COUNT", "4"),
    ];
    assert_eq!(with("auto", &slurm), second);
    assert_eq!(with("auto/4", &[("JOB_COMPLETION_INDEX", "1")]), second);
    assert_eq!(with("auto", &[("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "4")]), second);
    assert_ne!(with("auto", &[("CI_NODE_INDEX", "3"), ("CI_NODE_TOTAL", "4")]), second);
}
