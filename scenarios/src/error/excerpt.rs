//! The text of a mistake, of which a piece is shown.

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use std::{ops::Range, sync::Arc};

/// So many bytes of a line are shown; of a longer one a piece about the mistake.
const LONGEST_LINE: usize = 2000;
/// So many bytes before the mistake.
const BEFORE: usize = 60;
/// So many bytes of the mistake, and of what follows it.
const FROM: usize = 100;

/// A text by the name of its file.
#[derive(Debug)]
pub(super) struct Source {
    name: String,
    text: Arc<str>,
}

impl Source {
    pub(super) fn new(name: &str, text: Arc<str>) -> Self {
        Self { name: name.to_owned(), text }
    }

    /// The bytes that are marked of a mistake in these.
    pub(super) fn shown(&self, span: Range<usize>) -> Range<usize> {
        match self.has_long_lines(&span) {
            true => span.start..span.end.min(self.piece(span.start).end),
            false => span,
        }
    }

    /// Whether the lines of the span, one before and one after it are too long to be shown.
    fn has_long_lines(&self, span: &Range<usize>) -> bool {
        let start = self.boundary(span.start);
        let end = self.boundary(span.end.max(start));
        let from = self.line_start(self.line_start(start).saturating_sub(1));
        let to = self.line_end((self.line_end(end) + 1).min(self.text.len()));
        self.text[from..to].split('\n').any(|line| line.len() > LONGEST_LINE)
    }

    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |found| found + 1)
    }

    fn line_end(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |found| at + found)
    }

    /// The piece about a place, within its line.
    fn piece(&self, at: usize) -> Range<usize> {
        let at = self.boundary(at);
        let start = self.boundary(at.saturating_sub(BEFORE).max(self.line_start(at)));
        let end = self.boundary((at + FROM).min(self.line_end(at)));
        start..end
    }

    /// The last place up to this one at which a letter begins.
    fn boundary(&self, at: usize) -> usize {
        let at = at.min(self.text.len());
        (0..=at).rev().find(|it| self.text.is_char_boundary(*it)).unwrap_or(0)
    }
}

impl SourceCode for Source {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let bytes = span.offset()..span.offset() + span.len();
        if before + after > 0 && self.has_long_lines(&bytes) {
            let piece = self.piece(bytes.start);
            let line = self.text[..piece.start].matches('\n').count();
            let column = piece.start - self.line_start(piece.start);
            let data = &self.text.as_bytes()[piece.clone()];
            let name = self.name.clone();
            let contents = MietteSpanContents::new_named(name, data, piece.into(), line, column, 1);
            return Ok(Box::new(contents));
        }
        let text: &str = &self.text;
        let inner = text.read_span(span, before, after)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            inner.data(),
            *inner.span(),
            inner.line(),
            inner.column(),
            inner.line_count(),
        )))
    }
}
