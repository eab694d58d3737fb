//! One value of the document: reads it as what it must be, or notes why it is not.

use super::{
    mistakes::{Mistakes, Span, Word},
    number::Bounds,
    section::Section,
};
use crate::{
    MAX_DURATION,
    words::{self, Words},
};
use std::{ops::RangeInclusive, time::Duration};
use toml::de::{DeTable, DeValue};

/// The largest number that counts as an amount.
const MOST_OF_A_NUMBER: u64 = 1_000_000_000_000;

/// A value and the name under which it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item<'a> {
    /// The field, or the tag, that holds it.
    pub(crate) name: &'a str,
    value: &'a DeValue<'a>,
    start: usize,
    end: usize,
    mistakes: &'a Mistakes,
}

/// Whether a length of time may be nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zero {
    Allowed,
    Meaningless,
}

/// A tag and what it carries: `"heal-network"`, or `{ crash = "n2" }`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tagged<'a, T> {
    /// The tag.
    pub(crate) tag: Word<'a>,
    /// What it stands for.
    pub(crate) meaning: T,
    payload: Option<Item<'a>>,
    whole: Item<'a>,
}

impl<'a> Item<'a> {
    pub(crate) fn new(
        name: &'a str,
        value: &'a DeValue<'a>,
        span: Span,
        mistakes: &'a Mistakes,
    ) -> Self {
        Self { name, value, start: span.start, end: span.end, mistakes }
    }

    pub(crate) fn span(&self) -> Span {
        self.start..self.end
    }

    pub(crate) fn mistakes(&self) -> &'a Mistakes {
        self.mistakes
    }

    /// Notes a mistake about this value.
    pub(crate) fn mistake(
        &self,
        message: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.mistakes.add(self.span(), message, label, help);
    }

    fn wrong_kind<T>(&self, wanted: &str, example: &str) -> Option<T> {
        let kind = kind(self.value);
        self.mistake(
            format!("`{}` must be {wanted}, not {kind}", self.name),
            format!("this is {kind}"),
            format!("write it as in `{} = {example}`", self.name),
        );
        None
    }

    pub(crate) fn is_text(&self) -> bool {
        matches!(self.value, DeValue::String(_))
    }

    pub(crate) fn is_table(&self) -> bool {
        matches!(self.value, DeValue::Table(_))
    }

    pub(crate) fn is_count(&self) -> bool {
        matches!(self.value, DeValue::Integer(_))
    }

    pub(crate) fn is_list(&self) -> bool {
        matches!(self.value, DeValue::Array(_))
    }

    /// Reads text; the example shows how it would be written right.
    pub(crate) fn text(&self, example: &str) -> Option<Word<'a>> {
        match self.value {
            DeValue::String(text) => Some(Word::new(text, self.span())),
            _ => self.wrong_kind("text in quotes", example),
        }
    }

    /// Reads one of a few words.
    pub(crate) fn word<T: Copy>(&self, what: &str, words: &Words<T>) -> Option<T> {
        let example = words.first().map_or_else(String::new, |(word, _)| format!("{word:?}"));
        let name = self.text(&example)?;
        let found = words::find(words, name.text);
        if found.is_none() {
            self.mistakes.unknown(what, name, &words::names(words));
        }
        found
    }

    pub(crate) fn flag(&self) -> Option<bool> {
        match self.value {
            DeValue::Boolean(flag) => Some(*flag),
            _ => self.wrong_kind("true or false", "true"),
        }
    }

    /// Reads a length of time.
    pub(crate) fn duration(&self, zero: Zero) -> Option<Duration> {
        let DeValue::String(text) = self.value else {
            return self.wrong_kind("a length of time", "\"500ms\"");
        };
        let duration = self.positive_duration(text)?;
        if duration.is_zero() && zero == Zero::Meaningless {
            self.mistake(
                format!("`{}` must be longer than nothing", self.name),
                "too short",
                format!("write a time above zero, as in `{} = \"500ms\"`", self.name),
            );
            return None;
        }
        Some(duration)
    }

    /// Reads a length of time that may be negative, as nanoseconds.
    pub(crate) fn signed_ns(&self) -> Option<i64> {
        let DeValue::String(text) = self.value else {
            return self.wrong_kind("a length of time", "\"-10s\"");
        };
        let text = text.trim();
        let (sign, length) = match text.strip_prefix('-') {
            Some(length) => (-1, length),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let duration = self.positive_duration(length)?;
        let nanos = i64::try_from(duration.as_nanos()).expect("a year fits 63 bits of nanoseconds");
        Some(sign * nanos)
    }

    fn positive_duration(&self, text: &str) -> Option<Duration> {
        let text = text.trim();
        if text.starts_with('-') {
            self.mistake(
                format!("`{}` must not be negative", self.name),
                "a negative time",
                "leave out the minus sign",
            );
            return None;
        }
        match humantime::parse_duration(text) {
            Ok(duration) if duration <= MAX_DURATION => Some(duration),
            Ok(_) => {
                self.mistake(
                    format!("`{}` is longer than a year", self.name),
                    "too long",
                    "no time in a scenario may be longer than 365 days",
                );
                None
            }
            Err(error) => {
                self.mistake(
                    format!("`{text}` is not a length of time"),
                    why_no_duration(&error),
                    "write numbers with units, as in \"500us\", \"20ms\" or \"1s 500ms\"",
                );
                None
            }
        }
    }

    /// Reads a number, whole or not, within bounds. NaN is within no bounds.
    pub(crate) fn number(&self, bounds: &Bounds) -> Option<f64> {
        let number = match self.value {
            DeValue::Integer(digits) => {
                i128::from_str_radix(digits.as_str(), digits.radix()).ok().map(|whole| whole as f64)
            }
            DeValue::Float(digits) => digits.as_str().parse().ok(),
            _ => return self.wrong_kind("a number", bounds.example),
        };
        match number {
            Some(number) if (bounds.allow)(number) => Some(number),
            _ => {
                self.out_of_range(bounds.range, bounds.help);
                None
            }
        }
    }

    /// Reads a whole number in a range.
    pub(crate) fn count(&self, range: RangeInclusive<u64>) -> Option<u64> {
        let DeValue::Integer(digits) = self.value else {
            return self.wrong_kind("a whole number", &range.start().max(&1).to_string());
        };
        match u64::from_str_radix(digits.as_str(), digits.radix()) {
            Ok(count) if range.contains(&count) => Some(count),
            _ => {
                let (least, most) = range.into_inner();
                if most >= i64::MAX as u64 {
                    self.out_of_range(&format!("at least {least}"), "write a larger number");
                } else {
                    let help = format!("write a number from {least} to {most}");
                    self.out_of_range(&format!("between {least} and {most}"), &help);
                }
                None
            }
        }
    }

    /// Reads a whole number that may be negative.
    pub(crate) fn whole(&self) -> Option<i64> {
        let DeValue::Integer(digits) = self.value else {
            return self.wrong_kind("a whole number", "0");
        };
        let read = i64::from_str_radix(digits.as_str(), digits.radix()).ok();
        // Sums of many must find room.
        let read = read.filter(|number| number.unsigned_abs() <= MOST_OF_A_NUMBER);
        if read.is_none() {
            let range = format!("from -{MOST_OF_A_NUMBER} to {MOST_OF_A_NUMBER}");
            self.out_of_range(&range, "write a number nearer to zero");
        }
        read
    }

    fn out_of_range(&self, range: &str, help: &str) {
        let written = match self.value {
            DeValue::Integer(digits) => digits.to_string(),
            DeValue::Float(digits) => digits.to_string(),
            _ => kind(self.value).to_owned(),
        };
        self.mistake(
            format!("`{}` must be {range}, not {written}", self.name),
            "out of range",
            help,
        );
    }

    /// Reads a list.
    pub(crate) fn list(&self, example: &str) -> Option<Vec<Item<'a>>> {
        let DeValue::Array(values) = self.value else {
            return self.wrong_kind("a list", example);
        };
        let item = |value: &'a toml::Spanned<DeValue<'a>>| {
            Self::new(self.name, value.get_ref(), value.span(), self.mistakes)
        };
        Some(values.iter().map(item).collect())
    }

    /// Reads a table with these fields and no others.
    pub(crate) fn section(&self, heading: &str, fields: &'static [&'static str]) -> Section<'a> {
        let table = self.table(heading);
        Section::new(heading, fields, table, self.span(), self.mistakes)
    }

    /// Reads a table whose fields are names.
    pub(crate) fn entries(&self, heading: &str) -> Option<Vec<(Word<'a>, Item<'a>)>> {
        let table = self.table(heading)?;
        let entry = |(key, value): (&'a toml::Spanned<_>, &'a toml::Spanned<DeValue<'a>>)| {
            let name: &'a std::borrow::Cow<'a, str> = key.get_ref();
            let item = Self::new(name, value.get_ref(), value.span(), self.mistakes);
            (Word::new(name, key.span()), item)
        };
        Some(table.iter().map(entry).collect())
    }

    fn table(&self, heading: &str) -> Option<&'a DeTable<'a>> {
        if let DeValue::Table(table) = self.value {
            return Some(table);
        }
        let kind = kind(self.value);
        self.mistake(
            format!("{heading} must be a table, not {kind}"),
            format!("this is {kind}"),
            "write it as `{ field = value }`, or as a section under its own heading",
        );
        None
    }

    /// Reads a tag, alone in quotes or as the one field of a table.
    pub(crate) fn tagged<T: Copy>(
        &self,
        what: &str,
        example: &str,
        words: &Words<T>,
    ) -> Option<Tagged<'a, T>> {
        // No field is called so.
        self.tagged_beside(what, example, words, "").map(|(tagged, _)| tagged)
    }

    /// Reads a tag as [`Item::tagged`] does; a table may hold a field of this name beside it.
    pub(crate) fn tagged_beside<T: Copy>(
        &self,
        what: &str,
        example: &str,
        words: &Words<T>,
        beside: &str,
    ) -> Option<(Tagged<'a, T>, Option<Item<'a>>)> {
        let mut besides = None;
        let (tag, payload) = match self.value {
            DeValue::String(tag) => (Word::new(tag, self.span()), None),
            DeValue::Table(_) => {
                let mut entries = self.entries(self.name)?;
                if let [first, second] = &entries[..]
                    && let Some(place) = [first, second].iter().position(|it| it.0.text == beside)
                {
                    besides = Some(entries.remove(place).1);
                }
                let count = entries.len();
                if let (1, Some((tag, payload))) = (count, entries.into_iter().next()) {
                    return self.meant(tag, Some(payload), what, words).map(|it| (it, besides));
                }
                self.mistake(
                    format!("`{}` must name one {what}, not {count}", self.name),
                    format!("one {what} belongs here"),
                    format!("write it as in `{} = {example}`", self.name),
                );
                return None;
            }
            _ => return self.wrong_kind(&format!("the name of a {what}, or a table"), example),
        };
        self.meant(tag, payload, what, words).map(|it| (it, None))
    }

    fn meant<T: Copy>(
        &self,
        tag: Word<'a>,
        payload: Option<Self>,
        what: &str,
        words: &Words<T>,
    ) -> Option<Tagged<'a, T>> {
        let Some(meaning) = words::find(words, tag.text) else {
            self.mistakes.unknown(what, tag, &words::names(words));
            return None;
        };
        Some(Tagged { tag, meaning, payload, whole: *self })
    }
}

impl<'a, T> Tagged<'a, T> {
    /// What the tag carries; it must carry something.
    pub(crate) fn payload(&self, example: &str) -> Option<Item<'a>> {
        if self.payload.is_none() {
            let tag = self.tag.text;
            self.whole.mistake(
                format!("`{tag}` needs to say more"),
                "on its own it says too little",
                format!("write it as in `{{ {tag} = {example} }}`"),
            );
        }
        self.payload
    }

    /// Makes sure that the tag stands alone.
    pub(crate) fn alone(&self) -> Option<()> {
        let Some(payload) = self.payload else {
            return Some(());
        };
        let tag = self.tag.text;
        payload.mistake(
            format!("`{tag}` stands alone"),
            "this says too much",
            format!("write `{} = \"{tag}\"`", self.whole.name),
        );
        None
    }
}

fn why_no_duration(error: &humantime::DurationError) -> String {
    use humantime::DurationError as Error;
    match error {
        Error::UnknownUnit { unit, .. } if unit.is_empty() => "the unit is missing".to_owned(),
        Error::UnknownUnit { unit, .. } => format!("no unit is called `{unit}`"),
        Error::InvalidCharacter(_) | Error::NumberExpected(_) => "a number is expected".to_owned(),
        Error::NumberOverflow => "too large, or finer than a nanosecond".to_owned(),
        Error::Empty => "nothing stands here".to_owned(),
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
