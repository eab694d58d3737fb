#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test as tests do")]

use crate::{charts::assert_legible, support::ghost};
use reports::{
    ExperimentResults, Measurement, ReportError, StoryOptions, experiment::DrawnChart, write_all,
    write_experiment,
};
use scenarios::Scenario;
use scenarios::experiment::{ALL, Experiment, Shape, Sweep, Trial, find};
use sim::carry_out;
use std::{fs, time::Duration};

/// The same trial, over as soon as something has been measured; faults are kept whole.
fn shorten(mut trial: Trial) -> Trial {
    let Scenario { workload, phases, steps, .. } = &mut trial.scenario;
    if let Some(workload) = workload
        && steps.is_empty()
    {
        workload.stop = trial.measured_from + Duration::from_millis(300);
        phases.run = workload.stop;
    }
    trial
}

fn measured(experiment: &Experiment, seed: u64) -> ExperimentResults {
    let trials: Vec<_> = ExperimentResults::trials(experiment).into_iter().map(shorten).collect();
    let measured = carry_out(&trials, seed, |trial, run| Measurement::of(trial, &run), || {});
    ExperimentResults::new(experiment, seed, measured.expect("every trial can be run"))
}

fn few(name: &str, table: usize) -> Vec<Trial> {
    let experiment = find(name).expect("the registry has it");
    (experiment.sweeps[table].trials)().into_iter().step_by(7).map(shorten).collect()
}

/// A few runs of the FastAPI outline's experiment, with both of its tables.
const SMALL: Experiment = Experiment {
    name: "small",
    title: "a few runs",
    about: "For tests.",
    source: "FastAPI outline",
    sweeps: &[
        Sweep {
            table: "data",
            shape: Shape::Load,
            varies: "concurrency (clients)",
            trials: || few("throughput-by-mode", 0),
        },
        Sweep {
            table: "tail-latency",
            shape: Shape::Sweep,
            varies: "offered load (requests/s)",
            trials: || few("throughput-by-mode", 1),
        },
    ],
    charts: &["latency_vs_concurrency"],
};

#[test]
fn tables_have_their_heads_and_a_row_for_each_run() {
    let tables = measured(&SMALL, 3).tables();
    let mut heads = String::new();
    for ((name, table), sweep) in tables.iter().zip(SMALL.sweeps) {
        let mut lines = table.lines();
        heads += &format!("{name}: {}\n", lines.next().unwrap());
        assert_eq!(lines.count(), (sweep.trials)().len(), "{name}");
    }
    insta::assert_snapshot!(heads);
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let (one, other) = (measured(&SMALL, 3), measured(&SMALL, 3));
    assert_eq!(one.tables(), other.tables());
    assert_eq!(one.to_json(), other.to_json());
    assert_eq!(one.to_text(100), other.to_text(100));
    assert_eq!(one.charts().unwrap(), other.charts().unwrap());
    assert_ne!(one.tables(), measured(&SMALL, 4).tables());
}

#[test]
fn every_chart_of_every_experiment_can_be_drawn_and_no_text_overlaps() {
    for experiment in ALL {
        let results = measured(experiment, 0);
        assert_eq!(results.defects(), Vec::<String>::new(), "{}", experiment.name);
        let charts = results.charts().unwrap();
        let names: Vec<_> = charts.iter().map(|chart| chart.name).collect();
        assert_eq!(names, experiment.charts);
        for DrawnChart { name, png, svg } in charts {
            assert!(png.starts_with(b"\x89PNG"), "{name}");
            assert_legible(&svg, name);
            assert!(svg.contains("of service an event"), "{name} lacks the service time");
            assert!(svg.contains("links between nodes"), "{name} lacks the latency of links");
        }
        assert!(results.to_text(100).contains(experiment.title));
    }
}

/// The rows of the ladder's summary, and its title.
struct Ladder(serde_json::Value, String);

impl Ladder {
    fn climbed() -> Self {
        let results = measured(find("ladder").unwrap(), 0);
        Self(serde_json::from_str(&results.to_json()).unwrap(), results.to_text(100))
    }

    fn rows<'a>(
        &'a self,
        system: &'a str,
        setting: &'a str,
    ) -> impl Iterator<Item = &'a serde_json::Value> {
        let rows = self.0["sweeps"][0]["rows"].as_array().unwrap().iter();
        rows.filter(move |row| row["system"] == system && row["setting"] == setting)
    }

    fn total(&self, system: &str, setting: &str, field: &str) -> u64 {
        self.rows(system, setting).map(|row| row[field].as_u64().unwrap()).sum()
    }

    /// How many acknowledged writes a node still knew of.
    fn held(&self, system: &str, setting: &str, node: usize) -> u64 {
        self.rows(system, setting).map(|row| row["held_writes"][node].as_u64().unwrap()).sum()
    }
}

#[test]
fn titles_say_what_is_drawn_and_nothing_of_why() {
    let titled = |name: &str, chart: &str| -> (String, String) {
        let experiment = find(name).expect("the registry has it");
        let trials: Vec<_> =
            ExperimentResults::trials(experiment).into_iter().map(shorten).collect();
        let measured = carry_out(&trials, 0, |trial, run| Measurement::of(trial, &run), || {});
        let results = ExperimentResults::new(experiment, 0, measured.unwrap());
        let text = results.to_text(100);
        let title = text.lines().rev().find_map(|line| line.strip_prefix(&format!("{chart}: ")));
        let drawn = results.charts().unwrap().into_iter().find(|drawn| drawn.name == chart);
        let is_cut = |drawn: &DrawnChart| drawn.svg.contains("...") || drawn.svg.contains('…');
        assert!(!drawn.as_ref().is_some_and(is_cut), "{name}: a text is cut off");
        (title.expect("the text has every title").to_owned(), drawn.unwrap().svg)
    };
    let (title, svg) = titled("throughput-by-mode", "throughput_by_mode");
    let bars = title.strip_prefix("The highest bar of each kind, requests/s: ").expect(&title);
    for bar in bars.split(", ") {
        // Each stands above its bar; a most over rows that are not drawn would not.
        let (number, _) = bar.split_once(' ').unwrap();
        assert!(svg.contains(&format!("\n{number}\n")), "{title}");
    }
    let (title, svg) = titled("tail-latency", "tail_latency_with_and_without_replication");
    assert!(title.starts_with("Writes at 200 requests/s: p50 "), "{title}");
    assert!(svg.contains("the push is modelled as one more event at the leader"));
    let (title, svg) = titled("write-cost", "write_cost");
    assert!(title.starts_with("Mean latency of a write by one client, ms: alone "), "{title}");
    assert!(svg.contains("one more event at the leader"));
    let (title, _) = titled("concurrency", "concurrency");
    assert!(title.starts_with("Most operations/s with any number of clients: "), "{title}");
}

#[test]
fn the_ladder_shows_what_each_rung_is_known_for() {
    let ladder = Ladder::climbed();
    let total = |system, setting, field| ladder.total(system, setting, field);
    let acknowledged = |system, setting| total(system, setting, "writes_acknowledged");
    assert!(total("async-leader", "crash-follower", "differing_keys") > 0, "ghost data");
    assert_eq!(total("anti-entropy", "crash-follower", "differing_keys"), 0, "it heals");
    assert!(total("sync-leader", "crash-follower", "failures") > 0, "it waits for all");

    // Clients of the naive leader lose what its followers keep; with a log it asks them for it.
    let lost = total("async-leader", "crash-leader", "lost_writes");
    let all = acknowledged("async-leader", "crash-leader");
    assert_eq!(ladder.held("async-leader", "crash-leader", 0), all - lost);
    assert!(
        lost > 0 && (1..3).all(|node| ladder.held("async-leader", "crash-leader", node) == all)
    );
    assert_eq!(total("anti-entropy", "crash-leader", "lost_writes"), 0, "it asked");
    // Under load both lose what was not yet passed on: there no node has all.
    for system in ["async-leader", "anti-entropy"] {
        let all = acknowledged(system, "crash-busy-leader");
        assert!(total(system, "crash-busy-leader", "lost_writes") > 0, "{system}");
        assert!(
            (0..3).all(|node| ladder.held(system, "crash-busy-leader", node) < all),
            "{system}"
        );
    }

    // Clients of quorum are never told wrong by crashes and cuts, and they are by clocks.
    for fault in ["crash-follower", "crash-leader", "crash-busy-leader", "isolate-leader"] {
        for wrong in ["lost_writes", "stale_reads", "failures"] {
            assert_eq!(total("quorum", fault, wrong), 0, "{fault}: {wrong}");
        }
        for wrong in ["lost_writes", "stale_reads", "differing_keys"] {
            assert_eq!(total("raft", fault, wrong), 0, "{fault}: {wrong}");
        }
    }
    assert!(total("quorum", "clocks-disagree", "lost_writes") > 0);
    assert!(total("quorum", "clocks-disagree", "clock_readings") > 0);
    for system in ["async-leader", "anti-entropy", "raft"] {
        assert_eq!(total(system, "clocks-disagree", "lost_writes"), 0, "{system}");
        assert_eq!(total(system, "clocks-disagree", "clock_readings"), 0, "{system}");
    }
    let title = ladder.1.lines().find(|line| line.starts_with("ladder: No lost write"));
    let title = title.expect("the chart's title is told");
    assert!(
        title.contains("raft, at ") && title.contains("; quorum while clocks agreed"),
        "{title}"
    );
}

#[test]
fn the_ladder_s_losses_are_those_of_its_faults_and_flaws() {
    let of = |system: &str, setting: &str, change: fn(&mut Scenario)| {
        let trials = ExperimentResults::trials(find("ladder").unwrap()).into_iter();
        let trials = trials.filter(|trial| trial.system == system && trial.setting == setting);
        let mut trials: Vec<_> = trials.collect();
        trials.iter_mut().for_each(|trial| change(&mut trial.scenario));
        let of = |trial: &Trial, run| Measurement::of(trial, &run).lost_writes;
        carry_out(&trials, 0, of, || {}).unwrap().into_iter().sum::<u64>()
    };
    assert_eq!(of("async-leader", "crash-leader", |it| it.steps.clear()), 0);
    assert_eq!(of("async-leader", "crash-busy-leader", |it| it.steps.clear()), 0);
    assert_eq!(of("quorum", "clocks-disagree", |it| it.cluster.clocks.clear()), 0);
    let rules = |it: &mut Scenario| it.system.flaws = vec!["empty-leader-rules".to_owned()];
    let naive = of("async-leader", "crash-leader", |_| {});
    assert_eq!(of("anti-entropy", "crash-leader", |_| {}), 0);
    // The leader that asks nobody loses what the naive one does, and its followers lose it, too.
    assert_eq!(of("anti-entropy", "crash-leader", rules), naive);
}

#[test]
fn the_original_s_mixed_throughput_comes_out() {
    let data = find("throughput-by-mode").unwrap().sweeps[0];
    let trials = (data.trials)()
        .into_iter()
        .filter(|trial| trial.series == "mixed" && trial.reference.is_some());
    let trials: Vec<_> = trials.collect();
    let ours = carry_out(&trials, 0, |trial, run| Measurement::of(trial, &run), || {}).unwrap();
    assert_eq!(trials.len(), 3);
    for (trial, ours) in trials.iter().zip(&ours) {
        let theirs = trial.reference.unwrap().throughput_rps.unwrap();
        let ratio = ours.throughput_rps() / theirs;
        assert!((0.9..1.1).contains(&ratio), "{} clients: {ratio}", trial.setting);
    }
    let mean = |position: usize| ours[position].all.unwrap().mean.as_secs_f64();
    let growth = mean(2) / mean(0);
    assert!((8.0..12.0).contains(&growth), "ten times the clients wait {growth} times as long");
}

#[test]
fn the_original_s_replicated_write_comes_out_if_both_followers_are_asked_at_once() {
    let data = find("write-cost").unwrap().sweeps[0];
    let trials: Vec<_> = (data.trials)().into_iter().filter(|trial| trial.setting == "8").collect();
    let ours = carry_out(&trials, 0, |trial, run| Measurement::of(trial, &run), || {}).unwrap();
    let near = trials.iter().zip(&ours).filter(|(trial, ours)| {
        let theirs = trial.reference.unwrap();
        let latency_ms = ours.all.unwrap().mean.as_secs_f64() * 1000.0;
        let ratios = [
            latency_ms / theirs.avg_latency_ms,
            ours.throughput_rps() / theirs.throughput_rps.unwrap(),
        ];
        ratios.iter().all(|ratio| (0.85..1.15).contains(ratio))
    });
    let near: Vec<_> = near.map(|(trial, _)| trial.series).collect();
    assert_eq!(near, ["both at once"]);
}

#[test]
fn an_experiment_is_written_whole_and_replaces_only_its_like() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("experiment");
    let results = measured(&SMALL, 3);
    let files = write_experiment(&results, &target).unwrap();
    let again = write_experiment(&results, &target).unwrap();
    assert_eq!(files, again);
    let names: Vec<_> =
        files.iter().map(|file| file.strip_prefix(&target).unwrap().to_str().unwrap()).collect();
    insta::assert_snapshot!(names.join("\n"));
    assert!(files.iter().all(|file| fs::metadata(file).unwrap().len() > 0));

    let of_a_run = place.path().join("run");
    write_all(&ghost::run(), "", &StoryOptions::default(), &of_a_run).unwrap();
    let refused = write_experiment(&results, &of_a_run);
    assert!(matches!(refused, Err(ReportError::Foreign { .. })));
    assert!(of_a_run.join("story.txt").exists());
    let refused = write_all(&ghost::run(), "", &StoryOptions::default(), &target);
    assert!(matches!(refused, Err(ReportError::Foreign { .. })));
}
