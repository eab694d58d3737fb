//! How fast Seedbed runs: beside its peers, beside the bare limit, and as runs grow.
//!
//! Everything is measured in one run, in CPU time, so that what else the machine does counts little.
//! Competitors take turns, round by round, and the median of each counts: a ratio of two medians
//! means more than either. Memory is that of processes of their own. Nothing here fails for being
//! slow.

mod bare;
mod cores;
mod growth;
mod judge;
mod madsim_tcp;
mod measure;
mod messages;
mod reach;
mod runs;
mod steady;
mod tables;
mod trees;
mod turmoil_tcp;

use clap::Parser;
use reach::Figure;
use std::{io, path::Path};

/// Measures how fast Seedbed runs.
#[derive(Parser)]
#[command(name = "cargo bench --", bin_name = "cargo bench --")]
struct Arguments {
    /// Measures less, for a first look
    #[arg(long)]
    quick: bool,
    /// Measures only the sections whose names contain this
    section: Option<String>,
    /// Has one steady run of so many nodes, clients and operations, and prints the bytes it took
    #[arg(long, hide = true, num_args = 3)]
    memory_of: Option<Vec<u64>>,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

/// A section's name, and what measures and prints it; the answer is its figures of the table at the
/// end. The argument says whether to be quick.
type Section = (&'static str, fn(bool) -> Vec<Figure>);

const SECTIONS: [Section; 7] = [
    ("messages", messages::report),
    ("runs", runs::report),
    ("cores", cores::report),
    ("length", growth::by_length),
    ("nodes", growth::by_nodes),
    ("trees", trees::report),
    ("judge", judge::report),
];

fn main() -> io::Result<()> {
    let Arguments { quick, section, memory_of, .. } = Arguments::parse();
    if let Some(size) = memory_of {
        growth::print_memory(&size);
        return Ok(());
    }
    let wanted = section.clone().unwrap_or_default();
    let mut figures = Vec::new();
    for (_, report) in SECTIONS.iter().filter(|(name, _)| name.contains(&wanted)) {
        figures.extend(report(quick));
    }
    if !figures.is_empty() {
        reach::show(&figures);
    }
    // A part, or a first look, is no picture of the whole.
    if section.is_none() && !quick {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pictures");
        reach::write(&figures, &folder)?;
        println!("\nWritten to docs/pictures/speed.csv and docs/pictures/speed.png.");
    }
    Ok(())
}
