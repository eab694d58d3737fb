//! Parts that do not agree with each other.

use crate::{mistakes, rejects, rejects_action, rejects_workload};

const TWO_NODES: &str = "raise `nodes` in [cluster], or remove this";

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
    for (action, name) in [
        ("{ partition = [[\"n1\"], [\"leader\"]] }", "partition"),
        ("{ isolate = \"n1\" }", "isolate"),
        ("{ one-way = { from = \"n1\", to = \"any\" } }", "one-way"),
        ("{ loss = { share = 0.5, lasts = \"1s\" } }", "loss"),
        ("{ crash = \"follower\" }", "follower"),
    ] {
        rejects(
            &format!("[cluster]\nnodes = 1\n[[step]]\nat = \"1s\"\ndo = {action}\n"),
            &format!("`{name}` needs at least two nodes"),
            TWO_NODES,
        );
    }
    rejects(
        "[cluster]\nnodes = 1\n[nemesis]\n[[nemesis.fault]]\nkind = \"partition\"\nper_minute = 1\n",
        "`partition` needs at least two nodes",
        TWO_NODES,
    );
    rejects(
        "[nemesis]\n",
        "the nemesis has no fault",
        "add [[nemesis.fault]] with `kind = \"crash\"` and `per_minute = 6.0`, or remove [nemesis]",
    );
}

#[test]
fn what_an_expected_system_cannot_do() {
    let message = "`async-leader` has no operation `delete`";
    let help = "it offers `put` and `get`; use these, or remove [expect.async-leader]";
    rejects_workload("mix = { put = 1, delete = 1 }", message, help);
    rejects_action("{ delete = { key = \"a\", to = \"leader\" } }", message, help);
    rejects(
        "[expect.toy]\n[cluster]\nnodes = 1\n",
        "`toy` needs at least 2 nodes",
        "write `nodes = 2` in [cluster]",
    );
}

#[test]
fn a_scenario_that_expects_nothing() {
    let head = "name = \"a\"\ntitle = \"A\"\n[phases]\nrun = \"1s\"\n";
    let expected = (
        "the scenario expects nothing of any system".to_owned(),
        "add [expect.async-leader] with `holds = [\"durability\"]`; \
         the systems are `async-leader`, `quorum` and `toy`"
            .to_owned(),
    );
    for text in [head.to_owned(), format!("{head}[expect]\n")] {
        assert_eq!(mistakes(&text), std::slice::from_ref(&expected));
    }
}
