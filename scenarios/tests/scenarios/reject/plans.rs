//! What only plans say.

use super::{mistakes, rejects, rejects_workload};

fn with_head(head: &str) -> String {
    format!("name = \"a\"\ntitle = \"A\"\n{head}\n[phases]\nrun = \"1s\"\n")
}

fn rejects_head(head: &str, message: &str, help: &str) {
    assert_eq!(mistakes(&with_head(head)), [(message.to_owned(), help.to_owned())], "{head}");
}

fn accepts_head(head: &str) {
    crate::common::parse(&with_head(head)).expect(head);
}

#[test]
fn a_newer_schema_and_nothing_else() {
    let version = env!("CARGO_PKG_VERSION");
    rejects_head(
        "schema = 3\nfancy = \"new\"\nseed = \"x\"",
        &format!("this file is of schema 3, and seedbed {version} reads schemas up to 2"),
        "read it with the seedbed that wrote it, or with a later one",
    );
    for schema in [1, 2] {
        accepts_head(&format!("schema = {schema}"));
    }
    let message = "`schema` must be a whole number, not text";
    rejects_head("schema = \"two\"", message, "write it as in `schema = 1`");
    rejects_head("schema = 0", "`schema` must be at least 1, not 0", "write a larger number");
}

#[test]
fn seeds_systems_and_versions() {
    rejects_head(
        "seed = \"seven\"",
        "`seven` is not a seed",
        "write a whole number, as in `seed = 7`",
    );
    accepts_head("seed = \"18446744073709551615\"");
    rejects_head("on = \"qorum\"", "no system is called `qorum`", "did you mean `quorum`?");
    rejects_head(
        "fixed-in = \"0.2.0\"",
        "`fixed-in` says that something is mended, and nothing says what",
        "name the properties that were violated, as in `shows = [\"durability\"]`",
    );
    accepts_head("shows = [\"durability\"]\nfixed-in = \"0.2.0\"");
}

#[test]
fn operations_that_are_listed() {
    let listed = |line: &str| format!("operation = [\n    {line},\n]");
    let get = "do = { get = { key = \"a\" } }";
    for (line, message, help) in [
        (
            format!("{{ at = \"1s\", client = \"c9\", {get} }}"),
            "the workload has no client `c9`",
            "name one of them, or raise `clients` in [workload]",
        ),
        (
            format!("{{ at = \"1s\", client = \"n1\", {get} }}"),
            "`n1` is not a client session's name",
            "write a `c` and a number, as in \"c1\"",
        ),
        (
            format!("{{ at = \"1s\", client = \"c1\", {get}, to = [\"n1\", \"n9\"] }}"),
            "the cluster has no node `n9`",
            "name one of them, or raise `nodes` in [cluster]",
        ),
        (
            format!("{{ at = \"99s\", client = \"c1\", {get} }}"),
            "`at` lies after the end of the run",
            "choose an earlier moment, or raise `run` in [phases]",
        ),
        (
            "{ at = \"1s\", client = \"c1\", do = { gt = { key = \"a\" } } }".to_owned(),
            "no operation is called `gt`",
            "did you mean `get`?",
        ),
        (
            "{ at = \"1s\", client = \"c1\", do = \"list-keys\" }".to_owned(),
            "`async-leader` has no operation `list-keys`",
            "it offers `put` and `get`; use these, or remove [expect.async-leader]",
        ),
        (
            format!("{{ client = \"c1\", {get} }}"),
            "[[workload.operation]] needs `at`",
            "add `at = \"2s\"`",
        ),
    ] {
        rejects_workload(&listed(&line), message, help);
    }
    rejects_workload(
        "keys = { count = 3 }\noperation = []",
        "`keys` and `operation` exclude each other",
        "remove it, or remove the operations",
    );
}

#[test]
fn sessions_of_steps() {
    let step = |client: &str, action: &str| {
        format!(
            "[workload]\nclients = 4\n[[step]]\nat = \"1s\"\nclient = \"{client}\"\ndo = {action}\n"
        )
    };
    let get = "{ get = { key = \"a\", from = \"n1\" } }";
    rejects(&step("c4", get), "`c4` is a client of the workload", "name c0, or one above c4");
    rejects(
        &step("c0", "{ crash = \"n1\" }"),
        "only an operation is carried out by a client",
        "remove `client`",
    );
    rejects(
        &step("c200000", get),
        "`c200000` is far from the other clients",
        "name c0, or one above c4",
    );
}

#[test]
fn pins() {
    let way = "write it as in \"n1->n2\", \"c1->n2\" or \"n2->balancer\"";
    for (link, number, more, message, help) in [
        ("n1-n2", "1", "fate = \"lost\"", "`n1-n2` is not a directed link", way),
        ("n1->n9", "1", "fate = \"lost\"", "`n1->n9` is not a directed link", way),
        ("c1->c2", "1", "fate = \"lost\"", "`c1->c2` is not a directed link", way),
        (
            "n1->n2",
            "0",
            "fate = \"lost\"",
            "`number` must be at least 1, not 0",
            "write a larger number",
        ),
        (
            "n1->n2",
            "1",
            "fate = \"lots\"",
            "no fate of a message is called `lots`",
            "did you mean `lost`?",
        ),
        (
            "n1->n2",
            "1",
            "fate = \"lost\", after = \"1ms\"",
            "a message that is lost arrives at no time",
            "remove `after`",
        ),
        (
            "n1->n2",
            "1",
            "fate = \"kept\", copy_after = \"1ms\"",
            "a message that is not doubled has no copy",
            "remove it, or write `fate = \"doubled\"`",
        ),
    ] {
        let pin = format!("{{ link = \"{link}\", number = {number}, {more} }}");
        rejects(&format!("[pins]\nmessage = [{pin}]\n"), message, help);
    }
    rejects(
        "[pins]\nmessage = [{ link = \"n1->n2\", number = 1 }]\n",
        "the pin says nothing of its message",
        "add `fate = \"lost\"`, \"doubled\" or \"kept\", or `after = \"3ms\"`",
    );
    let lost = "{ link = \"n1->n2\", number = 1, fate = \"lost\" }";
    rejects(
        &format!("[pins]\nmessage = [{lost}, {lost}]\n"),
        "the message is pinned twice",
        "join the two into one",
    );
    let link = "{ link = \"n1->n2\", latency = \"1ms\" }";
    rejects(
        &format!("[pins]\nlink = [{link}, {link}]\n"),
        "the link is pinned twice",
        "join the two into one",
    );
}
