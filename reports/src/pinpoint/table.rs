//! `pinpoint.csv`

use super::Pinpoint;
use crate::{csv::Table, text::time_ms};

/// A row for each moment that was tried. The columns:
///
/// - `later`: what struck the futures, `faults` or `calm`
/// - `from_ms`: from when on they differ from the run
/// - `came`: in how many of them the violation came
/// - `futures`: how many there were
/// - `low`, `high`: between which shares the true one lies, with a confidence of 95 %
pub(super) fn csv(pinpoint: &Pinpoint<'_>) -> String {
    let mut table = Table::new(["later", "from_ms", "came", "futures", "low", "high"]);
    for course in &pinpoint.courses {
        for point in &course.points {
            let (low, high) = point.bounds;
            table.row([
                course.later.name().to_owned(),
                time_ms(point.from),
                point.came.to_string(),
                point.futures.to_string(),
                format!("{low:.4}"),
                format!("{high:.4}"),
            ]);
        }
    }
    table.finish()
}
