//! Why an entry lies in a group that no ring gives it to.

use super::{Cause, ledger::Ledger, step::Step, write::Write};
use crate::record::Witness;
use node::Note;

/// The write that left it, and how nodes dealt it to a group. That the ring is computed otherwise
/// than its rule says is what the checker has found; why that is so is not in a trace.
pub(super) fn misplaced<'a>(ledger: &Ledger<'a>, witness: &Witness, cause: &mut Cause<'a>) {
    let writes = witness.operations.iter();
    let mut writes = writes.filter_map(|place| Write::at(&ledger.run.history, *place));
    let Some(write) = writes.next() else {
        return;
    };
    cause.key = Some(write.key);
    cause.write = Some(write.operation);
    cause.node = Some(write.record.node);
    let deals = |step: &Step<'_>| match step {
        Step::Noted { note: Note::Routed { key, .. } | Note::Owns { key, .. }, .. } => {
            key == write.key
        }
        _ => false,
    };
    cause.steps.extend(ledger.said_for(write.operation).filter(deals));
    cause.steps.push(Step::Acknowledged { operation: write.operation });
}
