//! Mistakes in numbers, and in what is demanded of them.

use super::{rejects, rejects_workload};

/// A mistake in an invariant.
#[track_caller]
fn rejects_invariant(lines: &str, message: &str, help: &str) {
    rejects(&format!("[[invariant]]\nname = \"total\"\n{lines}\n"), message, help);
}

#[test]
fn numbers_that_nobody_changes() {
    rejects_workload(
        "numbers = { amount = 3 }",
        "nothing in the mix changes numbers",
        "give `add` or `transfer` a weight in `mix`, or remove this",
    );
    rejects_workload(
        "mix = { add = 1 }\nrate = 10",
        "`rate` and `add` exclude each other",
        "a client goes on to write when it has read: use `think` in place of `rate`",
    );
    rejects_workload("mix = { ad = 1 }", "no operation is called `ad`", "did you mean `add`?");
    rejects_workload(
        "mix = { add = 1 }\nnumbers = { by = \"puts\" }",
        "no way to write back is called `puts`",
        "did you mean `put`?",
    );
    // async-leader does not have it.
    rejects_workload(
        "mix = { add = 1 }\nnumbers = { by = \"compare-and-set\" }",
        "`async-leader` has no operation `compare-and-set`",
        "it offers `put` and `get`; use these, or remove [expect.async-leader]",
    );
}

#[test]
fn invariants_that_say_too_little_or_too_much() {
    rejects_invariant(
        "keys = 3",
        "the invariant demands nothing",
        "add `sum = 300`, `sum = \"acknowledged\"` or `at-least = 0`",
    );
    rejects_invariant(
        "sum = 3",
        "the invariant does not say what it is about",
        "add `keys = 10` for key1 to key10, or `keys = [\"a\", \"b\"]`",
    );
    rejects_invariant("keys = []\nsum = 3", "the invariant is about nothing", "name a key");
    rejects_invariant(
        "keys = [\"a\", \"a\"]\nsum = 3",
        "`a` is named twice",
        "remove one of the two",
    );
    rejects_invariant(
        "keys = 3\nsum = \"acknowledge\"",
        "no sum is called `acknowledge`",
        "did you mean `acknowledged`?",
    );
    rejects_invariant(
        "keys = 3\nat-least = 4\nat-most = 3",
        "`at-most` must not be less than `at-least`",
        "exchange the two",
    );
    rejects_invariant(
        "keys = 3\nat-least = 0.5",
        "`at-least` must be a whole number, not a number",
        "write it as in `at-least = 0`",
    );
    rejects(
        &"[[invariant]]\nname = \"total\"\nkeys = 3\nsum = 3\n".repeat(2),
        "`total` is named twice",
        "remove one of the two",
    );
}
