//! What a scenario may set about the system, and which flaws it switched on.

use super::{Raft, election::TIMEOUT_TICKS};
use crate::{Config, FlawInfo, Node, NodeId, Setting, SettingInfo, systems::Settings as Given};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

pub(super) const SETTINGS: &[SettingInfo] = &[
    SettingInfo {
        name: "election-timeout",
        summary: "the shortest time without a leader before a node stands for election, longer than a heartbeat; each node draws up to twice as long",
        default: || Setting::Duration(Duration::from_millis(150)),
    },
    SettingInfo {
        name: "heartbeat",
        summary: "how often an idle leader shows that it lives, at least 1ms; well below the election timeout",
        default: || Setting::Duration(Duration::from_millis(50)),
    },
    SettingInfo {
        name: "snapshot-after",
        summary: "how many applied entries make a snapshot due, at least 1",
        default: || Setting::Count(1000),
    },
    SettingInfo {
        name: "voters",
        summary: "how many nodes vote at first, counted from n1; 0: all that are there",
        default: || Setting::Count(0),
    },
];

pub(super) const FLAWS: &[FlawInfo] = &[
    FlawInfo {
        name: "vote-twice",
        summary: "a node votes for everyone who asks, and for several candidates in a term",
        builds_on: None,
    },
    FlawInfo {
        name: "no-fsync",
        summary: "a node votes and acknowledges before anything is synced, and never syncs",
        builds_on: None,
    },
    FlawInfo {
        name: "stale-read",
        summary: "a leader answers reads from memory without asking whether it still leads",
        builds_on: None,
    },
    FlawInfo {
        name: "commit-old-term",
        summary: "a leader commits entries of earlier terms by counting copies, and starts its term without an entry of its own",
        builds_on: None,
    },
    FlawInfo {
        name: "old-round-counts",
        summary: "a leader takes the refusal of an append of an earlier term for an answer to its present round",
        builds_on: None,
    },
    FlawInfo {
        name: "only-voters-stand",
        summary: "a node that is not a voter by its own log never stands for election, even if its removal may yet be undone",
        builds_on: None,
    },
    FlawInfo {
        name: "skip-log-check",
        summary: "a node votes for candidates whose log is behind its own",
        builds_on: None,
    },
    FlawInfo {
        name: "vote-before-sync",
        summary: "a node tells a candidate of its vote before the disk has it",
        builds_on: None,
    },
    FlawInfo {
        name: "removed-voter-counts",
        summary: "a node that was removed is still counted, as long as the log tells of its time as a voter",
        builds_on: None,
    },
    FlawInfo {
        name: "forget-vote",
        summary: "a node keeps its term on the disk but not its vote",
        builds_on: None,
    },
    FlawInfo {
        name: "apply-before-commit",
        summary: "a leader applies and answers a write as soon as it is in its own log",
        builds_on: None,
    },
];

/// Checks the settings against each other and against the cluster's size.
pub(super) fn check(nodes: usize, given: &BTreeMap<String, Setting>) -> Result<(), String> {
    let settings = Given::new(&Raft::INFO, given);
    let heartbeat = settings.duration("heartbeat");
    let timeout = settings.duration("election-timeout");
    let voters = settings.count("voters");
    if heartbeat < SHORTEST {
        Err(format!("`heartbeat` is {heartbeat:?}; it is at least {SHORTEST:?}"))
    } else if timeout <= heartbeat {
        Err(format!("`election-timeout` is {timeout:?}, no more than a `heartbeat`"))
    } else if settings.count("snapshot-after") == 0 {
        Err("`snapshot-after` is 0; a snapshot needs an entry".to_owned())
    } else if voters > nodes as u64 {
        Err(format!("`voters` is {voters}; the cluster has only {nodes} nodes"))
    } else {
        Ok(())
    }
}

const SHORTEST: Duration = Duration::from_millis(1);

/// The settings in force.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) heartbeat: Duration,
    pub(super) snapshot_after: u64,
    pub(super) voters: Arc<[NodeId]>,
}

impl Settings {
    pub(super) fn of(config: &Config) -> Self {
        let settings = Given::new(&Raft::INFO, &config.settings);
        let members = &config.members;
        Self {
            heartbeat: settings.duration("heartbeat"),
            snapshot_after: settings.count("snapshot-after"),
            voters: match settings.count("voters") as usize {
                0 if config.late.is_empty() => members.clone(),
                0 => members.iter().copied().filter(|it| !config.late.contains(it)).collect(),
                some => members[..some].into(),
            },
        }
    }
}

/// How often the election timeout is looked at.
pub(super) fn tick(config: &Config) -> Duration {
    Given::new(&Raft::INFO, &config.settings).duration("election-timeout") / TIMEOUT_TICKS
}

/// The flaws that are switched on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flaws {
    pub(super) vote_twice: bool,
    pub(super) no_fsync: bool,
    pub(super) stale_read: bool,
    pub(super) commit_old_term: bool,
    pub(super) forget_vote: bool,
    pub(super) old_round_counts: bool,
    pub(super) only_voters_stand: bool,
    pub(super) skip_log_check: bool,
    pub(super) vote_before_sync: bool,
    pub(super) removed_voter_counts: bool,
    pub(super) apply_before_commit: bool,
    /// Others may be of a version that has some.
    pub(super) elsewhere: bool,
}

impl Flaws {
    pub(super) fn of(config: &Config) -> Self {
        Self {
            vote_twice: config.has_flaw("vote-twice"),
            no_fsync: config.has_flaw("no-fsync"),
            stale_read: config.has_flaw("stale-read"),
            commit_old_term: config.has_flaw("commit-old-term"),
            forget_vote: config.has_flaw("forget-vote"),
            old_round_counts: config.has_flaw("old-round-counts"),
            only_voters_stand: config.has_flaw("only-voters-stand"),
            skip_log_check: config.has_flaw("skip-log-check"),
            vote_before_sync: config.has_flaw("vote-before-sync"),
            removed_voter_counts: config.has_flaw("removed-voter-counts"),
            apply_before_commit: config.has_flaw("apply-before-commit"),
            elsewhere: config.mixed,
        }
    }

    /// Whether any is or may be, here or elsewhere, so that broken invariants are left for the checkers to find.
    pub(super) fn any(&self) -> bool {
        self.vote_twice
            || self.no_fsync
            || self.stale_read
            || self.commit_old_term
            || self.forget_vote
            || self.old_round_counts
            || self.only_voters_stand
            || self.skip_log_check
            || self.vote_before_sync
            || self.removed_voter_counts
            || self.apply_before_commit
            || self.elsewhere
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(name: &str, value: Setting) -> String {
        check(3, &BTreeMap::from([(name.to_owned(), value)])).unwrap_err()
    }

    #[test]
    fn what_does_not_fit_is_refused_by_name() {
        assert_eq!(check(1, &BTreeMap::new()), Ok(()));
        let ms = |ms| Setting::Duration(Duration::from_millis(ms));
        let refusals = [
            refusal("heartbeat", ms(0)),
            refusal("heartbeat", ms(150)),
            refusal("snapshot-after", Setting::Count(0)),
            refusal("voters", Setting::Count(4)),
        ];
        let expected = [
            "`heartbeat` is 0ns; it is at least 1ms",
            "`election-timeout` is 150ms, no more than a `heartbeat`",
            "`snapshot-after` is 0; a snapshot needs an entry",
            "`voters` is 4; the cluster has only 3 nodes",
        ];
        assert_eq!(refusals, expected);
    }
}
