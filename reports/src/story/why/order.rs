//! Why a key went back in time before a session.

use super::{Cause, evidence::pair};
use crate::{story::Telling, text};
use judge::record::Witness;

pub(super) fn explain(telling: &Telling<'_>, witness: &Witness) -> Cause {
    let Some([seen, read]) = pair(telling, witness) else {
        return Cause::default();
    };
    let where_to = if seen.node == read.node {
        format!("{} knew less the second time", read.node)
    } else {
        format!("{} did not know yet, or no longer, what {} had told", read.node, seen.node)
    };
    Cause {
        short: Some(format!(
            "{} met {} and then {}: {where_to}.",
            read.client,
            text::answer(seen),
            text::answer(read)
        )),
        mend: Some(
            "let a session stay on one node, or let it carry what it has seen, so that a node \
             that knows less can refuse or wait; consensus rules it out for everyone."
                .to_owned(),
        ),
        ..Cause::default()
    }
}
