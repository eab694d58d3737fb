//! The story of a run, told in the terminal.
//!
//! It is made for a projector as much as for a log: what was tried, what happened in
//! order of time, what the checkers say, and why it came to that. It never lists a whole workload: only
//! scripted operations, faults, and what the witnesses rest on.

mod balancer;
mod faults;
mod heading;
mod protocol;
mod replicas;
mod timeline;
mod verdicts;
mod why;
mod zones;

pub(crate) use heading::command;
pub use heading::flaw_options;
pub(crate) use why::{Defended, Reason, Sentence, defended, reasons};

use crate::{glossary, paper};
use judge::{
    Run,
    cause::{Cause, Proof, causes},
    record::Witness,
    replay::{Message, messages},
};
use node::Key;
use paper::{Paper, Tone};

/// How a story is told.
#[derive(Clone, Debug)]
pub struct StoryOptions {
    /// The longest line, in characters; below 60 it is taken for 60.
    pub width: usize,
    /// Whether ANSI colours are used.
    pub colour: bool,
    /// The folder in which the run's files are, if it is to be named.
    pub folder: Option<String>,
    /// How the scenario was named on the command line, if not by its name: the path of its file.
    pub scenario: Option<String>,
    /// Whether everything is told, and not only what fits on a page or two.
    pub verbose: bool,
    /// Whether the words that a newcomer may not know are told, a line each.
    pub explain: bool,
    /// What was shown to help against the violations, by carrying out the plan once more.
    pub proofs: Vec<Proof>,
    /// The flaws that were switched on by hand, for the command that gives the same run.
    pub flaws: Vec<String>,
}

impl Default for StoryOptions {
    /// 100 characters, no colour, no folder, the scenario by its name, short, nothing proved.
    fn default() -> Self {
        Self {
            width: 100,
            colour: false,
            folder: None,
            scenario: None,
            verbose: false,
            explain: false,
            proofs: Vec::new(),
            flaws: Vec::new(),
        }
    }
}

impl StoryOptions {
    /// The same for a file: the bytes depend neither on a terminal nor on the place.
    pub(crate) fn for_a_file(&self) -> Self {
        let Self { width, colour, folder, .. } = Self::default();
        Self { width, colour, folder, ..self.clone() }
    }
}

/// Tells a run.
pub fn story(run: &Run, options: &StoryOptions) -> String {
    tell(&Telling::new(run), options)
}

/// The same, of a run whose causes are known already.
pub(crate) fn tell(telling: &Telling<'_>, options: &StoryOptions) -> String {
    let run = telling.run;
    let mut paper = Paper::new(options.width.max(60), options.colour);
    heading::write(run, &mut paper);
    timeline::write(telling, options, &mut paper);
    heading::workload(run, &mut paper);
    zones::write(run, &mut paper);
    verdicts::write(run, options, &mut paper);
    why::write(telling, options, &mut paper);
    if options.explain {
        words(telling, options, &mut paper);
    }
    replicas::write(telling, &mut paper);
    heading::again(run, options, &mut paper);
    paper.finish()
}

/// What the checkers say, and why it came to that.
pub(crate) fn verdict(telling: &Telling<'_>, options: &StoryOptions) -> String {
    let mut paper = Paper::new(options.width.max(60), options.colour);
    verdicts::write(telling.run, options, &mut paper);
    why::write(telling, options, &mut paper);
    paper.finish()
}

/// What the words of the reasons mean, in the order in which they come.
fn words(telling: &Telling<'_>, options: &StoryOptions, paper: &mut Paper) {
    let mut reasons = Paper::new(usize::MAX, false);
    why::write(telling, options, &mut reasons);
    let terms = glossary::find_first_uses(&reasons.finish());
    if terms.is_empty() {
        return;
    }
    paper.part("THE WORDS");
    for term in terms {
        let name = format!("{}: ", term.name);
        paper.line("  ", &[(&name, Tone::Notable), (term.meaning, Tone::Plain)]);
    }
}

/// A run, and what the parts of its story share.
pub(crate) struct Telling<'a> {
    pub(crate) run: &'a Run,
    /// Empty without a trace.
    pub(crate) messages: Vec<Message<'a>>,
    /// How each violation came about; empty without a trace.
    causes: Vec<Cause<'a>>,
    /// The keys that the witnesses are about, or without any the scripted operations; at most [`MOST_KEYS`].
    pub(crate) keys: Vec<Key>,
}

/// More keys than this make a story hard to follow.
const MOST_KEYS: usize = 3;

impl<'a> Telling<'a> {
    pub(crate) fn new(run: &'a Run) -> Self {
        let mut keys: Vec<Key> = Vec::new();
        let named = witnesses(run).flat_map(|witness| {
            let operations = witness.operations.iter();
            let records = operations.filter_map(|index| run.history.operations.get(*index));
            witness.keys.iter().chain(records.filter_map(|record| record.operation.key()))
        });
        // Where nothing is violated, it is about what the scenario does by name.
        let scripted = run.operations().iter().filter(|it| !run.is_workload(it.client));
        let scripted = scripted.filter_map(|record| record.operation.key());
        let holds = witnesses(run).next().is_none();
        for key in named.chain(scripted.filter(|_| holds)) {
            if keys.len() < MOST_KEYS && !keys.contains(key) {
                keys.push(key.clone());
            }
        }
        let messages = run.trace.as_ref().map(messages).unwrap_or_default();
        let mut causes = causes(run);
        causes.sort_by_key(|cause| why::rank(run, cause.property));
        Self { run, messages, causes, keys }
    }
}

/// The witnesses of all violations.
fn witnesses(run: &Run) -> impl Iterator<Item = &Witness> {
    run.judgements.iter().filter_map(|judgement| judgement.verdict.witness())
}
