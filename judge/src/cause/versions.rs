//! Why a value bears another version than its write.

use super::{Cause, Kind, ledger::Ledger, step::Step};
use crate::record::Witness;

pub(super) fn differ<'a>(ledger: &Ledger<'a>, witness: &Witness, cause: &mut Cause<'a>) {
    let [write, read, ..] = witness.operations[..] else {
        return;
    };
    let operations = &ledger.run.history.operations;
    let (Some(wrote), Some(found)) = (operations.get(write), operations.get(read)) else {
        return;
    };
    cause.key = wrote.operation.key();
    cause.write = Some(write);
    cause.shown_by = Some(read);
    cause.node = Some(found.node);
    cause.steps.push(Step::Acknowledged { operation: write });
    cause.steps.push(Step::Answered { operation: read });
    cause.kind = Some(Kind::CountedApart);
}
