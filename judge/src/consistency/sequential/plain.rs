//! Calls of which it is plain what they do.

use super::super::{Action, Swap, index::Index};

/// Whether it is plain what an answered call leaves, and which states it fits.
pub(super) fn is_plain(index: &Index<'_>, number: u32) -> bool {
    let call = index.call(number);
    call.returned.is_none()
        || match &call.action {
            Action::Read { .. } | Action::Write { .. } | Action::Delete { .. } => true,
            Action::CompareAndSet { expected, outcome, .. } => match outcome {
                Some(Swap::Swapped) => true,
                Some(Swap::Mismatch { actual }) => actual.as_ref() != Some(expected),
                None => false,
            },
            Action::List { keys } => keys.is_none(),
            Action::Append { .. } => false,
        }
}
