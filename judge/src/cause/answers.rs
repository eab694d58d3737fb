//! Why an answer says what nobody wrote under that key.

use super::{Cause, Kind, ledger::Ledger, step::Step, write::Write};
use crate::record::{Event, EventId, Witness};
use node::{Key, Value};

pub(super) fn wrong<'a>(ledger: &Ledger<'a>, witness: &Witness, cause: &mut Cause<'a>) {
    for place in &witness.operations {
        let Some(record) = ledger.run.history.operations.get(*place) else { continue };
        let (Some(key), Some(found)) = (record.operation.key(), record.found().flatten()) else {
            continue;
        };
        cause.key = Some(key);
        cause.shown_by = Some(*place);
        cause.node = Some(record.node);
        tell(ledger, key, found, cause);
        cause.steps.push(Step::Answered { operation: *place });
        return;
    }
}

fn tell<'a>(ledger: &Ledger<'a>, key: &'a Key, found: &Value, cause: &mut Cause<'a>) {
    // Some node held it: then a message or a request must have brought it.
    let applies =
        ledger.trace.events.iter().enumerate().find_map(|(place, event)| match &event.event {
            Event::Apply { node, change }
                if change.key == *key
                    && change.after.as_ref().is_some_and(|it| it.value == *found) =>
            {
                Some((EventId(place as u64), event.at, *node, change))
            }
            _ => None,
        });
    if let Some((id, at, node, change)) = applies {
        let brought = ledger.handled_for(id);
        if let Some(message) = brought {
            cause.steps.push(Step::Sent(message));
            let hides = message.text.contains(found.as_str());
            let writes = &ledger.run.history.operations;
            let source = writes.iter().enumerate().find(|(_, it)| {
                it.operation.key() != Some(key)
                    && it.operation.stored().is_some_and(|value| {
                        value != found && value.as_str().contains(found.as_str())
                    })
            });
            if let Some((place, _)) = source.filter(|_| hides) {
                cause.write = Some(place);
                cause.steps.insert(0, Step::Acknowledged { operation: place });
                cause.kind = Some(Kind::Forged);
            }
        }
        cause.steps.push(Step::Took { node, at, state: change.after.as_ref().map(|it| &it.value) });
        return;
    }
    // Nobody held it there; then it is somebody else's answer.
    let operations = &ledger.run.history.operations;
    let elsewhere = (0..operations.len()).find_map(|place| {
        Write::at(&ledger.run.history, place).filter(|it| it.key != key && it.state == Some(found))
    });
    if let Some(write) = elsewhere {
        cause.write = Some(write.operation);
        cause.steps.push(Step::Acknowledged { operation: write.operation });
        cause.kind = Some(Kind::AnswersCrossed);
    }
}
