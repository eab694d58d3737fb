//! Reading a system's settings, with the registry's defaults behind them.

use crate::{Setting, SystemInfo};
use std::{collections::BTreeMap, time::Duration};

/// A system's settings: those that a scenario gave, and the defaults of the rest.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    info: &'static SystemInfo,
    given: &'a BTreeMap<String, Setting>,
}

impl<'a> Settings<'a> {
    /// The settings of the system that `info` describes.
    pub const fn new(info: &'static SystemInfo, given: &'a BTreeMap<String, Setting>) -> Self {
        Self { info, given }
    }

    /// A setting that is a whole number.
    ///
    /// # Panics
    ///
    /// Panics if the system has no such setting, or it is not a whole number; validation
    /// refuses a scenario that sets it to anything else.
    pub fn count(&self, name: &str) -> u64 {
        match self.value(name) {
            Setting::Count(count) => count,
            other => panic!("`{name}` is a whole number, not {other:?}"),
        }
    }

    /// A setting that is a length of time.
    ///
    /// # Panics
    ///
    /// Panics as [`Settings::count`] does.
    pub fn duration(&self, name: &str) -> Duration {
        match self.value(name) {
            Setting::Duration(duration) => duration,
            other => panic!("`{name}` is a duration, not {other:?}"),
        }
    }

    /// A setting that is one of a few words.
    ///
    /// # Panics
    ///
    /// Panics as [`Settings::count`] does.
    pub fn word(&self, name: &str) -> String {
        match self.value(name) {
            Setting::Word(word) => word,
            other => panic!("`{name}` is a word, not {other:?}"),
        }
    }

    /// Makes sure that a length of time is not 0; `why` says what would come of it.
    ///
    /// # Errors
    ///
    /// A sentence that names the setting.
    pub fn check_not_zero(&self, name: &str, why: &str) -> Result<(), String> {
        if self.duration(name).is_zero() {
            return Err(format!("`{name}` is 0; {why}"));
        }
        Ok(())
    }

    /// Makes sure that a setting is one of the words it may be.
    ///
    /// # Errors
    ///
    /// A sentence that names the setting and its words.
    pub fn check_word(&self, name: &str, words: &[&str]) -> Result<(), String> {
        let word = self.word(name);
        if words.contains(&word.as_str()) {
            return Ok(());
        }
        Err(format!("`{name}` is `{word}`; it may be `{}`", words.join("` or `")))
    }

    fn value(&self, name: &str) -> Setting {
        self.given.get(name).cloned().unwrap_or_else(|| {
            let setting = self.info.settings.iter().find(|known| known.name == name);
            (setting.expect("a system reads only settings that it declares").default)()
        })
    }
}
