//! The four session guarantees.
//!
//! Terry, Demers, Petersen, Spreitzer, Theimer and Welch, *Session Guarantees for Weakly
//! Consistent Replicated Data* (1994), as properties of the history of a map each of whose
//! keys goes from version to version. A version is *older* than another if its write comes
//! before the other's in the causal order: the order of each session's calls together with
//! reads-from. What a key holds at first is older than all that is written. Then
//!
//! - **read your writes**: no session reads what is older than what it has itself written;
//! - **monotonic reads**: no session reads what is older than what it has read;
//! - **monotonic writes**: if a session wrote *a* and then *b*, whoever has read *b* reads
//!   nothing older than *a* of the key of *a*, nor *a* in place of *b* if the key is the same;
//! - **writes follow reads**: if a session read *a* and then wrote *b*, whoever has read *b*
//!   reads nothing older than *a* of the key of *a*, nor *a* in place of *b*.
//!
//! Each forbids only what causal consistency forbids, and a read may violate several: that a
//! reader saw *b* and then *a* breaks monotonic reads and, if one session wrote both, its
//! writes came out of order as well. Time plays no role; what a write that was acknowledged
//! long ago must have done to readers elsewhere is a matter of staleness. A value that nobody
//! wrote tells nothing here.

use super::{Budget, Finding, Known, Subject, explain, rules::Rule};

/// Judges read-your-writes.
pub(super) fn read_your_writes(subject: &Subject<'_>, known: Known, budget: Budget) -> Finding {
    explain::judge(subject, known, Rule::ReadYourWrites, budget)
}

/// Judges monotonic reads.
pub(super) fn monotonic_reads(subject: &Subject<'_>, known: Known, budget: Budget) -> Finding {
    explain::judge(subject, known, Rule::MonotonicReads, budget)
}

/// Judges monotonic writes.
pub(super) fn monotonic_writes(subject: &Subject<'_>, known: Known, budget: Budget) -> Finding {
    explain::judge(subject, known, Rule::MonotonicWrites, budget)
}

/// Judges writes-follow-reads.
pub(super) fn writes_follow_reads(subject: &Subject<'_>, known: Known, budget: Budget) -> Finding {
    explain::judge(subject, known, Rule::WritesFollowReads, budget)
}
