//! Input that cannot be used: exit code 2, and words that mend it.

use crate::support::{Desk, EXPECTED};

/// Every command that takes a scenario.
const TAKERS: [&str; 4] = ["run", "show", "trace", "audit"];

#[test]
fn an_unknown_scenario() {
    for command in TAKERS {
        let said = Desk::new().seedbed(&format!("{command} ghst-data")).refused();
        assert!(said.contains("no scenario is called `ghst-data`"), "{said}");
        assert!(said.contains("did you mean `ghost-data`?"), "{said}");
    }
    let said = Desk::new().seedbed("run no-such-thing").refused();
    assert!(said.contains("choose from") && said.contains("`amnesia`"), "{said}");
}

#[test]
fn a_file_named_without_its_ending() {
    let desk = Desk::new().with("mine.toml", EXPECTED).with("other", EXPECTED);
    let said = desk.seedbed("run mine").refused();
    assert!(said.contains("write `mine.toml`"), "{said}");
    let said = desk.seedbed("run other").refused();
    assert!(said.contains("write `./other`"), "{said}");
    desk.seedbed("run ./other").succeeds();
}

#[test]
fn an_unknown_system() {
    for command in ["run", "trace"] {
        let said =
            Desk::new().seedbed(&format!("{command} ghost-data --system asink-leader")).refused();
        assert!(said.contains("there is no system `asink-leader`"), "{said}");
        assert!(said.contains("did you mean `async-leader`?"), "{said}");
    }
}

#[test]
fn a_file_that_is_not_there_or_not_a_scenario() {
    let desk = Desk::new().with("binary.toml", [0xff, 0xfe]).with("folder.toml/x", "");
    for command in TAKERS {
        let refused = |name: &str| desk.seedbed(&format!("{command} {name}")).refused();
        assert!(refused("none.toml").contains("there is no file none.toml"));
        assert!(refused("binary.toml").contains("not UTF-8"));
        assert!(refused("folder.toml").contains("is a folder, not a scenario"));
    }
}

#[test]
fn malformed_toml_is_shown_with_line_and_caret() {
    let desk = Desk::new().with("mine.toml", EXPECTED.replace("title = ", "title "));
    for command in TAKERS {
        let said = desk.seedbed(&format!("{command} mine.toml")).refused();
        assert!(said.contains("this is not TOML"), "{said}");
        assert!(said.contains("mine.toml:3:"), "{said}");
        assert!(said.contains("3 │ title \"A follower misses a write\""), "{said}");
        assert!(said.contains("╰── "), "{said}");
    }
}

#[test]
fn every_impossible_value_is_shown_at_once() {
    let impossible = EXPECTED
        .replace("run = \"4s\"", "run = \"4\"")
        .replace("{ crash = \"n2\" }", "{ crash = \"n9\" }")
        .replace("[phases]", "[network.nodes]\nloss = 1.5\n\n[phases]");
    let desk = Desk::new().with("mine.toml", impossible);
    insta::assert_snapshot!(desk.seedbed("run mine.toml").refused());
    assert_eq!(desk.files().len(), 1, "nothing was written");
}

#[test]
fn a_system_that_the_scenario_expects_nothing_of() {
    let desk = Desk::new().with("mine.toml", EXPECTED.replace("async-leader", "raffft"));
    let said = desk.seedbed("run mine.toml").refused();
    assert!(said.contains("mine.toml:16:"), "{said}");
}

#[test]
fn arguments_that_make_no_sense() {
    for arguments in [
        "run",
        "runn ghost-data",
        "run ghost-data --seed seven",
        "run ghost-data --seed -1",
        "run ghost-data --format yaml",
        "run ghost-data --sed 7",
        "audit --seeds 0",
        "completions cobol",
        "",
    ] {
        let said = Desk::new().seedbed(arguments).refused();
        assert!(said.contains("Usage") || said.contains("--help"), "{arguments}: {said}");
    }
}
