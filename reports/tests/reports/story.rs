use crate::support::{busy, ghost, odd};
use reports::{StoryOptions, story};

fn told(width: usize, colour: bool) -> String {
    let folder = Some("out/ghost-data-async-leader-1".to_owned());
    story(&ghost::run(), &StoryOptions { width, colour, folder })
}

#[test]
fn ghost_data() {
    insta::assert_snapshot!(told(100, false));
}

#[test]
fn ghost_data_in_colour() {
    insta::assert_snapshot!(told(100, true).replace('\x1b', "ESC"));
}

#[test]
fn busy() {
    insta::assert_snapshot!(story(&busy::run(), &StoryOptions::default()));
}

#[test]
fn nothing_happened() {
    insta::assert_snapshot!(story(&odd::idle(), &StoryOptions::default()));
}

#[test]
fn without_a_trace_there_is_still_a_verdict() {
    let text = story(&odd::without_trace(), &StoryOptions::default());
    assert!(text.contains("VIOLATED"));
    assert!(text.contains("n2 holds nothing under 999"));
    assert!(!text.contains("LOST"));
}

#[test]
fn colour_changes_nothing_but_colour() {
    let coloured = told(100, true);
    let mut plain = String::new();
    let mut pieces = coloured.split("\x1b[");
    plain += pieces.next().unwrap();
    for piece in pieces {
        plain += piece.split_once('m').unwrap().1;
    }
    assert_eq!(plain, told(100, false));
}

#[test]
fn lines_keep_to_the_width() {
    for width in [60, 80, 120] {
        for run in [ghost::run(), busy::run()] {
            let text = story(&run, &StoryOptions { width, ..StoryOptions::default() });
            for line in text.lines() {
                assert!(line.chars().count() <= width, "{width}: {line}");
                assert_eq!(line, line.trim_end());
            }
        }
    }
}
