//! The page on the five documents names what there is, and leaves out nothing that comes from them.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test as tests do")]

use node::systems;
use std::{collections::BTreeSet, fs, path::Path};

#[test]
fn every_name_on_the_page_is_that_of_something() {
    let scenarios = scenarios::library().map(|embedded| embedded.name);
    let experiments = scenarios::experiment::ALL.iter().map(|experiment| experiment.name);
    let systems = systems::all().iter().map(|system| system.name);
    let flaws = systems::all().iter().flat_map(|system| system.flaws).map(|flaw| flaw.name);
    let known: BTreeSet<_> = scenarios.chain(experiments).chain(systems).chain(flaws).collect();
    let page = page();
    let unknown: Vec<_> = names(&page).into_iter().filter(|name| !known.contains(name)).collect();
    assert!(unknown.is_empty(), "docs/origins.md names what there is not: {unknown:?}");
}

#[test]
fn whatever_comes_from_a_document_is_on_the_page() {
    let scenarios = scenarios::library()
        .filter(|it| it.scenario().source.is_some_and(|source| names_a_document(&source)));
    let experiments = scenarios::experiment::ALL.iter().map(|experiment| experiment.name);
    let flaws = systems::all().iter().filter(|it| systems::DOCUMENTS.contains(&it.source));
    let flaws = flaws.flat_map(|system| system.flaws).map(|flaw| flaw.name);
    let page = page();
    let named = names(&page);
    let wanted = scenarios.map(|it| it.name).chain(experiments).chain(flaws);
    let missing: Vec<_> = wanted.filter(|name| !named.contains(name)).collect();
    assert!(missing.is_empty(), "docs/origins.md does not name {missing:?}");
}

#[test]
fn every_document_has_its_part_of_the_page() {
    let page = page().to_lowercase();
    for document in systems::DOCUMENTS {
        let heading = format!("\n## {}: ", document.to_lowercase());
        assert!(page.contains(&heading), "docs/origins.md has no part {document}");
    }
}

#[test]
fn the_word_seed_is_left_to_the_number() {
    assert!(!mistakes_a_document_for_a_seed("--seed 0, seed 12 and five documents"));
    for wrong in ["source = \"seed 2\"", "after seed 3 (Python)", "the load of seeds 0 and 2"] {
        assert!(mistakes_a_document_for_a_seed(wrong), "{wrong}");
    }
    let scenarios = scenarios::library().map(|embedded| embedded.text.to_owned());
    let experiments = scenarios::experiment::ALL.iter().flat_map(|it| [it.about, it.source]);
    let systems = systems::all().iter().map(|system| system.source);
    let told = experiments.chain(systems).map(str::to_owned);
    for text in scenarios.chain(told).chain([page()]) {
        assert!(!mistakes_a_document_for_a_seed(&text), "{text}");
    }
}

/// Whether a source is one of the five documents, or all of them.
fn names_a_document(source: &str) -> bool {
    source.contains("all five documents")
        || systems::DOCUMENTS.iter().any(|document| source.contains(document))
}

/// Whether a number below five stands after the word, outside an option and a run's name.
fn mistakes_a_document_for_a_seed(text: &str) -> bool {
    let text = text.to_lowercase().replace("--seed ", "");
    ["seed ", "seeds "].iter().any(|word| {
        text.split(word).skip(1).any(|rest| {
            let number = rest.split(|letter: char| !letter.is_ascii_digit()).next();
            matches!(number, Some("0" | "1" | "2" | "3" | "4"))
        })
    })
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
    fs::read_to_string(docs().join("origins.md")).unwrap()
}

fn docs() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/docs"))
}
