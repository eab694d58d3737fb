//! Every checker, in the one list there is, and what takes them over a history.

use super::{
    Evidence, Findings,
    answers::Answers,
    availability::Meter,
    checker::{Checker, Found, Report, Step, Walked},
    convergence::Convergence,
    durability::Durability,
    index::Index,
    levels::{BELOW, Linearizability, Weaker},
    liveness::Liveness,
    placement::Placement,
    reads::Scan,
    sessions::Sessions,
    state_machine::StateMachine,
    versions::Versions,
};
use crate::record::{Expected, Judgement, Verdict, Words};
use node::{Announces, SystemInfo};
use scenarios::{Expectation, Properties, Property};
use std::cell::OnceCell;

/// The checkers, in the order of [`Property::ALL`].
pub(super) fn checkers<'a>(evidence: &Evidence<'a>) -> Vec<Box<dyn Checker<'a> + 'a>> {
    let mut checkers: Vec<Box<dyn Checker<'a> + 'a>> = vec![
        Box::new(Convergence),
        Box::new(Durability::default()),
        Box::new(Scan::default()),
        Box::new(Meter::new(evidence)),
        Box::new(StateMachine),
        Box::new(Sessions),
        Box::new(Versions::default()),
        Box::new(Liveness),
        Box::new(Answers::default()),
        Box::new(Linearizability),
    ];
    let below = BELOW.into_iter().map(Weaker::new);
    checkers.extend(below.map(|checker| Box::new(checker) as Box<dyn Checker<'a> + 'a>));
    checkers.push(Box::new(Placement));
    checkers
}

/// Lets every checker look, and sets its verdict beside what is expected.
pub fn judge(
    evidence: &Evidence<'_>,
    bounds: &Properties,
    expectation: Option<&Expectation>,
) -> Findings {
    let mut checkers = checkers(evidence);
    let index = walk(evidence, &mut checkers);
    // Judged first, since what is linearizable keeps to what is weaker. Verdicts stand in the usual order.
    let mut properties = checkers.iter().map(|checker| checker.property());
    let first = properties.position(|property| property == Property::Linearizability);
    let first = first.expect("it has a checker");
    checkers[..=first].rotate_right(1);
    let mut findings = Findings {
        judgements: Vec::with_capacity(checkers.len()),
        staleness: Default::default(),
        availability: Default::default(),
        durability: Default::default(),
    };
    let (calls, subject, mut linearizable) = (OnceCell::new(), OnceCell::new(), None);
    for checker in checkers {
        let property = checker.property();
        let (index, calls, subject) = (&index, &calls, &subject);
        let walked = Walked { evidence, index, bounds, calls, subject, linearizable };
        let Found { verdict, report } = find(checker, &walked);
        match report {
            Some(Report::Staleness(report)) => findings.staleness = report,
            Some(Report::Availability(report)) => findings.availability = report,
            Some(Report::Durability(report)) => findings.durability = report,
            None => {}
        }
        if property == Property::Linearizability {
            linearizable = decided(&verdict);
        }
        let expected = expected(property, expectation);
        let verdict = match (evidence.words, &verdict) {
            (Words::Said, _) | (Words::OfViolations, Verdict::Violated(_)) => verdict,
            _ => verdict.unsaid(),
        };
        findings.judgements.push(Judgement { property, verdict, expected });
    }
    findings.judgements[..=first].rotate_left(1);
    findings
}

/// Whether a property holds; `None`: not decided.
const fn decided(verdict: &Verdict) -> Option<bool> {
    match verdict {
        Verdict::Holds(_) => Some(true),
        Verdict::Violated(_) => Some(false),
        Verdict::Unknown(_) | Verdict::NotApplicable(_) => None,
    }
}

/// Shows each operation to the checkers that want to see it. One walk serves all: in a
/// long run, reading the history is most of the cost.
fn walk<'a>(evidence: &Evidence<'a>, checkers: &mut [Box<dyn Checker<'a> + 'a>]) -> Index<'a> {
    let mut walkers: Vec<_> = checkers.iter_mut().filter(|checker| checker.walks()).collect();
    let mut index = Index::new(evidence);
    for (position, record) in evidence.history.operations.iter().enumerate() {
        let added = index.add(position, record);
        let explained_by = added.read.and_then(|read| index.explains(read, record));
        let step = Step { position, record, index: &index, added, explained_by };
        walkers.iter_mut().for_each(|checker| checker.see(&step));
    }
    index
}

/// What a checker finds, if the property applies and nothing that it needs is missing.
fn find<'a>(checker: Box<dyn Checker<'a> + 'a>, walked: &Walked<'_, 'a>) -> Found {
    let system = walked.evidence.system;
    if let Some(why) = system.and_then(|system| lacks(walked.evidence, system, checker.property()))
    {
        return Verdict::NotApplicable(why.to_owned()).into();
    }
    let missing = checker.needs().iter().find_map(|need| need.missing(walked));
    match missing {
        Some(missing) => Verdict::Unknown(missing.to_owned()).into(),
        None => checker.find(walked),
    }
}

/// What a system lacks for a property to have a meaning.
fn lacks(evidence: &Evidence<'_>, system: &SystemInfo, property: Property) -> Option<&'static str> {
    // A system that has leaders with one flaw only has none without it.
    let has_announced = !evidence.facts.is_empty() || system.announces == Announces::ItsLog;
    match property.applies_to(system) {
        Err(why) => Some(why),
        Ok(()) if property == Property::StateMachine && !has_announced => {
            Some("the nodes keep no replicated log")
        }
        Ok(()) => None,
    }
}

fn expected(property: Property, expectation: Option<&Expectation>) -> Expected {
    match expectation {
        Some(stated) if stated.holds.contains(&property) => Expected::Holds,
        Some(stated) if stated.violated.contains(&property) => Expected::Violated,
        Some(_) | None => Expected::Unstated,
    }
}
