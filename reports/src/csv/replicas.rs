//! `replicas.csv`

use super::Table;
use crate::figures::replica_rows;
use judge::Run;
use node::Versioned;

/// A row for each key that any replica holds at the end, in key order. The columns:
///
/// - `key`
/// - one for each node (`n1`, `n2`, ...): `value@version`, empty if the key is absent, `(down)` if
///   the node was
/// - `agree`: `yes` if all nodes that were up hold the same value, each compared with its own group
///   where a system splits its keys, else `no`
pub fn replicas(run: &Run) -> String {
    let nodes = run.replicas.iter().map(|replica| replica.node.to_string());
    let head = std::iter::once("key".to_owned()).chain(nodes);
    let mut table = Table::new(head.chain(std::iter::once("agree".to_owned())));
    for row in replica_rows(run) {
        let mut fields = vec![row.key.to_string()];
        fields.extend(row.held.iter().map(|held| cell(*held)));
        fields.push(if row.agree { "yes" } else { "no" }.to_owned());
        table.row(fields);
    }
    table.finish()
}

fn cell(held: Option<Option<&Versioned>>) -> String {
    match held {
        None => "(down)".to_owned(),
        Some(None) => String::new(),
        Some(Some(entry)) => format!("{}@{}", entry.value, entry.version.0),
    }
}
