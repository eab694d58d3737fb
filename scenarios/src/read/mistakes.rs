//! The mistakes of one text, gathered while it is read.

use crate::{error::Draft, suggest};
use std::{cell::RefCell, ops::Range};

/// Where in the text something stands, in bytes.
pub(crate) type Span = Range<usize>;

/// Every mistake found so far. Readers go on after a mistake, so that the
/// author sees all of them at once.
#[derive(Debug, Default)]
pub(crate) struct Mistakes(RefCell<Vec<Draft>>);

impl Mistakes {
    /// Notes a mistake: what is wrong, what stands beside the caret, how to mend it.
    pub(crate) fn add(
        &self,
        span: Span,
        message: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.0.borrow_mut().push(Draft {
            span,
            message: message.into(),
            label: label.into(),
            help: help.into(),
        });
    }

    /// Notes a name that does not exist, and the nearest that does.
    pub(crate) fn unknown(&self, what: &str, name: Word<'_>, candidates: &[&str]) {
        self.add(
            name.span(),
            format!("no {what} is called `{}`", name.text),
            format!("unknown {what}"),
            suggest::mend(name.text, candidates),
        );
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

    pub(crate) fn into_drafts(self) -> Vec<Draft> {
        self.0.into_inner()
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
