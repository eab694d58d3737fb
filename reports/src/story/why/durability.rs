//! Why an acknowledged write is gone.

use super::{Cause, evidence::fate};
use crate::{messages::Fate, story::Telling, text};
use judge::record::{OperationRecord, Witness};
use node::{NodeId, Operation};

/// One write, told in full, says more than many.
const MOST_MESSAGES: usize = 3;

pub(super) fn explain(telling: &Telling<'_>, witness: &Witness) -> Cause {
    let operations = &telling.run.history.operations;
    let records = witness.operations.iter().filter_map(|index| operations.get(*index));
    let Some(lost) = records.into_iter().find(|record| record.operation.kind().is_write()) else {
        return Cause::default();
    };
    let mut cause = Cause {
        short: Some(format!(
            "{} said yes to `{}` before the write was safe, and then it was lost.",
            lost.node, lost.operation
        )),
        ..Cause::default()
    };
    cause.steps.push(format!(
        "At {} {} was told by {} that `{}` had taken effect.",
        lost.completed, lost.client, lost.node, lost.operation
    ));
    if telling.run.trace.is_some() {
        follow(telling, lost, &mut cause);
    }
    cause.mend = Some(
        "acknowledge a write only when it is safe from what may happen next: on a disk, or on more \
         than half of the nodes."
            .to_owned(),
    );
    cause
}

/// Follows the value of a lost write from node to node.
fn follow(telling: &Telling<'_>, lost: &OperationRecord, cause: &mut Cause) {
    let (Operation::Put { key, value } | Operation::CompareAndSet { key, new: value, .. }) =
        &lost.operation
    else {
        return;
    };
    let value = value.as_str();
    let mut holders = Vec::new();
    for applied in telling.applied(key).into_iter().filter(|applied| applied.leaves(value)) {
        if !holders.iter().any(|(node, _)| *node == applied.node) {
            holders.push((applied.node, applied));
        }
    }
    let names: Vec<NodeId> = holders.iter().map(|(node, _)| *node).collect();
    cause.steps.push(match names.as_slice() {
        [] => "No node ever showed it to a reader.".to_owned(),
        [only] => format!("Only {only} ever held it."),
        several => format!("It was held by {}.", text::list(several)),
    });
    let carriers = telling.carriers(key, value, None);
    let lost_on_the_way =
        carriers.iter().filter(|message| !matches!(message.fate, Fate::Handled { .. }));
    cause.steps.extend(lost_on_the_way.take(MOST_MESSAGES).map(|message| fate(message)));
    if carriers.is_empty() && names.len() == 1 {
        cause.steps.push("No message with it ever left that node.".to_owned());
    }
    for (_, applied) in holders {
        let loss = telling.how_lost(key, value, applied);
        cause.steps.extend(loss.map(|loss| loss.text));
    }
}
