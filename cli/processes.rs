//! A scenario carried out by processes: this program once more for each node.

use crate::{choose::Chosen, failure::Failure, served::OnWire};
use clap::{Args, ValueEnum, ValueHint};
use sim::{Detail, Run};
use std::{
    io,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// So many processes one run has at most: each link between them has a port.
const MOST_NODES: usize = 24;

/// Where a scenario is carried out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum On {
    /// In the simulator.
    #[default]
    Simulator,
    /// By a process for each node, with sockets and files, in real time.
    Processes,
}

/// Where runs take place.
#[derive(Args)]
pub(crate) struct Place {
    /// Where to carry it out: in the simulator, or by a process for each node, in real time.
    #[arg(long, value_enum, value_name = "WHERE", default_value_t)]
    pub(crate) on: On,
    /// Keep what the processes wrote, their data and their logs, in this folder; it must not be there yet.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) keep: Option<PathBuf>,
}

impl Place {
    /// Has the run.
    pub(crate) fn run(&self, chosen: &Chosen, detail: Detail) -> Result<Run, Failure> {
        match (self.on, &self.keep) {
            (On::Simulator, None) => chosen.run(detail),
            (On::Simulator, Some(_)) => Err(Failure::input(
                "--keep is for what processes wrote",
                "add `--on processes`, or leave --keep out",
            )),
            (On::Processes, Some(folder)) if folder.exists() => Err(Failure::input(
                format!("{} is there already", folder.display()),
                "name a folder that is yet to be made",
            )),
            (On::Processes, Some(folder)) => on_processes(chosen, detail, folder),
            (On::Processes, None) => on_processes(chosen, detail, temporary()?.path()),
        }
    }
}

/// A folder that is gone when the run is over.
pub(crate) fn temporary() -> Result<TempDir, Failure> {
    tempfile::tempdir().map_err(|why| no_folder(&why))
}

fn no_folder(why: &io::Error) -> Failure {
    Failure::harness(format!("there is no folder for what the processes write: {why}"))
}

fn on_processes(chosen: &Chosen, detail: Detail, folder: &Path) -> Result<Run, Failure> {
    have(chosen, detail, folder)?.map_err(|error| chosen.failure(error))
}

/// Has a run on processes, which write into this folder.
pub(crate) fn have(
    chosen: &Chosen,
    detail: Detail,
    folder: &Path,
) -> Result<Result<Run, sim::Error>, Failure> {
    let nodes = chosen.scenario.cluster.nodes;
    if nodes > MOST_NODES {
        return Err(Failure::input(
            format!(
                "{} has {nodes} nodes, and at most {MOST_NODES} are run as processes",
                chosen.name
            ),
            "run it in the simulator, or with fewer nodes",
        ));
    }
    let obstacles = chosen.scenario.obstacles(chosen.system);
    if !obstacles.is_empty() {
        return Err(crate::choose::cannot_carry_out(&chosen.scenario, chosen.system, &obstacles));
    }
    let system = OnWire::of_system(chosen.system)?;
    (system.run)(chosen, detail, folder)
}
