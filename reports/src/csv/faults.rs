//! `faults.csv`

use super::Table;
use crate::text;
use judge::{
    Run,
    record::{FaultOrigin, FaultRecord},
};

/// The columns of `faults.csv`:
///
/// - `fault`: its position, in the order in which faults struck, from 0
/// - `kind`: `crash`, `pause`, `partition` and so on
/// - `label`: what happened, in words
/// - `origin`: `step 3` (the scenario's, from 0), `random` or `background`
/// - `nodes`: the nodes it concerned, with spaces between
/// - `start_ms`, `end_ms`: from when to when; no end: it lasted to the end of the run
/// - `touched`, `touches`: how much it touched, and what that counts
pub const FAULT_COLUMNS: [&str; 9] =
    ["fault", "kind", "label", "origin", "nodes", "start_ms", "end_ms", "touched", "touches"];

/// A row for each fault, in the order in which they struck.
pub fn faults(run: &Run) -> String {
    let mut table = Table::new(FAULT_COLUMNS);
    for (position, fault) in run.faults.iter().enumerate() {
        let nodes: Vec<String> = fault.nodes.iter().map(ToString::to_string).collect();
        table.row([
            position.to_string(),
            fault.kind.name().to_owned(),
            fault.label.clone(),
            origin(fault),
            nodes.join(" "),
            text::time_ms(fault.start),
            fault.end.map(text::time_ms).unwrap_or_default(),
            fault.touched.to_string(),
            fault.kind.touches().to_owned(),
        ]);
    }
    table.finish()
}

/// Where a fault comes from, in words.
pub(crate) fn origin(fault: &FaultRecord) -> String {
    match fault.origin {
        FaultOrigin::Step(step) => format!("step {step}"),
        FaultOrigin::Body(number) => format!("body {number}"),
        FaultOrigin::Random => "random".to_owned(),
        FaultOrigin::Background => "background".to_owned(),
        FaultOrigin::Pin(pin) => format!("pin {pin}"),
    }
}
