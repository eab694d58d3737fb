//! One table of the document, with the fields it may have.

use super::{
    item::{Item, Zero},
    mistakes::{Mistakes, Span},
    number::Bounds,
};
use crate::suggest;
use std::time::Duration;
use toml::de::DeTable;

/// A table whose fields are known beforehand. A section that the text leaves
/// out is one without fields.
#[derive(Debug)]
pub(crate) struct Section<'a> {
    heading: String,
    fields: &'static [&'static str],
    table: Option<&'a DeTable<'a>>,
    /// It was something else than a table: the author knows already.
    broken: bool,
    span: Span,
    mistakes: &'a Mistakes,
}

impl<'a> Section<'a> {
    /// Opens a table and notes every field that it may not have.
    pub(crate) fn new(
        heading: &str,
        fields: &'static [&'static str],
        table: Option<&'a DeTable<'a>>,
        span: Span,
        mistakes: &'a Mistakes,
    ) -> Self {
        let unknown = table
            .into_iter()
            .flat_map(DeTable::keys)
            .filter(|key| !fields.contains(&key.get_ref().as_ref()));
        for key in unknown {
            mistakes.add_with(key.span(), || {
                [
                    format!("{heading} has no field `{}`", key.get_ref()),
                    "unknown field".to_owned(),
                    suggest::mend(key.get_ref(), fields),
                ]
            });
        }
        Self { heading: heading.to_owned(), fields, broken: table.is_none(), table, span, mistakes }
    }

    /// A section inside this one; without fields if the text leaves it out.
    pub(crate) fn section(
        &self,
        field: &'static str,
        heading: &str,
        fields: &'static [&'static str],
    ) -> Section<'a> {
        match self.get(field) {
            Some(item) => item.section(heading, fields),
            None => Self {
                heading: heading.to_owned(),
                fields,
                table: None,
                broken: false,
                span: 0..0,
                mistakes: self.mistakes,
            },
        }
    }

    /// The field, if the text has it.
    pub(crate) fn get(&self, field: &'static str) -> Option<Item<'a>> {
        assert!(self.fields.contains(&field), "{field} is not among the fields");
        let (key, value) = self.table?.iter().find(|(key, _)| key.get_ref() == field)?;
        Some(Item::new(key.get_ref(), value.get_ref(), value.span(), self.mistakes))
    }

    /// The field, which the text must have; the example shows how it is written.
    pub(crate) fn required(&self, field: &'static str, example: &str) -> Option<Item<'a>> {
        let found = self.get(field);
        if found.is_none() && !self.broken {
            let help = match self.table {
                Some(_) => format!("add `{field} = {example}`"),
                None => format!("add a section {} with `{field} = {example}`", self.heading),
            };
            self.mistakes.add(
                self.span.clone(),
                format!("{} needs `{field}`", self.heading),
                format!("`{field}` is missing"),
                help,
            );
        }
        found
    }

    pub(crate) fn duration(&self, field: &'static str, zero: Zero, default: Duration) -> Duration {
        self.get(field).and_then(|item| item.duration(zero)).unwrap_or(default)
    }

    pub(crate) fn number(&self, field: &'static str, bounds: &Bounds, default: f64) -> f64 {
        self.get(field).and_then(|item| item.number(bounds)).unwrap_or(default)
    }

    /// The items of a list; none if the text leaves it out.
    pub(crate) fn list(&self, field: &'static str, example: &str) -> Vec<Item<'a>> {
        self.get(field).and_then(|item| item.list(example)).unwrap_or_default()
    }

    /// The tables under headings such as `[[step]]`.
    pub(crate) fn tables(
        &self,
        field: &'static str,
        heading: &str,
        fields: &'static [&'static str],
    ) -> Vec<Section<'a>> {
        let Some(item) = self.get(field) else {
            return Vec::new();
        };
        if !item.is_list() {
            item.mistake(
                format!("there can be several {heading}, so each needs double brackets"),
                "this is not a list of tables",
                format!("write {heading} with double brackets"),
            );
            return Vec::new();
        }
        let tables = item.list("[]").unwrap_or_default();
        tables.iter().map(|table| table.section(heading, fields)).collect()
    }

    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Whether the text has this section.
    pub(crate) fn is_present(&self) -> bool {
        self.table.is_some()
    }

    pub(crate) fn mistakes(&self) -> &'a Mistakes {
        self.mistakes
    }
}
