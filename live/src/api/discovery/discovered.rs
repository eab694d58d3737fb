//! Who was found, for whoever asks.

use super::{Announce, Found};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The members that were found and are still there; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Discovered(Arc<Mutex<BTreeMap<String, Announce>>>);

impl Discovered {
    /// Takes note of news.
    pub fn note(&self, found: Found) {
        match found {
            Found::Appeared(announce) => {
                self.members().insert(announce.id.clone(), announce);
            }
            Found::Disappeared(announce) => {
                self.members().remove(&announce.id);
            }
        }
    }

    /// Who is there, by name.
    pub fn all(&self) -> Vec<Announce> {
        self.members().values().cloned().collect()
    }

    fn members(&self) -> MutexGuard<'_, BTreeMap<String, Announce>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
