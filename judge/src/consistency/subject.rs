//! A history that is judged by several levels, and what they have in common, made once.

use super::{Budget, Calls, Finding, Known, explain, index::Index, rules::Rule};
use std::cell::OnceCell;

/// Calls to be judged.
pub struct Subject<'a> {
    calls: &'a Calls,
    index: OnceCell<Index<'a>>,
    causal: OnceCell<(Known, Budget, Finding)>,
}

impl<'a> Subject<'a> {
    /// These calls.
    pub const fn new(calls: &'a Calls) -> Self {
        Self { calls, index: OnceCell::new(), causal: OnceCell::new() }
    }

    /// The calls.
    pub const fn calls(&self) -> &'a Calls {
        self.calls
    }

    /// What they wrote and were told, key by key.
    pub(super) fn index(&self) -> &Index<'a> {
        self.index.get_or_init(|| Index::new(self.calls))
    }

    /// Whether they are causally consistent, on which two levels rest.
    pub(super) fn causal(&self, known: Known, budget: Budget) -> Finding {
        let judge = || explain::judge(self, known, Rule::Causal, budget);
        let (of, with, finding) = self.causal.get_or_init(|| (known, budget, judge()));
        if (*of, *with) == (known, budget) { finding.clone() } else { judge() }
    }
}
