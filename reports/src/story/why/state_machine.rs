//! Why replicated logs broke their promises.

use super::Cause;
use judge::{
    Run,
    record::{FactRecord, Witness},
};
use node::Fact;

pub(super) fn explain(run: &Run, witness: &Witness) -> Cause {
    let since = witness.since;
    let told = |record: &&FactRecord| Some(record.at) == since && record.fact.is_of_log();
    let fact = run.facts.iter().find(told).map(|record| record.fact);
    let (short, mend) = match fact {
        Some(Fact::Leads { .. }) => (
            "two nodes believed that they had been elected in one term, so both took writes.",
            "a node votes once a term, and its vote is on its disk before it is told.",
        ),
        Some(Fact::Appended { .. }) => (
            "two logs part although they share an entry, so replicas will apply different writes.",
            "a follower takes an entry only if the one before it is the leader's, of the same term.",
        ),
        Some(Fact::Applied { .. }) => (
            "what one node had taken for decided was decided otherwise.",
            "an entry is decided when a majority has it on its disks and it, or one after it, is \
             of the present leader's term; only then may it be applied.",
        ),
        _ => return Cause::default(),
    };
    let leaders = |record: &&FactRecord| matches!(record.fact, Fact::Leads { .. });
    let elections = run.facts.iter().filter(leaders).filter(|record| Some(record.at) <= since);
    let recent: Vec<_> = elections.collect();
    let steps = recent.iter().rev().take(4).rev();
    Cause {
        short: Some(short.to_owned()),
        steps: steps
            .map(|record| format!("At {} {} {}.", record.at, record.node, record.fact))
            .collect(),
        mend: Some(mend.to_owned()),
    }
}
