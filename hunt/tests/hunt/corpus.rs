//! The folder that keeps what was found.

use hunt::{Corpus, CorpusError, Entry, What, draw};
use scenarios::{Property, Scenario};
use std::fs;

fn found(witness: &str) -> (Entry, Scenario) {
    let raft = node::systems::find("raft").unwrap();
    let what = What::Violated(Property::Durability);
    (Entry::new(what, witness, "raft", 7), draw(raft, &[], 7).scenario)
}

#[test]
fn what_shows_the_same_is_kept_once_and_the_shorter_plan_of_the_two() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = Corpus::open(folder.path()).unwrap();
    let (entry, plan) = found("n1 lost 3 writes");
    let (name, is_new) = corpus.add(&entry, &plan).unwrap();
    assert!(is_new);
    assert_eq!(corpus.entry(&name).unwrap(), entry);
    assert_eq!(corpus.add(&entry, &plan).unwrap(), (name.clone(), false));
    let (same, _) = found("n2 lost 5 writes");
    let shorter = Scenario { nemesis: None, ..plan.clone() };
    assert_eq!(corpus.add(&same, &shorter).unwrap(), (name.clone(), true));
    let (other, _) = found("n2 gained 5 writes");
    let (second, is_new) = corpus.add(&other, &plan).unwrap();
    assert!(is_new && second != name);
    assert_eq!(corpus.names().unwrap(), [name.clone(), second.clone()]);
    corpus.remove(&name).unwrap();
    assert_eq!(corpus.names().unwrap(), [second]);
}

#[test]
fn whoever_was_killed_in_between_leaves_a_corpus_that_opens() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = Corpus::open(folder.path()).unwrap();
    let (entry, plan) = found("n1 lost 3 writes");
    let (name, _) = corpus.add(&entry, &plan).unwrap();
    fs::write(folder.path().join("half.part"), "na").unwrap();
    fs::write(folder.path().join("raft-durability-9.toml"), plan.to_toml()).unwrap();
    let again = Corpus::open(folder.path()).unwrap();
    assert_eq!(again.names().unwrap(), [name]);
}

#[test]
fn what_is_not_its_own_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thesis.pdf"), "").unwrap();
    let refused = Corpus::open(folder.path()).unwrap_err();
    assert!(matches!(refused, CorpusError::Foreign(_)), "{refused}");
}

#[test]
fn a_newer_schema_is_refused_by_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = Corpus::open(folder.path()).unwrap();
    let (entry, plan) = found("n1 lost 3 writes");
    let (name, _) = corpus.add(&Entry { schema: 99, ..entry }, &plan).unwrap();
    let refused = corpus.entry(&name).unwrap_err();
    assert!(matches!(refused, CorpusError::Newer { is: 99, .. }), "{refused}");
}
