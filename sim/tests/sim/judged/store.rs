//! A store on one node that is right about everything, but for the lies it is to tell.

use node::{
    Answer, Canonical, Config, Context, Encoder, Key, MemoryStore, Node, NodeId, Operation,
    Refusal, Request, Role, Store, SystemInfo, Value, Version, Versioned,
    systems::{Announces, FlawInfo, raft::Raft},
};
use std::collections::BTreeMap;

/// What the store may lie about, by the names of its flaws.
const LIES: &[FlawInfo] = &[
    lie("ignores-expected"),
    lie("swaps-none"),
    lie("always-existed"),
    lie("never-existed"),
    lie("omits-a-key"),
    lie("lists-the-deleted"),
    lie("previous-of-before"),
    lie("previous-from-nowhere"),
    lie("answers-another-kind"),
    lie("refuses-from-half-a-second-on"),
    lie("is-silent-from-half-a-second-on"),
];

const fn lie(name: &'static str) -> FlawInfo {
    FlawInfo { name, summary: "a lie", builds_on: None }
}

/// A message to nobody, since the store stands alone, and the timer of its half second.
#[derive(Clone, Debug)]
pub(crate) struct Nothing;

impl std::fmt::Display for Nothing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("nothing")
    }
}

impl Canonical for Nothing {
    fn encode(&self, out: &mut Encoder) {
        out.text(self);
    }
}

/// The store.
pub(crate) struct Liar {
    store: MemoryStore,
    /// What each key held before what it holds now.
    before: BTreeMap<Key, Option<Value>>,
    /// Every key that was ever there.
    known: BTreeMap<Key, ()>,
    config: Config,
    writes: u64,
    is_late: bool,
}

impl Liar {
    fn lies(&self, about: &str) -> bool {
        self.config.has_flaw(about)
    }

    fn put(&mut self, key: Key, value: Value, ctx: &mut Context<'_, Self>) -> Answer {
        self.writes += 1;
        let version = Version(self.writes);
        let change = self.store.put(key.clone(), Versioned { value, version });
        let was = change.before.as_ref().map(|held| held.value.clone());
        ctx.apply(change);
        self.known.insert(key.clone(), ());
        let older = self.before.insert(key, was.clone()).flatten();
        let previous = if self.lies("previous-of-before") {
            older
        } else if self.lies("previous-from-nowhere") {
            was.map(|_| "from nowhere".into())
        } else {
            was
        };
        Answer::Written { version, previous: Some(previous) }
    }

    fn delete(&mut self, key: &Key, ctx: &mut Context<'_, Self>) -> Answer {
        self.writes += 1;
        let change = self.store.remove(key, Version(self.writes));
        let was = change.before.as_ref().map(|held| held.value.clone());
        let existed = was.is_some();
        ctx.apply(change);
        self.before.insert(key.clone(), was);
        let existed = existed && !self.lies("never-existed") || self.lies("always-existed");
        Answer::Deleted { existed }
    }

    fn swap(
        &mut self,
        key: Key,
        expected: Option<Value>,
        new: Value,
        ctx: &mut Context<'_, Self>,
    ) -> Answer {
        let actual = self.store.get(&key).map(|held| held.value);
        if self.lies("swaps-none") && actual == expected
            || actual != expected && !self.lies("ignores-expected")
        {
            return Answer::Mismatch { actual };
        }
        match self.put(key, new, ctx) {
            Answer::Written { version, .. } => Answer::Written { version, previous: None },
            other => other,
        }
    }

    fn list(&self) -> Answer {
        let mut keys = if self.lies("lists-the-deleted") {
            self.known.keys().cloned().collect()
        } else {
            self.store.keys()
        };
        if self.lies("omits-a-key") {
            keys.pop();
        }
        Answer::Keys(keys)
    }
}

impl Node for Liar {
    type Message = Nothing;
    type Timer = Nothing;

    const INFO: SystemInfo = SystemInfo {
        name: "liar",
        flaws: LIES,
        settings: &[],
        announces: Announces::Nothing,
        deduplicates: false,
        membership: false,
        min_nodes: 1,
        ..Raft::INFO
    };

    fn boot(config: &Config, ctx: &mut Context<'_, Self>) -> Self {
        ctx.set_timer(std::time::Duration::from_millis(500), Nothing);
        Self {
            store: MemoryStore::default(),
            before: BTreeMap::new(),
            known: BTreeMap::new(),
            config: config.clone(),
            writes: 0,
            is_late: false,
        }
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        if self.is_late && self.lies("is-silent-from-half-a-second-on") {
            return;
        }
        if self.is_late && self.lies("refuses-from-half-a-second-on") {
            let refusal = Refusal::Unavailable("not any more".into());
            ctx.reply(request.id, Answer::Refused(refusal));
            return;
        }
        let answer = match request.operation {
            Operation::Get { .. } if self.lies("answers-another-kind") => self.list(),
            Operation::Get { key } => Answer::Value(self.store.get(&key)),
            Operation::Put { key, value } => self.put(key, value, ctx),
            Operation::Delete { key } => self.delete(&key, ctx),
            Operation::CompareAndSet { key, expected, new } => self.swap(key, expected, new, ctx),
            Operation::ListKeys => self.list(),
        };
        ctx.reply(request.id, answer);
    }

    fn on_message(&mut self, _from: NodeId, _nothing: Nothing, _ctx: &mut Context<'_, Self>) {}

    fn on_timer(&mut self, _nothing: Nothing, _ctx: &mut Context<'_, Self>) {
        self.is_late = true;
    }

    fn role(&self) -> Role {
        Role::Leader
    }

    fn entries(&self) -> Vec<(Key, Versioned)> {
        self.store.entries()
    }
}
