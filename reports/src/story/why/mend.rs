//! What helps, said only where the same plan has shown that it does.

use crate::{story::StoryOptions, text};
use judge::cause::{Cause, Help};

/// The remedy that was proved against a violation.
pub(super) fn sentence(options: &StoryOptions, cause: &Cause<'_>) -> Option<String> {
    let proof = options.proofs.iter().find(|proof| proof.property == cause.property)?;
    let verdict = proof.verdict.trim_end_matches('.');
    Some(match &proof.help {
        Help::WithoutFlaws(flaws) => {
            let flaws: Vec<_> = flaws.iter().map(|flaw| format!("`{flaw}`")).collect();
            format!(
                "{} without {}. Proved by the same plan: {verdict}.",
                proof.system,
                text::list(&flaws)
            )
        }
        Help::With(remedy) => format!(
            "{}. Proved by the same plan on {}: {verdict}.",
            remedy.sentence(),
            proof.system
        ),
    })
}
