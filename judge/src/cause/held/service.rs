//! That service went on.

use crate::{
    Run,
    cause::step::Step,
    record::{FaultRecord, OperationRecord},
};
use node::NodeId;

/// How many operations were answered that were begun while a fault was at work on a node, if any were.
pub(super) fn went_on<'a>(run: &Run, node: NodeId, fault: &FaultRecord) -> Option<Step<'a>> {
    let (from, to) = (fault.start, fault.end.unwrap_or(run.run_ended));
    let begun = |it: &&OperationRecord| it.invoked >= from && it.invoked <= to;
    let begun: Vec<_> = run.operations().iter().filter(begun).collect();
    let answered: Vec<_> = begun.iter().filter(|it| it.is_answered()).collect();
    let slowest = answered.iter().map(|it| it.completed.since(it.invoked)).max()?;
    let here = answered.iter().filter(|it| it.node == node).count() as u64;
    let (begun, answered) = (begun.len() as u64, answered.len() as u64);
    Some(Step::WentOn { from, to, node, begun, answered, here, slowest })
}
