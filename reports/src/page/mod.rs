//! `report.html`: a run as one page to walk through, from disk, with no network.
//!
//! The page is a template, a style sheet and a few scripts, in `assets/`; what flows in is the run as
//! data ([`data`]), cut down to what a browser can hold ([`room`]). Texts of a run reach the page as JSON
//! alone, so that nothing in them is ever taken for markup.

pub(crate) mod chain;
mod data;
mod figures;
mod inside;
mod lanes;
mod order;
mod room;
mod rows;
mod states;
mod texts;

use crate::{
    StoryOptions,
    compare::Comparison,
    story::{Telling, tell},
};
use data::{Data, Pair};
use judge::Run;
use serde::Serialize;
use std::fmt::Write as _;

const TEMPLATE: &str = include_str!("assets/page.html");
const STYLE: &str = include_str!("assets/page.css");
/// In the order in which they rest on each other.
const SCRIPTS: &[&str] = &[
    include_str!("assets/core.js"),
    include_str!("assets/runs.js"),
    include_str!("assets/model.js"),
    include_str!("assets/differ.js"),
    include_str!("assets/words.js"),
    include_str!("assets/view.js"),
    include_str!("assets/tip.js"),
    include_str!("assets/header.js"),
    include_str!("assets/beside.js"),
    include_str!("assets/overview.js"),
    include_str!("assets/labels.js"),
    include_str!("assets/marks.js"),
    include_str!("assets/diagram.js"),
    include_str!("assets/bars.js"),
    include_str!("assets/arrows.js"),
    include_str!("assets/hands.js"),
    include_str!("assets/inside.js"),
    include_str!("assets/inspector.js"),
    include_str!("assets/charts.js"),
    include_str!("assets/figures.js"),
    include_str!("assets/order.js"),
    include_str!("assets/keyview.js"),
    include_str!("assets/legend.js"),
    include_str!("assets/controls.js"),
    include_str!("assets/main.js"),
];

/// The page of a run. `told` says how its story is told, as for [`story()`](crate::story()), but for width, colour and
/// folder.
pub fn page(run: &Run, told: &StoryOptions) -> String {
    let told = told.for_a_file();
    let telling = Telling::new(run);
    with_story(&telling, &told, tell(&telling, &told))
}

/// The same, where the story has been told already.
pub(crate) fn with_story(telling: &Telling<'_>, told: &StoryOptions, story: String) -> String {
    let data = Data::of(telling, told, story);
    put_together(&telling.run.digest.to_string(), &data.title, &data)
}

/// The page of two runs.
pub(crate) fn of_two(both: &Comparison<'_>) -> String {
    let data = both.sides().each_ref().map(|side| {
        let telling = Telling::new(&side.run);
        let told = side.told.for_a_file();
        Data::of(&telling, &told, tell(&telling, &told))
    });
    let nonce = both.runs().map(|run| run.digest.to_string()).concat();
    let data = Pair::of(data, both);
    put_together(&nonce, &data.title, &data)
}

fn put_together(nonce: &str, title: &str, data: &impl Serialize) -> String {
    let marks = [
        ("NONCE", nonce),
        ("TITLE", &escaped(title)),
        ("/*CSS*/", STYLE),
        ("/*JS*/", &SCRIPTS.join("\n")),
        ("/*DATA*/", &json(data)),
    ];
    filled(TEMPLATE, &marks)
}

/// The template with a text in the place of each mark. What was put in is not looked at again.
pub(crate) fn filled(template: &str, marks: &[(&str, &str)]) -> String {
    let (mut page, mut rest) = (String::new(), template);
    let next = |rest: &str| {
        let found = marks.iter().filter_map(|(mark, text)| Some((rest.find(mark)?, *mark, *text)));
        found.min_by_key(|(place, ..)| *place)
    };
    while let Some((place, mark, text)) = next(rest) {
        page.push_str(&rest[..place]);
        page.push_str(text);
        rest = &rest[place + mark.len()..];
    }
    page + rest
}

/// Text as it stands in an element or in an attribute.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// JSON in which nothing ends the element that it stands in, whatever the run has written.
fn json(data: &impl Serialize) -> String {
    let json = serde_json::to_string(data).expect("numbers, texts and lists are JSON");
    let mut safe = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(safe, "\\u{:04x}", u32::from(letter));
            }
            letter => safe.push(letter),
        }
    }
    safe
}
