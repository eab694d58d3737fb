//! What a scenario may set about the system, and which flaws it switched on.

use super::election::TIMEOUT_TICKS;
use crate::{Config, NodeId, Setting, systems::FlawInfo, systems::SettingInfo};
use std::{sync::Arc, time::Duration};

pub(super) const SETTINGS: &[SettingInfo] = &[
    SettingInfo {
        name: "election-timeout",
        summary: "the shortest time without a leader before a node stands for election, at least 1ms; each node draws up to twice as long",
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
        summary: "how many nodes vote at first, counted from n1; 0: all of them",
        default: || Setting::Count(0),
    },
];

pub(super) const FLAWS: &[FlawInfo] = &[
    FlawInfo {
        name: "vote-twice",
        summary: "a node votes for everyone who asks, and for several candidates in a term",
    },
    FlawInfo {
        name: "no-fsync",
        summary: "a node votes and acknowledges before anything is synced, and never syncs",
    },
    FlawInfo {
        name: "stale-read",
        summary: "a leader answers reads from memory without asking whether it still leads",
    },
    FlawInfo {
        name: "commit-old-term",
        summary: "a leader commits entries of earlier terms by counting copies, and starts its term without an entry of its own",
    },
    FlawInfo {
        name: "forget-vote",
        summary: "a node keeps its term on the disk but not its vote",
    },
    FlawInfo {
        name: "apply-before-commit",
        summary: "a leader applies and answers a write as soon as it is in its own log",
    },
];

/// The settings in force.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) election_timeout: Duration,
    pub(super) heartbeat: Duration,
    pub(super) snapshot_after: u64,
    pub(super) voters: Arc<[NodeId]>,
}

impl Settings {
    pub(super) fn of(config: &Config) -> Self {
        let shortest = Duration::from_millis(1);
        let voters = usize::try_from(count(config, "voters")).unwrap_or(usize::MAX);
        let members = &config.members;
        Self {
            election_timeout: duration(config, "election-timeout").max(shortest),
            heartbeat: duration(config, "heartbeat").max(shortest),
            snapshot_after: count(config, "snapshot-after").max(1),
            voters: match voters {
                0 => members.clone(),
                some => members[..some.min(members.len())].into(),
            },
        }
    }
}

/// How often the election timeout is looked at.
pub(super) fn tick(config: &Config) -> Duration {
    Settings::of(config).election_timeout / TIMEOUT_TICKS
}

/// The flaws that are switched on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flaws {
    pub(super) vote_twice: bool,
    pub(super) no_fsync: bool,
    pub(super) stale_read: bool,
    pub(super) commit_old_term: bool,
    pub(super) forget_vote: bool,
    pub(super) apply_before_commit: bool,
}

impl Flaws {
    pub(super) fn of(config: &Config) -> Self {
        Self {
            vote_twice: config.has_flaw("vote-twice"),
            no_fsync: config.has_flaw("no-fsync"),
            stale_read: config.has_flaw("stale-read"),
            commit_old_term: config.has_flaw("commit-old-term"),
            forget_vote: config.has_flaw("forget-vote"),
            apply_before_commit: config.has_flaw("apply-before-commit"),
        }
    }

    /// Whether any is, so that broken invariants are left for the checkers to find.
    pub(super) fn any(&self) -> bool {
        self.vote_twice
            || self.no_fsync
            || self.stale_read
            || self.commit_old_term
            || self.forget_vote
            || self.apply_before_commit
    }
}

fn setting(config: &Config, name: &str) -> Setting {
    let set = config.settings.get(name).cloned();
    let info = SETTINGS.iter().find(|setting| setting.name == name);
    set.unwrap_or_else(|| (info.expect("the setting is declared").default)())
}

fn duration(config: &Config, name: &str) -> Duration {
    match setting(config, name) {
        Setting::Duration(duration) => duration,
        other => panic!("`{name}` is a duration, not {other:?}"),
    }
}

fn count(config: &Config, name: &str) -> u64 {
    match setting(config, name) {
        Setting::Count(count) => count,
        other => panic!("`{name}` is a count, not {other:?}"),
    }
}
