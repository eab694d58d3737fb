//! Numbers, and what is demanded of them, as TOML.

use super::{Writer, count, list, table, text};
use crate::{
    Invariant, InvariantKeys, Sum, Updates,
    words::{self, WRITE_BACKS},
};
use toml::Value;

/// Writes how numbers are changed.
pub(super) fn numbers(out: &mut Writer, updates: &Updates) {
    let default = Updates::default();
    let Updates { initial, amount, overdraft, by, .. } = *updates;
    let mut fields = Vec::new();
    fields.extend((initial != default.initial).then_some(("initial", Value::Integer(initial))));
    fields.extend((amount != default.amount).then(|| ("amount", count(amount))));
    fields.extend((overdraft != default.overdraft).then_some(("overdraft", overdraft.into())));
    fields.extend(by.map(|by| ("by", text(words::name_of(WRITE_BACKS, &by)))));
    out.field_unless(fields.is_empty(), "numbers", || table(fields.clone()));
}

/// Writes each invariant.
pub(super) fn invariants(out: &mut Writer, invariants: &[Invariant]) {
    for Invariant { name, keys, absent, sum, at_least, at_most, check } in invariants {
        out.heading("[[invariant]]");
        out.field("name", text(name));
        out.field(
            "keys",
            match keys {
                InvariantKeys::First(first) => count(*first),
                InvariantKeys::Named(keys) => list(keys.iter().map(text)),
            },
        );
        out.field("absent", Value::Integer(*absent));
        match sum {
            Some(Sum::Exactly(sum)) => out.field("sum", Value::Integer(*sum)),
            Some(Sum::Acknowledged) => out.field("sum", text("acknowledged")),
            None => {}
        }
        for (field, bound) in [("at-least", at_least), ("at-most", at_most)] {
            if let Some(bound) = bound {
                out.field(field, Value::Integer(*bound));
            }
        }
        if let Some(check) = check {
            out.field("check", text(check));
        }
    }
}
