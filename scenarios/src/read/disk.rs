//! `[disk]`: how the nodes' disks behave.

use super::{latency::latency, section::Section};
use crate::Disk;

pub(super) fn disk(root: &Section<'_>) -> Disk {
    let section = root.section("disk", "[disk]", &["sync"]);
    let sync = section.get("sync").and_then(latency);
    sync.map_or_else(Disk::default, |sync| Disk { sync })
}
