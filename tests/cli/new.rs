//! A crate of one's own, written from the command line. That it builds and what its test finds is shown by
//! `.ci/author`.

use crate::support::Desk;
use std::{fs, path::Path};

#[test]
fn a_crate_is_written_whole_and_its_scenarios_are_some() {
    let desk = Desk::new();
    let said = desk.seedbed("new my-store --seedbed path=\"../seedbed\"");
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(said.stdout.contains("cd my-store\n"), "{}", said.stdout);
    let manifest = fs::read_to_string(desk.path("my-store/Cargo.toml")).unwrap();
    assert!(manifest.contains("seedbed = { path=\"../seedbed\" }"), "{manifest}");
    for (path, text) in desk.files() {
        let text = String::from_utf8(text).unwrap();
        assert!(!text.contains("{{"), "{}: {text}", path.display());
    }
    let store = fs::read_to_string(desk.path("my-store/src/lib.rs")).unwrap();
    assert!(store.contains("impl Node for MyStore"), "{store}");
    // They expect something of a system that only the crate's own program has.
    let said = desk.seedbed("show my-store/scenarios/crash.toml");
    assert!(said.stderr.contains("my-store"), "{}", said.stderr);
}

#[test]
fn by_default_the_sources_of_this_program_are_the_dependency() {
    let desk = Desk::new();
    assert_eq!(desk.seedbed("new my-store --quiet").code, Some(0));
    let manifest = fs::read_to_string(desk.path("my-store/Cargo.toml")).unwrap();
    let path = manifest.split("path = \"").nth(1).unwrap().split('"').next().unwrap();
    let sources = fs::canonicalize(desk.path("my-store").join(path)).unwrap();
    assert_eq!(sources, fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap());
}

#[test]
fn where_no_crate_can_be_nothing_is_written() {
    let desk = Desk::new().with("taken/file", "").with("file", "");
    let before = desk.files();
    for (arguments, wanted) in [
        ("new taken", "not empty"),
        ("new file", "cannot be written"),
        ("new My_Store", "name of a crate"),
        ("new raft", "name of something else"),
        ("new seedbed", "name of something else"),
        ("new none/my-store", "make the folder it lies in first"),
        ("new my-store --seedbed foo", "where cargo finds seedbed"),
        ("new ..", "name of a crate"),
    ] {
        let said = desk.seedbed(arguments);
        assert_eq!(said.code, Some(2), "{arguments}: {}", said.stderr);
        let words = said.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(wanted), "{arguments}: {words}");
    }
    assert_eq!(desk.files(), before);
}
