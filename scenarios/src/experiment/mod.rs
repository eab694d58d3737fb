//! Experiments: named sweeps, each a list of runs, from which tables and charts are drawn.
//!
//! What flows in: nothing but a seed; the runs are built as code and listed in [`ALL`].
//! What flows out: the [`Trial`]s of each sweep, in order. A
//! world carries them out; what is measured, and how it is shown, is left to `reports`.

mod cost;
mod ladder;
mod original;
mod sweeps;
mod trial;

pub use ladder::{CONDITIONS, Condition, RUNGS, Rung};
pub use original::{MODES, Mode};
pub use trial::{Reference, Trial};

/// A named list of sweeps.
#[derive(Clone, Copy, Debug)]
pub struct Experiment {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it asks, in one line.
    pub title: &'static str,
    /// What it shows and how to read it, in a few sentences.
    pub about: &'static str,
    /// The document it comes from.
    pub source: &'static str,
    /// Its tables; the first is `data`.
    pub sweeps: &'static [Sweep],
    /// The names of its charts, without extension.
    pub charts: &'static [&'static str],
}

/// Runs that differ in few things and go into one table.
#[derive(Clone, Copy, Debug)]
pub struct Sweep {
    /// The table's file name without extension.
    pub table: &'static str,
    /// What the table's columns are.
    pub shape: Shape,
    /// What varies, with its unit.
    pub varies: &'static str,
    /// The runs, in the order of the table's rows.
    pub trials: fn() -> Vec<Trial>,
}

/// What a table's columns are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Those of the FastAPI outline's load test.
    Load,
    /// The same, of the ghost-data report's operations.
    Cost,
    /// The series, what varies, throughput, latencies of reads and writes, and what was lost.
    Sweep,
}

/// Every experiment, in the order in which lists show them.
pub const ALL: &[Experiment] = &[
    Experiment {
        name: "throughput-by-mode",
        title: "what a small leader-follower store carries, by kind of workload",
        about: "The evaluation of the FastAPI outline: sync-leader under mixed, read-heavy and write-heavy load, \
                with more and more clients. Throughput is that of the busiest node, the leader; once \
                it is reached, more clients only wait longer.",
        source: "FastAPI outline",
        sweeps: &[original::BY_MODE, original::TAIL],
        charts: &[
            "throughput_by_mode",
            "latency_vs_concurrency",
            "read_heavy_vs_write_heavy",
            "tail_latency_with_and_without_replication",
        ],
    },
    Experiment {
        name: "latency-vs-concurrency",
        title: "how latency grows with the number of clients",
        about: "The mixed workload of the FastAPI outline alone, in finer steps.",
        source: "FastAPI outline",
        sweeps: &[original::MIXED],
        charts: &["latency_vs_concurrency"],
    },
    Experiment {
        name: "read-vs-write",
        title: "what writes cost that reads do not",
        about: "The read-heavy and the write-heavy workload of the FastAPI outline, side by side. A read asks one \
                node; a write keeps the leader busy three times and each follower once.",
        source: "FastAPI outline",
        sweeps: &[original::READ_AND_WRITE],
        charts: &["read_heavy_vs_write_heavy"],
    },
    Experiment {
        name: "tail-latency",
        title: "what it costs a write to wait for its followers",
        about: "The same load offered to sync-leader as described, and with the flaw \
                ack-before-replicate. The load is offered at a rate, whatever becomes of it: with a \
                fixed number of clients the faster answer would bring more load, and hide the gain. \
                Answering first makes the push an event of its own, so that leader is full earlier.",
        source: "FastAPI outline",
        sweeps: &[Sweep { table: DATA, ..original::TAIL }],
        charts: &["tail_latency_with_and_without_replication"],
    },
    Experiment {
        name: "write-cost",
        title: "what a write costs in one memory and in three",
        about: "The table of the ghost-data report: a write to a lone node, a write to three, and a read at a \
                follower. Service time and links are set by its first and its last row; its \
                replicated write is tried in three ways, with one client and with eight, since it \
                does not say what it waits for.",
        source: "ghost-data report",
        sweeps: &[cost::CLUSTER, cost::LOCAL],
        charts: &["write_cost"],
    },
    Experiment {
        name: "concurrency",
        title: "when each design is full, and what happens then",
        about: "Four designs under a mixed load from 1 to 128 clients on one network.",
        source: "FastAPI outline",
        sweeps: &[sweeps::CONCURRENCY],
        charts: &["concurrency"],
    },
    Experiment {
        name: "nodes",
        title: "what more replicas cost",
        about: "Four designs on 3 to 9 nodes, the same clients. Reads that any node answers gain \
                from more nodes; writes that wait for others, or a leader that tells them, do not.",
        source: "sharded groups",
        sweeps: &[sweeps::NODES],
        charts: &["nodes"],
    },
    Experiment {
        name: "link-latency",
        title: "what distance costs",
        about: "Four designs on links from 0.1 to 20 ms, clients near by. A design pays for \
                distance once for each round trip between nodes that an answer waits for.",
        source: "FastAPI outline",
        sweeps: &[sweeps::LINK_LATENCY],
        charts: &["link_latency"],
    },
    Experiment {
        name: "replication-factor",
        title: "what N, R and W buy and cost",
        about: "quorum on five nodes with different N, R and W. Reads are sure to meet the latest \
                write only when R + W > N.",
        source: "FastAPI outline and sharded groups (future work)",
        sweeps: &[sweeps::REPLICATION_FACTOR],
        charts: &["replication_factor"],
    },
    Experiment {
        name: "ladder",
        title: "what each rung from naive replication to consensus costs, and what it still loses",
        about: "Every rung on the same network with the same service time and workload: lightly \
                loaded for its latency, fully loaded for its throughput, and with a follower \
                crashed, the leader crashed, idle and busy, and the leader cut off from the others for \
                3 s, with five seeds each; last, with two writers while the first node's clock is \
                10 s ahead. Lost is what clients cannot get any more: those of a leader ask the \
                leader, whatever its followers hold. Clients go where a design has them go (`routes` in the summary): \
                writes to a leader where there is one, everything else to each node in turn, and \
                both to the leader in raft. sharded-groups is left out: in one group it is \
                async-leader with versions.",
        source: "FastAPI outline, ghost-data report and sharded groups",
        sweeps: &[ladder::LADDER],
        charts: &["ladder"],
    },
];

/// The name of an experiment's first table.
pub(crate) const DATA: &str = "data";

/// The experiment of this name.
pub fn find(name: &str) -> Option<&'static Experiment> {
    ALL.iter().find(|experiment| experiment.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use node::systems;

    #[test]
    fn every_experiment_is_described_and_named_once() {
        for (position, experiment) in ALL.iter().enumerate() {
            let Experiment { name, title, about, source, sweeps, charts } = experiment;
            let texts = [name, title, about, source];
            assert!(texts.iter().all(|text| !text.trim().is_empty()), "{name}");
            assert!(ALL[..position].iter().all(|other| other.name != *name), "{name} comes twice");
            assert_eq!(find(name).map(|found| found.title), Some(*title));
            assert!(!charts.is_empty() && !sweeps.is_empty(), "{name}");
            assert_eq!(sweeps[0].table, DATA, "{name}");
            assert!(sweeps.iter().all(|sweep| !sweep.varies.is_empty()), "{name}");
        }
    }

    #[test]
    fn every_trial_can_be_run_on_its_system() {
        for experiment in ALL {
            for trial in experiment.sweeps.iter().flat_map(|sweep| (sweep.trials)()) {
                let Trial { system, scenario, .. } = &trial;
                let info = systems::find(system).expect("the registry has the system");
                let nodes = scenario.cluster.nodes;
                assert!(nodes >= info.min_nodes && scenario.expect.contains_key(*system));
                let fits = systems::check_settings(system, nodes, &scenario.system.settings);
                assert_eq!(fits, Some(Ok(())), "{} {}", experiment.name, trial.setting);
                let known = |flaw: &String| info.flaws.iter().any(|known| known.name == flaw);
                assert!(scenario.system.flaws.iter().all(known), "{}", experiment.name);
            }
        }
    }

    #[test]
    fn no_two_rows_of_a_table_are_the_same_trial() {
        for sweep in ALL.iter().flat_map(|experiment| experiment.sweeps) {
            let trials = (sweep.trials)();
            for (position, trial) in trials.iter().enumerate() {
                let same = |other: &Trial| {
                    (&other.series, &other.setting, other.seed_offset)
                        == (&trial.series, &trial.setting, trial.seed_offset)
                };
                assert!(!trials[..position].iter().any(same), "{} {}", trial.series, trial.setting);
            }
        }
    }
}
