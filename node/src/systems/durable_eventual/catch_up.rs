//! How nodes that could not talk come to hold the same again.

use super::{
    DurableEventual,
    message::{Message, Timer},
    record::{Record, Stamp},
};
use crate::{
    Config, Context, Key, Node, NodeId, Note,
    replication::{CallId, Calls},
    systems::Settings,
};
use rand::RngCore;
use std::{collections::BTreeMap, time::Duration};

/// The peers that may lack something of ours, or have something that we lack.
#[derive(Debug)]
pub(super) struct Away {
    probe_interval: Duration,
    probing: bool,
    /// The round in which each peer must catch up to be back. A write that
    /// misses the peer meanwhile asks for another round.
    rounds: BTreeMap<NodeId, CallId>,
    /// Names the rounds, in each life of the node anew: what a peer lacked in an earlier one says
    /// nothing of what it lacks now.
    names: Calls,
}

impl Away {
    pub(super) fn new(config: &Config, rng: &mut dyn RngCore) -> Self {
        Self {
            probe_interval: Settings::new(&DurableEventual::INFO, &config.settings)
                .duration("probe_interval"),
            probing: false,
            rounds: BTreeMap::new(),
            names: Calls::new(rng),
        }
    }

    /// Pings everyone who is away.
    pub(super) fn ping(&self, ctx: &mut Context<'_, DurableEventual>) {
        for &peer in self.rounds.keys() {
            ctx.send(peer, Message::Ping);
        }
    }

    /// Goes on pinging for as long as anyone is away.
    pub(super) fn on_probe(&mut self, ctx: &mut Context<'_, DurableEventual>) {
        self.ping(ctx);
        self.probing = !self.rounds.is_empty();
        if self.probing {
            ctx.set_timer(self.probe_interval, Timer::Probe);
        }
    }

    fn add(&mut self, peer: NodeId, ctx: &mut Context<'_, DurableEventual>) {
        self.rounds.insert(peer, self.names.next_id());
        if !self.probing {
            self.probing = true;
            ctx.set_timer(self.probe_interval, Timer::Probe);
        }
    }

    fn is_back(&mut self, peer: NodeId, round: CallId) {
        if self.rounds.get(&peer) == Some(&round) {
            self.rounds.remove(&peer);
        }
    }
}

impl DurableEventual {
    /// Notes that a peer has missed something, or may have.
    pub(super) fn miss(&mut self, peer: NodeId, ctx: &mut Context<'_, Self>) {
        if !self.flaws.no_catch_up {
            self.away.add(peer, ctx);
        }
    }

    /// Handles the messages of catching up.
    pub(super) fn on_catch_up(
        &mut self,
        from: NodeId,
        message: Message,
        ctx: &mut Context<'_, Self>,
    ) {
        match message {
            Message::Ping => ctx.send(from, Message::Pong),
            Message::Pong => {
                if let Some(&round) = self.away.rounds.get(&from) {
                    self.send_summary(from, round, ctx);
                }
            }
            Message::Summary { round, stamps } => self.on_summary(from, round, stamps, ctx),
            Message::Missing { round, records, wanted } => {
                if self.merge_all(&records, ctx) {
                    self.on_wanted(from, round, wanted, ctx);
                }
            }
            Message::CatchUp { round, records } => {
                if self.merge_all(&records, ctx) {
                    ctx.send(from, Message::CaughtUp { round });
                }
            }
            Message::CaughtUp { round } => self.away.is_back(from, round),
            Message::Replicate { .. } | Message::Applied { .. } => {
                unreachable!("replication does not come here")
            }
        }
    }

    fn send_summary(&mut self, to: NodeId, round: CallId, ctx: &mut Context<'_, Self>) {
        if let Ok(records) = self.replica.records(ctx) {
            let stamps = records.into_iter().map(|(key, record)| (key, record.stamp)).collect();
            ctx.send(to, Message::Summary { round, stamps });
        }
    }

    fn on_summary(
        &mut self,
        from: NodeId,
        round: CallId,
        stamps: Vec<(Key, Stamp)>,
        ctx: &mut Context<'_, Self>,
    ) {
        let Ok(held) = self.replica.records(ctx) else {
            return;
        };
        let theirs: BTreeMap<Key, Stamp> = stamps.into_iter().collect();
        let held: BTreeMap<Key, Record> = held.into_iter().collect();
        let wanted = theirs
            .iter()
            .filter(|(key, stamp)| held.get(key).is_none_or(|held| held.stamp < **stamp))
            .map(|(key, _)| key.clone())
            .collect();
        let records: Vec<_> = held
            .into_iter()
            .filter(|(key, held)| theirs.get(key).is_none_or(|stamp| *stamp < held.stamp))
            .collect();
        hands_over(from, &records, ctx);
        let message = Message::Missing { round, records, wanted };
        ctx.send(from, message);
    }

    fn on_wanted(
        &mut self,
        from: NodeId,
        round: CallId,
        wanted: Vec<Key>,
        ctx: &mut Context<'_, Self>,
    ) {
        if wanted.is_empty() {
            self.away.is_back(from, round);
            return;
        }
        let mut records = Vec::new();
        for key in wanted {
            match self.replica.read(&key, ctx) {
                Ok(Some(record)) => records.push((key, record)),
                Ok(None) => {}
                Err(_) => return,
            }
        }
        hands_over(from, &records, ctx);
        ctx.send(from, Message::CatchUp { round, records });
    }

    /// Merges records; false if the store did not take them all.
    fn merge_all(&mut self, records: &[(Key, Record)], ctx: &mut Context<'_, Self>) -> bool {
        let all = records.iter().fold(true, |all, (key, record)| {
            ctx.serve([record.origin]);
            self.merge(key, record, ctx) && all
        });
        ctx.serve_event();
        all
    }
}

/// Says whose writes a peer gets that had missed them.
fn hands_over(replica: NodeId, records: &[(Key, Record)], ctx: &mut Context<'_, DurableEventual>) {
    ctx.serve(records.iter().map(|(_, record)| record.origin));
    for (key, record) in records {
        let (key, version) = (key.clone(), record.stamp.version);
        ctx.note(|| Note::Repairs { replica, key, version });
    }
}
