//! A history that is judged by several levels, and what they have in common, made once.

use super::{
    Budget, Calls, Finding, Known,
    assumption::{Assumption, Observed},
    explain,
    index::Index,
    past::{Choice, Past},
    rules::Rule,
    sequential,
};
use crate::record::Words;
use std::cell::OnceCell;

/// Calls to be judged.
pub struct Subject<'a> {
    calls: &'a Calls,
    words: Words,
    index: OnceCell<Index<'a>>,
    plain_order: OnceCell<(Budget, bool)>,
    observed: OnceCell<Observed>,
    certain: OnceCell<Assumption>,
    least: OnceCell<Option<Assumption>>,
    newest: OnceCell<Option<Assumption>>,
    causal: OnceCell<(Known, Budget, Finding)>,
}

impl<'a> Subject<'a> {
    /// These calls.
    pub const fn new(calls: &'a Calls) -> Self {
        Self {
            calls,
            words: Words::Said,
            index: OnceCell::new(),
            plain_order: OnceCell::new(),
            observed: OnceCell::new(),
            certain: OnceCell::new(),
            least: OnceCell::new(),
            newest: OnceCell::new(),
            causal: OnceCell::new(),
        }
    }

    /// Whether findings are to be put in words.
    #[must_use]
    pub fn in_words(self, words: Words) -> Self {
        Self { words, ..self }
    }

    /// As if no order of all calls were plain to see.
    #[cfg(test)]
    pub(super) fn without_plain_order(mut self) -> Self {
        self.plain_order = OnceCell::from((Budget::default(), false));
        self
    }

    /// Whether they are.
    pub(super) const fn words(&self) -> Words {
        self.words
    }

    /// The calls.
    pub const fn calls(&self) -> &'a Calls {
        self.calls
    }

    /// What they wrote and were told, key by key.
    pub(super) fn index(&self) -> &Index<'a> {
        self.index.get_or_init(|| Index::new(self.calls))
    }

    /// What each was told, by how it is explained.
    pub(super) fn observed(&self) -> &Observed {
        self.observed.get_or_init(|| Observed::new(self.index()))
    }

    /// Whether an order of all calls is plain to see, which explains every answer and keeps the
    /// order of each session. If not, there may still be one.
    pub(super) fn has_plain_order(&self, budget: Budget) -> bool {
        let look = || sequential::plain_order(self.index(), budget).is_some();
        let (with, found) = *self.plain_order.get_or_init(|| (budget, look()));
        if with == budget { found } else { look() }
    }

    /// What is certain: only what one write alone explains.
    pub(super) fn certain(&self) -> &Assumption {
        let assume = || Assumption::new(self.index(), self.observed().certain.clone());
        self.certain.get_or_init(assume)
    }

    /// Explanations for those that have several, chosen in one way. `None`: it does not find
    /// one for each of them.
    pub(super) fn chosen(&self, choice: Choice) -> Option<&Assumption> {
        let (index, observed) = (self.index(), self.observed());
        let choose = || {
            let sources = Past::choose(index, &observed.certain, choice).ok()?;
            let is_complete = observed.open.iter().all(|number| sources[*number].is_some());
            is_complete.then(|| Assumption::new(index, sources))
        };
        let cell = match choice {
            Choice::Least => &self.least,
            Choice::Newest => &self.newest,
        };
        cell.get_or_init(choose).as_ref()
    }

    /// Whether they are causally consistent, on which two levels rest.
    pub(super) fn causal(&self, known: Known, budget: Budget) -> Finding {
        let judge = || explain::judge(self, known, Rule::Causal, budget);
        let (of, with, finding) = self.causal.get_or_init(|| (known, budget, judge()));
        if (*of, *with) == (known, budget) { finding.clone() } else { judge() }
    }
}
