//! `messages.csv`

use super::Table;
use crate::text;
use judge::{
    record::Trace,
    replay::{Fate, messages as gather},
};

/// The columns of `messages.csv`:
///
/// - `message`: its number, in the order in which messages left
/// - `class`: `peer`, `request` or `reply`
/// - `kind`: the first word of its text; of a reply, `reply`
/// - `from`, `to`: nodes or client sessions
/// - `sent_ms`: when it left
/// - `arrived_ms`: when it reached the receiver's queue
/// - `handled_ms`: when the receiver was done with it
/// - `fate`: `handled`, or why it was not
/// - `text`: what it says
pub const MESSAGE_COLUMNS: [&str; 10] = [
    "message",
    "class",
    "kind",
    "from",
    "to",
    "sent_ms",
    "arrived_ms",
    "handled_ms",
    "fate",
    "text",
];

/// A row for each message, in the order in which they left.
pub fn messages(trace: &Trace) -> String {
    let mut table = Table::new(MESSAGE_COLUMNS);
    for message in gather(trace) {
        let (arrived, handled) = match message.fate {
            Fate::Handled { arrived, at } => (text::time_ms(arrived), text::time_ms(at)),
            Fate::Dropped { .. } | Fate::UnderWay => (String::new(), String::new()),
        };
        table.row([
            message.id.0.to_string(),
            message.class.name().to_owned(),
            message.kind().to_owned(),
            message.from.to_string(),
            message.to.to_string(),
            text::time_ms(message.sent),
            arrived,
            handled,
            message.fate.name().to_owned(),
            message.text.to_owned(),
        ]);
    }
    table.finish()
}
