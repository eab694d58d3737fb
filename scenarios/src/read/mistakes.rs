//! The mistakes of one text, gathered while it is read.

use crate::{error::Draft, suggest};
use std::{
    cell::{Cell, RefCell},
    ops::Range,
};

/// Where in the text something stands, in bytes.
pub(crate) type Span = Range<usize>;

/// The mistakes found so far. Readers go on after a mistake, so that the author sees several at
/// once.
#[derive(Debug, Default)]
pub(crate) struct Mistakes {
    drafts: RefCell<Vec<Draft>>,
    found: Cell<usize>,
}

/// So many are kept, of which the first in the text are told. What follows is counted alone: to find the mend
/// of a mistake takes far longer than to find the mistake.
const MOST_KEPT: usize = 200;

impl Mistakes {
    /// Notes a mistake: what is wrong, what stands beside the caret, how to mend it.
    pub(crate) fn add(
        &self,
        span: Span,
        message: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.add_with(span, || [message.into(), label.into(), help.into()]);
    }

    /// Notes a mistake; message, label and mend are made only if it is kept.
    pub(crate) fn add_with(&self, span: Span, words: impl FnOnce() -> [String; 3]) {
        self.found.set(self.found.get() + 1);
        if self.found.get() <= MOST_KEPT {
            let [message, label, help] = words();
            self.drafts.borrow_mut().push(Draft { span, message, label, help });
        }
    }

    /// Notes a name that does not exist, and the nearest that does.
    pub(crate) fn unknown(&self, what: &str, name: Word<'_>, candidates: &[&str]) {
        self.add_with(name.span(), || {
            [
                format!("no {what} is called `{}`", name.text),
                format!("unknown {what}"),
                suggest::mend(name.text, candidates),
            ]
        });
    }

    /// Whether what is found from now on is only counted.
    pub(crate) fn is_full(&self) -> bool {
        self.found.get() >= MOST_KEPT
    }

    /// Keeps the first of equal things, and notes the others.
    pub(crate) fn distinct<T: PartialEq>(&self, listed: Vec<(Word<'_>, T)>) -> Vec<T> {
        let mut kept = Vec::with_capacity(listed.len());
        for (name, thing) in listed {
            if kept.contains(&thing) {
                self.twice(name, "remove one of the two");
            } else {
                kept.push(thing);
            }
        }
        kept
    }

    /// Notes a name that stands where it stood before.
    pub(crate) fn twice(&self, name: Word<'_>, help: &str) {
        self.add(name.span(), format!("`{}` is named twice", name.text), "named before", help);
    }

    /// Those that were kept, and how many were found.
    pub(crate) fn into_drafts(self) -> (Vec<Draft>, usize) {
        (self.drafts.into_inner(), self.found.get())
    }
}

/// A piece of text and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word<'a> {
    pub(crate) text: &'a str,
    start: usize,
    end: usize,
}

impl<'a> Word<'a> {
    pub(crate) fn new(text: &'a str, span: Span) -> Self {
        Self { text, start: span.start, end: span.end }
    }

    pub(crate) fn span(&self) -> Span {
        self.start..self.end
    }
}
