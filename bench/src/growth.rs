//! What a run costs as it grows: by its length, and by its nodes.

use crate::{
    bare,
    measure::{measure, median, memory, memory_of},
    reach::Figure,
    steady::{self, Size},
    tables::{grouped, print},
};

/// The clients of these runs.
const CLIENTS: usize = 10;

/// A measured size.
struct Row {
    size: Size,
    delivered: f64,
    cpu_s: f64,
    /// The most memory at once; `None`: it is not known.
    peak_bytes: Option<f64>,
}

/// Measures runs of 10^3 to 10^6 operations.
pub(crate) fn by_length(quick: bool) -> Vec<Figure> {
    let most = if quick { 5 } else { 6 };
    let sizes: Vec<_> = (3..=most)
        .map(|power| Size { nodes: 3, clients: CLIENTS, operations: 10u64.pow(power) })
        .collect();
    let rows = measured(&sizes, quick, |size| steady::run(size).counters.delivered);
    let first = per_operation(&rows[0]);
    let text = rows.iter().map(|row| {
        vec![
            grouped(row.size.operations as f64),
            grouped(row.delivered),
            format!("{:.3}", row.cpu_s),
            grouped(per_operation(row)),
            grouped(per_message(row)),
            format!("{:.2}", per_operation(row) / first),
            megabytes(row),
            per(row, row.size.operations as f64),
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
    let last = rows.last().expect("there are sizes");
    let name = format!("memory of {} operations, each", grouped(last.size.operations as f64));
    let bytes = last.peak_bytes.map(|bytes| bytes / last.size.operations as f64);
    let figure = |is| Figure { name, is, to_be: 120.0, less: true, unit: "bytes" };
    bytes.map(figure).into_iter().collect()
}

/// Measures runs of 3 to 300 nodes.
pub(crate) fn by_nodes(quick: bool) -> Vec<Figure> {
    let operations = if quick { 5_000 } else { 20_000 };
    let sizes = [3, 10, 30, 100, 300].map(|nodes| Size { nodes, clients: CLIENTS, operations });
    // How long it takes to judge a run depends on what was read in it, not on the nodes.
    let rows = measured(&sizes, quick, steady::run_unjudged);
    let first = per_message(&rows[0]);
    let text = rows.iter().map(|row| {
        // What of the growth is the state machines' own: their stores outgrow the caches.
        let bare = bare_per_message(row.size);
        vec![
            grouped(row.size.nodes as f64),
            grouped(row.size.operations as f64),
            grouped(row.delivered),
            format!("{:.3}", row.cpu_s),
            grouped(per_operation(row)),
            grouped(per_message(row)),
            format!("{:.2}", per_message(row) / first),
            grouped(bare),
            megabytes(row),
            per(row, row.size.nodes as f64),
        ]
    });
    print(
        "By nodes: async-leader, 10 clients, not judged; a write goes to every node",
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
    let last = rows.last().expect("there are sizes");
    let ratio = per_message(last) / first;
    let bare = bare_per_message(last.size) / bare_per_message(rows[0].size);
    let less =
        |name: &str, is, to_be| Figure { name: name.into(), is, to_be, less: true, unit: "" };
    vec![
        less("300 nodes against 3, a message", ratio, 1.15),
        less("the same beside the bare loop's own growth", ratio / bare, 1.15),
    ]
}

/// Prints the most memory of a process that has one steady run.
pub(crate) fn print_memory(size: &[u64]) {
    let [nodes, clients, operations] = size else { unreachable!("clap sees to their number") };
    let (nodes, clients) = (*nodes as usize, *clients as usize);
    let run = steady::run(Size { nodes, clients, operations: *operations });
    assert!(run.counters.delivered > 0);
    println!("{}", memory().map_or_else(String::new, |bytes| bytes.to_string()));
}

fn bare_per_message(size: Size) -> f64 {
    let (delivered, cpu_s) = measure(|| bare::run(size));
    cpu_s * 1e9 / delivered as f64
}

fn megabytes(row: &Row) -> String {
    row.peak_bytes.map_or_else(String::new, |bytes| format!("{:.2}", bytes / 1e6))
}

fn per(row: &Row, count: f64) -> String {
    row.peak_bytes.map_or_else(String::new, |bytes| grouped(bytes / count))
}

/// What a process takes that has a run of this size, beyond one that has next to none.
fn peak_of(size: Size) -> Option<f64> {
    let of = |nodes: usize, operations: u64| {
        let numbers = [nodes as u64, size.clients as u64, operations].map(|it| it.to_string());
        memory_of(&[&["--memory-of".to_owned()], numbers.as_slice()].concat())
    };
    Some((of(size.nodes, size.operations)? - of(3, 1)?).max(0.0))
}

/// Measures every size once a round, so that no size has a quieter machine than another. `have` has
/// a run of a size, and answers how many messages it delivered.
fn measured(sizes: &[Size], quick: bool, have: fn(Size) -> u64) -> Vec<Row> {
    let rounds = if quick { 3 } else { 5 };
    let mut times = vec![Vec::new(); sizes.len()];
    let mut delivered = vec![0.0; sizes.len()];
    for _ in 0..rounds {
        for (place, &size) in sizes.iter().enumerate() {
            // One short run is over before a clock has seen it.
            let repeats = (10_000 / size.operations).max(1);
            let mut taken = 0.0;
            for _ in 0..repeats {
                let (messages, cpu_s) = measure(|| have(size));
                taken += cpu_s;
                delivered[place] = messages as f64;
            }
            times[place].push(taken / repeats as f64);
        }
    }
    let rows = sizes.iter().zip(times).zip(delivered);
    rows.map(|((&size, times), delivered)| Row {
        size,
        delivered,
        cpu_s: median(times),
        peak_bytes: peak_of(size),
    })
    .collect()
}

fn per_operation(row: &Row) -> f64 {
    row.cpu_s * 1e9 / row.size.operations as f64
}

fn per_message(row: &Row) -> f64 {
    row.cpu_s * 1e9 / row.delivered
}
