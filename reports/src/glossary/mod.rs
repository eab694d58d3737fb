//! The words that stories and reports use and a newcomer may not know, each in one line.

mod terms;

pub use terms::ALL;

/// A word and what it means here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// The word, or the few words, in small letters.
    pub name: &'static str,
    /// Other forms and names of the same thing. A plural in -s, -es or -ies needs none.
    pub also: &'static [&'static str],
    /// What it means, in one line of simple words.
    pub meaning: &'static str,
}

/// The term of this name, or of which this is another name; case, plural, and whether words are
/// joined by a blank or a hyphen do not count.
pub fn find(name: &str) -> Option<&'static Term> {
    let words: Vec<_> = words(name).collect();
    let [first, others @ ..] = &words[..] else { return None };
    let whole = words.len();
    at(first, others).filter(|found| found.words == whole).map(|found| found.term)
}

/// The terms that a text uses, each once, in the order of their first use.
///
/// Whole words count, in any case, and plurals; blanks, line breaks and hyphens within a term
/// are alike. Of two terms that begin at the same word, the longer one is meant: "read repair" is
/// no use of "repair". A word joined by hyphens to others which are no part of the term is no
/// use of it: `async-leader` is a name, and no leader.
pub fn find_first_uses(text: &str) -> Vec<&'static Term> {
    let words: Vec<_> = words(text).collect();
    let mut found: Vec<&'static Term> = Vec::new();
    let mut next = 0;
    while let Some(first) = words.get(next) {
        let step = at(first, &words[next + 1..]);
        if let Some(Found { term, .. }) = step
            && !found.iter().any(|known| known.name == term.name)
        {
            found.push(term);
        }
        next += step.map_or(1, |found| found.words);
    }
    found
}

/// A word of a text, and how it is joined to its neighbours.
#[derive(Clone, Copy, Debug)]
struct Word<'a> {
    text: &'a str,
    /// What stands between it and the word before it, and between it and the one after it.
    before: Gap,
    after: Gap,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    /// Blanks and line breaks alone.
    Blank,
    /// One hyphen.
    Hyphen,
    /// Anything else, or the text's end.
    Break,
}

/// A term that begins at a word, and how many words long it stands there.
struct Found {
    term: &'static Term,
    words: usize,
}

/// The longest term that begins here.
fn at(first: &Word<'_>, others: &[Word<'_>]) -> Option<Found> {
    if first.before == Gap::Hyphen {
        return None;
    }
    let here = || std::iter::once(first).chain(others);
    let fits = |name: &str| {
        let wanted: Vec<_> = name.split([' ', '-']).collect();
        let stands: Vec<_> = here().take(wanted.len()).collect();
        let (last, inner) = stands.split_last()?;
        let same = stands.len() == wanted.len()
            && inner
                .iter()
                .zip(&wanted)
                .all(|(word, wanted)| word.text.eq_ignore_ascii_case(wanted))
            && is_form_of(last.text, wanted.last()?);
        let joined = inner.iter().all(|word| word.after != Gap::Break);
        (same && joined && last.after != Gap::Hyphen).then_some(wanted.len())
    };
    let forms = ALL.iter().flat_map(|term| {
        std::iter::once(&term.name).chain(term.also).map(move |name| (term, *name))
    });
    let found = forms.filter_map(|(term, name)| Some(Found { term, words: fits(name)? }));
    // The first of the longest.
    found.reduce(|best, other| if other.words > best.words { other } else { best })
}

/// Whether a word is another, or its plural.
fn is_form_of(word: &str, singular: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let Some(rest) = word.strip_prefix(singular) else {
        let stem = singular.strip_suffix('y').filter(|stem| !stem.is_empty());
        return stem.is_some_and(|stem| word.strip_prefix(stem) == Some("ies"));
    };
    matches!(rest, "" | "s" | "es")
}

fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    let gap = |between: &str, ends: bool| match between {
        "-" => Gap::Hyphen,
        blank if !ends && blank.trim().is_empty() => Gap::Blank,
        _ => Gap::Break,
    };
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &text[at..];
        let start = at + rest.find(is_letter)?;
        let length = text[start..].find(|letter| !is_letter(letter));
        let end = length.map_or(text.len(), |length| start + length);
        let before = text[..start].rfind(is_letter);
        let before = before.map_or(&text[..start], |last| {
            let length = text[last..].chars().next().map_or(0, char::len_utf8);
            &text[last + length..start]
        });
        let following = text[end..].find(is_letter);
        let after = following.map_or(&text[end..], |length| &text[end..end + length]);
        at = end;
        Some(Word {
            text: &text[start..end],
            before: gap(before, start == before.len()),
            after: gap(after, following.is_none()),
        })
    })
}

#[cfg(test)]
mod tests;
