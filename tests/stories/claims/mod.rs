//! Each sentence of WHY, of every cell of the matrix, held against the trace of its run.
//!
//! This reads the words and looks into the trace by itself; it shares nothing with what made them.

mod messages;
mod operations;
mod stores;
mod waits;

use super::{
    cells,
    support::{run, steps, whole, whys},
};
use judge::{
    Run,
    record::{Event, OperationRecord, TraceEvent},
    replay::{Fate, Message, messages},
};
use node::Time;

/// What a run shows, asked for one part of its story.
struct Facts<'a> {
    run: &'a Run,
    /// The write that the part is about.
    subject: Option<&'a OperationRecord>,
    events: &'a [TraceEvent],
    messages: Vec<Message<'a>>,
}

/// The write that a part is about: the first that its steps name.
fn subject<'a>(run: &'a Run, steps: &[&str]) -> Option<&'a OperationRecord> {
    steps.iter().find_map(|step| {
        run.history.operations.iter().find(|it| {
            it.operation.kind().is_write()
                && (step.contains(&format!("that `{}` had taken effect", it.operation))
                    || step.contains(&format!("began `{}` at", it.operation)))
        })
    })
}

type Checked = Result<(), &'static str>;

impl<'a> Facts<'a> {
    fn of(run: &'a Run) -> Self {
        let trace = run.trace.as_ref().unwrap();
        Self { run, subject: None, events: &trace.events, messages: messages(trace) }
    }

    /// What a sentence says that the trace does not.
    fn unproved(&self, sentence: &str) -> Option<String> {
        // A story writes a line break in a value so.
        let meant = sentence.replace("\\n", "\n");
        let checked = self.check(&meant).or_else(|_| self.check(sentence));
        checked.err().map(|why| format!("{why}: {sentence}"))
    }

    fn check(&self, sentence: &str) -> Checked {
        if let Some(rest) = sentence.strip_prefix("Until ") {
            return self.none_sent(rest);
        }
        if let Some(rest) = sentence.strip_prefix("In the ") {
            return self.told(rest);
        }
        if let Some(rest) = sentence.strip_prefix("By ") {
            return self.each_held(rest);
        }
        if let Some(rest) = sentence.strip_prefix("Each of ") {
            return self.each_died(rest);
        }
        if let Some(rest) = sentence.strip_prefix("From ") {
            return self.spell(rest);
        }
        if let Some(rest) = sentence.strip_prefix("At ") {
            return self.at(rest);
        }
        if sentence.starts_with("Neither ") {
            return self.nobody_took();
        }
        self.about_a_node(sentence)
    }

    /// `1.000s n1 ...`: something that happened at a moment.
    fn at(&self, rest: &str) -> Checked {
        let (at, rest) = rest.split_once(' ').ok_or("no moment")?;
        let (at, colon) = at.strip_suffix(':').map_or((at, false), |at| (at, true));
        if colon {
            let known = self
                .run
                .faults
                .iter()
                .any(|it| shown(it.start) == at && rest.starts_with(&it.label));
            return known.then_some(()).ok_or("no such fault");
        }
        if let Some((workers, rest)) = rest.split_once(" waited for ") {
            return self.waits(at, workers, rest);
        }
        if rest.contains(" nodes had entry ") {
            return self.holders(at, rest);
        }
        if rest.starts_with('`') {
            return self.replaced(at, rest);
        }
        let (who, what) = rest.split_once(' ').ok_or("nobody")?;
        if let Some(op) = what.strip_prefix("answered ") {
            return self.answered(at, who, op);
        }
        if what.starts_with("began `") {
            let known = self.run.history.operations.iter().any(|it| {
                shown(it.invoked) == at
                    && it.client.to_string() == who
                    && !it.is_ok()
                    && what.starts_with(&format!("began `{}` at {}", it.operation, it.node))
            });
            return known.then_some(()).ok_or("no such operation");
        }
        if what.starts_with("sent ") || what.starts_with("asked ") {
            return self.sent(at, who, what);
        }
        if let Some(change) = what.strip_prefix("stored ") {
            return self.stored(at, who, change);
        }
        if let Some(held) = what.strip_prefix("held ") {
            return self.held(at, who, held);
        }
        self.said(at, who, what)
    }

    fn said(&self, at: &str, who: &str, what: &str) -> Checked {
        let what = what.trim_end_matches('.');
        let said = self.events.iter().any(|event| {
            let text = match &event.event {
                Event::Announce { node, fact } => (node.to_string(), fact.to_string()),
                Event::Note { node, note } => (node.to_string(), note.to_string()),
                _ => return false,
            };
            shown(event.at) == at && text.0 == who && text.1.trim_end_matches('.') == what
        });
        said.then_some(()).ok_or("nobody said so")
    }

    fn nodes(&self) -> impl Iterator<Item = String> {
        self.run.replicas.iter().map(|it| it.node.to_string())
    }

    /// `1.0s to 2.0s: n1 cut off`, or so many messages lost.
    fn spell(&self, rest: &str) -> Checked {
        if rest.contains(" operations that were begun ") {
            return self.went_on(rest);
        }
        if let Some((first, _)) = rest.split_once(" were lost, ") {
            let mut words = first.split(' ').skip(2);
            let count: usize =
                words.next().and_then(|it| it.replace(',', "").parse().ok()).ok_or("no count")?;
            let to = first.rsplit(' ').next().ok_or("nobody")?;
            let lost = self
                .messages
                .iter()
                .filter(|it| it.to.to_string() == to && matches!(it.fate, Fate::Dropped { .. }));
            return (lost.count() >= count).then_some(()).ok_or("fewer were lost");
        }
        let known = self.run.faults.iter().any(|fault| {
            fault.end.is_some_and(|end| {
                rest.starts_with(&format!("{} to {end}: {}", fault.start, fault.label))
            })
        });
        known.then_some(()).ok_or("no such fault")
    }

    fn about_a_node(&self, sentence: &str) -> Checked {
        if let Some((node, at)) =
            sentence.split_once(" held it from ").or_else(|| sentence.split_once(" deleted it at "))
        {
            let at = at.trim_end_matches('.').trim_end_matches(" on");
            let known = self.events.iter().any(|event| {
                shown(event.at) == at
                    && match &event.event {
                        Event::Apply { node: other, .. } | Event::Boot { node: other, .. } => {
                            other.to_string() == node
                        }
                        _ => false,
                    }
            });
            return known.then_some(()).ok_or("no such change");
        }
        let died = sentence
            .split_once(" crashed at ")
            .or_else(|| sentence.split_once(" lost its power at "));
        if let Some((node, rest)) = died {
            let at = rest.split([',', ' ']).next().unwrap_or_default();
            let known = self.events.iter().any(|event| match &event.event {
                Event::Died { node: other, .. } => {
                    shown(event.at) == at && other.to_string() == node
                }
                _ => false,
            });
            return known.then_some(()).ok_or("it did not die then");
        }
        if sentence.ends_with("did not take it.") {
            return self.not_taken(sentence);
        }
        if sentence.contains(" got no answer: ") {
            return self.unanswered(sentence);
        }
        if let Some(rest) = sentence.strip_prefix("They wait in a circle, ") {
            return self.circle(rest);
        }
        let last = [
            "It gave its last answer to a client at ",
            "The last answer that a client had of any of them came at ",
        ];
        if let Some(at) = last.iter().find_map(|it| sentence.strip_prefix(it)) {
            return self.last_answer(at);
        }
        if let Some((_, rest)) = sentence.split_once("and so it fails: the balancer took ") {
            return self.taken_out(rest);
        }
        if let Some(node) = sentence.strip_suffix(" was down then.") {
            let up = self.run.waits.keys().any(|it| it.to_string() == node);
            return if up { Err("it was up") } else { Ok(()) };
        }
        if let Some((message, _)) = sentence.split_once(" Nobody sent it again,") {
            return self.check(message);
        }
        if let Some((node, _)) = sentence.split_once(" waited for nobody; ") {
            let waits = self.run.waits.iter().find(|(name, _)| name.to_string() == node);
            let free = waits.is_some_and(|(_, waits)| waits.on.is_empty());
            return free.then_some(()).ok_or("it waited for somebody");
        }
        if let Some(rest) = sentence.strip_prefix("The longest time without an answered ") {
            return self.silence(rest);
        }
        if sentence.starts_with('`') && sentence.contains(" was the last that ") {
            let known = self.run.history.operations.iter().any(|it| {
                it.is_ok()
                    && sentence.starts_with(&format!(
                        "`{}`, acknowledged at {}, was",
                        it.operation, it.completed
                    ))
            });
            return known.then_some(()).ok_or("no such write");
        }
        Err("unknown")
    }
}

fn shown(at: Time) -> String {
    at.to_string()
}

/// The moment that was shown so, to the millisecond.
fn moment(shown: &str) -> Time {
    let seconds: f64 = shown.trim_end_matches('s').parse().unwrap();
    Time::from_nanos((seconds * 1e9) as u64)
}

/// How many sentences of a run's story say why, and those of them that its trace does not show.
pub(crate) fn look(run: &Run) -> (usize, Vec<String>) {
    let mut facts = Facts::of(run);
    let mut sentences = 0;
    let mut wrong = Vec::new();
    for (head, lines) in whys(&whole(run)) {
        let steps = steps(&lines);
        facts.subject = subject(run, &steps);
        for step in steps {
            sentences += 1;
            wrong.extend(facts.unproved(step).map(|it| format!("{head}: {it}")));
        }
    }
    (sentences, wrong)
}

#[test]
fn every_sentence_of_why_is_in_the_trace() {
    let sentences: usize = cells::told().iter().map(|cell| cell.sentences).sum();
    assert!(sentences > 1_000, "the stories say something");
    let wrong = cells::told().iter().flat_map(|cell| cell.of(&cell.unproved));
    let wrong: Vec<_> = wrong.collect();
    let first: Vec<_> = wrong.iter().take(12).collect();
    assert!(wrong.is_empty(), "{} of them: {first:#?}", wrong.len());
}

#[test]
fn a_sentence_that_the_trace_does_not_show_is_found_out() {
    let run = run("ghost-data", "async-leader");
    let mut facts = Facts::of(&run);
    facts.subject = Some(&run.history.operations[0]);
    let true_ones = [
        "At 2.001s n1 answered c0 that `put 999=GhostData` had taken effect.",
        "At 2.001s n1 sent n2 the message `replicate 999=GhostData v1`. It was lost, as its receiver was down.",
    ];
    for sentence in true_ones {
        assert_eq!(facts.unproved(sentence), None);
    }
    let false_ones = [
        "At 2.001s n2 answered c0 that `put 999=GhostData` had taken effect.",
        "At 2.001s n1 sent n3 the message `replicate 999=GhostData v1`. It was lost, as its receiver was down.",
        "n2 held it from 2.002s on.",
        "n3 crashed at 1.000s and did not come back.",
        "At 4.000s n2 held `GhostData` under 999.",
        "Until 3.000s nobody had sent n2 a message that carries it.",
        "In the 6.0 s that were left n2 handled 9,999 messages from other nodes; none was about the key.",
        "Everything went well.",
    ];
    for sentence in false_ones {
        assert!(facts.unproved(sentence).is_some(), "{sentence}");
    }
}
