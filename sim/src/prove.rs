//! What helps against the violations of a run, shown by carrying out its plan once more.

use crate::{Detail, Gear, run};
use judge::{
    Run, Stage,
    cause::{Help, Proof, Twin, causes, twins},
};

/// How often a plan is carried out for one violation at most.
const MOST_TWINS: usize = 4;

/// Tries what may help against each violation of a run whose chain has a name, and keeps what
/// did. Nothing is proved of a run without a trace, nor of a system that is not in the registry, nor of a run on
/// processes: what would have helped another like it proves nothing of this one.
pub fn prove(of: &Run) -> Vec<Proof> {
    if of.stage == Stage::Processes {
        return Vec::new();
    }
    let mut tried: Vec<(Twin, Run)> = Vec::new();
    let mut proofs = Vec::new();
    for cause in causes(of) {
        for twin in twins(of, &cause).into_iter().take(MOST_TWINS) {
            let known = tried.iter().position(|(other, _)| is_same_run(other, &twin));
            let place = match known {
                Some(place) => place,
                None => {
                    let system = twin.system.name;
                    let again = run(&twin.plan, system, of.seed, Detail::Digest, Gear::Advance);
                    let Ok(again) = again else { continue };
                    tried.push((twin.clone(), again));
                    tried.len() - 1
                }
            };
            if let Some(proof) = twin.proves(&tried[place].1) {
                proofs.push(proof);
                break;
            }
        }
    }
    proofs
}

/// Whether two twins are carried out in the same way, whatever they are to show.
fn is_same_run(one: &Twin, other: &Twin) -> bool {
    let is_flawless = |twin: &Twin| matches!(twin.help, Help::WithoutFlaws(_));
    one.system.name == other.system.name && is_flawless(one) == is_flawless(other)
}
