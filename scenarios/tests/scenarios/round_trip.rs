//! Whatever is written is read back the same, and whatever is read does no harm.

use crate::common::{around, parse, systems};
use crate::strategy::scenario;
use miette::{GraphicalReportHandler, GraphicalTheme};
use node::SystemInfo;
use proptest::prelude::*;
use scenarios::{Scenario, library};
use std::collections::BTreeSet;

/// Reads a text that may be anything. A valid one must survive being written,
/// the mistakes of another must be such that they can be shown.
fn read_anything(text: &str, systems: &[SystemInfo]) {
    let parse = |text| Scenario::parse("test.toml", text, systems);
    match parse(text) {
        Ok(scenario) => {
            let written = scenario.to_toml();
            assert_eq!(parse(&written).expect(&written), scenario, "{written}");
        }
        Err(error) => {
            assert!(!error.mistakes().is_empty());
            let mut shown = String::new();
            GraphicalReportHandler::new_themed(GraphicalTheme::none())
                .render_report(&mut shown, &error)
                .expect("a string takes all that is written");
            assert!(!shown.contains("Failed to read"), "{shown}");
        }
    }
}

/// Pieces that mean something somewhere in the format.
const PIECES: &[&str] = &[
    "\"",
    "'",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ",",
    ".",
    "\n",
    "\r",
    "\r\n",
    "#",
    "\0",
    "\u{feff}",
    "ä",
    "\"\"\"",
    "\\",
    "-",
    "nan",
    "inf",
    "1e999",
    "-1",
    "0",
    "99999999999999999999",
    "0x10",
    "1_0",
    "true",
    "1979-05-27",
    "\"0s\"",
    "\"-5s\"",
    "\"99999999999y\"",
    "\"n0\"",
    "\"n9\"",
    "\"n4294967296\"",
    "\"all\"",
    "\"clients\"",
    "[step]\n",
    "[[step]]\n",
    "[expect]\n",
    "[cluster.clocks.n1]\n",
    "[workload]\n",
    "[disk]\n",
    "sync = \"1ms\"\n",
    "factor = 1\n",
    "\"minority\"",
    "rate = 1\n",
    "{}",
    "[]",
    "[[], []]",
    "x = 1\n",
];

/// Replaces the part of a text from `at` on, both measured in thousandths.
fn mutate(text: &str, at: usize, length: usize, piece: &str) -> String {
    let boundary = |index: usize| {
        (0..=index.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
    };
    let start = boundary(text.len() * at / 1000);
    let end = boundary(start + length).max(start);
    format!("{}{piece}{}", &text[..start], &text[end..])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back(scenario in scenario()) {
        let written = scenario.to_toml();
        match parse(&written) {
            Ok(read) => prop_assert_eq!(read, scenario, "{}", written),
            Err(error) => prop_assert!(false, "{:?}\n{}", error.mistakes(), written),
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        read_anything(&text, &systems());
    }

    #[test]
    fn any_pieces_are_read_or_refused(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        read_anything(&pieces.concat(), &systems());
        read_anything(&around(&pieces.concat()), &systems());
    }

    #[test]
    fn a_damaged_scenario_is_read_or_refused(
        scenario in scenario(),
        edits in prop::collection::vec((0..=1000_usize, 0..12_usize, prop::sample::select(PIECES)), 1..4),
    ) {
        let mut text = scenario.to_toml();
        for (at, length, piece) in edits {
            text = mutate(&text, at, length, piece);
        }
        read_anything(&text, &systems());
    }
}

#[test]
fn no_line_or_value_of_the_library_is_load_bearing_for_the_reader() {
    // Scenarios have many lines in common; a value is damaged where it is met first.
    let mut met = BTreeSet::new();
    for embedded in library() {
        for (number, line) in embedded.text.lines().enumerate() {
            let without: Vec<_> =
                embedded.text.lines().enumerate().filter(|(other, _)| *other != number).collect();
            let without: String = without.iter().map(|(_, line)| format!("{line}\n")).collect();
            read_anything(&without, node::systems::all());
            if let Some((field, _)) = line.split_once(" = ").filter(|_| met.insert(line)) {
                for piece in PIECES {
                    let text = embedded.text.replace(line, &format!("{field} = {piece}"));
                    read_anything(&text, node::systems::all());
                }
            }
        }
    }
}

#[test]
fn nesting_does_not_exhaust_the_stack() {
    for (open, close) in [("[", "]"), ("{ a = ", " }")] {
        let text = format!("a = {}1{}", open.repeat(100_000), close.repeat(100_000));
        assert!(Scenario::parse("deep.toml", &text, node::systems::all()).is_err());
    }
}
