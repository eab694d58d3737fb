//! Stand-in.
use node::{Config, Key, Node, Versioned};
use std::{io, path::Path};
pub(crate) fn lose_power(_: &Path, _: u64) -> io::Result<u64> {
    Ok(0)
}
pub(crate) fn flip_bits(_: &Path, _: u64) -> io::Result<u64> {
    Ok(0)
}
pub(crate) fn holds_anything(_: &Path) -> bool {
    false
}
pub(crate) fn peek<N: Node>(_: &Path, _: &Config) -> Option<Vec<(Key, Versioned)>> {
    None
}
