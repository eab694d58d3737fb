//! Liveness: once everything is healed, does the cluster answer again?
//!
//! After healing and settling, probes are made: a write and a read of it, routed as the
//! scenario's clients route theirs, and the same at every node for itself. A routed probe
//! must take effect within the bound. A probe at one node must be answered by it within
//! the bound, be it with a refusal by design: a follower may send a client to the leader,
//! as long as clients that are routed are served. Silence, a closed door and "not now" are
//! no answers, but from a node that has found its disk damaged, has said so, and serves
//! nothing: it must not serve, and its refusal is by design too.

use super::{
    Evidence,
    checker::{Checker, Found, Need, Walked},
    facts::{Facts, deed, ending},
    text::{count, list, number, plural, span},
};
use crate::record::{OperationRecord, Probe, Verdict, Witness, Words};
use node::{
    Damaged, Fact, NodeId, Refusal,
    client::{Failure, Outcome},
};
use scenarios::Property;
use std::time::Duration;

/// A witness tells of at most this many probes.
const SHOWN: usize = 6;

/// Judges the probes.
pub(super) struct Liveness;

/// What came of a probe.
enum Fate {
    /// It took effect, and in time.
    Served,
    /// The node sent the client elsewhere, and in time.
    SentAway,
    /// The node refused, and in time, as its disk is damaged and it serves nobody.
    Damaged,
    /// None of these.
    Unanswered,
}

impl<'a> Checker<'a> for Liveness {
    fn property(&self) -> Property {
        Property::Liveness
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Probes]
    }

    fn find(self: Box<Self>, walked: &Walked<'_, 'a>) -> Found {
        judge(walked.evidence, walked.bounds.max_probe_latency).into()
    }
}

fn judge(evidence: &Evidence<'_>, bound: Duration) -> Verdict {
    let record = |probe: &Probe| &evidence.history.operations[probe.operation];
    let mut missed = Vec::new();
    let mut sent_away: Vec<NodeId> = Vec::new();
    let mut damaged: Vec<NodeId> = Vec::new();
    for probe in evidence.probes {
        match fate(evidence, probe, record(probe), bound) {
            Fate::Served => {}
            Fate::Damaged => damaged.extend(probe.at),
            Fate::SentAway => sent_away.extend(probe.at),
            Fate::Unanswered => missed.push(*probe),
        }
    }
    let all = evidence.probes.len() as u64;
    if !missed.is_empty() {
        return Verdict::Violated(evidence.words.prove(|| witness(evidence, &missed, all, bound)));
    }
    if (sent_away.len() + damaged.len()) as u64 == all {
        // Nobody was routed, and every node named another or is out of service.
        return Verdict::Unknown("every node sent its probes away, and none was routed".to_owned());
    }
    if evidence.words != Words::Said {
        return Verdict::Holds(String::new());
    }
    let slowest = evidence.probes.iter().map(|probe| latency(record(probe))).max();
    sent_away.sort_unstable();
    sent_away.dedup();
    damaged.dedup();
    let out = match damaged.len() as u64 {
        0 => String::new(),
        some => format!(
            "; {} {} to serve from a damaged disk",
            list(&damaged),
            plural(some, "refuses", "refuse")
        ),
    };
    let away = match sent_away.len() as u64 {
        0 => String::new(),
        some => format!("; {} {} to the leader", list(&sent_away), plural(some, "sends", "send")),
    };
    Verdict::Holds(format!(
        "all {} were answered, the slowest after {}{away}{out}",
        count(all, "probe", "probes"),
        span(slowest.unwrap_or_default())
    ))
}

fn latency(record: &OperationRecord) -> Duration {
    record.completed.since(record.invoked)
}

fn fate(evidence: &Evidence<'_>, probe: &Probe, record: &OperationRecord, bound: Duration) -> Fate {
    if latency(record) > bound {
        return Fate::Unanswered;
    }
    match &record.outcome {
        Outcome::Ok(_) => Fate::Served,
        // A node that led when it was first asked, and leads no more, is one that answers: what
        // became of the earlier attempts is for other properties.
        Outcome::Fail(Failure::Refused(Refusal::NotLeader { .. }))
        | Outcome::Info(Failure::Refused(Refusal::NotLeader { .. }))
            if probe.at.is_some() =>
        {
            Fate::SentAway
        }
        Outcome::Fail(Failure::Refused(Refusal::Unavailable(_)))
            if probe.at.is_some_and(|node| is_damaged(evidence, node)) =>
        {
            Fate::Damaged
        }
        _ => Fate::Unanswered,
    }
}

/// Whether a node has said that its disk is damaged, and held nothing for clients at the end.
fn is_damaged(evidence: &Evidence<'_>, node: NodeId) -> bool {
    let refused =
        |fact: &Fact| matches!(fact, Fact::Refused { what: Damaged::Log | Damaged::Store });
    let serves =
        |replica: &crate::record::Replica| replica.node == node && replica.entries.is_some();
    evidence.facts.iter().any(|told| told.node == node && refused(&told.fact))
        && !evidence.replicas.iter().any(serves)
}

fn witness(evidence: &Evidence<'_>, missed: &[Probe], all: u64, bound: Duration) -> Witness {
    let shown = &missed[..missed.len().min(SHOWN)];
    let operations = &evidence.history.operations;
    let mut facts = Facts::default();
    for probe in shown {
        let record = &operations[probe.operation];
        let place = probe.at.map_or("as clients route it".to_owned(), |node| format!("at {node}"));
        let text =
            format!("{} {place}; {} (operation {})", deed(record), ending(record), probe.operation);
        facts.add(record.invoked, text);
    }
    let mut nodes: Vec<NodeId> = missed.iter().filter_map(|probe| probe.at).collect();
    nodes.sort_unstable();
    nodes.dedup();
    let who = match (missed.iter().any(|probe| probe.at.is_none()), nodes.is_empty()) {
        (true, true) => "clients that are routed as the scenario routes them".to_owned(),
        (true, false) => format!("routed clients and those at {}", list(&nodes)),
        (false, _) => format!("clients at {}", list(&nodes)),
    };
    Witness {
        summary: format!(
            "after healing, {} of {} got no answer within {}: those of {who}",
            number(missed.len() as u64),
            count(all, "probe", "probes"),
            span(bound)
        ),
        facts: facts.lines(),
        operations: shown.iter().map(|probe| probe.operation).collect(),
        keys: operations[missed[0].operation].operation.key().cloned().into_iter().collect(),
        since: Some(evidence.ended),
    }
}
