//! What was passed and what was not, for people, for GitHub, for programs and as JUnit.

use super::{super::tell::escaped, Asked, Graded};
use crate::failure::Failure;
use judge::text::{count, number, program};
use node::SystemInfo;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde_json::json;
use std::fmt::Write as _;

/// The mark of the form of the JSON.
const SCHEMA: &str = "seedbed-grade-1";

pub(super) fn text(asked: &Asked, system: &SystemInfo, graded: &[Graded]) -> String {
    let names: Vec<_> = asked.holds.iter().map(|it| it.name()).collect();
    let seeds = count(asked.seeds, "seed", "seeds");
    // Writing to a string cannot fail.
    let mut text = format!(
        "{}: {} must hold, with {seeds} of each, on {}\n\n",
        asked.title,
        names.join(", "),
        system.name
    );
    let longest = graded.iter().map(|it| it.name.len()).max().unwrap_or(0);
    for one in graded {
        let Graded { name, seeds, failed, .. } = one;
        match &one.first {
            None => {
                let _ =
                    writeln!(text, "  passed  {name:<longest$}  {} of {0} seeds", number(*seeds));
            }
            Some((_, sentence)) => {
                let passed = seeds - failed;
                let _ = writeln!(
                    text,
                    "  FAILED  {name:<longest$}  {} of {} seeds; the first that fails:\n          {sentence}\n          {}",
                    number(passed),
                    number(*seeds),
                    again(one, system)
                );
            }
        }
    }
    let passed = graded.iter().filter(|it| it.failed == 0).count();
    let _ = writeln!(
        text,
        "\n{passed} of {} passed.",
        count(graded.len() as u64, "scenario", "scenarios")
    );
    text
}

/// The command that tells the story of the first seed that failed.
fn again(graded: &Graded, system: &SystemInfo) -> String {
    let seed = graded.first.as_ref().map_or(0, |(seed, _)| *seed);
    format!("{} run {} --system {} --seed {seed}", program(), graded.path, system.name)
}

pub(super) fn annotations(system: &SystemInfo, graded: &[Graded]) -> String {
    let failed = graded.iter().filter_map(|one| Some((one, &one.first.as_ref()?.1)));
    let line = |(one, sentence): (&Graded, &String)| {
        let message = escaped(&format!("{sentence} ({})", again(one, system)), false);
        format!("::error file={}::{message}\n", escaped(&one.path, true))
    };
    failed.map(line).collect()
}

pub(super) fn json(asked: &Asked, system: &SystemInfo, graded: &[Graded]) -> String {
    let scenarios: Vec<_> = graded
        .iter()
        .map(|one| {
            let first = one.first.as_ref().map(|(seed, sentence)| {
                json!({ "seed": seed, "why": sentence, "again": again(one, system) })
            });
            json!({ "name": one.name, "seeds": one.seeds, "failed": one.failed, "first": first })
        })
        .collect();
    let holds: Vec<_> = asked.holds.iter().map(|it| it.name()).collect();
    let document = json!({
        "schema": SCHEMA,
        "title": asked.title,
        "system": system.name,
        "holds": holds,
        "passed": graded.iter().all(|it| it.failed == 0),
        "scenarios": scenarios,
    });
    format!("{document:#}\n")
}

/// A test case for each scenario, without times, so that the same runs give the same file.
pub(super) fn junit(
    asked: &Asked,
    system: &SystemInfo,
    graded: &[Graded],
) -> Result<String, Failure> {
    let mut suite = TestSuite::new(asked.title.as_str());
    for one in graded {
        let mut status = TestCaseStatus::success();
        if let Some((_, sentence)) = &one.first {
            status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(sentence.clone());
            status.set_type("not as asked");
            let failed =
                format!("{} of {} failed", number(one.failed), count(one.seeds, "seed", "seeds"));
            status.set_description(format!("{failed}\n{sentence}\n{}", again(one, system)));
        }
        let mut case = TestCase::new(format!("{} on {}", one.name, system.name), status);
        case.set_classname(one.path.clone());
        suite.add_test_case(case);
    }
    let mut report = Report::new("seedbed");
    report.add_test_suite(suite);
    report.to_string().map_err(|error| Failure::harness(format!("no JUnit could be made: {error}")))
}
