//! A story fits on a page or two.

use super::{
    cells,
    support::{run, whole},
};

/// More words than this nobody reads in a class.
const MOST_WORDS: usize = 625;
/// Nine stories of ten take no more.
const USUAL_WORDS: usize = 540;

#[test]
fn every_story_fits_on_a_page_or_two() {
    let long = cells::told().iter().filter(|it| it.words > MOST_WORDS);
    let long: Vec<_> = long.flat_map(|it| it.of(&[format!("{} words", it.words)])).collect();
    assert!(long.is_empty(), "{long:#?}");
    let mut words: Vec<_> = cells::told().iter().map(|it| it.words).collect();
    words.sort_unstable();
    let usual = words[words.len() * 9 / 10];
    assert!(usual <= USUAL_WORDS, "one in ten has more than {usual} words");
}

/// The control: told in full, stories are longer than that.
#[test]
fn the_verbose_story_takes_more_room() {
    let long = whole(&run("answers-mixed-up", "durable-eventual"));
    assert!(words(&long) > MOST_WORDS);
}

/// The words of a story; the frames of its tables are none.
pub(crate) fn words(story: &str) -> usize {
    let is_word = |it: &&str| it.contains(char::is_alphanumeric);
    story.split_whitespace().filter(is_word).count()
}
