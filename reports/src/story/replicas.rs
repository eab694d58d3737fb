//! What the replicas hold at the end under the keys that the story is about.

use super::{
    Telling,
    paper::{Paper, Tone},
};
use crate::{
    figures::{self, ReplicaRow},
    text,
};
use comfy_table::{ContentArrangement, Table, presets};
use judge::{Run, text::one_line};
use node::{NodeId, Versioned};
use std::collections::BTreeMap;

/// Beyond this many nodes a table has too many columns.
const MOST_COLUMNS: usize = 7;
/// Without a witness, this many keys are shown if there are no more.
const FEW: usize = 5;

pub(super) fn write(telling: &Telling<'_>, paper: &mut Paper) {
    let run = telling.run;
    let rows = figures::replica_rows(run);
    paper.part("THE REPLICAS AT THE END");
    // Where all agree, one key shows as much as several.
    let agree = rows.iter().all(|row| row.agree);
    let keys = if telling.keys.is_empty() && rows.len() <= FEW {
        rows.iter().map(|row| row.key).collect::<Vec<_>>()
    } else {
        telling.keys.iter().collect()
    };
    let keys = keys.into_iter().take(if agree { 1 } else { FEW });
    let shown: Vec<_> = keys.map(|key| figures::replica_row_of(run, key)).collect();
    let groups = figures::groups(run);
    for group in &groups {
        if shown.is_empty() {
            break;
        }
        if groups.len() > 1 {
            let nodes = group.iter().map(|position| run.replicas[*position].node);
            let name = format!("The group of {}", text::list(&nodes.collect::<Vec<_>>()));
            paper.line("  ", &[(&name, Tone::Heading)]);
        }
        if group.len() > MOST_COLUMNS {
            shown.iter().for_each(|row| holders(run, row, group, paper));
        } else {
            table(run, &shown, group, paper);
        }
    }
    if groups.len() > 1 {
        beyond_groups(run, &rows, &groups, paper);
    }
    let differing = rows.iter().filter(|row| !row.agree).count() as u64;
    let all = text::count(rows.len() as u64, "key", "keys");
    let within = if groups.len() > 1 { ", each within its group" } else { "" };
    let summary = match (rows.len(), differing) {
        (0, _) => "No replica holds anything.".to_owned(),
        (_, 0) => format!("All replicas that are up agree on {all}{within}."),
        (1, _) => "They do not agree on the one key that there is.".to_owned(),
        _ => format!("They do not agree on {differing} of {all}{within}."),
    };
    let tone = if differing == 0 { Tone::Plain } else { Tone::Bad };
    paper.line("  ", &[(&summary, tone)]);
}

fn table(run: &Run, rows: &[ReplicaRow<'_>], group: &[usize], paper: &mut Paper) {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(paper.width() - 2).unwrap_or(u16::MAX));
    let nodes = group.iter().map(|position| run.replicas[*position].node.to_string());
    let head = std::iter::once("key".to_owned()).chain(nodes);
    table.set_header(head.chain(std::iter::once("agree".to_owned())));
    for row in rows {
        let cells = group.iter().map(|position| cell(row.held[*position]));
        let cells = std::iter::once(one_line(row.key.as_str()).into_owned()).chain(cells);
        let agree = if row.agrees_in(group) { "yes" } else { "NO" };
        table.add_row(cells.chain(std::iter::once(agree.to_owned())));
    }
    paper.block(&table.to_string());
}

/// In a large group, who holds what: a line for each different entry, the most held first.
fn holders(run: &Run, row: &ReplicaRow<'_>, group: &[usize], paper: &mut Paper) {
    let mut holders: BTreeMap<String, Vec<NodeId>> = BTreeMap::new();
    for position in group {
        let nodes = holders.entry(cell(row.held[*position])).or_default();
        nodes.push(run.replicas[*position].node);
    }
    let mut holders: Vec<_> = holders.into_iter().collect();
    holders.sort_by_key(|(_, nodes)| std::cmp::Reverse(nodes.len()));
    paper.line("  ", &[(row.key.as_str(), Tone::Heading)]);
    for (held, nodes) in holders {
        let nodes = format!("{held}: {}", text::list(&nodes));
        paper.line("    ", &[(&nodes, Tone::Plain)]);
    }
}

/// What no table of one group shows: keys that several hold, and nodes whose group is not known.
fn beyond_groups(run: &Run, rows: &[ReplicaRow<'_>], groups: &[Vec<usize>], paper: &mut Paper) {
    let holds = |row: &ReplicaRow<'_>, group: &[usize]| {
        group.iter().any(|position| matches!(row.held[*position], Some(Some(_))))
    };
    let holding = |row: &ReplicaRow<'_>| groups.iter().filter(|group| holds(row, group)).count();
    let shared = rows.iter().filter(|row| holding(row) > 1).count() as u64;
    if shared > 0 {
        let keys = text::count(shared, "key is", "keys are");
        paper.line("  ", &[(&format!("{keys} in more than one group."), Tone::Notable)]);
    }
    let down = run.replicas.iter().filter(|replica| replica.entries.is_none());
    let down: Vec<NodeId> = down.map(|replica| replica.node).collect();
    if !down.is_empty() {
        paper.line("  ", &[(&format!("Down: {}.", text::list(&down)), Tone::Plain)]);
    }
}

fn cell(held: Option<Option<&Versioned>>) -> String {
    match held {
        None => "(down)".to_owned(),
        Some(None) => "-".to_owned(),
        Some(Some(entry)) => {
            format!("{} {}", text::shorten(entry.value.as_str(), 24), entry.version)
        }
    }
}
