//! What a check found as JUnit, for whatever shows the results of tests.

use super::{compare::Comparison, jobs::Jobs, tell};
use crate::failure::Failure;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

/// A test case for each run, without times, so that the same runs give the same file.
pub(super) fn text(jobs: &Jobs, comparison: &Comparison) -> Result<String, Failure> {
    let mut suite = TestSuite::new("seedbed check");
    for run in &comparison.runs {
        let mut status = TestCaseStatus::success();
        if !run.is_fine() {
            let mut lines = tell::lines(run);
            if run.is_new {
                lines.push(format!("nothing is stored of it in {}", jobs.stored_in));
            }
            status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(lines[0].clone());
            let kind =
                if run.told.surprises.is_empty() { "not as stored" } else { "not as expected" };
            status.set_type(kind);
            lines.push(tell::again(jobs, run));
            status.set_description(lines.join("\n"));
        }
        let mut case = TestCase::new(run.name.as_str(), status);
        case.set_classname(jobs.all[run.place].name());
        suite.add_test_case(case);
    }
    for name in &comparison.gone {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message("stored, and there is no such run any more");
        suite.add_test_case(TestCase::new(name.as_str(), status));
    }
    let mut report = Report::new("seedbed");
    report.add_test_suite(suite);
    report.to_string().map_err(|error| Failure::harness(format!("no JUnit could be made: {error}")))
}
