//! Texts of a page, of which many occur again and again.

use std::collections::BTreeMap;

/// Texts, each once.
#[derive(Default)]
pub(super) struct Texts {
    pub(super) all: Vec<String>,
    places: BTreeMap<String, usize>,
}

impl Texts {
    pub(super) fn place(&mut self, text: &str) -> usize {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        self.all.push(text.to_owned());
        self.places.insert(text.to_owned(), self.all.len() - 1);
        self.all.len() - 1
    }
}
