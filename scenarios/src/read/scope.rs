//! What the rest of the scenario must agree with: the nodes, the end of the
//! run, the systems it is meant for.

use super::{
    item::{Item, Zero},
    mistakes::{Mistakes, Word},
    section::Section,
};
use crate::{
    Links, Party, Target, Zone, ZoneName, suggest,
    words::{self, CLIENTS, LINKS, ROLES, ROUTES, Words},
};
use node::{NodeId, OperationKind, SystemInfo, client::Route};
use std::{path::Path, time::Duration};

/// What names and moments are checked against. `None`: it is itself mistaken,
/// so nothing can be said about what depends on it.
#[derive(Debug)]
pub(crate) struct Scope<'a> {
    pub(crate) nodes: Option<usize>,
    pub(crate) run: Option<Duration>,
    /// The expected systems that exist.
    pub(crate) systems: Vec<&'a SystemInfo>,
    pub(crate) zones: Vec<Zone>,
    /// The nodes that are not there at the start.
    pub(crate) late: Vec<NodeId>,
    /// Whether there is a `[system.next]`.
    pub(crate) next_version: bool,
    /// Where the text's file is; other files are named from there.
    pub(crate) folder: &'a Path,
    pub(crate) mistakes: &'a Mistakes,
}

impl Scope<'_> {
    /// The node of this name, if the name is one and the cluster has it.
    pub(crate) fn node(&self, name: Word<'_>) -> Option<NodeId> {
        match self.parse_node(name)? {
            Some(node) => Some(node),
            None if words::find(ROLES, name.text).is_some() || self.zone(name.text).is_some() => {
                self.mistakes.add(
                    name.span(),
                    format!("`{}` is no single node, and one is named here", name.text),
                    "a node belongs here",
                    "name it, as in \"n2\"",
                );
                None
            }
            None => {
                self.unknown("node", name, &[] as &Words<()>);
                None
            }
        }
    }

    /// The zone of this name.
    fn zone(&self, name: &str) -> Option<ZoneName> {
        name.parse().ok().filter(|zone| self.has_zone(*zone))
    }

    /// Whether there is such a zone.
    pub(crate) fn has_zone(&self, name: ZoneName) -> bool {
        self.zones.iter().any(|zone| zone.name == name)
    }

    /// The nodes that a text or a list of texts names: a node, a zone, or `all`. Roles that only a
    /// run can tell are mistakes.
    pub(crate) fn fixed_nodes(&self, item: Item<'_>) -> Option<Vec<NodeId>> {
        let mut nodes = Vec::new();
        for target in self.targets(item)? {
            let found = match target {
                Target::Node(node) => vec![node],
                Target::All => (0..self.nodes?).map(NodeId::from_index).collect(),
                Target::Zone(name) => {
                    let zone = self.zones.iter().find(|zone| zone.name == name);
                    zone.map(|zone| zone.nodes.clone()).unwrap_or_default()
                }
                role => {
                    item.mistake(
                        format!("who is `{role}` is known only while it runs"),
                        "not known beforehand",
                        "name nodes, a zone, or `all`",
                    );
                    return None;
                }
            };
            nodes.extend(found);
        }
        Some(nodes)
    }

    /// A node, a zone or a role, or several of them in a list.
    pub(crate) fn targets(&self, item: Item<'_>) -> Option<Vec<Target>> {
        if !item.is_list() {
            return self.target(item).map(|target| vec![target]);
        }
        let items = item.list("[\"n1\", \"n2\"]")?;
        if items.is_empty() {
            item.mistake("nobody is named", "an empty list", "name a node, a zone or a role");
            return None;
        }
        let named = items.iter().map(|item| Some((item.text("\"n2\"")?, self.target(*item)?)));
        let named: Option<Vec<_>> = named.collect::<Vec<_>>().into_iter().collect();
        Some(self.mistakes.distinct(named?))
    }

    /// A node, or a role.
    pub(crate) fn target(&self, item: Item<'_>) -> Option<Target> {
        let name = item.text("\"n2\"")?;
        if let Some(zone) = self.zone(name.text) {
            if self.zones.iter().any(|it| it.name == zone && it.nodes.is_empty()) {
                item.mistake(
                    format!("no node is in the zone `{zone}`"),
                    "only clients are near it",
                    "name a zone with nodes",
                );
                return None;
            }
            return Some(Target::Zone(zone));
        }
        let target = self.node_or(self.node_or_role(), name, ROLES, Target::Node)?;
        self.has_role(target, name)?;
        Some(target)
    }

    /// The text of a file that is named from the folder of this one; the error says why it cannot be read.
    pub(crate) fn read_beside(&self, name: &str) -> Result<String, String> {
        super::text_beside(&self.folder.join(name))
    }

    /// What a step may name.
    fn node_or_role(&self) -> &'static str {
        if self.zones.is_empty() { "node or role" } else { "node, zone or role" }
    }

    /// Makes sure that the cluster is large enough for someone to play the role.
    fn has_role(&self, target: Target, name: Word<'_>) -> Option<()> {
        match target {
            Target::Node(_) | Target::Zone(_) | Target::Leader | Target::Any | Target::All => {
                Some(())
            }
            Target::Follower | Target::Majority => self.needs_nodes(2, name),
            // Of two nodes, a majority leaves none over.
            Target::Minority => self.needs_nodes(3, name),
        }
    }

    /// A node, a role, or the clients.
    pub(crate) fn party(&self, item: Item<'_>) -> Option<Party> {
        let name = item.text("\"n2\"")?;
        if let Some(zone) = self.zone(name.text) {
            return Some(Party::Node(Target::Zone(zone)));
        }
        let mut parties: Vec<_> =
            ROLES.iter().map(|&(role, target)| (role, Party::Node(target))).collect();
        parties.push((CLIENTS, Party::Clients));
        let party = self
            .node_or(self.node_or_role(), name, &parties, |node| Party::Node(Target::Node(node)))?;
        if let Party::Node(target) = party {
            self.has_role(target, name)?;
        }
        Some(party)
    }

    /// A route: a policy's name, a node's name, or `{ node = "n2" }`.
    pub(crate) fn route(&self, item: Item<'_>) -> Option<Route> {
        if item.is_text() {
            let name = item.text("\"leader\"")?;
            let route = self.node_or("route", name, ROUTES, Route::Node);
            if route == Some(Route::Nearest) && self.zones.is_empty() {
                item.mistake(
                    "without zones no node is nearer than another",
                    "nothing to tell who is near",
                    "describe the zones, as in `[zones.east]` with `nodes = [\"n1\"]`, or write `any`",
                );
            }
            return route;
        }
        let heading = format!("`{}`", item.name);
        let node = item.section(&heading, &["node"]).required("node", "\"n2\"")?;
        self.node(node.text("\"n2\"")?).map(Route::Node)
    }

    fn node_or<T: Copy>(
        &self,
        what: &str,
        name: Word<'_>,
        words: &Words<T>,
        of_node: fn(NodeId) -> T,
    ) -> Option<T> {
        if let Some(meaning) = words::find(words, name.text) {
            return Some(meaning);
        }
        let node = self.parse_node(name)?;
        if node.is_none() {
            self.unknown(what, name, words);
        }
        node.map(of_node)
    }

    /// `None`: a node that the cluster lacks, which is noted. `Some(None)`: not a node's name.
    fn parse_node(&self, name: Word<'_>) -> Option<Option<NodeId>> {
        let Ok(node) = name.text.parse::<NodeId>() else {
            return Some(None);
        };
        let Some(nodes) = self.nodes.filter(|&nodes| node.index() >= nodes) else {
            return Some(Some(node));
        };
        self.mistakes.add(
            name.span(),
            format!("the cluster has no node `{node}`"),
            which_nodes(nodes),
            "name one of them, or raise `nodes` in [cluster]",
        );
        None
    }

    fn unknown<T>(&self, what: &str, name: Word<'_>, words: &Words<T>) {
        let mut candidates = words::names(words);
        if self.mistakes.is_full() {
            return self.mistakes.unknown(what, name, &candidates);
        }
        if what == self.node_or_role() {
            candidates.extend(self.zones.iter().map(|zone| zone.name.as_str()));
        }
        // All of a thousand nodes would make a long line.
        let nodes: Vec<_> = (0..self.nodes.unwrap_or(1).min(5))
            .map(|index| NodeId::from_index(index).to_string())
            .collect();
        if suggest::nearest(name.text, &candidates).is_none() {
            candidates.extend(nodes.iter().map(String::as_str));
        }
        self.mistakes.unknown(what, name, &candidates);
    }

    /// A moment no later than the end of the run.
    pub(crate) fn moment(&self, item: Item<'_>) -> Option<Duration> {
        let at = item.duration(Zero::Allowed)?;
        if let Some(run) = self.run.filter(|&run| at > run) {
            let run = humantime::format_duration(run);
            item.mistake(
                format!("`{}` lies after the end of the run", item.name),
                format!("the run ends at {run}"),
                "choose an earlier moment, or raise `run` in [phases]",
            );
            return None;
        }
        Some(at)
    }

    /// From when until when something goes on: the whole run unless the text says otherwise.
    pub(crate) fn span_of_time(
        &self,
        start: Option<Item<'_>>,
        stop: Option<Item<'_>>,
    ) -> Option<(Duration, Duration)> {
        let from = start.map_or(Some(Duration::ZERO), |item| self.moment(item));
        let until = stop.map_or(self.run, |item| self.moment(item));
        let (from, until) = (from?, until?);
        if from < until {
            return Some((from, until));
        }
        if let Some(item) = stop.or(start) {
            item.mistake(
                "`stop` must come after `start`",
                format!(
                    "this goes on from {} to {}",
                    humantime::format_duration(from),
                    humantime::format_duration(until)
                ),
                "let `start` be earlier, or `stop` later; without them it goes on for the whole run",
            );
        }
        None
    }

    /// Makes sure that every expected system has the operation.
    pub(crate) fn offers(&self, kind: OperationKind, name: Word<'_>) {
        for system in self.systems.iter().filter(|system| !system.operations.contains(&kind)) {
            let offered: Vec<_> = system.operations.iter().map(|kind| kind.name()).collect();
            let system = system.name;
            self.mistakes.add(
                name.span(),
                format!("`{system}` has no operation `{kind}`"),
                format!("not offered by `{system}`"),
                format!(
                    "it offers {}; use these, or remove [expect.{system}]",
                    suggest::listed(&offered)
                ),
            );
        }
    }

    /// Makes sure that nodes can join and leave every expected system while it runs.
    pub(crate) fn changes_membership(&self, name: Word<'_>) {
        for system in self.systems.iter().filter(|system| !system.membership) {
            let system = system.name;
            self.mistakes.add(
                name.span(),
                format!("the nodes of `{system}` are the same for the whole run"),
                format!("`{system}` lets nobody join or leave"),
                format!("remove this, or remove [expect.{system}]"),
            );
        }
    }

    /// Makes sure that there is a version to upgrade to.
    pub(crate) fn has_next_version(&self, name: Word<'_>) {
        if !self.next_version {
            self.mistakes.add(
                name.span(),
                format!("`{}` needs another version of the system", name.text),
                "no version but the first",
                "add [system.next] with the flaws and settings of nodes that have been upgraded",
            );
        }
    }

    /// Makes sure that every expected system takes a key or a value, which `check` asks it.
    pub(crate) fn accepts(
        &self,
        what: &str,
        text: Word<'_>,
        check: impl Fn(&str) -> Option<Result<(), &'static str>>,
    ) {
        for system in &self.systems {
            let system = system.name;
            if let Some(Err(why)) = check(system) {
                self.mistakes.add(
                    text.span(),
                    format!("`{system}` refuses this {what}: {why}"),
                    format!("{} bytes", text.text.len()),
                    format!("write another {what}, or remove [expect.{system}]"),
                );
            }
        }
    }

    /// The links that all links means; those between nodes unless the text says otherwise.
    pub(crate) fn links(&self, section: &Section<'_>) -> Links {
        let Some(item) = section.get("links") else { return Links::default() };
        let links = item.word("kind of links", LINKS).unwrap_or_default();
        if links == Links::BetweenZones && self.zones.len() < 2 {
            item.mistake(
                "there are no two zones that a link could lead between",
                "no such links",
                "describe the zones, as in `[zones.east]` with `nodes = [\"n1\"]`",
            );
        }
        links
    }

    /// Makes sure that the cluster has enough nodes for something.
    pub(crate) fn needs_nodes(&self, least: usize, what: Word<'_>) -> Option<()> {
        let Some(nodes) = self.nodes.filter(|&nodes| nodes < least) else {
            return Some(());
        };
        self.mistakes.add(
            what.span(),
            format!("`{}` needs at least {least} nodes", what.text),
            which_nodes(nodes),
            "raise `nodes` in [cluster], or remove this",
        );
        None
    }
}

fn which_nodes(nodes: usize) -> String {
    match nodes {
        1 => "the only node is n1".to_owned(),
        2 => "the nodes are n1 and n2".to_owned(),
        nodes => format!("the nodes are n1 to n{nodes}"),
    }
}
