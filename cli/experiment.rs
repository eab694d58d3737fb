//! `seedbed experiment`: a named sweep, its tables and its charts.

use crate::{
    args::{ExperimentArgs, Format},
    failure::Failure,
    interrupt,
    list::table,
    output, progress,
};
use reports::{ExperimentResults, Measurement};
use scenarios::experiment::{self, Experiment};
use serde_json::json;
use std::{path::PathBuf, process::ExitCode};

/// Carries an experiment out and shows what came of it, or lists all.
pub(crate) fn experiment(args: &ExperimentArgs) -> Result<ExitCode, Failure> {
    let Some(name) = args.name.as_ref().filter(|_| !args.list) else {
        output::print(&list(args.format))?;
        return Ok(ExitCode::SUCCESS);
    };
    let experiment = find(name)?;
    let folder = || PathBuf::from("out").join(format!("experiment-{}", experiment.name));
    let target = args.out.clone().unwrap_or_else(folder);
    // Known before the runs, so that nobody waits for nothing.
    reports::check_experiment_target(&target)?;
    let results = carry_out(experiment, args)?;
    let files = {
        let _whole_or_not_at_all = interrupt::while_writing();
        reports::write_experiment(&results, &target)?
    };
    if !args.quiet {
        output::print(&match args.format {
            Format::Text => {
                let text = results.to_text(output::width());
                format!("{text}{} files in {}\n", files.len(), target.display())
            }
            Format::Json => results.to_json() + "\n",
        })?;
    }
    Ok(if results.defects().is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn carry_out(experiment: &Experiment, args: &ExperimentArgs) -> Result<ExperimentResults, Failure> {
    let trials = ExperimentResults::trials(experiment);
    let bar = progress::bar(args.quiet, trials.len());
    bar.set_message(experiment.name);
    let measure = |trial: &_, run| Measurement::of(trial, &run);
    let measured = sim::carry_out(&trials, args.seed, measure, || bar.inc(1));
    bar.finish_and_clear();
    let again = format!("seedbed experiment {} --seed {}", experiment.name, args.seed);
    let measured = measured.map_err(|error| Failure::of_run(error, &again))?;
    Ok(ExperimentResults::new(experiment, args.seed, measured))
}

fn find(name: &str) -> Result<&'static Experiment, Failure> {
    experiment::find(name).ok_or_else(|| {
        let names: Vec<_> = experiment::ALL.iter().map(|experiment| experiment.name).collect();
        let help = match scenarios::nearest(name, &names) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("the experiments are {}", names.join(", ")),
        };
        Failure::input(format!("there is no experiment `{name}`"), help)
    })
}

fn list(format: Format) -> String {
    if format == Format::Json {
        let entries = experiment::ALL.iter().map(|experiment| {
            json!({
                "name": experiment.name,
                "title": experiment.title,
                "about": experiment.about,
                "source": experiment.source,
                "charts": experiment.charts,
            })
        });
        return format!("{:#}\n", json!({ "experiments": entries.collect::<Vec<_>>() }));
    }
    let mut experiments = table(["experiment", "what it asks", "charts"]);
    for experiment in experiment::ALL {
        let Experiment { name, title, charts, .. } = experiment;
        experiments.add_row([*name, title, &charts.join(", ")]);
    }
    format!("Experiments (seedbed experiment <experiment>)\n{experiments}\n")
}
