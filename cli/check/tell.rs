//! What a check found, for people, for GitHub and for programs.

use super::{
    compare::{Compared, Comparison},
    jobs::Jobs,
};
use judge::text::{count, number, program};
use serde_json::json;
use std::{fmt::Write as _, path::Path};

/// For people: how much is as it was, and what is not.
pub(super) fn text(jobs: &Jobs, comparison: &Comparison, update: bool) -> String {
    let mut text = format!("{}\n", headline(comparison, update));
    for run in comparison.runs.iter().filter(|run| !run.is_fine()) {
        let seed = run.told.summary.seed;
        // Writing to a string cannot fail.
        let _ =
            writeln!(text, "\n{}, seed {seed}{}", run.name, if run.is_new { ": new" } else { "" });
        for line in lines(run) {
            let _ = writeln!(text, "  {line}");
        }
        let _ = writeln!(text, "  {}", again(jobs, run));
    }
    for name in &comparison.gone {
        let _ = writeln!(text, "\n{name}: stored, and there is no such run any more");
    }
    let has_changes = !comparison.gone.is_empty()
        || comparison.count(|run| run.is_new || !run.differences.is_empty()) > 0;
    if has_changes {
        let _ = match update {
            true => writeln!(text, "\nAccepted in {}.", jobs.stored_in),
            false => writeln!(text, "\nIf it is to be so: {}", accept(jobs)),
        };
    }
    text
}

/// How much is as it was, in a line.
fn headline(comparison: &Comparison, update: bool) -> String {
    let runs = comparison.runs.len();
    let of = match runs == comparison.all {
        true => String::new(),
        false => format!(" of {}", number(comparison.all as u64)),
    };
    let changed = comparison.count(|run| !run.differences.is_empty());
    let new = comparison.count(|run| run.is_new);
    let surprising = comparison.count(|run| !run.told.surprises.is_empty());
    let gone = comparison.gone.len() as u64;
    let mut parts = vec![format!("{} as stored", number(runs as u64 - changed - new))];
    for (many, word) in
        [(changed, "changed"), (new, "new"), (gone, "gone"), (surprising, "not as expected")]
    {
        if many > 0 {
            parts.push(format!("{} {word}", number(many)));
        }
    }
    let word =
        if comparison.is_fine() || update && comparison.is_as_expected() { "" } else { "FAILED: " };
    format!("{word}{}{of}: {}", count(runs as u64, "run", "runs"), parts.join(", "))
}

/// What is other than stored or expected, a line each.
pub(super) fn lines(run: &Compared) -> Vec<String> {
    let surprises =
        run.told.surprises.iter().map(|surprise| format!("not as expected: {surprise}"));
    let differences =
        run.differences.iter().map(|it| format!("{}: {}, was {}", it.what, it.is, it.was));
    surprises.chain(differences).collect()
}

/// The command that has the run again.
pub(super) fn again(jobs: &Jobs, run: &Compared) -> String {
    let job = &jobs.all[run.place];
    let system = match &job.scenario.on {
        Some(on) if on == job.system.name => String::new(),
        _ => format!(" --system {}", job.system.name),
    };
    format!("{} run {}{system}", program(), job.name())
}

fn accept(jobs: &Jobs) -> String {
    match Path::new(&jobs.stored_in).parent().filter(|_| jobs.of_folder) {
        Some(folder) => format!("{} check {} --update", program(), folder.display()),
        None => format!("{} check --update", program()),
    }
}

/// For GitHub: an annotation of the file of each run that is not as it was.
pub(super) fn annotations(jobs: &Jobs, comparison: &Comparison, update: bool) -> String {
    let mut text = String::new();
    for run in comparison.runs.iter().filter(|run| !run.is_fine()) {
        let job = &jobs.all[run.place];
        let file = match jobs.of_folder {
            true => job.name().to_owned(),
            false => format!("scenarios/library/{}.toml", job.name()),
        };
        let mut said = lines(run);
        if run.is_new {
            said.push(format!("new: nothing is stored of it in {}", jobs.stored_in));
        }
        said.push(again(jobs, run));
        let level = if update && run.told.surprises.is_empty() { "notice" } else { "error" };
        let (file, title) = (escaped(&file, true), escaped(&run.name, true));
        let _ = writeln!(
            text,
            "::{level} file={file},title={title}::{}",
            escaped(&said.join("\n"), false)
        );
    }
    let level = if update { "notice" } else { "error" };
    for name in &comparison.gone {
        let (file, title) = (escaped(&jobs.stored_in, true), escaped(name, true));
        let _ = writeln!(
            text,
            "::{level} file={file},title={title}::stored, and there is no such run any more"
        );
    }
    text + &headline(comparison, update) + "\n"
}

/// As GitHub's commands want it.
pub(super) fn escaped(text: &str, is_property: bool) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    match is_property {
        true => text.replace(':', "%3A").replace(',', "%2C"),
        false => text,
    }
}

/// For programs.
pub(super) fn json(jobs: &Jobs, comparison: &Comparison, update: bool) -> String {
    let runs = comparison.runs.iter().map(|run| {
        json!({
            "name": run.name,
            "scenario": jobs.all[run.place].name(),
            "system": jobs.all[run.place].system.name,
            "is_new": run.is_new,
            "differences": run.differences,
            "surprises": run.told.surprises,
            "found": run.told.summary,
            "again": again(jobs, run),
        })
    });
    let document = json!({
        "schema": "seedbed-checked",
        "schema_version": 1,
        "tool_version": env!("CARGO_PKG_VERSION"),
        "stored_in": jobs.stored_in,
        "as_stored": comparison.gone.is_empty()
            && comparison.runs.iter().all(|run| !run.is_new && run.differences.is_empty()),
        "as_expected": comparison.is_as_expected(),
        "updated": update,
        "gone": comparison.gone,
        "runs": runs.collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_command_of_github_is_escaped() {
        assert_eq!(escaped("a: 5%,\nb", false), "a: 5%25,%0Ab");
        assert_eq!(escaped("a: 5%,\nb", true), "a%3A 5%25%2C%0Ab");
    }
}
