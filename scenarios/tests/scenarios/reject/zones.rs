//! Mistakes in zones, and in lists of targets.

use super::{mistakes, rejects, rejects_action, rejects_workload};
use crate::common::around;

/// A mistake in a scenario with two zones.
#[track_caller]
fn rejects_beside(sections: &str, message: &str, help: &str) {
    let zones = "[zones.east]\nnodes = [\"n1\"]\n[zones.west]\nnodes = [\"n2\", \"n3\"]\n";
    rejects(&format!("{zones}{sections}"), message, help);
}

#[test]
fn names_of_zones_mean_nothing_else() {
    for (name, why) in [
        ("leader", "it means something else"),
        ("n1", "it means something else"),
        ("c1", "it means something else"),
        ("East", "write lower-case words joined by hyphens, 24 letters at most"),
    ] {
        let message = format!("`{name}` cannot be a zone's name: {why}");
        let help = "choose another name, as in [zones.east]";
        rejects(&format!("[zones.{name}]\nnodes = [\"n1\"]\n"), &message, help);
    }
}

#[test]
fn whom_zones_may_hold() {
    let twice = "let each be in one zone, and name it once there";
    rejects_beside("[zones.north]\nnodes = [\"n1..n3\"]\n", "`n1..n3` is named twice", twice);
    rejects_beside(
        "[zones.north]\nnodes = [\"n7\"]\n",
        "the cluster has no node `n7`",
        "name one of them, or raise `nodes` in [cluster]",
    );
    let too_many = "let the zones have no more than there are in all";
    rejects_beside(
        "[zones.north]\nnodes = 1\n",
        "only 0 of the 3 nodes are left for this zone",
        too_many,
    );
    rejects_beside(
        "[zones.north]\nclients = 3\n[workload]\nclients = 2\n",
        "only 2 of the 2 clients are left for this zone",
        too_many,
    );
    rejects_beside(
        "[zones.north]\nclients = [\"c3\"]\n[workload]\nclients = 2\n",
        "there is no client `c3`",
        "name another, or raise `clients` in [workload]",
    );
    rejects_beside(
        "[zones.north]\nclients = [\"c2..c1\"]\n[workload]\nclients = 2\n",
        "the first of a range comes before the last",
        "exchange the two",
    );
}

#[test]
fn what_lies_between() {
    let between = |line: &str| format!("[network.between]\n{line}\n");
    rejects_beside(
        &between("\"east <-> wst\" = \"40ms\""),
        "no zone is called `wst`",
        "did you mean `west`?",
    );
    rejects_beside(
        &between("\"east, west\" = \"40ms\""),
        "`east, west` does not name two zones",
        "name two zones, as in `\"east <-> west\" = \"40ms\"`, or `\"east -> west\"` for one way",
    );
    rejects_beside(
        &between("\"east -> east\" = \"40ms\""),
        "`east` is not another zone than itself",
        "links within a zone are those of [network.nodes] and [network.clients]",
    );
    rejects_beside(
        &between("\"east <-> west\" = \"40ms\"\n\"west <-> east\" = \"40ms\""),
        "the links between `west` and `east` are described twice",
        "join the two into one",
    );
    rejects_beside(
        &between("\"east <-> west\" = { losses = 0.1 }"),
        "the link `east <-> west` has no field `losses`",
        "did you mean `loss`?",
    );
    let found = mistakes(&around(&between("\"n1 <-> n2\" = \"40ms\"")));
    let help = "describe it first, as in `[zones.east]` with `nodes = [\"n1\"]`";
    let unknown = |name: &str| (format!("no zone is called `{name}`"), help.to_owned());
    assert_eq!(found, [unknown("n1"), unknown("n2")]);
}

#[test]
fn what_needs_zones_says_so() {
    rejects_workload(
        "reads = \"nearest\"",
        "without zones no node is nearer than another",
        "describe the zones, as in `[zones.east]` with `nodes = [\"n1\"]`, or write `any`",
    );
    rejects_action(
        "{ loss = { share = 0.1, lasts = \"1s\", links = \"between-zones\" } }",
        "there are no two zones that a link could lead between",
        "describe the zones, as in `[zones.east]` with `nodes = [\"n1\"]`",
    );
}

#[test]
fn places_for_one_node_take_no_role() {
    let help = "name it, as in \"n2\"";
    let message = "`leader` is no single node, and one is named here";
    rejects("[cluster.clocks.leader]\n", message, help);
    rejects_workload("writes = { node = \"leader\" }", message, help);
    let step = "[[step]]\nat = \"1s\"\ndo = { crash = \"east\" }\n";
    rejects_beside(
        &format!("{step}[cluster.clocks.east]\n"),
        "`east` is no single node, and one is named here",
        help,
    );
    // Who leads is not known when links are described.
    rejects(
        "[[network.link]]\nfrom = \"leader\"\nto = \"n2\"\n",
        "who is `leader` is known only while it runs",
        "name nodes, a zone, or `all`",
    );
    for bridge in ["[\"n1\", \"n2\"]", "\"east\""] {
        let text = format!(
            "[zones.east]\nnodes = [\"n1\"]\n[[step]]\nat = \"1s\"\ndo = {{ bridge = {bridge} }}\n"
        );
        let help = "name a node, or `leader`, `follower` or `any`";
        let found = mistakes(&around(&text));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].1, help);
    }
}

#[test]
fn lists_of_targets() {
    rejects(
        "[zones.far]\nclients = []\n[[step]]\nat = \"1s\"\ndo = { crash = \"far\" }\n",
        "no node is in the zone `far`",
        "name a zone with nodes",
    );
    rejects_action("{ crash = [] }", "nobody is named", "name a node, a zone or a role");
    rejects_action("{ crash = [\"n1\", \"n1\"] }", "`n1` is named twice", "remove one of the two");
    rejects_beside(
        "[[step]]\nat = \"1s\"\ndo = { crash = \"wset\" }\n",
        "no node, zone or role is called `wset`",
        "did you mean `west`?",
    );
}

#[test]
fn who_comes_later() {
    rejects(
        "[cluster]\nnodes = 3\nlate = [\"n1\"]\n",
        "n1 is there from the start",
        "name other nodes: n1 leads where a leader is configured",
    );
    rejects_action(
        "{ start = \"n2\" }",
        "`n2` is there from the start",
        "name it in `late` of [cluster], or write `restart` for a node that is down",
    );
}
