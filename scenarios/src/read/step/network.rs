//! Faults of the links between nodes.

use super::{Do, is_itself, share, time};
use crate::{
    Action, Links, Party, Target,
    read::{item::Item, section::Section},
};
use std::time::Duration;

impl Do<'_> {
    pub(super) fn isolate(&self) -> Option<Action> {
        self.scope.needs_nodes(2, self.tagged.tag)?;
        self.at_target(Action::Isolate)
    }

    pub(super) fn partition(&self) -> Option<Action> {
        let example = "[[\"n1\", \"clients\"], [\"n2\", \"n3\"]]";
        let payload = self.tagged.payload(example)?;
        let lists = payload.list(example)?;
        let mut named = Vec::new();
        let sides: Vec<_> =
            lists.iter().map(|list| self.side(*list, &mut named)).collect::<Option<_>>()?;
        if sides.len() < 2 {
            payload.mistake(
                "a partition needs at least two sides",
                format!("this is {}", sides.len()),
                format!("write it as in `partition = {example}`"),
            );
            return None;
        }
        if !named.contains(&Party::Clients) {
            self.scope.needs_nodes(2, self.tagged.tag)?;
        }
        Some(Action::Partition(sides))
    }

    /// One side; `named` holds every party of the sides so far.
    fn side(&self, list: Item<'_>, named: &mut Vec<Party>) -> Option<Vec<Party>> {
        let items = list.list("[\"n2\", \"n3\"]")?;
        if items.is_empty() {
            list.mistake("a side of a partition is empty", "nobody is here", "remove this side");
        }
        let mut side = Vec::new();
        for item in items {
            let Some(party) = self.scope.party(item) else {
                continue;
            };
            let all = Party::Node(Target::All);
            let is_node = |party: &Party| *party != Party::Clients;
            let named_before = named.contains(&party)
                || is_node(&party) && named.contains(&all)
                || party == all && named.iter().any(is_node);
            if named_before {
                let name = item.text("\"n2\"")?;
                let help = "let each stand on one side, once; `all` is every node";
                self.scope.mistakes.twice(name, help);
            } else {
                named.push(party);
                side.push(party);
            }
        }
        Some(side)
    }

    /// A pair of different nodes.
    fn link(&self, section: &Section<'_>) -> Option<(Target, Target)> {
        let (from, to) = (self.target(section, "from"), self.target(section, "to"));
        self.scope.needs_nodes(2, self.tagged.tag)?;
        let (from, to) = (from?, to?);
        let listed = self.lists.borrow().iter().any(|list| list.len() > 1);
        if !listed && is_itself(from, to) {
            section.get("to")?.mistake(
                format!("`from` and `to` are both `{to}`"),
                "the same node",
                "a node always reaches itself: name another",
            );
            return None;
        }
        Some((from, to))
    }

    pub(super) fn one_way(&self) -> Option<Action> {
        let section = self.section("{ from = \"n1\", to = \"n2\" }", &["from", "to"])?;
        let (from, to) = self.link(&section)?;
        Some(Action::OneWay { from, to })
    }

    /// Only one node can be the bridge: of several, too few may be left for two halves.
    pub(super) fn bridge(&self) -> Option<Action> {
        let payload = self.tagged.payload("\"n2\"")?;
        if payload.is_list() {
            payload.mistake(
                "only one node can be the bridge",
                "not one node",
                "name a node, or `leader`, `follower` or `any`",
            );
            return None;
        }
        let target = self.scope.target(payload);
        self.scope.needs_nodes(3, self.tagged.tag)?;
        let target = target?;
        if matches!(target, Target::All | Target::Majority | Target::Minority | Target::Zone(_)) {
            payload.mistake(
                format!("only one node can be the bridge, and `{target}` may be several"),
                "not one node",
                "name a node, or `leader`, `follower` or `any`",
            );
        }
        Some(Action::Bridge(target))
    }

    pub(super) fn flapping_link(&self) -> Option<Action> {
        let example = "{ from = \"n1\", to = \"n2\", period = \"100ms\", lasts = \"3s\" }";
        let section = self.section(example, &["from", "to", "period", "lasts"])?;
        let link = self.link(&section);
        let period = time(&section, "period", "\"100ms\"");
        let lasts = time(&section, "lasts", "\"3s\"");
        let (from, to) = link?;
        Some(Action::FlappingLink { from, to, period: period?, lasts: lasts? })
    }

    pub(super) fn slow_link(&self) -> Option<Action> {
        let example = "{ from = \"n1\", to = \"n3\", delay = \"200ms\", lasts = \"3s\" }";
        let section = self.section(example, &["from", "to", "delay", "lasts"])?;
        let link = self.link(&section);
        let delay = time(&section, "delay", "\"200ms\"");
        let lasts = time(&section, "lasts", "\"3s\"");
        let (from, to) = link?;
        Some(Action::SlowLink { from, to, delay: delay?, lasts: lasts? })
    }

    /// A share of the messages on every link of a kind.
    pub(super) fn shared(&self, action: fn(f64, Duration, Links) -> Action) -> Option<Action> {
        let example = "{ share = 0.2, lasts = \"2s\" }";
        let section = self.section(example, &["share", "lasts", "links"])?;
        let (share, lasts) = (share(&section), time(&section, "lasts", "\"2s\""));
        let links = self.scope.links(&section);
        self.needs_links(links)?;
        Some(action(share?, lasts?, links))
    }

    /// A delay on every link between nodes.
    pub(super) fn delay_spike(&self) -> Option<Action> {
        let example = "{ delay = \"200ms\", lasts = \"2s\" }";
        let section = self.section(example, &["delay", "lasts"])?;
        let delay = time(&section, "delay", "\"200ms\"");
        let lasts = time(&section, "lasts", "\"2s\"");
        self.scope.needs_nodes(2, self.tagged.tag)?;
        Some(Action::DelaySpike { delay: delay?, lasts: lasts? })
    }

    pub(super) fn reorder(&self) -> Option<Action> {
        let example = "{ spread = \"50ms\", lasts = \"2s\" }";
        let section = self.section(example, &["spread", "lasts", "links"])?;
        let spread = time(&section, "spread", "\"50ms\"");
        let lasts = time(&section, "lasts", "\"2s\"");
        let links = self.scope.links(&section);
        self.needs_links(links)?;
        Some(Action::Reorder { spread: spread?, lasts: lasts?, links })
    }

    /// Makes sure that there is a link of the kind: of clients there always is one.
    fn needs_links(&self, links: Links) -> Option<()> {
        match links {
            Links::Nodes => self.scope.needs_nodes(2, self.tagged.tag),
            Links::Clients | Links::All | Links::BetweenZones => Some(()),
        }
    }
}
