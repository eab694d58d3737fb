//! Names that do not exist, stand twice, or are badly made.

use super::{mistakes, rejects, rejects_action, rejects_link, rejects_workload};
use crate::common::{around, parse};

const SIDES: &str = "let each stand on one side, once; `all` is every node";

#[test]
fn names_that_do_not_exist() {
    rejects(
        "[expect.async-leadr]\nholds = [\"durability\"]\n",
        "no system is called `async-leadr`",
        "did you mean `async-leader`?",
    );
    rejects(
        "[expect.paxos]\n",
        "no system is called `paxos`",
        "choose from `async-leader`, `quorum` and `toy`",
    );
    rejects(
        "[expect.toy]\nholds = [\"durable\"]\n",
        "no property is called `durable`",
        "did you mean `durability`?",
    );
    rejects(
        "[expect.toy]\n[system]\nflaws = [\"no-retries\"]\n",
        "no flaw is called `no-retries`",
        "did you mean `no-retry`?",
    );
    rejects(
        "[expect.quorum]\n[system]\nflaws = [\"no-retry\"]\n",
        "no flaw is called `no-retry`",
        "`quorum` has no flaws that can be switched on",
    );
    rejects(
        "[expect.toy]\nflaws = [\"serial-fan\"]\n",
        "no flaw is called `serial-fan`",
        "did you mean `serial-fanout`?",
    );
    rejects(
        "[expect.quorum]\nflaws = [\"no-retry\"]\n[expect.toy]\n",
        "no flaw is called `no-retry`",
        "`quorum` has no flaws that can be switched on",
    );
    rejects(
        "[expect.toys]\nflaws = [\"no-such-flaw\"]\n",
        "no system is called `toys`",
        "did you mean `toy`?",
    );
    rejects(
        "[expect.toy]\nholds = [\"per-key\"]\n",
        "no property is called `per-key`",
        "did you mean `per-key-order`?",
    );
    rejects(
        "[expect.toy]\n[system]\nquorums = 2\n",
        "no setting is called `quorums`",
        "did you mean `quorum`?",
    );
    rejects(
        "[nemesis]\n[[nemesis.fault]]\nkind = \"crashes\"\nper_minute = 1\n",
        "no kind of fault is called `crashes`",
        "did you mean `crash`?",
    );
    rejects_action("{ crsh = \"n2\" }", "no action is called `crsh`", "did you mean `crash`?");
    rejects_action(
        "{ power-off = \"n2\" }",
        "no action is called `power-off`",
        "did you mean `power-loss`?",
    );
    rejects(
        "[nemesis]\n[[nemesis.fault]]\nkind = \"bitrot\"\nper_minute = 1\n",
        "no kind of fault is called `bitrot`",
        "did you mean `bit-rot`?",
    );
    rejects_action(
        "{ crash = \"majorty\" }",
        "no node or role is called `majorty`",
        "did you mean `majority`?",
    );
    rejects_action("\"heal\"", "no action is called `heal`", "did you mean `heal-network`?");
    rejects_link("order = \"fif\"", "no order is called `fif`", "did you mean `fifo`?");
    rejects_workload("reads = \"leadr\"", "no route is called `leadr`", "did you mean `leader`?");
    rejects_workload("mix = { puts = 1 }", "no operation is called `puts`", "did you mean `put`?");
    rejects_link(
        "latency = { log-normal = {} }",
        "no latency distribution is called `log-normal`",
        "did you mean `lognormal`?",
    );
}

#[test]
fn fields_that_do_not_exist() {
    rejects("[cluster]\nnode = 3\n", "[cluster] has no field `node`", "did you mean `nodes`?");
    rejects("[disk]\nfsync = \"1ms\"\n", "[disk] has no field `fsync`", "did you mean `sync`?");
    rejects(
        "[expect.toy]\nflaw = []\n",
        "[expect.toy] has no field `flaw`",
        "did you mean `flaws`?",
    );
    rejects("[netwrok]\n", "the scenario has no field `netwrok`", "did you mean `network`?");
    rejects(
        "[[steps]]\nat = \"1s\"\n",
        "the scenario has no field `steps`",
        "did you mean `step`?",
    );
    rejects_action(
        "{ get = { key = \"999\", to = \"n2\", from = \"n1\" } }",
        "`get` has no field `to`",
        "choose from `key` and `from`",
    );
}

#[test]
fn nodes_that_the_cluster_lacks() {
    let help = "name one of them, or raise `nodes` in [cluster]";
    let message = "the cluster has no node `n9`";
    rejects_action("{ crash = \"n9\" }", message, help);
    rejects_action("{ partition = [[\"n1\"], [\"n9\"]] }", message, help);
    rejects_workload("writes = { node = \"n9\" }", message, help);
    rejects_workload("writes = \"n9\"", message, help);
    rejects("[cluster.clocks.n9]\n", message, help);
    rejects("[[network.link]]\nfrom = \"n1\"\nto = \"n9\"\n", message, help);
    rejects_action(
        "{ crash = \"node2\" }",
        "no node or role is called `node2`",
        "choose from `leader`, `follower`, `any`, `all`, `majority`, `minority`, `n1`, `n2` and `n3`",
    );
    rejects_action("{ crash = \"N2\" }", "no node or role is called `N2`", "did you mean `n2`?");
    rejects_action(
        "{ crash = \"clients\" }",
        "no node or role is called `clients`",
        "choose from `leader`, `follower`, `any`, `all`, `majority`, `minority`, `n1`, `n2` and `n3`",
    );
}

#[test]
fn names_that_stand_twice() {
    let remove = "remove one of the two";
    rejects(
        "[expect.toy]\nholds = [\"durability\", \"durability\"]\n",
        "`durability` is named twice",
        remove,
    );
    rejects(
        "[expect.toy]\n[system]\nflaws = [\"no-retry\", \"no-retry\"]\n",
        "`no-retry` is named twice",
        remove,
    );
    rejects(
        "[expect.toy]\nflaws = [\"no-retry\", \"no-retry\"]\n",
        "`no-retry` is named twice",
        remove,
    );
    rejects_action("{ partition = [[\"n1\", \"n1\"], [\"n2\"]] }", "`n1` is named twice", SIDES);
    rejects_action("{ partition = [[\"n1\"], [\"n2\", \"n1\"]] }", "`n1` is named twice", SIDES);
    rejects_action("{ partition = [[\"all\"], [\"n2\"]] }", "`n2` is named twice", SIDES);
    rejects_action("{ partition = [[\"n2\"], [\"all\"]] }", "`all` is named twice", SIDES);
    rejects(
        "[expect.toy]\nholds = [\"durability\"]\nviolated = [\"durability\"]\n",
        "`durability` cannot both hold and be violated",
        "remove it from one of the two lists, or from both if either may happen",
    );
    let link = "[[network.link]]\nfrom = \"n1\"\nto = \"n2\"\n";
    rejects(
        &format!("{link}{link}"),
        "the link from `n1` to `n2` is described twice",
        "join the two into one [[network.link]]",
    );
    rejects(
        "[[network.link]]\nfrom = \"n1\"\nto = \"n1\"\n",
        "a link leads from one node to another, not from `n1` to itself",
        "name another node",
    );
    rejects_action(
        "{ one-way = { from = \"n2\", to = \"n2\" } }",
        "`from` and `to` are both `n2`",
        "a node always reaches itself: name another",
    );
    rejects_action(
        "{ flapping-link = { from = \"leader\", to = \"leader\", period = \"1s\", lasts = \"9s\" } }",
        "`from` and `to` are both `leader`",
        "a node always reaches itself: name another",
    );
}

#[test]
fn names_and_titles() {
    let named = |name: &str| around("").replace("\"test\"", &format!("{name:?}"));
    let message = "a scenario's name is made of lower-case words joined by hyphens";
    for (name, mended) in [
        ("Ghost Data", "ghost-data"),
        ("ghost_data", "ghost-data"),
        ("-x-", "x"),
        ("../x", "x"),
        ("", "my-scenario"),
    ] {
        let help = format!("write `name = \"{mended}\"`");
        assert_eq!(mistakes(&named(name)), [(message.to_owned(), help)]);
    }
    assert!(parse(&named("mixed-70-30")).is_ok());
    let title = around("").replace("A test", "two\\nlines");
    let help = "say in one line what the scenario shows; `watch` has room for more";
    assert_eq!(mistakes(&title), [("a title is one line".to_owned(), help.to_owned())]);
}

#[test]
fn texts_that_no_run_can_have() {
    let story = |lines: &str| format!("[[story]]\n{lines}\ntitle = \"A\"\nwatch = \"B.\"\n");
    rejects(
        &story("holds = []"),
        "[[story]] says of no property what must have come of it",
        "add `violated = [\"durability\"]`, or `holds`; what is true of every run is the scenario's \
         own `title` and `watch`",
    );
    rejects(
        &story("violated = [\"staleness\"]\nholds = [\"staleness\"]"),
        "no run violates `staleness` while it holds",
        "remove it from one of the two lists",
    );
    rejects(
        &story("on = [\"quorum\"]\nholds = [\"staleness\"]"),
        "no expected system is called `quorum`",
        "choose from `async-leader`",
    );
    rejects(
        &story("on = [\"async-leader\"]\nholds = [\"placement\"]"),
        "`placement` does not apply to `async-leader`",
        "remove it: what does not apply neither holds nor is violated",
    );
    rejects(
        "[[story]]\nholds = [\"staleness\"]\ntitle = \"A\"\n",
        "[[story]] needs `watch`",
        "add `watch = \"What to watch for.\"`",
    );
    let shows = around("").replace("[phases]", "shows = [\"durable\"]\n[phases]");
    let mend = "did you mean `durability`?".to_owned();
    assert_eq!(mistakes(&shows), [("no property is called `durable`".to_owned(), mend)]);
}
