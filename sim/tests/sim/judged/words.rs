//! How much a verdict says changes nothing about which verdict it is.

use judge::{Run, record::Verdict};
use scenarios::Property;
use sim::{Detail, Gear};
use std::collections::BTreeSet;

/// Short scenarios which violate nearly every property between them.
const VIOLATING: [&str; 12] = [
    "amnesia",
    "answered-before-committed",
    "answers-mixed-up",
    "clock-skew-lost-update",
    "deadlock",
    "delete-comes-back",
    "forged-message",
    "ghost-data",
    "log-left-behind",
    "one-node-per-key",
    "retry-applies-twice",
    "versions-that-do-not-compare",
];

fn words(run: &Run) -> Vec<(Property, &'static str)> {
    run.judgements.iter().map(|it| (it.property, it.verdict.word())).collect()
}

#[test]
fn verdicts_are_the_same_in_words_and_without() {
    let (mut violated, mut said) = (BTreeSet::new(), 0);
    for name in VIOLATING {
        let scenario = scenarios::find(name).unwrap();
        for system in scenario.expect.keys() {
            let run = |detail| sim::run(&scenario, system, 0, detail, Gear::Advance).unwrap();
            let (digest, violations) = (run(Detail::Digest), run(Detail::Violations));
            let verdicts = run(Detail::Verdicts);
            let whose = format!("{name} on {system}");
            assert_eq!(words(&digest), words(&verdicts), "{whose}");
            assert!(verdicts.judgements.iter().all(|it| it.verdict == it.verdict.clone().unsaid()));
            for (full, some) in digest.judgements.iter().zip(&violations.judgements) {
                let expected = match &full.verdict {
                    Verdict::Violated(_) => full.verdict.clone(),
                    other => other.clone().unsaid(),
                };
                assert_eq!(some.verdict, expected, "{whose}: {:?}", full.property);
                // Otherwise nothing would be left out.
                assert!(!full.verdict.sentence().is_empty(), "{whose}: {:?}", full.property);
                violated.extend(full.verdict.witness().map(|_| full.property));
                said += 1;
            }
        }
    }
    assert!(violated.len() > 14, "violated: {violated:?}, of {said} verdicts");
}
