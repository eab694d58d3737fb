//! Draws every chart of the hand-made runs and matrices, to be looked at: `cargo run -p seedbed-reports
//! --example gallery -- FOLDER`.

#[path = "../tests/reports/matrices.rs"]
mod matrices;
#[path = "../tests/reports/support/mod.rs"]
mod support;

use reports::Charts;
use std::{error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name a folder to draw into")?);
    fs::create_dir_all(&folder)?;
    let runs = [
        ("ghost", support::ghost::run()),
        ("busy", support::busy::run()),
        ("slow-link", support::causes::slow_link()),
        ("forwarded", support::causes::forwarded()),
        ("paused", support::causes::paused()),
        ("leader-crash", support::causes::leader_crash()),
        ("overtaken", support::causes::overtaken()),
        ("amnesia", support::causes::amnesia()),
        ("circle", support::waits::circle()),
        ("hang", support::waits::hang()),
        ("hands-full", support::waits::hands_full()),
        ("idle", support::odd::idle()),
        ("two-groups", support::odd::two_groups()),
        ("two-groups-that-differ", support::odd::two_groups_that_differ()),
        ("thirty-nodes", support::odd::thirty_nodes()),
        ("without-trace", support::odd::without_trace()),
        ("forty-faults", support::odd::forty_faults()),
        ("short-and-silent", support::odd::short_and_silent()),
    ];
    for (name, run) in runs {
        let charts = Charts::of(&run);
        for chart in charts.shown() {
            let stem = folder.join(format!("{name}-{}", chart.name()));
            fs::write(stem.with_extension("png"), charts.png(chart)?)?;
            fs::write(stem.with_extension("svg"), charts.svg(chart)?)?;
        }
    }
    let matrices = [
        ("matrix-small", matrices::small()),
        ("matrix-wrong", matrices::wrong()),
        ("matrix-large", matrices::large(false)),
        ("matrix-large-wrong", matrices::large(true)),
    ];
    for (name, matrix) in matrices {
        let stem = folder.join(name);
        fs::write(stem.with_extension("png"), matrix.png()?)?;
        fs::write(stem.with_extension("svg"), matrix.svg()?)?;
    }
    Ok(())
}
