//! A story fits on a page or two.

use super::{
    cells,
    support::{proved, run},
};

/// More words than this nobody reads in a class.
const MOST_WORDS: usize = 650;

#[test]
fn every_story_is_short() {
    let mut long: Vec<_> =
        cells::told().iter().map(|it| (it.words, it.of(&[String::new()]))).collect();
    long.sort();
    long.reverse();
    panic!("{:#?}", long.iter().take(60).collect::<Vec<_>>());
}

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
        let words = words(&proved(&run));
        assert!(words <= MOST_WORDS, "{scenario} on {system}: {words} words");
    }
    let long = super::support::whole(&run("answers-mixed-up", "durable-eventual"));
    assert!(words(&long) > MOST_WORDS, "everything takes more room");
}

/// The words of a story; the frames of its tables are none.
pub(crate) fn words(story: &str) -> usize {
    let is_word = |it: &&str| it.contains(char::is_alphanumeric);
    story.split_whitespace().filter(is_word).count()
}
