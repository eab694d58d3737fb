//! The page on the five documents names what there is, and leaves out nothing that comes from them.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test as tests do")]

use node::systems;
use std::{collections::BTreeSet, fs, path::Path};

#[test]
fn every_name_on_the_page_is_that_of_something() {
    let scenarios = scenarios::library().map(|embedded| embedded.name);
    let experiments = scenarios::experiment::ALL.iter().map(|experiment| experiment.name);
    let systems = systems::ALL.iter().map(|system| system.name);
    let flaws = systems::ALL.iter().flat_map(|system| system.flaws).map(|flaw| flaw.name);
    let known: BTreeSet<_> = scenarios.chain(experiments).chain(systems).chain(flaws).collect();
    let page = page();
    let unknown: Vec<_> = names(&page).into_iter().filter(|name| !known.contains(name)).collect();
    assert!(unknown.is_empty(), "docs/seeds.md names what there is not: {unknown:?}");
}

#[test]
fn whatever_comes_from_a_seed_is_on_the_page() {
    let scenarios = scenarios::library()
        .filter(|it| it.scenario().source.is_some_and(|source| source.contains("seed")));
    let experiments = scenarios::experiment::ALL.iter().map(|experiment| experiment.name);
    let flaws = systems::ALL.iter().filter(|system| system.source.starts_with("seed "));
    let flaws = flaws.flat_map(|system| system.flaws).map(|flaw| flaw.name);
    let page = page();
    let named = names(&page);
    let wanted = scenarios.map(|it| it.name).chain(experiments).chain(flaws);
    let missing: Vec<_> = wanted.filter(|name| !named.contains(name)).collect();
    assert!(missing.is_empty(), "docs/seeds.md does not name {missing:?}");
}

#[test]
fn every_link_leads_to_a_file() {
    let page = page();
    let links = page.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let dead: Vec<_> =
        links.map(|(path, _)| path).filter(|path| !docs().join(path).is_file()).collect();
    assert!(dead.is_empty(), "{dead:?}");
}

#[test]
fn only_words_that_can_be_names_are_taken_for_names() {
    let names = names("`ghost-data`, `Backup`, `summary.json` and `seedbed run ghost-data`");
    assert_eq!(names, BTreeSet::from(["ghost-data"]));
}

/// What stands in backticks and can be a name: small letters, digits and hyphens.
fn names(page: &str) -> BTreeSet<&str> {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    page.split('`').skip(1).step_by(2).filter(|quoted| quoted.bytes().all(is_part)).collect()
}

fn page() -> String {
    fs::read_to_string(docs().join("seeds.md")).unwrap()
}

fn docs() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/docs"))
}
