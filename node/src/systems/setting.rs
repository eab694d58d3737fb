//! Settings as a system reads them when it boots.

use crate::{Config, Node, Setting};
use std::time::Duration;

/// A setting of system `N`: what the scenario says, or the default.
///
/// # Panics
///
/// Panics if the system has no such setting.
fn setting<N: Node>(config: &Config, name: &str) -> Setting {
    let info = N::INFO
        .settings
        .iter()
        .find(|setting| setting.name == name)
        .expect("a system reads only settings that it declares");
    config
        .settings
        .get(name)
        .cloned()
        .unwrap_or_else(info.default)
}

/// A setting that is a whole number.
///
/// # Panics
///
/// Panics if the setting is of another kind, which validation refuses.
pub(super) fn count<N: Node>(config: &Config, name: &str) -> u64 {
    match setting::<N>(config, name) {
        Setting::Count(count) => count,
        other => panic!("`{name}` is a whole number, not {other:?}"),
    }
}

/// A setting that is a length of time.
///
/// # Panics
///
/// Panics if the setting is of another kind, which validation refuses.
pub(super) fn duration<N: Node>(config: &Config, name: &str) -> Duration {
    match setting::<N>(config, name) {
        Setting::Duration(duration) => duration,
        other => panic!("`{name}` is a length of time, not {other:?}"),
    }
}
