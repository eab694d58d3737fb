//! Where a report may go, and what is left there if it may not.

use crate::support::{Desk, EXPECTED};
use std::fs;

#[test]
fn a_folder_with_something_else_in_it_is_left_alone() {
    let desk = Desk::new().with("mine/notes.txt", "mine").with("mine/story.txt", "mine too");
    let before = desk.files();
    let said = desk.seedbed("run ghost-data --out mine").refused();
    assert!(said.contains("`mine` already holds something"), "{said}");
    assert_eq!(desk.files(), before);
}

#[test]
fn a_report_with_something_else_beside_it_is_left_alone() {
    let desk = Desk::new();
    desk.seedbed("run ghost-data --out report").succeeds();
    let desk = desk.with("report/notes.txt", "mine");
    let before = desk.files();
    let said = desk.seedbed("run ghost-data --seed 1 --out report").refused();
    assert!(said.contains("`notes.txt`"), "{said}");
    assert_eq!(desk.files(), before);
}

#[test]
fn an_earlier_report_is_replaced() {
    let desk = Desk::new();
    desk.seedbed("run healthy --out report").succeeds();
    desk.seedbed("run ghost-data --out report").succeeds();
    let plan = fs::read_to_string(desk.path("report/plan.toml")).unwrap();
    assert!(plan.contains("\nname = \"ghost-data\"\n"), "{plan}");
    let only_the_report = desk.files().into_keys().all(|name| name.starts_with("report"));
    assert!(only_the_report);
}

#[test]
fn an_empty_folder_and_a_missing_one_are_fine() {
    let desk = Desk::new();
    fs::create_dir(desk.path("empty")).unwrap();
    desk.seedbed("run ghost-data --out empty").succeeds();
    desk.seedbed("run ghost-data --out a/b/c").succeeds();
    assert!(desk.path("empty/story.txt").is_file());
    assert!(desk.path("a/b/c/story.txt").is_file());
}

#[test]
fn a_file_is_no_folder() {
    let desk = Desk::new().with("file", "mine");
    for target in ["file", "file/report"] {
        let said = desk.seedbed(&format!("run ghost-data --out {target}")).refused();
        assert!(said.contains("file"), "{said}");
        assert_eq!(desk.files().len(), 1);
        assert_eq!(fs::read(desk.path("file")).unwrap(), b"mine");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_leaves_nothing_behind() {
    // Not even the super-user makes a folder there.
    let desk = Desk::new().with("mine.toml", EXPECTED);
    let said = desk.seedbed("run mine.toml --out /proc/seedbed/report").refused();
    assert!(said.contains("choose another folder"), "{said}");
    assert_eq!(desk.files().len(), 1);
}

#[cfg(unix)]
#[test]
fn of_a_link_what_it_points_to_is_replaced() {
    use std::os::unix::fs::symlink;
    let desk = Desk::new();
    desk.seedbed("run healthy --out reports/real").succeeds();
    symlink("reports/real", desk.path("latest")).unwrap();
    desk.seedbed("run ghost-data --out latest").succeeds();
    assert!(desk.path("latest").is_symlink());
    let plan = fs::read_to_string(desk.path("reports/real/plan.toml")).unwrap();
    assert!(plan.contains("\nname = \"ghost-data\"\n"), "{plan}");
    let beside: Vec<_> = fs::read_dir(desk.path("reports")).unwrap().collect();
    assert_eq!(beside.len(), 1, "nothing is left beside it: {beside:?}");

    let desk = desk.with("mine/notes.txt", "mine");
    symlink("mine", desk.path("other")).unwrap();
    let said = desk.seedbed("run ghost-data --out other").refused();
    assert!(said.contains("notes.txt"), "{said}");
    symlink("nowhere", desk.path("dangling")).unwrap();
    let said = desk.seedbed("run ghost-data --out dangling").refused();
    assert!(said.contains("a link that points to nothing"), "{said}");
    assert!(desk.path("dangling").is_symlink() && desk.path("other").is_symlink());
}
