//! A story fits on a page or two.

use super::support::{proved, run};

/// More words than this nobody reads in a class.
const MOST_WORDS: usize = 650;

#[test]
fn a_story_is_short_and_the_verbose_one_is_not() {
    for (scenario, system) in [
        ("ghost-data", "async-leader"),
        ("delete-comes-back", "peer-to-peer"),
        ("split-brain", "peer-to-peer"),
        ("answers-mixed-up", "durable-eventual"),
        ("rolling-restart", "quorum"),
        ("chaos", "raft"),
    ] {
        let run = run(scenario, system);
        let words = proved(&run).split_whitespace().count();
        assert!(words <= MOST_WORDS, "{scenario} on {system}: {words} words");
    }
    let long = super::support::whole(&run("answers-mixed-up", "durable-eventual"));
    assert!(long.split_whitespace().count() > MOST_WORDS, "everything takes more room");
}
