//! Runs that fail, made small from the command line.

use crate::support::Desk;
use std::fs;

const GHOST: &str = "shrink ghost-data --system async-leader --seed 3";

#[test]
fn what_is_left_runs_by_itself_and_says_where_it_comes_from() {
    let desk = Desk::new();
    let said = desk.seedbed(&format!("{GHOST} --out small.toml"));
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(said.stdout.contains("seedbed run small.toml"), "{}", said.stdout);
    let file = fs::read_to_string(desk.path("small.toml")).unwrap();
    assert!(file.contains(&format!("#   seedbed {GHOST}\n")), "{file}");
    assert_eq!(desk.files().len(), 1, "nothing else is left behind");
    let run = desk.seedbed("run small.toml --out told");
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    // A file that is small already stays as it is.
    let again = desk.seedbed("shrink small.toml --quiet");
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), ""), "{}", again.stderr);
    let again = fs::read_to_string(desk.path("small-small.toml")).unwrap();
    let plan = |file: &str| file.split_once("\n\n").unwrap().1.to_owned();
    assert_eq!(plan(&again), plan(&file));
}

#[test]
fn where_nothing_fails_nothing_is_written() {
    let desk = Desk::new().with("taken/file", "");
    let before = desk.files();
    for (arguments, wanted) in [
        ("shrink healthy --system raft", "nothing fails in `healthy`"),
        (
            "shrink ghost-data --system async-leader --seed 3 --needs-flaw",
            "that holds without its flaws",
        ),
        ("shrink ghost-data --system async-leader --seed 3 --out taken", "is a folder"),
        (
            "shrink ghost-data --system async-leader --seed 3 --out none/small.toml",
            "no folder `none`",
        ),
        ("shrink ghost-data --system async-leader --flaw sloth", "no flaw `sloth`"),
        ("shrink ghost-data --property speed", "the properties are"),
        ("shrink ghost-data --for 0s", "in no time"),
    ] {
        let said = desk.seedbed(arguments);
        assert_eq!(said.code, Some(2), "{arguments}: {}", said.stderr);
        let words = said.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(wanted), "{arguments}: {words}");
    }
    assert_eq!(desk.files(), before);
}
