//! `REPLICATE|key|value|version` in plain text over TCP, as the leaders of the sharded groups send it.
//!
//! A line is a message; the end of the connection ends the last one. It is what `sharded-groups` nodes say
//! to each other, word for word, so each line is handed to the node as it is: which lines are messages, and
//! what a `|` within a value does, the node decides (`DELETE|key|version` is ours; the document has no
//! message for deletes). Nothing is acknowledged. A host that takes no such messages ends the connection.

use crate::{api::outcome::MAX_VALUE, ask::Ask};
use node::systems::sharded_groups::Message;
use std::time::Duration;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader},
    time::timeout,
};

/// The longest line, in bytes: escapes make a value three times as long at most.
const MAX_LINE: usize = 4 * MAX_VALUE;
/// How long the sender may be silent.
const SILENCE: Duration = Duration::from_secs(30);

/// Hands on the messages of a connection until it ends.
pub(in crate::api) async fn serve(stream: impl AsyncRead + Unpin, ask: &impl Ask) {
    let mut lines = BufReader::new(stream);
    while let Some(line) = next(&mut lines).await {
        let message = postcard::to_stdvec(&Message::Replicate(line));
        let message = message.expect("what nodes say can be written down");
        if ask.hand(message).await.is_err() {
            return;
        }
    }
}

/// The next line; `None` at the end, after a silence, and at what is too long or no text.
async fn next(lines: &mut (impl AsyncBufReadExt + Unpin)) -> Option<String> {
    let mut line = Vec::new();
    let most = MAX_LINE as u64 + 1;
    let read = timeout(SILENCE, lines.take(most).read_until(b'\n', &mut line)).await;
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    match read {
        Ok(Ok(1..)) if line.len() <= MAX_LINE => String::from_utf8(line).ok(),
        _ => None,
    }
}
