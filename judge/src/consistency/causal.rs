//! Causal consistency: whoever sees a write sees all that it depends on, and all agree on
//! the order in which conflicting writes count.
//!
//! The causal order is the order of each session together with reads-from: who saw a write
//! comes after it. This is *causal convergence* (CCv) of Bouajjani, Enea, Guerraoui and
//! Hamza, *On Verifying Causal Consistency* (2017): there is one order of all writes, in
//! line with the causal order, such that each read returns the last write of its key in its
//! causal past. It is chosen over causal memory, in which two sessions may for ever disagree
//! on what is newer, because a store whose replicas converge promises it, because it implies
//! the four session guarantees, and because it is quick to check. A sequential order of all
//! calls is such an order, so that what is sequentially consistent is causal.
//!
//! A violation is one of their patterns: a circle in the causal order (CyclicCO), a value
//! that nobody wrote (ThinAirRead), a read of what the causal past has overwritten
//! (WriteCORead, and WriteCOInitRead for what was there at first), or a circle once each
//! read's source comes after the other writes in the read's past (CyclicCF). Which source a
//! read has is known only if one write alone explains it. Time plays no role.

use super::{
    Budget, Finding, Known, Subject, graph::Graph, index::INITIAL, past::causes, rules::View,
};

/// Judges causal consistency.
pub(super) fn judge(subject: &Subject<'_>, known: Known, budget: Budget) -> Finding {
    subject.causal(known, budget)
}

/// A circle of calls, once what each read saw comes after the other writes to its key that
/// are in the read's past.
pub(super) fn conflict(view: &View<'_, '_>) -> Option<Vec<u32>> {
    let mut edges: Vec<(u32, u32)> = Vec::new();
    for (seen, source) in view.index.seen.iter().zip(view.sources) {
        let Some(source) = source.filter(|source| *source != INITIAL) else { continue };
        let other = view
            .past
            .latest(seen.call, seen.key)
            .filter(|write| *write != source && !view.past.holds(source, *write));
        edges.extend(other.map(|write| (source, write)));
    }
    if edges.is_empty() {
        return None;
    }
    edges.extend(causes(view.index, view.sources));
    Graph::new(view.index.all.calls.len(), &edges).order(u64::from).err()
}
