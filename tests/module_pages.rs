//! Every system's module page has the same five headings, so that readers find their way.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test as tests do")]

use std::{fs, path::Path};

const HEADINGS: [&str; 5] = ["Guarantees", "Protocol", "Fault model", "Known anomalies", "Caveats"];

#[test]
fn every_system_opens_with_the_five_headings() {
    let systems = Path::new(env!("CARGO_MANIFEST_DIR")).join("node/src/systems");
    for system in node::systems::all() {
        let module = system.name.replace('-', "_");
        let as_file = systems.join(format!("{module}.rs"));
        let page = if as_file.is_file() { as_file } else { systems.join(&module).join("mod.rs") };
        let text = fs::read_to_string(&page)
            .unwrap_or_else(|error| panic!("{}: no module for it: {error}", system.name));
        assert_eq!(headings(&text), HEADINGS, "{}", page.display());
    }
}

#[test]
fn only_the_opening_page_counts() {
    assert_eq!(
        headings("//! # One\n//!\n//! ## not this\n//! # Two\nuse x;\n//! # Three\n"),
        ["One", "Two"]
    );
}

/// The headings of the first order on a module's opening page.
fn headings(text: &str) -> Vec<&str> {
    let page = text.lines().take_while(|line| line.starts_with("//!"));
    page.filter_map(|line| line.strip_prefix("//! # ")).collect()
}
