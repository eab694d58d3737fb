//! `[disk]`: how the nodes' disks behave.

use super::{latency::latency, section::Section};
use crate::{Disk, MAX_BYTES_PER_SECOND};

pub(super) fn disk(root: &Section<'_>) -> Disk {
    let section = root.section("disk", "[disk]", &["sync", "read", "bytes_per_second"]);
    let default = Disk::default();
    Disk {
        sync: section.get("sync").and_then(latency).unwrap_or(default.sync),
        read: section.get("read").and_then(latency).or(default.read),
        bytes_per_second: bytes_per_second(&section).or(default.bytes_per_second),
    }
}

/// How many bytes a second a disk or a link takes, if their number costs anything.
pub(super) fn bytes_per_second(section: &Section<'_>) -> Option<u64> {
    section.get("bytes_per_second")?.count(1..=MAX_BYTES_PER_SECOND)
}
