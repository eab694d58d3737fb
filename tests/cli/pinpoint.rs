//! When a violation became inevitable, from the command line.

use crate::support::Desk;
use serde_json::Value;
use std::fs;

const GHOST: &str = "pinpoint ghost-data --system async-leader --futures 10";

#[test]
fn the_event_that_doomed_it_is_named_and_drawn() {
    let desk = Desk::new();
    let said = desk.seedbed(&format!("{GHOST} --out told"));
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    for wanted in [
        "Inevitable from the beginning",
        "if no fault strikes from then on",
        "Without later faults inevitable after 1.0 s: it came in 0 of 40 futures before that, then in all 40",
        "fault 0 strikes: n2 crashed",
        "seedbed run ghost-data --system async-leader --seed 0",
    ] {
        assert!(said.stdout.contains(wanted), "`{wanted}` is missing:\n{}", said.stdout);
    }
    let files: Vec<_> = desk.files().into_keys().collect();
    assert_eq!(files.len(), 5, "{files:?}");
    let csv = fs::read_to_string(desk.path("told/pinpoint.csv")).unwrap();
    assert!(
        csv.starts_with("later,from_ms,came,futures,low,high\nfaults,0.000000,40,40,"),
        "{csv}"
    );
    assert!(csv.contains("\ncalm,0.000000,0,10,"), "{csv}");
    // It is not drawn twice in two ways, and may be replaced by its like.
    let svg = fs::read(desk.path("told/pinpoint.svg")).unwrap();
    let again = desk.seedbed(&format!("{GHOST} --out told --quiet --jobs 1"));
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), ""), "{}", again.stderr);
    assert_eq!(fs::read(desk.path("told/pinpoint.svg")).unwrap(), svg);
}

#[test]
fn machines_are_told_the_same() {
    let desk = Desk::new();
    let said = desk.seedbed(&format!("{GHOST} --later calm --format json"));
    let told: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(told["property"], "convergence");
    let course = &told["courses"][0];
    assert_eq!((&course["later"], &course["done"]), (&"calm".into(), &true.into()));
    assert_eq!(course["inevitable"]["before"]["came"], 0);
    assert_eq!(course["inevitable"]["after"]["came"], 40);
    assert!(course["points"].as_array().unwrap().len() > 20);
}

#[test]
fn where_nothing_is_violated_nothing_is_written() {
    let desk = Desk::new().with("taken/file", "");
    let before = desk.files();
    for (arguments, wanted) in [
        ("pinpoint healthy --system raft", "nothing is violated in `healthy`"),
        ("pinpoint ghost-data --property durability", "nothing of `durability` is violated"),
        ("pinpoint ghost-data --property speed", "the properties are"),
        ("pinpoint ghost-data --futures 1", "2..=100000"),
        ("pinpoint ghost-data --out taken", "seedbed has not written"),
        ("pinpoint ghst-data", "did you mean `ghost-data`"),
    ] {
        let said = desk.seedbed(arguments);
        assert_eq!(said.code, Some(2), "{arguments}: {}", said.stderr);
        let words = said.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(wanted), "{arguments}: {words}");
    }
    assert_eq!(desk.files(), before);
}
