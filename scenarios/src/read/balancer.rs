//! `[balancer]`: the health checks of the load balancer.

use super::{item::Zero, section::Section};
use crate::Balancer;

pub(super) fn balancer(root: &Section<'_>) -> Balancer {
    let section = root.section("balancer", "[balancer]", &["every", "timeout"]);
    let Balancer { every, timeout } = Balancer::default();
    Balancer {
        every: section.duration("every", Zero::Meaningless, every),
        timeout: section.duration("timeout", Zero::Meaningless, timeout),
    }
}
