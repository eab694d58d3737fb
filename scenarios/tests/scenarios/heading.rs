//! The story of a run is headed by a text that the run bears out.

use crate::common::{around, parse};
use scenarios::{Fit, Heading, Property, library};

const TEXTS: &str = r#"
[[story]]
on = ["async-leader"]
violated = ["convergence"]
holds = ["durability"]
title = "One is behind"
watch = "And nothing is lost."

[[story]]
violated = ["convergence"]
title = "They differ"
watch = "Whoever is asked."
"#;

/// How a run is headed that violates some properties and holds others.
fn heading(system: &str, violated: &[Property], held: &[Property]) -> (String, Fit) {
    let shows = "title = \"A test\"\nshows = [\"durability\"]\n";
    let text = around(TEXTS).replace("title = \"A test\"\n", shows);
    let scenario = parse(&text).unwrap();
    let judged = |property: Property| {
        let is_violated = violated.contains(&property);
        (is_violated || held.contains(&property)).then_some(is_violated)
    };
    let Heading { title, fit, .. } = scenario.heading(system, judged);
    (title.to_owned(), fit)
}

#[test]
fn a_text_is_chosen_by_what_the_run_showed() {
    use Property::{Convergence, Durability};
    let own = |fit| ("A test".to_owned(), fit);
    let told = |title: &str| (title.to_owned(), Fit::Shown);
    assert_eq!(heading("async-leader", &[Durability], &[Convergence]), own(Fit::Shown));
    assert_eq!(heading("async-leader", &[], &[Durability, Convergence]), own(Fit::Withstood));
    assert_eq!(heading("async-leader", &[Convergence], &[Durability]), told("One is behind"));
    // What was not judged neither held nor was violated.
    assert_eq!(heading("async-leader", &[Convergence], &[]), told("They differ"));
    assert_eq!(heading("async-leader", &[], &[Convergence]), own(Fit::Unsettled));
    // Of another system the first is not told, whatever its run showed.
    assert_eq!(heading("toy", &[Convergence], &[Durability]), told("They differ"));
}

#[test]
fn a_scenario_that_claims_nothing_cannot_be_refuted() {
    let scenario = parse(&around("")).unwrap();
    for judged in [None, Some(true), Some(false)] {
        assert_eq!(scenario.heading("toy", |_| judged).fit, Fit::Shown);
    }
}

/// What a scenario expects of a system holds on every seed, and so does the heading that follows.
#[test]
fn what_the_library_expects_settles_how_each_run_is_headed() {
    let mut cells = 0;
    let mut told = std::collections::BTreeSet::new();
    for embedded in library() {
        let scenario = embedded.scenario();
        for (system, expectation) in &scenario.expect {
            let is_violated = |property| {
                let is_violated = expectation.violated.contains(&property);
                (is_violated || expectation.holds.contains(&property)).then_some(is_violated)
            };
            let Heading { title, fit, .. } = scenario.heading(system, is_violated);
            assert_ne!(fit, Fit::Unsettled, "{} on {system}: {title}", scenario.name);
            told.insert((scenario.name.clone(), title.to_owned()));
            cells += 1;
        }
        // A text that depends on the seed is told of some runs only, and of none by expectation.
        for story in &scenario.stories {
            let named = [story.violated.clone(), story.holds.clone()].concat();
            let is_stated = |property: &Property| {
                scenario
                    .expect
                    .values()
                    .any(|it| it.violated.contains(property) || it.holds.contains(property))
            };
            assert!(
                told.contains(&(scenario.name.clone(), story.title.clone()))
                    || !named.iter().all(is_stated),
                "{}: `{}` is told of no run",
                scenario.name,
                story.title
            );
            assert!(!story.title.ends_with('.'), "{}: a title is no sentence", scenario.name);
            assert_eq!(story.watch.matches(['.', '!', '?']).count(), 2, "{}", story.watch);
        }
    }
    assert!(cells > 300, "{cells} cells");
}
