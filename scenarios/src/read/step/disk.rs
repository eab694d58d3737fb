//! Faults of a node's disk.

use super::{Do, share, time};
use crate::Action;

impl Do<'_> {
    pub(super) fn full_disk(&self) -> Option<Action> {
        let section = self.section("{ node = \"n2\", lasts = \"3s\" }", &["node", "lasts"])?;
        let node = self.target(&section, "node");
        let lasts = time(&section, "lasts", "\"3s\"");
        Some(Action::FullDisk { node: node?, lasts: lasts? })
    }

    pub(super) fn disk_errors(&self) -> Option<Action> {
        let example = "{ node = \"n2\", share = 0.2, lasts = \"3s\" }";
        let section = self.section(example, &["node", "share", "lasts", "reads"])?;
        let (node, share) = (self.target(&section, "node"), share(&section));
        let lasts = time(&section, "lasts", "\"3s\"");
        let reads = section.get("reads").and_then(|item| item.flag()).unwrap_or(false);
        Some(Action::DiskErrors { node: node?, share: share?, lasts: lasts?, reads })
    }
}
