//! Why a read returned an old value.

use super::{Cause, evidence::fate};
use crate::{
    messages::{Fate, Message},
    story::Telling,
    text,
};
use judge::record::{Endpoint, OperationRecord, Witness};
use node::{Carried, Key, Operation, OperationKind};

/// At most so many messages by which a node asked others are told.
const MOST_ASKED: usize = 3;

pub(super) fn explain(telling: &Telling<'_>, witness: &Witness) -> Cause {
    let operations = &telling.run.history.operations;
    let mut cause = Cause::default();
    let records = || witness.operations.iter().filter_map(|index| operations.get(*index));
    let read = records().rfind(|record| record.operation.kind() == OperationKind::Get);
    let Some(read) = read else { return cause };
    let Some(key) = read.operation.key() else {
        return cause;
    };
    let written = records().rfind(|record| {
        record.operation.kind().is_write()
            && record.operation.key() == Some(key)
            && record.invoked <= read.invoked
    });
    let Some(written) = written else { return cause };
    cause.steps.push(format!(
        "At {} {} answered that `{}` had taken effect.",
        written.completed, written.node, written.operation
    ));
    let node = read.node;
    let later = text::duration(read.invoked.since(written.completed));
    let asked = asked(telling, key, read);
    let others: Vec<Endpoint> = asked.iter().map(|message| message.to).collect();
    cause.short = Some(match others.as_slice() {
        [] => format!(
            "{node} answered a read of {key} although a write that had been acknowledged {later} \
             earlier had not come to it."
        ),
        others => format!(
            "{node} asked {} about {key}, and answered a read without a write that had been \
             acknowledged {later} earlier.",
            text::list(others)
        ),
    });
    let source = match (&telling.run.trace, asked.as_slice()) {
        (Some(_), []) => {
            on_the_way(telling, key, written, read, &mut cause);
            " from what it had"
        }
        (_, asked) => {
            cause.steps.extend(asked.iter().take(MOST_ASKED).map(|message| fate(message)));
            ""
        }
    };
    let (at, answer) = (read.invoked, text::answer(read));
    cause.steps.push(format!(
        "At {at}, {later} later, {node} answered a read of {key}{source}: {answer}."
    ));
    cause.mend = Some(
        "read where the last write is sure to be: at the leader, or at so many nodes that one of \
         them must have it (R + W > N)."
            .to_owned(),
    );
    cause
}

/// The messages by which a node asked others about a key while it had a read in hand: they name
/// the key and bring no value.
fn asked<'a>(telling: &'a Telling<'_>, key: &Key, read: &OperationRecord) -> Vec<&'a Message<'a>> {
    let asks = |message: &&Message<'_>| {
        message.is_peer()
            && message.from == Endpoint::Node(read.node)
            && (read.invoked..=read.completed).contains(&message.sent)
            && message.carries.contains(&Carried::name(key))
    };
    telling.messages.iter().filter(asks).collect()
}

/// What became of the message that was to bring the write to the node that was read.
fn on_the_way(
    telling: &Telling<'_>,
    key: &Key,
    written: &OperationRecord,
    read: &OperationRecord,
    cause: &mut Cause,
) {
    let (Operation::Put { value, .. } | Operation::CompareAndSet { new: value, .. }) =
        &written.operation
    else {
        return;
    };
    let carriers = telling.carriers(key, value.as_str(), Some(read.node));
    let Some(message) = carriers.first() else {
        let nobody = format!("Nobody sent {} a message that carries it.", read.node);
        cause.steps.push(nobody);
        return;
    };
    let until = match message.fate {
        Fate::Handled { at, .. } | Fate::Dropped { at, .. } => at,
        Fate::UnderWay => telling.run.ended,
    };
    let late = match message.fate {
        Fate::Handled { at, .. } if at > read.invoked => " That was too late for the read.",
        _ => "",
    };
    let meanwhile = telling.meanwhile(message.sent, until);
    cause.steps.push(fate(message).trim_end_matches('.').to_owned() + &meanwhile + "." + late);
    let held = telling
        .applied(key)
        .into_iter()
        .find(|applied| applied.node == read.node && applied.leaves(value.as_str()));
    if let Some(held) = held.filter(|held| held.at < read.invoked) {
        cause.steps.extend(telling.how_lost(key, value.as_str(), held).map(|loss| loss.text));
    }
}
