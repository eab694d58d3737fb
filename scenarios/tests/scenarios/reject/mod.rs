//! Every mistake is found, and its help says how to mend it.

mod files;
mod many;
mod names;
mod numbers;
mod plans;
mod values;
mod whole;
mod zones;

use crate::common::{around, parse};

/// The mistakes in a text, each as message and help.
fn mistakes(text: &str) -> Vec<(String, String)> {
    let error = parse(text).expect_err(text);
    let pair = |mistake: &scenarios::Mistake| (mistake.message().into(), mistake.help().into());
    error.mistakes().iter().map(pair).collect()
}

/// Checks that the sections hold this mistake and no other.
#[track_caller]
fn rejects(sections: &str, message: &str, help: &str) {
    assert_eq!(mistakes(&around(sections)), [(message.to_owned(), help.to_owned())], "{sections}");
}

#[track_caller]
fn rejects_action(action: &str, message: &str, help: &str) {
    rejects(&format!("[[step]]\nat = \"1s\"\ndo = {action}\n"), message, help);
}

/// Checks a line of `[workload]`; `clients` is there already.
#[track_caller]
fn rejects_workload(line: &str, message: &str, help: &str) {
    rejects(&format!("[workload]\nclients = 4\n{line}\n"), message, help);
}

#[track_caller]
fn rejects_link(line: &str, message: &str, help: &str) {
    rejects(&format!("[network.nodes]\n{line}\n"), message, help);
}
