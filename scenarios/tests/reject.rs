//! Every mistake is found, and its help says how to mend it.

mod common;

use common::{around, parse};
use scenarios::{LoadError, Scenario};
use std::path::Path;

/// The mistakes in a text, each as message and help.
fn mistakes(text: &str) -> Vec<(String, String)> {
    let error = parse(text).expect_err(text);
    let pair = |mistake: &scenarios::Mistake| (mistake.message().into(), mistake.help().into());
    error.mistakes().iter().map(pair).collect()
}

/// Checks that the sections hold this mistake and no other.
#[track_caller]
fn rejects(sections: &str, message: &str, help: &str) {
    assert_eq!(
        mistakes(&around(sections)),
        [(message.to_owned(), help.to_owned())],
        "{sections}"
    );
}

#[track_caller]
fn rejects_action(action: &str, message: &str, help: &str) {
    rejects(
        &format!("[[step]]\nat = \"1s\"\ndo = {action}\n"),
        message,
        help,
    );
}

/// Checks a line of `[workload]`; `clients` is there already.
#[track_caller]
fn rejects_workload(line: &str, message: &str, help: &str) {
    rejects(&format!("[workload]\nclients = 4\n{line}\n"), message, help);
}

#[track_caller]
fn rejects_link(line: &str, message: &str, help: &str) {
    rejects(&format!("[network.nodes]\n{line}\n"), message, help);
}

const EXCHANGE: &str = "exchange the two";
const SHARE: &str = "a share is a part of 1: write 5 of 100 as 0.05";
const UNITS: &str = "write numbers with units, as in \"500us\", \"20ms\" or \"1s 500ms\"";
const SIDES: &str = "let each stand on one side, once; `all` is every node";
const TWO_NODES: &str = "raise `nodes` in [cluster], or remove this";

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
        "choose from `async-leader` and `toy`",
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
        "[system]\nflaws = [\"no-retry\"]\n",
        "no flaw is called `no-retry`",
        "`async-leader` has no flaws that can be switched on",
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
    rejects_action(
        "{ crsh = \"n2\" }",
        "no action is called `crsh`",
        "did you mean `crash`?",
    );
    rejects_action(
        "\"heal\"",
        "no action is called `heal`",
        "did you mean `heal-network`?",
    );
    rejects_link(
        "order = \"fif\"",
        "no order is called `fif`",
        "did you mean `fifo`?",
    );
    rejects_workload(
        "reads = \"leadr\"",
        "no route is called `leadr`",
        "did you mean `leader`?",
    );
    rejects_workload(
        "mix = { puts = 1 }",
        "no operation is called `puts`",
        "did you mean `put`?",
    );
    rejects_link(
        "latency = { normal = {} }",
        "no latency distribution is called `normal`",
        "did you mean `lognormal`?",
    );
}

#[test]
fn fields_that_do_not_exist() {
    rejects(
        "[cluster]\nnode = 3\n",
        "[cluster] has no field `node`",
        "did you mean `nodes`?",
    );
    rejects(
        "[netwrok]\n",
        "the scenario has no field `netwrok`",
        "did you mean `network`?",
    );
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
    rejects(
        "[[network.link]]\nfrom = \"n1\"\nto = \"n9\"\n",
        message,
        help,
    );
    rejects_action(
        "{ crash = \"node2\" }",
        "no node or role is called `node2`",
        "choose from `leader`, `follower`, `any`, `all`, `n1`, `n2` and `n3`",
    );
    rejects_action(
        "{ crash = \"N2\" }",
        "no node or role is called `N2`",
        "did you mean `n2`?",
    );
    rejects_action(
        "{ crash = \"clients\" }",
        "no node or role is called `clients`",
        "choose from `leader`, `follower`, `any`, `all`, `n1`, `n2` and `n3`",
    );
}

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
    rejects(
        &format!("[nemesis]\nstart = \"5s\"\nstop = \"5s\"\n{fault}"),
        message,
        help,
    );
}

#[test]
fn numbers_out_of_range() {
    rejects_link(
        "loss = 1.5",
        "`loss` must be between 0 and 1, not 1.5",
        SHARE,
    );
    rejects_link(
        "duplicate = nan",
        "`duplicate` must be between 0 and 1, not nan",
        SHARE,
    );
    rejects_link(
        "loss = -inf",
        "`loss` must be between 0 and 1, not -inf",
        SHARE,
    );
    rejects(
        "[properties]\nmin_availability = 99\n",
        "`min_availability` must be between 0 and 1, not 99",
        SHARE,
    );
    rejects_action(
        "{ loss = { share = -0.1, lasts = \"1s\" } }",
        "`share` must be between 0 and 1, not -0.1",
        SHARE,
    );
    rejects(
        "[cluster]\nnodes = 0\n",
        "`nodes` must be between 1 and 1000, not 0",
        "write a number from 1 to 1000",
    );
    rejects(
        "[cluster]\nnodes = 1001\n",
        "`nodes` must be between 1 and 1000, not 1001",
        "write a number from 1 to 1000",
    );
    rejects(
        "[cluster.clocks.n1]\ndrift_ppm = -1e6\n",
        "`drift_ppm` must be above -1000000 and at most 1000000, not -1e6",
        "write parts per million: 100 gains 100 us a second; at -1000000 a clock would stand still",
    );
    rejects(
        "[nemesis]\n[[nemesis.fault]]\nkind = \"crash\"\nper_minute = 0\n",
        "`per_minute` must be above 0 and at most 6000, not 0",
        "write how many faults strike each minute on average, as in `per_minute = 6.0`",
    );
    rejects(
        "[expect.toy]\n[system]\nquorum = -1\n",
        "`quorum` must be at least 0, not -1",
        "write a larger number",
    );
}

#[test]
fn workloads_that_cannot_be() {
    rejects(
        "[workload]\nclients = 0\n",
        "`clients` must be between 1 and 100000, not 0",
        "write a number from 1 to 100000",
    );
    rejects(
        "[workload]\n",
        "[workload] needs `clients`",
        "add `clients = 4`",
    );
    rejects_workload(
        "attempts = 0",
        "`attempts` must be between 1 and 100, not 0",
        "write a number from 1 to 100",
    );
    rejects_workload(
        "operations = 0",
        "`operations` must be at least 1, not 0",
        "write a larger number",
    );
    rejects_workload(
        "rate = 0.0",
        "`rate` must be above 0 and at most 1000000, not 0.0",
        "write how many operations begin each second, as in `rate = 200.0`",
    );
    rejects_workload(
        "rate = 10\nthink = \"1s\"",
        "`think` and `rate` exclude each other",
        "keep `rate` for an open loop, or `think` for a closed one",
    );
    rejects_workload(
        "keys = { count = 0 }",
        "`count` must be between 1 and 10000000, not 0",
        "write a number from 1 to 10000000",
    );
    rejects_workload(
        "keys = { choice = { zipfian = { exponent = -0.5 } } }",
        "`exponent` must be between 0 and 100, not -0.5",
        "write 0 for keys that are all alike, 0.99 for the usual skew",
    );
    rejects_workload(
        "keys = { choice = { hot-cold = { hot = 0, share = 0.5 } } }",
        "`hot` must be above 0 and below 1, not 0",
        "a share is a part of 1: write 5 of 100 as 0.05; if all keys are alike, choose \"uniform\"",
    );
    rejects_workload(
        "keys = { choice = \"zipfian\" }",
        "`zipfian` needs to say more",
        "write it as in `{ zipfian = { exponent = 0.99 } }`",
    );
    let weight = "give one operation a weight, as in `mix = { put = 0.3, get = 0.7 }`";
    rejects_workload("mix = {}", "the mix has no operation", weight);
    rejects_workload(
        "mix = { put = 0, get = 0.0 }",
        "the mix has no operation",
        weight,
    );
    rejects_workload(
        "mix = { put = -1, get = 1 }",
        "`put` must be between 0 and 1000000000, not -1",
        "write a weight such as 0.3; weights need not sum to 1",
    );
}

#[test]
fn times_that_mean_nothing() {
    let positive = |field: &str| {
        (
            format!("`{field}` must be longer than nothing"),
            format!("write a time above zero, as in `{field} = \"500ms\"`"),
        )
    };
    let (message, help) = positive("timeout");
    rejects_workload("timeout = \"0s\"", &message, &help);
    let (message, help) = positive("run");
    rejects("[phases]\nrun = \"0s\"\n", &message, &help);
    let (message, help) = positive("latency");
    rejects_link("latency = \"0s\"", &message, &help);
    let (message, help) = positive("max");
    rejects_link(
        "latency = { uniform = { min = \"0s\", max = \"0s\" } }",
        &message,
        &help,
    );
    let (message, help) = positive("mean");
    rejects_link(
        "latency = { exponential = { mean = \"0s\" } }",
        &message,
        &help,
    );
    let (message, help) = positive("median");
    rejects_link(
        "latency = { lognormal = { median = \"0s\", p99 = \"1s\" } }",
        &message,
        &help,
    );
    let (message, help) = positive("lasts");
    rejects_action(
        "{ loss = { share = 0.5, lasts = \"0s\" } }",
        &message,
        &help,
    );
    rejects(
        "[cluster]\nservice_time = \"-1ms\"\n",
        "`service_time` must not be negative",
        "leave out the minus sign",
    );
    rejects(
        "[phases]\nrun = \"2years\"\n",
        "`run` is longer than a year",
        "no time in a scenario may be longer than 365 days",
    );
    rejects_link(
        "latency = \"5 parsecs\"",
        "`5 parsecs` is not a length of time",
        UNITS,
    );
    rejects_link("latency = \"\"", "`` is not a length of time", UNITS);
    rejects_link(
        "latency = \"0.1ns\"",
        "`0.1ns` is not a length of time",
        UNITS,
    );
    rejects_action(
        "{ clock-jump = { node = \"n1\", by = \"0s\" } }",
        "a jump by nothing moves no clock",
        "write a time, as in `by = \"-10s\"`",
    );
}

#[test]
fn limits_the_wrong_way_round() {
    rejects_link(
        "latency = { uniform = { min = \"2ms\", max = \"1ms\" } }",
        "`max` must not be less than `min`",
        EXCHANGE,
    );
    rejects_link(
        "latency = { lognormal = { median = \"2ms\", p99 = \"1ms\" } }",
        "`p99` must not be less than `median`",
        "99 of 100 messages take at most `p99`, and half of them at most `median`: raise `p99`",
    );
    let fault = "[nemesis]\n[[nemesis.fault]]\nkind = \"crash\"\nper_minute = 1\n";
    rejects(
        &format!("{fault}lasts = [\"2s\", \"1s\"]\n"),
        "the first time of `lasts` must not be longer than the second",
        EXCHANGE,
    );
    rejects(
        &format!("{fault}lasts = [\"2s\"]\n"),
        "`lasts` must be two times, the shortest and the longest",
        "write it as in `lasts = [\"1s\", \"3s\"]`",
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
    rejects_action(
        "{ partition = [[\"n1\", \"n1\"], [\"n2\"]] }",
        "`n1` is named twice",
        SIDES,
    );
    rejects_action(
        "{ partition = [[\"n1\"], [\"n2\", \"n1\"]] }",
        "`n1` is named twice",
        SIDES,
    );
    rejects_action(
        "{ partition = [[\"all\"], [\"n2\"]] }",
        "`n2` is named twice",
        SIDES,
    );
    rejects_action(
        "{ partition = [[\"n2\"], [\"all\"]] }",
        "`all` is named twice",
        SIDES,
    );
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
    rejects_action(
        "{ delete = { key = \"a\", to = \"leader\" } }",
        message,
        help,
    );
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
         the systems are `async-leader` and `toy`"
            .to_owned(),
    );
    assert_eq!(mistakes(head), [expected.clone()]);
    assert_eq!(mistakes(&format!("{head}[expect]\n")), [expected]);
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
    assert_eq!(
        mistakes(&title),
        [("a title is one line".to_owned(), help.to_owned())]
    );
}

#[test]
fn values_of_the_wrong_kind() {
    rejects_workload(
        "timeout = 5",
        "`timeout` must be a length of time, not a whole number",
        "write it as in `timeout = \"500ms\"`",
    );
    rejects_action(
        "{ get = { key = 999, from = \"n2\" } }",
        "`key` must be text in quotes, not a whole number",
        "write it as in `key = \"999\"`",
    );
    rejects(
        "[phases]\nrun = \"1s\"\nheal = \"yes\"\n",
        "`heal` must be true or false, not text",
        "write it as in `heal = true`",
    );
    rejects(
        "[step]\nat = \"1s\"\n",
        "there can be several [[step]], so each needs double brackets",
        "write [[step]] with double brackets",
    );
    rejects_action(
        "{ crash = \"n1\", restart = \"n1\" }",
        "`do` must name one action, not 2",
        "write it as in `do = { crash = \"n2\" }`",
    );
    rejects_action(
        "{ heal-network = {} }",
        "`heal-network` stands alone",
        "write `do = \"heal-network\"`",
    );
    rejects(
        "[[step]]\ndo = { crash = \"n1\" }\n",
        "[[step]] needs `at`",
        "add `at = \"2s\"`",
    );
}

#[test]
fn all_mistakes_are_told_in_the_order_of_the_text() {
    let text = around(
        "[[step]]\nat = \"99s\"\ndo = { crsh = \"n1\" }\n\
         [[step]]\nat = \"1s\"\ndo = { crash = \"n7\" }\n\
         [cluster]\nnodes = 3\nnode = 1\n",
    );
    let messages: Vec<_> = mistakes(&text)
        .into_iter()
        .map(|(message, _)| message)
        .collect();
    let expected = [
        "`at` lies after the end of the run",
        "no action is called `crsh`",
        "the cluster has no node `n7`",
        "[cluster] has no field `node`",
    ];
    assert_eq!(messages, expected);
}

#[test]
fn the_label_is_at_the_mistake() {
    let text = around("[[step]]\nat = \"1s\"\ndo = { crash = \"n9\" }\n");
    let error = parse(&text).unwrap_err();
    let mistake = &error.mistakes()[0];
    assert_eq!(&text[mistake.span()], "\"n9\"");
    assert_eq!(mistake.label(), "the nodes are n1 to n3");
    assert_eq!(error.to_string(), "1 mistake in the scenario test.toml");
}

#[test]
fn text_that_is_not_toml() {
    let found = mistakes("name = \"a\"\nname = \"b\"\n[[step]\n");
    assert!(
        found
            .iter()
            .all(|(message, _)| message.starts_with("this is not TOML: "))
    );
    assert!(found[0].0.contains("duplicate key"), "{found:?}");
    assert!(found.len() > 1, "{found:?}");
}

#[test]
fn files_that_cannot_be_read() {
    let load = |path: &Path| Scenario::load(path, node::systems::ALL).unwrap_err();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let missing = load(&folder.join("no-such.toml"));
    assert!(matches!(missing, LoadError::Missing { .. }), "{missing}");
    let is_folder = load(folder);
    assert!(matches!(is_folder, LoadError::Folder { .. }), "{is_folder}");
    let below_a_file = load(&folder.join("Cargo.toml/x.toml"));
    assert!(
        matches!(below_a_file, LoadError::Unreadable { .. }),
        "{below_a_file}"
    );

    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("not-text.toml");
    std::fs::write(&path, b"name = \"\xff\"").unwrap();
    let not_text = load(&path);
    assert!(
        matches!(not_text, LoadError::NotText { offset: 8, .. }),
        "{not_text}"
    );
    std::fs::write(&path, "name = 1").unwrap();
    let invalid = load(&path);
    assert!(matches!(invalid, LoadError::Invalid(_)), "{invalid}");
    std::fs::write(&path, around("")).unwrap();
    assert_eq!(
        Scenario::load(&path, node::systems::ALL).unwrap().name,
        "test"
    );
}
