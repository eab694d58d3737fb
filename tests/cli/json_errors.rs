//! With `--format json` errors are JSON, too, on standard output, with the same exit code.

use crate::support::{Desk, EXPECTED, Ended};
use serde_json::Value;

fn refused(ended: Ended, code: i32) -> Value {
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(code), ""), "{}", ended.stdout);
    let said: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(said["exit_code"], code, "{said}");
    let error = &said["error"];
    assert!(error["message"].as_str().is_some_and(|it| !it.is_empty()), "{said}");
    assert!(error.get("place").is_some() && error.get("help").is_some(), "{said}");
    error.clone()
}

#[test]
fn every_command_that_prints_json_tells_errors_in_it() {
    let desk = Desk::new().with("bad.toml", EXPECTED.replace("title", "titel"));
    for command in [
        "run bad.toml",
        "audit bad.toml",
        "hunt bad.toml --seeds 0..1",
        "matrix --scenarios bad.toml",
        "pinpoint bad.toml",
        "bench bad.toml",
        "explore bad.toml",
    ] {
        let error = refused(desk.seedbed(&format!("{command} --format json")), 2);
        assert_eq!(error["place"]["file"], "bad.toml", "{command}: {error}");
        assert_eq!((&error["place"]["line"], &error["place"]["column"]), (&1.into(), &1.into()));
        assert_eq!(error["mistakes"].as_array().unwrap().len(), 2, "{error}");
        let second = &error["mistakes"][1];
        assert_eq!(second["message"], "the scenario has no field `titel`");
        assert_eq!(second["help"], "did you mean `title`?");
        assert_eq!((&second["place"]["line"], &second["place"]["column"]), (&3.into(), &1.into()));
        // In words, and then on standard error, where nothing else is asked for.
        assert!(desk.seedbed(command).refused().contains("no field `titel`"));
    }
    for command in [
        "list --tag nonesuch",
        "list --system nonesuch",
        "glossary nonesuch",
        "corpus list nowhere",
        "corpus replay nowhere",
        "check nowhere",
        "experiment nonesuch",
        "flaws --system nonesuch",
        "run ghost-data --system nonesuch",
        "run ghost-data --max-events 10",
        "merge nowhere",
    ] {
        refused(desk.seedbed(&format!("{command} --format json")), 2);
    }
    for usage in ["run --format json", "run ghost-data --sed 7 --format=json", "hunt --format json"]
    {
        let error = refused(desk.seedbed(usage), 2);
        assert!(error["help"].as_str().unwrap().contains("--help"), "{error}");
    }
}

#[test]
fn histories_that_are_none_are_told_beside_the_others() {
    let desk = Desk::new().with("bad.edn", "{:process 0, :type :invoke");
    let ended = desk.seedbed("judge bad.edn --format json");
    assert_eq!(ended.code, Some(2));
    let said: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(said["error"]["place"]["file"], "bad.edn", "{said}");
    assert_eq!(said["refused"].as_array().unwrap().len(), 1);
}
