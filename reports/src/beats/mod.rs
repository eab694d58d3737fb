//! A run as a row of beats: moments at which something happens that is worth a sentence.
//!
//! Whoever plays a run shows beat after beat. What a cluster does all the time, such as heartbeats, makes no
//! beat and is counted in the next one.

mod making;
mod moment;
mod parts;
mod steps;
mod tally;

pub use tally::Tally;

use crate::{
    StoryOptions,
    page::chain::Chain,
    story::{self, Telling},
    text,
};
use judge::{
    Run,
    property::wrong_answers,
    record::{MessageClass, TraceEvent},
    replay::Message,
};
use moment::Look;
use node::{Key, Time};
use std::collections::BTreeSet;

/// How much a beat matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// The workload goes on.
    Routine,
    /// It is about what the scenario does by name, or what the first violation rests on.
    Near,
    /// A fault, a crash, a new leader, a wrong answer, a step of the reason.
    Key,
}

/// What the last beat before the probes says.
const READ: &str = "the replicas are read and compared";

/// Why somebody may want to go to a beat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// A fault strikes.
    Fault,
    /// A fault is over.
    Over,
    /// An answer is wrong.
    Wrong,
    /// A step of the reason speaks of it.
    Step,
}

/// A moment at which something happens.
#[derive(Clone, Debug, PartialEq)]
pub struct Beat {
    /// When. All events of that moment belong to the beat.
    pub at: Time,
    /// What happens, the most notable thing, in a sentence without a full stop.
    pub words: String,
    /// What else happens at that moment, likewise.
    pub more: Vec<String>,
    /// How much it matters.
    pub weight: Weight,
    /// Why somebody may want to go there, in order and each once.
    pub marks: Vec<Mark>,
    /// The steps of the reason that speak of it, by position.
    pub steps: Vec<usize>,
    /// What the beat itself consists of.
    pub done: Tally,
    /// What went before it, since the last beat, and is not told.
    pub folded: Tally,
}

/// Why the first violation came about, or why a fault broke nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Why {
    /// What is explained.
    pub head: String,
    /// A sentence for each step.
    pub steps: Vec<String>,
}

/// A run cut into beats.
pub struct Beats<'a> {
    telling: Telling<'a>,
    /// In order of time, each moment once.
    pub all: Vec<Beat>,
    /// Why it came out as it did, if that is known.
    pub why: Option<Why>,
    /// From when to when that happened.
    pub window: [Time; 2],
}

impl<'a> Beats<'a> {
    /// Cuts a run. Without a trace there is only its end.
    pub fn of(run: &'a Run) -> Self {
        let telling = Telling::new(run);
        let options = StoryOptions::default();
        let (chain, told) = {
            let reasons = story::reasons(&telling, &options);
            let defended = if reasons.is_empty() { story::defended(&telling) } else { Vec::new() };
            let chain = Chain::of(run, reasons.first(), defended.first(), &telling.messages);
            let violated = reasons.first().map(|reason| {
                (format!("Why {} is violated", reason.property.name()), reason.steps.clone())
            });
            let held = defended.first();
            let held = held.map(|it| ("Why it held".to_owned(), it.steps.clone()));
            (chain, violated.or(held))
        };
        let window = chain.window(run).map(Time::from_nanos);
        let mut all = cut(&telling, &chain);
        let why = told.map(|(head, steps)| {
            steps::place(&steps, &mut all);
            Why { head, steps: steps.into_iter().map(|step| step.text).collect() }
        });
        Self { telling, all, why, window }
    }

    /// The run.
    pub fn run(&self) -> &'a Run {
        self.telling.run
    }

    /// Every message of the run, in the order in which they left.
    pub fn messages(&self) -> &[Message<'a>] {
        &self.telling.messages
    }

    /// The keys that the story is about.
    pub fn keys(&self) -> &[Key] {
        &self.telling.keys
    }

    /// What the checkers say and why it came to that, as in the story.
    pub fn verdict(&self, width: usize) -> String {
        story::verdict(&self.telling, &StoryOptions { width, ..StoryOptions::default() })
    }

    /// The scenario's title, as the run came out.
    pub fn title(&self) -> String {
        crate::titled::title(self.telling.run)
    }

    /// What to watch for; nothing if the scenario does not say.
    pub fn watch(&self) -> String {
        crate::titled::watch(self.telling.run)
    }

    /// When the last beat is.
    pub fn end(&self) -> Time {
        self.all.last().map_or(Time::ZERO, |beat| beat.at)
    }
}

fn cut(telling: &Telling<'_>, chain: &Chain) -> Vec<Beat> {
    let run = telling.run;
    let events: &[TraceEvent] = run.trace.as_ref().map_or(&[], |trace| &trace.events);
    let mut look = Look::new(telling, chain, wrong_answers(run));
    let mut folded = Tally::default();
    let mut beats: Vec<Beat> = Vec::new();
    for events in events.chunk_by(|one, next| one.at == next.at) {
        let mut beat = look.beat(events);
        folded.add(&beat.folded);
        if !beat.words.is_empty() {
            beat.folded = std::mem::take(&mut folded);
            beats.push(beat);
        }
    }
    // The last word: nothing of the run itself comes later.
    let is_read = || beats.iter().position(|beat| beat.at >= run.ended);
    let place = is_read().unwrap_or(beats.len());
    let words = READ.to_owned();
    match beats.get_mut(place).filter(|beat| beat.at == run.ended) {
        Some(beat) => {
            let probes = std::mem::replace(&mut beat.words, words);
            beat.more.insert(0, probes);
            beat.weight = Weight::Key;
        }
        None => {
            let mut read = Beat::new(run.ended);
            read.words = words;
            read.weight = Weight::Key;
            beats.insert(place, read);
        }
    }
    if let Some(first) = beats.first_mut().filter(|beat| beat.at == Time::ZERO) {
        first.weight = first.weight.max(Weight::Near);
    }
    beats
}

impl Beat {
    fn new(at: Time) -> Self {
        Self {
            at,
            words: String::new(),
            more: Vec::new(),
            weight: Weight::Routine,
            marks: Vec::new(),
            steps: Vec::new(),
            done: Tally::default(),
            folded: Tally::default(),
        }
    }

    fn mark(&mut self, mark: Mark) {
        let marks: BTreeSet<Mark> = self.marks.iter().copied().chain([mark]).collect();
        self.marks = marks.into_iter().collect();
    }

    /// All that happens, the most notable thing first, in one line.
    pub fn sentence(&self) -> String {
        let parts: Vec<&str> =
            [self.words.as_str()].into_iter().chain(self.more.iter().map(String::as_str)).collect();
        text::shorten(&parts.join("; "), 400)
    }
}

/// Whether a message only keeps the cluster going: it brings no entry and is about no operation's answer.
pub fn is_upkeep(message: &Message<'_>) -> bool {
    matches!(message.class, MessageClass::Peer | MessageClass::Health) && message.carries.is_empty()
}
