//! How fast Seedbed runs: beside its peers, beside the bare limit, and as runs grow.
//!
//! Everything is measured in one process, in CPU time, so that what else the machine
//! does counts little. Competitors take turns, round by round, and the median of each
//! counts: a ratio of two medians means more than either. Nothing here fails for being slow.

mod bare;
mod growth;
mod judge;
mod madsim_tcp;
mod measure;
mod messages;
mod runs;
mod steady;
mod tables;
mod trees;
mod turmoil_tcp;

use clap::Parser;
use peak_alloc::PeakAlloc;

/// Counts the bytes that are allocated, for the tables of memory.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Measures how fast Seedbed runs.
#[derive(Parser)]
#[command(name = "cargo bench --", bin_name = "cargo bench --")]
struct Arguments {
    /// Measures less, for a first look
    #[arg(long)]
    quick: bool,
    /// Measures only the sections whose names contain this
    section: Option<String>,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

/// A section's name, and what measures and prints it. The argument says whether to be quick.
type Section = (&'static str, fn(bool));

const SECTIONS: [Section; 6] = [
    ("messages", messages::report),
    ("runs", runs::report),
    ("length", growth::by_length),
    ("nodes", growth::by_nodes),
    ("trees", trees::report),
    ("judge", judge::report),
];

fn main() {
    let Arguments { quick, section, .. } = Arguments::parse();
    let wanted = section.unwrap_or_default();
    for (_, report) in SECTIONS.iter().filter(|(name, _)| name.contains(&wanted)) {
        report(quick);
    }
}
