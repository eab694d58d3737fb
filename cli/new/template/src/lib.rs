//! A store that is replicated to every node: whoever takes a write tells the others.
//!
//! It works, and it has one bug, which `cargo test` finds.

use seedbed::prelude::*;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A node of the store. Its memory is all that it has.
pub struct {{Type}} {
    entries: MemoryStore,
}

/// What the nodes say to each other: this key holds that now. Its bytes stand for it in the digest of a run, and
/// go over the wire where nodes are processes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Replicate(Key, Versioned);

/// How a message reads in traces and stories.
impl fmt::Display for Replicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "replicate {}={} v{}", self.0, self.1.value, self.1.version.0)
    }
}

impl Node for {{Type}} {
    type Message = Replicate;
    type Timer = NoTimer;

    const INFO: SystemInfo = SystemInfo {
        name: "{{name}}",
        summary: "every node takes writes and tells the others",
        source: "{{name}}",
        operations: &[OperationKind::Put, OperationKind::Get],
        flaws: &[],
        settings: &[],
        remedies: &[],
        deduplicates: false,
        has_leader: false,
        announces: Announces::Nothing,
        membership: false,
        deals_keys: false,
        min_nodes: 1,
    };

    // It keeps nothing outside of itself, such as in a variable of its thread, so that runs can follow
    // each other on one thread.
    const OWN_THREAD: bool = false;

    fn boot(_config: &Config, _ctx: &mut Context<'_, Self>) -> Self {
        Self { entries: MemoryStore::default() }
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        let answer = match request.operation {
            Operation::Get { key } => Answer::Value(self.entries.get(&key)),
            Operation::Put { key, value } => {
                let version = self.entries.get(&key).map_or(Version(1), |held| held.version.next());
                let entry = Versioned { value, version };
                ctx.apply(self.entries.put(key.clone(), entry.clone()));
                ctx.broadcast(Replicate(key, entry));
                Answer::Written { version, previous: None }
            }
            _ => Answer::Refused(Refusal::Unsupported),
        };
        ctx.reply(request.id, answer);
    }

    fn on_message(&mut self, _from: NodeId, message: Replicate, ctx: &mut Context<'_, Self>) {
        let Replicate(key, entry) = message;
        // The bug: what arrives last wins, be it older than what is held. Two writes that cross on the
        // wire change places, and the nodes differ for ever. To mend it, take only what is newer, and
        // let the value decide between equal versions, the same on every node:
        //
        // let is_newer = |held: Versioned| (entry.version, &entry.value) > (held.version, &held.value);
        // if !self.entries.get(&key).is_none_or(is_newer) {
        //     return;
        // }
        ctx.apply(self.entries.put(key, entry));
    }

    fn on_timer(&mut self, timer: NoTimer, _ctx: &mut Context<'_, Self>) {
        match timer {}
    }

    fn role(&self) -> Role {
        Role::Peer
    }

    fn entries(&self) -> Vec<(Key, Versioned)> {
        self.entries.entries()
    }
}
