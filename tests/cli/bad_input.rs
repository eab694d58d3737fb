//! Input that cannot be used: exit code 2, and words that mend it.

use crate::support::{Desk, EXPECTED};

/// Every command that takes a scenario.
const TAKERS: [&str; 5] = ["run", "play", "show", "trace", "audit"];

#[test]
fn an_unknown_scenario() {
    for command in TAKERS {
        let said = Desk::new().seedbed(&format!("{command} ghst-data")).refused();
        assert!(said.contains("no scenario is called `ghst-data`"), "{said}");
        assert!(said.contains("did you mean `ghost-data`?"), "{said}");
    }
    // Three names and no more, however unlike.
    for (name, near) in [("no-such-thing", ""), ("clock", "`clock-jumps`"), ("ghst-data", "")] {
        let said = Desk::new().seedbed(&format!("run {name}")).refused();
        let named = scenarios::library().filter(|it| said.contains(&format!("`{}`", it.name)));
        assert_eq!(named.count(), 3, "{said}");
        assert!(said.contains(near), "{said}");
    }
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
        assert!(refused("ghst-data.toml").contains("`ghost-data`"));
        assert!(refused("binary.toml").contains("not UTF-8"));
        assert!(refused("folder.toml").contains("is a folder, not a scenario"));
    }
}

#[test]
fn a_folder() {
    let desk = Desk::new().with("out/mine/plan.toml", EXPECTED).with("out/mine/story.txt", "");
    let desk = desk.with("many/d.toml", "").with("many/c.toml", "").with("many/b.toml", "");
    let desk = desk.with("many/a.toml", "").with("leader-crsh/x", "");
    for command in TAKERS {
        let refused = |name: &str| {
            let said = desk.seedbed(&format!("{command} {name}")).refused();
            assert!(said.contains("is a folder, not a scenario"), "{said}");
            said
        };
        // The folder of a run holds its plan.
        for name in ["out/mine", "out/mine/"] {
            let said = refused(name);
            assert!(said.contains("name the file in it: `out/mine/plan.toml`"), "{said}");
        }
        let said = refused("many");
        let three = "`many/a.toml`, `many/b.toml` and `many/c.toml`";
        assert!(said.split_whitespace().collect::<Vec<_>>().join(" ").contains(three), "{said}");
        assert!(refused("leader-crsh").contains("`leader-crash`"), "{said}");
        assert!(refused("out").contains("no file in it ends in .toml"), "{said}");
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

#[test]
fn what_a_system_cannot_carry_out() {
    let desk = Desk::new();
    for (arguments, why, mend) in [
        (
            "members-come-and-go --system quorum",
            "its nodes are the same for the whole",
            "can: raft",
        ),
        ("delete-comes-back --system async-leader", "it has no operation `delete`", "can: "),
        ("ghost-data --system raft --flaw comit-old-term", "no flaw", "mean `commit-old-term`?"),
        ("ghost-data --flaw commit-old-term", "`async-leader` has no flaw", "a flaw of raft"),
        ("ghost-data --system raft --flaw nonesuch", "no flaw `nonesuch`", "The flaws of `raft`"),
    ] {
        let said = desk.seedbed(&format!("run {arguments}")).refused();
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
        assert!(said.contains(why) && said.contains(mend), "{arguments}: {said}");
    }
    assert!(desk.files().is_empty(), "nothing was written");
}
