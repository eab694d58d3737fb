//! What fixed seeds give, to the letter. A change here is a change of every run ever
//! recorded, or of how it is told: look at it, then accept it with `cargo insta accept`.

use crate::support::Desk;
use std::{fmt::Write as _, fs, path::Path};

#[test]
fn the_story_of_ghost_data() {
    insta::assert_snapshot!(Desk::new().seedbed("run ghost-data --seed 7").succeeds());
}

#[test]
fn the_summary_of_leader_crash() {
    let desk = Desk::new();
    desk.seedbed("run leader-crash --seed 1 --quiet --out report").succeeds();
    insta::assert_snapshot!(fs::read_to_string(desk.path("report/summary.json")).unwrap());
}

#[test]
fn the_heads_of_the_tables_of_healthy() {
    let desk = Desk::new();
    desk.seedbed("run healthy --seed 3 --quiet --out report").succeeds();
    let mut heads = String::new();
    for (name, content) in desk.files() {
        if name.extension() == Some("csv".as_ref()) {
            let name = name.strip_prefix(Path::new("report")).unwrap().display().to_string();
            let text = String::from_utf8(content).unwrap();
            let head: Vec<_> = text.lines().take(5).collect();
            writeln!(heads, "{name}, {} lines\n{}\n", text.lines().count(), head.join("\n"))
                .unwrap();
        }
    }
    insta::assert_snapshot!(heads);
}
