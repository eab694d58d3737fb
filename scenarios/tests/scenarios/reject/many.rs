//! Many mistakes, and mistakes in texts that are hard to show.

use crate::common::{around, parse};
use miette::{GraphicalReportHandler, GraphicalTheme};
use std::fmt::Write as _;

fn shown(error: &scenarios::InvalidScenario) -> String {
    let mut shown = String::new();
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::none()).with_width(200);
    handler.render_report(&mut shown, error).unwrap();
    shown
}

#[test]
fn of_many_mistakes_the_first_in_the_text_are_told_and_all_are_counted() {
    let many = |line: fn(usize) -> String| {
        (0..20_000).fold(String::new(), |text, number| text + &line(number))
    };
    let fields = many(|number| format!("bad{number} = 1\n"));
    let steps = many(|number| format!("[[step]]\nat = \"1s\"\ndo = {{ crsh{number} = \"n1\" }}\n"));
    let links = many(|_| "[[pins.link]]\nlink = \"n1->n2\"\nlatency = \"1ms\"\n".to_owned());
    let twice = many(|_| "name = \"x\"\n".to_owned());
    let mut shows = "shows = [".to_owned();
    for _ in 0..20_000 {
        // Writing to a string cannot fail.
        let _ = write!(shows, "\"durability\", ");
    }
    for (text, found) in [
        (fields + &around(""), 20_000),
        (around(&steps), 20_000),
        (around(&links), 19_999),
        (twice + &around(""), 20_000),
        (shows + "]\n" + &around(""), 19_999),
    ] {
        let error = parse(&text).unwrap_err();
        assert_eq!((error.mistakes().len(), error.found()), (20, found));
        let more = format!("here are the first 20, and there are {} more", found - 20);
        assert!(error.to_string().contains(&more), "{error}");
        let starts: Vec<_> = error.mistakes().iter().map(|mistake| mistake.span().start).collect();
        assert!(starts.is_sorted());
        assert!(!shown(&error).contains("Failed to read"));
    }
    // Few are told as ever.
    let few = parse(&("bad = 1\n".to_owned() + &around(""))).unwrap_err();
    assert_eq!((few.mistakes().len(), few.found()), (1, 1));
    assert!(!few.to_string().contains("more"), "{few}");
}

#[test]
fn a_mistake_on_a_very_long_line_is_shown_by_a_piece_of_it() {
    let long = "ä".repeat(100_000);
    for text in [
        format!("titel = \"{long}\"\n") + &around(""),
        format!("source = \"{long}\"\nbad = 1\n") + &around(""),
        format!("shows = [\"durability\", \"{long}\", \"durabilty\"]\n") + &around(""),
        format!("\"{long}\" = 1\n") + &around(""),
        around("") + &format!("\n[workload]\ncleints = 1 # {long}"),
        format!("source = \"{long}\" bad"),
    ] {
        let error = parse(&text).unwrap_err();
        let shown = shown(&error);
        assert!(!shown.contains("Failed to read") && shown.contains("test.toml:"), "{shown}");
        let widest = shown.lines().map(|line| line.chars().count()).max();
        assert!(widest < Some(2500) || text.starts_with('"'), "{widest:?}");
    }
    // The place is that of the text.
    let error =
        parse(&(format!("shows = [\"durability\", \"{long}\", 7]\n") + &around(""))).unwrap_err();
    let column = "shows = [\"durability\", \"".len() + long.len();
    assert!(
        shown(&error).contains(&format!("test.toml:1:{}", "shows = [\"durability\", ".len() + 1))
    );
    assert!(shown(&error).contains(&format!(":1:{}", column + 4)), "{}", shown(&error));
}
