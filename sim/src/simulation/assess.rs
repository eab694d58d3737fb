//! What becomes of the remains of a world.

use super::Detail;
use crate::{Run, world::Remains};
use judge::{
    property::{
        AvailabilityReport, DurabilityReport, Evidence, Findings, OwnInvariant, StalenessReport,
        judge, judge_invariants,
    },
    record::{Counters, Digest, Words},
};
use node::{SystemInfo, Time};
use scenarios::Scenario;
use std::sync::Arc;

/// Which run it was.
pub(super) struct Of {
    pub(super) scenario: Arc<Scenario>,
    pub(super) system: SystemInfo,
    pub(super) seed: u64,
    pub(super) detail: Detail,
    pub(super) invariants: Vec<OwnInvariant<'static>>,
}

/// What is there of a run that nobody judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Unjudged {
    /// The digest of history and events.
    pub digest: Digest,
    /// How much happened.
    pub counters: Counters,
}

/// Judges the remains of a world.
pub(super) fn assess(of: Of, remains: Remains) -> Run {
    let findings = findings(&of, &remains);
    run_of(of, remains, findings)
}

/// The remains of a world, with nothing judged.
pub(super) fn unassessed(of: Of, remains: Remains) -> Run {
    let nothing = Findings {
        judgements: Vec::new(),
        staleness: StalenessReport::default(),
        availability: AvailabilityReport::default(),
        durability: DurabilityReport::default(),
    };
    run_of(of, remains, nothing)
}

fn findings(of: &Of, remains: &Remains) -> Findings {
    let records = &remains.records;
    let evidence = Evidence {
        history: &records.history,
        replicas: &remains.replicas,
        faults: &records.faults,
        facts: &records.facts,
        probes: &remains.probes,
        system: Some(&of.system),
        trace: records.trace.as_ref(),
        run_ended: Time::from_nanos(remains.run_ended_ns),
        ended: Time::from_nanos(remains.ended_ns),
        words: match of.detail {
            Detail::Verdicts => Words::Unsaid,
            Detail::Violations => Words::OfViolations,
            Detail::Digest | Detail::Full => Words::Said,
        },
    };
    let scenario = &of.scenario;
    let expectation = scenario.expectation(&of.system);
    let mut findings = judge(&evidence, &scenario.properties, expectation.as_deref());
    let invariants =
        judge_invariants(&evidence, &scenario.invariants, &of.invariants, expectation.as_deref());
    findings.judgements.extend(invariants);
    findings
}

fn run_of(of: Of, remains: Remains, findings: Findings) -> Run {
    let Of { scenario, system, seed, .. } = of;
    let records = remains.records;
    Run {
        scenario,
        steps: remains.steps,
        system,
        seed,
        stage: remains.stage,
        history: records.history,
        trace: records.trace,
        faults: records.faults,
        facts: records.facts,
        probes: remains.probes,
        replicas: remains.replicas,
        waits: remains.waits,
        run_ended: Time::from_nanos(remains.run_ended_ns),
        ended: Time::from_nanos(remains.ended_ns),
        counters: records.counters,
        digest: records.digest,
        judgements: findings.judgements,
        staleness: findings.staleness,
        availability: findings.availability,
        durability: findings.durability,
        defects: remains.defects,
    }
}
