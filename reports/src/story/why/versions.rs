//! Why a value bore another version than its write.

use super::{Cause, evidence::pair};
use crate::story::Telling;
use judge::record::Witness;

pub(super) fn explain(telling: &Telling<'_>, witness: &Witness) -> Cause {
    let Some([write, read]) = pair(telling, witness) else {
        return Cause::default();
    };
    let whose = if write.node == read.node {
        format!("{} does not count what it tells its writers when it tells its readers", read.node)
    } else {
        format!("{} counts by itself, and not as {} does", read.node, write.node)
    };
    Cause {
        short: Some(format!(
            "the versions of a value do not tell which write it is from: {whose}."
        )),
        mend: Some(
            "let the version be given once, by whoever orders the writes to a key, and travel with \
             the value to every replica and into every answer."
                .to_owned(),
        ),
        ..Cause::default()
    }
}
