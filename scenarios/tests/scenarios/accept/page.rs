//! The page of the format says what the code does.

use super::read;
use crate::common::parse;
use scenarios::{Action, FaultKind, Property};
use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../../src/format.rs");

/// The rows of the table that begins with this heading, cell by cell.
fn table(heading: &str) -> Vec<Vec<&'static str>> {
    let lines = PAGE.lines().map(|line| line.trim_start_matches("//!").trim());
    let rows = lines.skip_while(|line| !line.starts_with(heading)).skip(2);
    let cells = |row: &'static str| row.trim_matches('|').split(" | ").map(str::trim).collect();
    rows.take_while(|line| line.starts_with('|')).map(cells).collect()
}

fn code(cell: &str) -> &str {
    cell.strip_prefix('`').and_then(|cell| cell.strip_suffix('`')).expect(cell)
}

#[test]
fn every_action_on_the_page_is_read_and_every_action_is_on_the_page() {
    let shown: Vec<Action> = table("| action |")
        .iter()
        .map(|row| {
            let step = format!("[[step]]\nat = \"1s\"\ndo = {}\n", code(row[0]));
            let cluster = "[system.next]\n[cluster]\nnodes = 4\nlate = [\"n4\"]\n";
            read(&format!("{cluster}[expect.toy]\n{step}")).steps.remove(0).action
        })
        .collect();
    let shown: BTreeSet<_> = shown.iter().map(Action::name).collect();
    // The help for a name that is like no other lists them all.
    let text = crate::common::around("[[step]]\nat = \"1s\"\ndo = \"?\"\n");
    let error = parse(&text).unwrap_err();
    let help = error.mistakes()[0].help();
    let known: BTreeSet<_> = help.split('`').skip(1).step_by(2).collect();
    assert_eq!(shown, known);
}

#[test]
fn every_kind_of_random_fault_is_on_the_page_with_the_nodes_it_needs() {
    let rows = table("| kind | what strikes");
    let shown: BTreeSet<_> = rows.iter().map(|row| code(row[0])).collect();
    assert_eq!(shown, FaultKind::ALL.map(FaultKind::name).into_iter().collect());
    for row in rows {
        let kind = code(row[0]);
        let with = |nodes: usize| {
            let fault = format!("[[nemesis.fault]]\nkind = \"{kind}\"\nper_minute = 1\n");
            // Nodes leave and join the toy alone, which has at least two.
            let system = if kind == "membership" { "[expect.toy]\n" } else { "" };
            let sections = format!("{system}[cluster]\nnodes = {nodes}\n[nemesis]\n{fault}");
            parse(&crate::common::around(&sections))
        };
        let least: usize = row[2].parse().unwrap();
        assert!(with(least).is_ok(), "{kind}");
        if least > 1 {
            let error = with(least - 1).unwrap_err();
            let message = format!("`{kind}` needs at least {least} nodes");
            let told = error.mistakes().iter().any(|mistake| mistake.message() == message);
            assert!(told, "{error:?}");
        }
    }
}

#[test]
fn every_property_is_on_the_page_as_reports_describe_it() {
    let shown: Vec<_> = table("| property |").iter().map(|row| (code(row[0]), row[1])).collect();
    assert_eq!(shown, Property::EVERY.map(|property| (property.name(), property.summary())));
}
