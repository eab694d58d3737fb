//! Parts that do not agree with each other.

use super::{rejects, rejects_action, rejects_workload};
use node::systems;
use scenarios::{InvalidScenario, Scenario};

const MORE_NODES: &str = "raise `nodes` in [cluster], or remove this";

#[test]
fn moments_out_of_order() {
    rejects(
        "[[step]]\nat = \"12s\"\ndo = { crash = \"n2\" }\n",
        "`at` lies after the end of the run",
        "choose an earlier moment, or raise `run` in [phases]",
    );
    rejects_workload(
        "stop = \"11s\"",
        "`stop` lies after the end of the run",
        "choose an earlier moment, or raise `run` in [phases]",
    );
    let message = "`stop` must come after `start`";
    let help = "let `start` be earlier, or `stop` later; without them it goes on for the whole run";
    rejects_workload("start = \"5s\"\nstop = \"4s\"", message, help);
    rejects_workload("start = \"10s\"", message, help);
    let fault = "[[nemesis.fault]]\nkind = \"crash\"\nper_minute = 1\n";
    rejects(&format!("[nemesis]\nstart = \"5s\"\nstop = \"5s\"\n{fault}"), message, help);
}

#[test]
fn partitions_that_split_nothing() {
    rejects_action(
        "{ partition = [[\"n1\", \"n2\"]] }",
        "a partition needs at least two sides",
        "write it as in `partition = [[\"n1\", \"clients\"], [\"n2\", \"n3\"]]`",
    );
    rejects_action(
        "{ partition = [[\"n1\"], []] }",
        "a side of a partition is empty",
        "remove this side",
    );
    rejects(
        "[nemesis]\n",
        "the nemesis has no fault",
        "add [[nemesis.fault]] with `kind = \"crash\"` and `per_minute = 6.0`, or remove [nemesis]",
    );
}

#[test]
fn faults_and_roles_that_need_more_nodes() {
    for (nodes, action, name, least) in [
        (1, "{ partition = [[\"n1\"], [\"leader\"]] }", "partition", 2),
        (1, "{ isolate = \"n1\" }", "isolate", 2),
        (1, "{ one-way = { from = \"n1\", to = \"any\" } }", "one-way", 2),
        (
            1,
            "{ flapping-link = { from = \"any\", to = \"n1\", period = \"1s\", lasts = \"1s\" } }",
            "flapping-link",
            2,
        ),
        (1, "{ delay-spike = { delay = \"1s\", lasts = \"1s\" } }", "delay-spike", 2),
        (1, "{ reorder = { spread = \"1s\", lasts = \"1s\" } }", "reorder", 2),
        (1, "{ loss = { share = 0.5, lasts = \"1s\" } }", "loss", 2),
        (1, "{ crash = \"follower\" }", "follower", 2),
        (1, "{ power-loss = \"majority\" }", "majority", 2),
        (1, "{ partition = [[\"follower\"], [\"clients\"]] }", "follower", 2),
        (2, "{ bit-rot = \"minority\" }", "minority", 3),
        (2, "{ partition = [[\"majority\"], [\"minority\"]] }", "minority", 3),
        (2, "{ bridge = \"n1\" }", "bridge", 3),
    ] {
        rejects(
            &format!("[cluster]\nnodes = {nodes}\n[[step]]\nat = \"1s\"\ndo = {action}\n"),
            &format!("`{name}` needs at least {least} nodes"),
            MORE_NODES,
        );
    }
    for (nodes, kind, least) in [(1, "partition", 2), (1, "reorder", 2), (2, "bridge", 3)] {
        let fault = format!("[[nemesis.fault]]\nkind = \"{kind}\"\nper_minute = 1\n");
        rejects(
            &format!("[cluster]\nnodes = {nodes}\n[nemesis]\n{fault}"),
            &format!("`{kind}` needs at least {least} nodes"),
            MORE_NODES,
        );
    }
}

#[test]
fn bridges_of_several_nodes() {
    for role in ["all", "majority", "minority"] {
        rejects_action(
            &format!("{{ bridge = \"{role}\" }}"),
            &format!("only one node can be the bridge, and `{role}` may be several"),
            "name a node, or `leader`, `follower` or `any`",
        );
    }
}

#[test]
fn settings_that_an_expected_system_refuses() {
    let r = "`r`: answers that a read needs, at most n; 0: a majority of the replicas";
    rejects(
        "[system]\nw = 1\nr = 4\n[expect.toy]\n[expect.quorum]\n",
        "`quorum` cannot be set so: `r` is 4; a key has only 3 replicas to answer",
        r,
    );
    rejects(
        "[cluster]\nnodes = 9\n[system]\nn = 3\nr = 4\n[expect.quorum]\n",
        "`quorum` cannot be set so: `r` is 4; a key has only 3 replicas to answer",
        r,
    );
    rejects(
        "[system]\nresolve = \"coin\"\n[expect.quorum]\n",
        "`quorum` cannot be set so: `resolve` is `coin`; \
         it may be `last-writer-wins` or `vector-clocks`",
        "`resolve`: between writes to a key: `last-writer-wins` (by clock) or \
         `vector-clocks` (with siblings)",
    );
    // While one setting is unreadable, the others cannot be held against it.
    rejects(
        "[system]\nn = \"five\"\nr = 5\n[expect.quorum]\n",
        "`n` must be a whole number, not text",
        "write it as in `n = 1`",
    );
}

#[test]
fn settings_that_durable_eventual_refuses() {
    for (setting, message) in [
        ("attempts = 0", "`attempts` is 0; no write would reach a peer"),
        (
            "probe_interval = \"0s\"",
            "`probe_interval` is 0; a node would ping its peers without end",
        ),
    ] {
        let sections = format!("[system]\n{setting}\n[expect.durable-eventual]\n");
        let error = with_all_systems(&sections).unwrap_err();
        let [mistake] = error.mistakes() else { panic!("{error:?}") };
        let expected = format!("`durable-eventual` cannot be set so: {message}");
        assert_eq!(mistake.message(), expected);
    }
}

/// Reads sections that may name every system there is.
fn with_all_systems(sections: &str) -> Result<Scenario, InvalidScenario> {
    Scenario::parse("test.toml", &crate::common::around(sections), systems::all())
}

#[test]
fn settings_that_sharded_groups_refuses() {
    let with_all_systems =
        |sections: &str| with_all_systems(&format!("{sections}[expect.sharded-groups]\n"));
    for (setting, message) in [
        ("groups = 0", "`groups` is 0; a ring needs a group to own the keys"),
        ("groups = 4", "`groups` is 4; the cluster has nodes for only 3"),
        (
            "leaders_per_group = 0",
            "`leaders_per_group` is 0; a group needs a leader to take writes",
        ),
        (
            "announce_interval = \"0s\"",
            "`announce_interval` is 0; a node would announce itself without end",
        ),
        ("sweep_interval = \"0s\"", "`sweep_interval` is 0; a node would sweep without end"),
    ] {
        let error = with_all_systems(&format!("[system]\n{setting}\n")).unwrap_err();
        let [mistake] = error.mistakes() else { panic!("{error:?}") };
        let expected = format!("`sharded-groups` cannot be set so: {message}");
        assert_eq!(mistake.message(), expected);
        let name = setting.split(' ').next().unwrap();
        assert!(mistake.help().starts_with(&format!("`{name}`: ")), "{}", mistake.help());
    }
    // The default of two groups is too many for one node, and nothing else is wrong.
    let error = with_all_systems("[cluster]\nnodes = 1\n").unwrap_err();
    let expected =
        "`sharded-groups` cannot be set so: `groups` is 2; the cluster has nodes for only 1";
    assert_eq!(error.mistakes()[0].message(), expected);
    with_all_systems("[system]\ngroups = 3\n").unwrap();
    with_all_systems("[cluster]\nnodes = 1\n[system]\ngroups = 1\n").unwrap();
}

#[test]
fn the_label_is_at_the_setting_that_a_system_refuses() {
    let text = crate::common::around("[system]\nw = 1\nr = 4\n[expect.quorum]\n");
    let error = crate::common::parse(&text).unwrap_err();
    let mistake = &error.mistakes()[0];
    assert_eq!((&text[mistake.span()], mistake.label()), ("r", "refused by `quorum`"));
}

#[test]
fn what_an_expected_system_cannot_do() {
    let message = "`async-leader` has no operation `delete`";
    let help = "it offers `put` and `get`; use these, or remove [expect.async-leader]";
    rejects_workload("mix = { put = 1, delete = 1 }", message, help);
    rejects_action("{ delete = { key = \"a\", to = \"leader\" } }", message, help);
    let message = "the nodes of `async-leader` are the same for the whole run";
    let help = "remove this, or remove [expect.async-leader]";
    rejects_action("{ leave = \"n2\" }", message, help);
    rejects_action("{ join = \"n2\" }", message, help);
    let fault = "[[nemesis.fault]]\nkind = \"membership\"\nper_minute = 1\n";
    rejects(&format!("[nemesis]\n{fault}"), message, help);
    rejects(
        "[expect.toy]\n[cluster]\nnodes = 1\n",
        "`toy` needs at least 2 nodes",
        "write `nodes = 2` in [cluster]",
    );
}

#[test]
fn keys_and_values_that_an_expected_system_refuses() {
    let (longest, too_long) = ("k".repeat(128), "k".repeat(129));
    let (largest, too_large) = ("v".repeat(2048), "v".repeat(2049));
    let put = |key: &str, value: &str, system: &str| {
        let action = format!("{{ put = {{ key = {key:?}, value = {value:?}, to = \"n1\" }} }}");
        with_all_systems(&format!("[[step]]\nat = \"1s\"\ndo = {action}\n[expect.{system}]\n"))
    };
    let too_long_key = "`durable-eventual` refuses this key: a key has at most 128 bytes";
    let too_large_value = "`durable-eventual` refuses this value: a value has at most 2,048 bytes";
    for (key, value, system, message, label, help) in [
        (&*too_long, "v", "durable-eventual", too_long_key, "129 bytes", "write another key"),
        (
            "k",
            &*too_large,
            "durable-eventual",
            too_large_value,
            "2049 bytes",
            "write another value",
        ),
        (
            "",
            "v",
            "sharded-groups",
            "`sharded-groups` refuses this key: a key must not be empty",
            "0 bytes",
            "write another key",
        ),
    ] {
        let error = put(key, value, system).unwrap_err();
        let [mistake] = error.mistakes() else { panic!("{error:?}") };
        assert_eq!((mistake.message(), mistake.label()), (message, label));
        assert_eq!(mistake.help(), format!("{help}, or remove [expect.{system}]"));
        put(key, value, "raft").unwrap();
    }
    put(&longest, &largest, "durable-eventual").unwrap();
}

#[test]
fn the_label_is_at_the_key_that_a_system_refuses() {
    for action in
        ["{ get = { key = \"\", from = \"n1\" } }", "{ delete = { key = \"\", to = \"n1\" } }"]
    {
        let sections = format!("[[step]]\nat = \"1s\"\ndo = {action}\n[expect.sharded-groups]\n");
        let text = crate::common::around(&sections);
        let error = with_all_systems(&sections).unwrap_err();
        let [mistake] = error.mistakes() else { panic!("{error:?}") };
        assert_eq!(&text[mistake.span()], "\"\"");
    }
}

/// What `main` prints of an error that it returns, and `unwrap` of one that it meets.
#[test]
fn debug_shows_every_mistake_with_a_caret() {
    let text = "name = \"test\"\ntitle = \"A test\"\ncolour = 3\n[phases]\nrun = \"ten\"\n";
    let error = Scenario::parse("my.toml", text, &crate::common::systems()).unwrap_err();
    let shown = format!("{error:?}");
    for expected in ["my.toml:3:1", "my.toml:5:7", "3 │ colour = 3", "· ───┬──", "help: "]
    {
        assert!(shown.contains(expected), "{expected}: {shown}");
    }
    assert!(!format!("{error}").contains('│'), "the control: Display is one line");
}
