//! What is said of nodes that wait for each other.

use super::{Checked, Facts, shown};
use judge::record::Event;
use node::NodeId;

impl Facts<'_> {
    /// `all 4 workers of n1`, and `n2; behind lay 3 requests.`
    pub(super) fn waits(&self, at: &str, workers: &str, rest: &str) -> Checked {
        let node = workers.rsplit(' ').next().ok_or("nobody")?;
        let of_node = self.run.waits.iter().find(|(name, _)| name.to_string() == node);
        let (_, waits) = of_node.ok_or("it does not wait")?;
        let (on, behind) = rest.split_once("; behind lay ").ok_or("nothing behind")?;
        let count = if workers.starts_with("the one ") {
            1
        } else {
            workers.split(' ').nth(1).and_then(|it| it.parse().ok()).ok_or("no count")?
        };
        let queued = waits.queued_requests + waits.queued_calls + waits.queued_health_checks;
        let fits = waits.workers == count
            && waits.on.keys().all(|it| on.contains(&it.to_string()))
            && (queued == 0) == (behind == "nothing.")
            && shown(self.run.run_ended) == at;
        fits.then_some(()).ok_or("it waits for others")
    }

    /// `n1 -> n2 -> n1: to answer takes a worker...`
    pub(super) fn circle(&self, rest: &str) -> Checked {
        let (circle, _) = rest.split_once(": ").ok_or("no circle")?;
        let way: Vec<_> = circle.split(" -> ").collect();
        let waits = |pair: &[&str]| {
            let mut waits = self.run.waits.iter();
            waits.any(|(node, waits)| {
                node.to_string() == pair[0] && waits.on.keys().any(|on| on.to_string() == pair[1])
            })
        };
        let closed = way.len() > 1 && way.first() == way.last();
        (closed && way.windows(2).all(waits)).then_some(()).ok_or("they do not wait so")
    }

    /// The last answer of nodes that wait: nothing that they were asked after it was answered.
    pub(super) fn last_answer(&self, at: &str) -> Checked {
        let at = at.trim_end_matches('.');
        let stuck = |node: &NodeId| self.run.waits.get(node).is_some_and(node::Waits::is_stuck);
        let answers = self.run.history.operations.iter().filter(|it| it.is_answered());
        let last = answers.filter(|it| stuck(&it.node)).map(|it| it.completed).max();
        last.is_some_and(|last| shown(last) == at).then_some(()).ok_or("it was not the last")
    }

    /// Nodes that the balancer took out while their health checks waited.
    pub(super) fn taken_out(&self, rest: &str) -> Checked {
        let told = rest.split(';').next().unwrap_or(rest).trim_end_matches(" out.");
        let told = told.trim_end_matches(" out");
        let mut names = told.split(", ").flat_map(|it| it.split(" and "));
        let is_out = |name: &str| {
            let mut health = self.events.iter().rev().filter_map(|it| match it.event {
                Event::Balance { node, healthy } if node.to_string() == name => {
                    (it.at <= self.run.run_ended).then_some(healthy)
                }
                _ => None,
            });
            health.next() == Some(false)
        };
        names.all(is_out).then_some(()).ok_or("it was not taken out")
    }
}
