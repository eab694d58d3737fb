//! The way into a running world.

use crate::world::Command;
use node::{
    ClientId, Time,
    client::{Retry, Route},
};
use scenarios::Scenario;
use std::sync::Arc;

/// What a test's own body sees of the world, whatever its nodes are.
pub(crate) trait Door: Send + Sync {
    /// Adds a command, at the present moment, and wakes the pump.
    fn command(&self, command: Command) {
        self.command_at(self.now(), command);
    }
    /// Adds a command for a moment to come, and wakes the pump.
    fn command_at(&self, at: Time, command: Command);
    /// Adds a client session.
    fn add_client(&self, reads: Route, writes: Route, retry: Retry) -> ClientId;
    /// The present moment.
    fn now(&self) -> Time;
    /// What the cluster is made by.
    fn scenario(&self) -> Arc<Scenario>;
}
