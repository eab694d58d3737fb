//! What a run costs as it grows: by its length, and by its nodes.

use crate::{
    bare,
    measure::{Cost, measure, median},
    steady::{self, Size},
    tables::{grouped, print},
};

/// The clients of these runs.
const CLIENTS: usize = 10;

/// A measured size.
struct Row {
    size: Size,
    delivered: f64,
    cost: Cost,
}

/// Measures runs of 10^3 to 10^6 operations.
pub(crate) fn by_length(quick: bool) {
    let most = if quick { 5 } else { 6 };
    let sizes: Vec<_> = (3..=most)
        .map(|power| Size { nodes: 3, clients: CLIENTS, operations: 10u64.pow(power) })
        .collect();
    let rows = measured(&sizes, quick);
    let first = per_operation(&rows[0]);
    let text = rows.iter().map(|row| {
        vec![
            grouped(row.size.operations as f64),
            grouped(row.delivered),
            format!("{:.3}", row.cost.cpu_s),
            grouped(per_operation(row)),
            grouped(per_message(row)),
            format!("{:.2}", per_operation(row) / first),
            format!("{:.2}", row.cost.peak_bytes / 1e6),
            grouped(row.cost.peak_bytes / row.size.operations as f64),
        ]
    });
    print(
        "By run length: async-leader, 3 nodes, 10 clients",
        &[
            "operations",
            "messages",
            "time (s)",
            "ns/operation",
            "ns/message",
            "to first row",
            "peak (MB)",
            "bytes/operation",
        ],
        text.collect(),
    );
}

/// Measures runs of 3 to 300 nodes.
pub(crate) fn by_nodes(quick: bool) {
    let operations = if quick { 5_000 } else { 20_000 };
    let sizes = [3, 10, 30, 100, 300].map(|nodes| Size { nodes, clients: CLIENTS, operations });
    let rows = measured(&sizes, quick);
    let first = per_message(&rows[0]);
    let text = rows.iter().map(|row| {
        // What of the growth is the state machines' own: their stores outgrow the caches.
        let (delivered, cost) = measure(|| bare::run(row.size));
        let bare = cost.cpu_s * 1e9 / delivered as f64;
        vec![
            grouped(row.size.nodes as f64),
            grouped(row.size.operations as f64),
            grouped(row.delivered),
            format!("{:.3}", row.cost.cpu_s),
            grouped(per_operation(row)),
            grouped(per_message(row)),
            format!("{:.2}", per_message(row) / first),
            grouped(bare),
            format!("{:.2}", row.cost.peak_bytes / 1e6),
            grouped(row.cost.peak_bytes / row.size.nodes as f64),
        ]
    });
    print(
        "By nodes: async-leader, 10 clients; a write goes to every node",
        &[
            "nodes",
            "operations",
            "messages",
            "time (s)",
            "ns/operation",
            "ns/message",
            "to first row",
            "bare loop (ns/message)",
            "peak (MB)",
            "bytes/node",
        ],
        text.collect(),
    );
}

/// Measures every size once a round, so that no size has a quieter machine than another.
fn measured(sizes: &[Size], quick: bool) -> Vec<Row> {
    let rounds = if quick { 3 } else { 5 };
    let mut times = vec![Vec::new(); sizes.len()];
    let mut seen = vec![(0.0, 0.0); sizes.len()];
    for _ in 0..rounds {
        for (place, &size) in sizes.iter().enumerate() {
            // One short run is over before a clock has seen it.
            let repeats = (10_000 / size.operations).max(1);
            let mut cpu_s = 0.0;
            for _ in 0..repeats {
                let (run, cost) = measure(|| steady::run(size));
                cpu_s += cost.cpu_s;
                seen[place] = (run.counters.delivered as f64, cost.peak_bytes);
            }
            times[place].push(cpu_s / repeats as f64);
        }
    }
    let rows = sizes.iter().zip(times).zip(seen);
    rows.map(|((&size, times), (delivered, peak_bytes))| Row {
        size,
        delivered,
        cost: Cost { cpu_s: median(times), peak_bytes },
    })
    .collect()
}

fn per_operation(row: &Row) -> f64 {
    row.cost.cpu_s * 1e9 / row.size.operations as f64
}

fn per_message(row: &Row) -> f64 {
    row.cost.cpu_s * 1e9 / row.delivered
}
