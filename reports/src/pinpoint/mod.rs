//! When a violation became inevitable: as text, table and picture.

mod folder;
mod json;
mod table;
mod text;

pub use folder::{check_target, write};

use crate::{
    ChartError,
    chart::pinpoint::{png, svg},
};
use judge::Run;
use node::Time;
use scenarios::Property;

/// What replaying a run from many moments has shown.
#[derive(Debug)]
pub struct Pinpoint<'a> {
    /// The run itself, in full.
    pub run: &'a Run,
    /// The command that shows it, without what the futures are asked for.
    pub command: String,
    /// What is violated in it.
    pub property: Property,
    /// The witness in one sentence.
    pub sentence: &'a str,
    /// What was asked: each a kind of future.
    pub courses: Vec<Course>,
}

/// How likely the violation was in futures of one kind, over the time of the run.
#[derive(Clone, Debug)]
pub struct Course {
    /// What strikes the futures.
    pub later: Later,
    /// Each moment that was tried, by time; the last is the end of the run.
    pub points: Vec<Point>,
    /// The event after which it always came; `None`: it always came from the beginning, or halving was
    /// stopped before that was known.
    pub inevitable: Option<Tip>,
    /// The event that made it more likely than any other that was found, if one did by more than
    /// chance explains.
    pub rise: Option<Tip>,
    /// Whether the search came to its end.
    pub is_done: bool,
}

/// What strikes the futures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Later {
    /// The faults that the scenario states, and random ones drawn anew.
    Faults,
    /// Nothing: the faults that come later are left out, stated ones too.
    Calm,
}

/// A moment, and in how many futures from there on the violation came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// How many of the moments at which something happened are over.
    pub place: usize,
    /// From when on the futures differ from the run.
    pub from: Time,
    /// In how many it came.
    pub came: u32,
    /// Of how many.
    pub futures: u32,
    /// Between which shares the true one lies, with a confidence of 95 %.
    pub bounds: (f64, f64),
}

/// Two neighbouring moments, and what happened between them.
#[derive(Clone, Debug)]
pub struct Tip {
    /// The one before.
    pub before: Point,
    /// The one after.
    pub after: Point,
    /// When it happened.
    pub at: Time,
    /// What: the events of the trace at that moment.
    pub events: Vec<String>,
}

impl Later {
    /// Its name in tables and files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Faults => "faults",
            Self::Calm => "calm",
        }
    }

    /// What the futures differ by, to a reader.
    pub const fn told(self) -> &'static str {
        match self {
            Self::Faults => "everything that chance decides is drawn anew from then on",
            Self::Calm => "no fault strikes from then on, and chance is drawn anew",
        }
    }
}

impl Point {
    /// The share of the futures in which it came.
    pub fn share(&self) -> f64 {
        f64::from(self.came) / f64::from(self.futures)
    }
}

impl Course {
    /// Whether it came in every future from the beginning on.
    pub fn is_from_the_beginning(&self) -> bool {
        self.points.first().is_some_and(|point| point.came == point.futures)
            && self.inevitable.is_none()
            && self.is_done
    }

    /// What it shows, in one sentence.
    pub fn finding(&self, end: Time) -> String {
        let moment = |at| crate::text::moment(at, end);
        let inevitable = match self.later {
            Later::Faults => "Inevitable",
            Later::Calm => "Without later faults inevitable",
        };
        match &self.inevitable {
            Some(tip) => format!(
                "{inevitable} after {}: it came in {} of {} futures before that, then in all {}",
                moment(tip.at),
                tip.before.came,
                tip.before.futures,
                tip.after.futures
            ),
            None if self.is_from_the_beginning() => {
                let futures = self.points[0].futures;
                format!("{inevitable} from the beginning: it came in all {futures} futures")
            }
            None if !self.is_done => "Not known: the search was stopped".to_owned(),
            None => "Decided by nothing before the end of the run".to_owned(),
        }
    }
}

impl Pinpoint<'_> {
    /// Draws how likely it was over time, as PNG.
    ///
    /// # Errors
    ///
    /// [`ChartError`] if the drawing library fails.
    pub fn png(&self) -> Result<Vec<u8>, ChartError> {
        png(self)
    }

    /// The same as SVG.
    ///
    /// # Errors
    ///
    /// [`ChartError`] if the drawing library fails.
    pub fn svg(&self) -> Result<String, ChartError> {
        svg(self)
    }

    /// What was found, for a terminal.
    pub fn to_text(&self) -> String {
        text::text(self)
    }

    /// What was found, for machines.
    pub fn to_json(&self) -> String {
        json::json(self)
    }

    /// Every moment that was tried, as CSV.
    pub fn to_csv(&self) -> String {
        table::csv(self)
    }
}
