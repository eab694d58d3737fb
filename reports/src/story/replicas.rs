//! What the replicas hold at the end under the keys that the story is about.

use super::{
    Telling,
    paper::{Paper, Tone},
};
use crate::{figures, text};
use comfy_table::{ContentArrangement, Table, presets};
use node::{Key, NodeId, Versioned};
use sim::Run;
use std::collections::BTreeMap;

/// Beyond this many nodes a table has too many columns.
const MOST_COLUMNS: usize = 7;
/// Without a witness, this many keys are shown if there are no more.
const FEW: usize = 5;

pub(super) fn write(telling: &Telling<'_>, paper: &mut Paper) {
    let run = telling.run;
    let rows = figures::replica_rows(run);
    paper.part("THE REPLICAS AT THE END");
    let keys: Vec<&Key> = if telling.keys.is_empty() && rows.len() <= FEW {
        rows.iter().map(|row| row.key).collect()
    } else {
        telling.keys.iter().collect()
    };
    if run.replicas.len() > MOST_COLUMNS {
        keys.iter().for_each(|key| groups(run, key, paper));
    } else if !keys.is_empty() {
        table(run, &keys, paper);
    }
    let differing = rows.iter().filter(|row| !row.agree).count() as u64;
    let all = text::count(rows.len() as u64, "key", "keys");
    let summary = match (rows.len(), differing) {
        (0, _) => "No replica holds anything.".to_owned(),
        (_, 0) => format!("All replicas that are up agree on {all}."),
        (1, _) => "They do not agree on the one key that there is.".to_owned(),
        _ => format!("They do not agree on {differing} of {all}."),
    };
    let tone = if differing == 0 { Tone::Plain } else { Tone::Bad };
    paper.line("  ", &[(&summary, tone)]);
}

fn table(run: &Run, keys: &[&Key], paper: &mut Paper) {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(paper.width() - 2).unwrap_or(u16::MAX));
    let nodes = run.replicas.iter().map(|replica| replica.node.to_string());
    let head = std::iter::once("key".to_owned()).chain(nodes);
    table.set_header(head.chain(std::iter::once("agree".to_owned())));
    for key in keys {
        let row = figures::replica_row_of(run, key);
        let cells = row.held.iter().map(|held| cell(*held));
        let cells = std::iter::once(key.to_string()).chain(cells);
        let agree = if row.agree { "yes" } else { "NO" };
        table.add_row(cells.chain(std::iter::once(agree.to_owned())));
    }
    paper.block(&table.to_string());
}

/// In a large cluster, who holds what: a line for each different entry, the most held first.
fn groups(run: &Run, key: &Key, paper: &mut Paper) {
    let row = figures::replica_row_of(run, key);
    let mut groups: BTreeMap<String, Vec<NodeId>> = BTreeMap::new();
    for (replica, held) in run.replicas.iter().zip(row.held) {
        groups.entry(cell(held)).or_default().push(replica.node);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, nodes)| std::cmp::Reverse(nodes.len()));
    paper.line("  ", &[(key.as_str(), Tone::Heading)]);
    for (held, nodes) in groups {
        let nodes = format!("{held}: {}", text::list(&nodes));
        paper.line("    ", &[(&nodes, Tone::Plain)]);
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
