//! How a story begins and ends.

use super::{
    StoryOptions,
    paper::{Paper, Tone},
};
use crate::{
    figures, text,
    titled::{before_title, heading},
};
use judge::{Run, Stage, record::Expected, text::program};
use scenarios::Fit;

/// Title, scenario, system, seed, and what to watch for.
pub(super) fn write(run: &Run, paper: &mut Paper) {
    let name = format!("{} on {}, seed {}", run.scenario.name, run.system.name, run.seed);
    let heading = heading(run);
    let before = before_title(heading.fit);
    let label = if heading.fit == Fit::Shown { "Watch for   " } else { "Elsewhere   " };
    let good = if heading.fit == Fit::Withstood { Tone::Good } else { Tone::Plain };
    paper.line("", &[(before, good), (heading.title, Tone::Heading)]);
    paper.line("", &[(&name, Tone::Faint)]);
    paper.gap();
    if !heading.watch.is_empty() {
        // A file may break its lines where it likes.
        let watch: Vec<&str> = heading.watch.split_whitespace().collect();
        paper.line(label, &[(&watch.join(" "), Tone::Plain)]);
    }
    let nodes = text::count(run.replicas.len() as u64, "node", "nodes");
    let system = format!("{nodes}; {}", run.system.summary);
    paper.line("The system  ", &[(&system, Tone::Plain)]);
    let set = run.scenario.for_system(&run.system);
    if !set.flaws.is_empty() {
        paper.line("Flaws on    ", &[(&set.flaws.join(", "), Tone::Notable)]);
    }
    let settings = set.settings_in_words();
    if !settings.is_empty() {
        paper.line("Settings    ", &[(&settings.join(", "), Tone::Plain)]);
    }
    if let Some(next) = &set.next {
        let flaws = next.flaws.iter().map(|flaw| format!("flaw {flaw}"));
        let words: Vec<_> = flaws.chain(next.settings_in_words()).collect();
        let words = if words.is_empty() { "as it is".to_owned() } else { words.join(", ") };
        paper.line("Upgraded    ", &[(&words, Tone::Notable)]);
    }
}

/// What the sessions of the workload did, in two lines.
pub(super) fn workload(run: &Run, paper: &mut Paper) {
    let sessions = || run.operations().iter().filter(|record| run.is_workload(record.client));
    let [ok, fail, info] = figures::outcomes(sessions());
    let begun = ok + fail + info;
    if begun == 0 {
        return;
    }
    let clients: std::collections::BTreeSet<_> = sessions().map(|record| record.client).collect();
    let kinds = text::kinds(run).into_iter().map(|kind| {
        let of_kind = sessions().filter(|record| record.operation.kind() == kind).count();
        (kind, of_kind)
    });
    let kinds = kinds.filter(|(_, count)| *count > 0);
    let kinds = kinds.map(|(kind, count)| format!("{} {kind}", text::number(count as u64)));
    let first = format!(
        "{} by {}: {}.",
        text::count(begun, "operation", "operations"),
        text::count(clients.len() as u64, "client", "clients"),
        text::list(&kinds.collect::<Vec<_>>())
    );
    let mut second = format!(
        "{} ok, {} failed, {} with unknown outcome.",
        text::number(ok),
        text::number(fail),
        text::number(info)
    );
    if let Some(latency) = figures::latency(run, None) {
        second += &format!(
            " Answers took {} at the median, {} at p99, {} at most.",
            text::duration(latency.p50),
            text::duration(latency.p99),
            text::duration(latency.max)
        );
    }
    paper.part("THE WORKLOAD");
    paper.line("  ", &[(&first, Tone::Plain)]);
    paper.line("  ", &[(&second, Tone::Plain)]);
}

/// The options of a command that switch these flaws on, each with a blank before it.
pub fn flaw_options(flaws: &[String]) -> String {
    flaws.iter().map(|flaw| format!(" --flaw {flaw}")).collect()
}

/// What came of a run of which nothing was expected, and what took away from its meaning.
fn without_expectations(run: &Run, paper: &mut Paper) {
    let words: Vec<_> = run.judgements.iter().map(|it| it.verdict.word()).collect();
    let sorts = [
        ("violated", "is violated", "are violated"),
        ("holds", "holds", "hold"),
        ("unknown", "is unknown", "are unknown"),
    ];
    let told = sorts.into_iter().filter_map(|(word, one, several)| {
        let count = words.iter().filter(|it| **it == word).count();
        let told = if count == 1 { one } else { several };
        (count > 0).then(|| format!("{count} {told}"))
    });
    let told: Vec<_> = told.collect();
    let text = match told.is_empty() {
        true => "Nothing was expected here, and nothing was put to the test.".to_owned(),
        false => format!("Nothing was expected here: of the properties {}.", text::list(&told)),
    };
    paper.line("", &[(&text, Tone::Notable)]);
    for defect in &run.defects {
        paper.line("  - ", &[(&format!("mind that {defect}"), Tone::Notable)]);
    }
}

/// The command that gives the same run, or of one on processes another like it.
pub(crate) fn command(run: &Run, options: &StoryOptions) -> String {
    format!(
        "{} run {}{} --system {} --seed {}{}",
        program(),
        options.scenario.as_deref().unwrap_or(&run.scenario.name),
        match run.stage {
            Stage::Simulator => "",
            Stage::Processes => " --on processes",
        },
        run.system.name,
        run.seed,
        flaw_options(&options.flaws)
    )
}

/// Whether it all came as expected, the command for the same run, and the files.
pub(super) fn again(run: &Run, options: &StoryOptions, paper: &mut Paper) {
    paper.part(match run.stage {
        Stage::Simulator => "THE SAME RUN AGAIN",
        Stage::Processes => "ANOTHER RUN LIKE IT",
    });
    let command = command(run, options);
    paper.line("  ", &[(&command, Tone::Notable)]);
    let length = text::duration(std::time::Duration::from_nanos(run.counters.simulated_ns));
    let messages = text::count(run.counters.sent, "message", "messages");
    let size = match run.stage {
        Stage::Simulator => format!("{length} simulated, {messages}, digest {}", run.digest),
        Stage::Processes => {
            format!("{length} of real time, {messages}; on processes no two runs are the same")
        }
    };
    paper.line("  ", &[(&size, Tone::Faint)]);
    if let Some(folder) = &options.folder {
        paper.line("  ", &[("Tables and charts are in ", Tone::Plain), (folder, Tone::Notable)]);
    }
    paper.gap();
    if run.as_expected() {
        let shows = run.judgements.iter().any(|judgement| judgement.expected == Expected::Violated);
        let text = if shows {
            "As expected: the violations are what this scenario is there to show."
        } else {
            "As expected."
        };
        paper.line("", &[(text, Tone::Good)]);
        return;
    }
    if run.expects_nothing() {
        return without_expectations(run, paper);
    }
    paper.line("", &[("NOT AS EXPECTED.", Tone::Bad)]);
    for defect in &run.defects {
        let defect = format!("the scenario itself: {defect}");
        paper.line("  - ", &[(&defect, Tone::Bad)]);
    }
    for judgement in run.judgements.iter().filter(|judgement| !judgement.as_expected()) {
        let wanted = match judgement.expected {
            Expected::Violated => "was to be violated",
            _ => "was to hold",
        };
        let name = judgement.property.name();
        let miss = format!("{name} {wanted}, and is {}", judgement.verdict.word());
        paper.line("  - ", &[(&miss, Tone::Bad)]);
    }
}
