//! What the story of a run says first: a title and what to watch for that fit what came of it.

use super::{Property, Scenario};

/// A title and a watch-for that are told in place of the scenario's own, where a run came out so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryText {
    /// The systems that it is about, by name; none named: all.
    pub on: Vec<String>,
    /// The properties that a run must have violated.
    pub violated: Vec<Property>,
    /// The properties that must have held in it.
    pub holds: Vec<Property>,
    /// What the run shows, in one line.
    pub title: String,
    /// What to watch for.
    pub watch: String,
}

/// How the texts of a [`Heading`] stand to the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// They are about what the run shows.
    Shown,
    /// They are about a failure of which the run shows nothing.
    Withstood,
    /// They are about a failure that the run shows in part, or that could not be judged.
    Unsettled,
}

/// The title of a run and what to watch for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heading<'a> {
    /// The title.
    pub title: &'a str,
    /// What to watch for; empty if the scenario does not say.
    pub watch: &'a str,
    /// Whether they are about this run.
    pub fit: Fit,
}

impl Scenario {
    /// The texts for a run on this system, chosen by what the run showed and never by what was
    /// expected of it: the first of [`Scenario::stories`] whose conditions are met, else the
    /// scenario's own.
    ///
    /// `is_violated` says of a property whether the run violates it; nothing if that was not
    /// judged or the system has no such thing.
    pub fn heading(
        &self,
        system: &str,
        is_violated: impl Fn(Property) -> Option<bool>,
    ) -> Heading<'_> {
        let all = |properties: &[Property], wanted: bool| {
            properties.iter().all(|property| is_violated(*property) == Some(wanted))
        };
        let fits = |text: &&StoryText| {
            (text.on.is_empty() || text.on.iter().any(|name| name == system))
                && all(&text.violated, true)
                && all(&text.holds, false)
        };
        if let Some(StoryText { title, watch, .. }) = self.stories.iter().find(fits) {
            return Heading { title, watch, fit: Fit::Shown };
        }
        let fit = if all(&self.shows, true) {
            Fit::Shown
        } else if all(&self.shows, false) {
            Fit::Withstood
        } else {
            Fit::Unsettled
        };
        Heading { title: &self.title, watch: &self.watch, fit }
    }
}
