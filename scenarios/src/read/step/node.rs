//! Faults of a node and its clock.

use super::{Do, factor, time};
use crate::{Action, Release, Target};
use std::time::Duration;

impl Do<'_> {
    pub(super) fn rolling_restart(&self) -> Option<Action> {
        let (down, gap) = self.in_turn()?;
        Some(Action::RollingRestart { down, gap })
    }

    pub(super) fn rolling_upgrade(&self) -> Option<Action> {
        let (down, gap) = self.in_turn()?;
        self.scope.has_next_version(self.tagged.tag);
        Some(Action::RollingUpgrade { down, gap })
    }

    /// How long each node is down, and all are up before the next.
    fn in_turn(&self) -> Option<(Duration, Duration)> {
        let section = self.section("{ down = \"500ms\", gap = \"1s\" }", &["down", "gap"])?;
        let down = time(&section, "down", "\"500ms\"");
        let gap = time(&section, "gap", "\"1s\"");
        Some((down?, gap?))
    }

    pub(super) fn install(&self, release: Release) -> Option<Action> {
        let section = self.section("{ node = \"n2\", down = \"500ms\" }", &["node", "down"])?;
        let node = self.target(&section, "node");
        let down = time(&section, "down", "\"500ms\"");
        self.scope.has_next_version(self.tagged.tag);
        Some(Action::Install { node: node?, release, down: down? })
    }

    /// A node, or its disk, that takes several times as long.
    pub(super) fn slowed(&self, action: fn(Target, f64, Duration) -> Action) -> Option<Action> {
        let example = "{ node = \"n2\", factor = 10.0, lasts = \"3s\" }";
        let section = self.section(example, &["node", "factor", "lasts"])?;
        let (node, factor) = (self.target(&section, "node"), factor(&section));
        let lasts = time(&section, "lasts", "\"3s\"");
        Some(action(node?, factor?, lasts?))
    }

    /// Someone who joins or leaves.
    pub(super) fn membership(&self, action: fn(Target) -> Action) -> Option<Action> {
        self.scope.changes_membership(self.tagged.tag);
        self.at_target(action)
    }

    /// Someone who was not there at the start.
    pub(super) fn start(&self) -> Option<Action> {
        let action = self.at_target(Action::Start)?;
        let payload = self.tagged.payload("\"n2\"")?;
        let named = self.scope.targets(payload)?;
        for target in named {
            let is_there = match target {
                Target::Node(node) => !self.scope.late.contains(&node),
                _ => self.scope.late.is_empty(),
            };
            if is_there {
                payload.mistake(
                    format!("`{target}` is there from the start"),
                    "nobody who could come later",
                    "name it in `late` of [cluster], or write `restart` for a node that is down",
                );
            }
        }
        Some(action)
    }

    pub(super) fn clock_jump(&self) -> Option<Action> {
        let section = self.section("{ node = \"n2\", by = \"-10s\" }", &["node", "by"])?;
        let node = self.target(&section, "node");
        let by = section.required("by", "\"-10s\"");
        let by_ns = by.and_then(|item| item.signed_ns());
        if by_ns == Some(0) {
            by?.mistake(
                "a jump by nothing moves no clock",
                "no jump",
                "write a time, as in `by = \"-10s\"`",
            );
        }
        Some(Action::ClockJump { node: node?, by_ns: by_ns? })
    }
}
