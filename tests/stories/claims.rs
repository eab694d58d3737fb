//! Each sentence of WHY, of every cell of the matrix, held against the trace of its run.
//!
//! This reads the words and looks into the trace by itself; it shares nothing with what made them.

use super::support::{cells, run, steps, whole, whys};
use judge::{
    Run,
    record::{Event, MessageClass, OperationRecord, TraceEvent},
    replay::{Fate, Message, messages},
};
use node::{NodeId, Time};

/// What a sentence says that the trace does not.
fn unproved(run: &Run, subject: Option<&OperationRecord>, sentence: &str) -> Option<String> {
    let events = &run.trace.as_ref().unwrap().events;
    let facts = Facts { run, subject, events, messages: messages(run.trace.as_ref().unwrap()) };
    // A story writes a line break in a value so.
    let meant = sentence.replace("\\n", "\n");
    facts
        .check(&meant)
        .or_else(|_| facts.check(sentence))
        .err()
        .map(|why| format!("{why}: {sentence}"))
}

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

impl Facts<'_> {
    fn check(&self, sentence: &str) -> Checked {
        if let Some(rest) = sentence.strip_prefix("Until ") {
            return self.none_sent(rest);
        }
        if let Some(rest) = sentence.strip_prefix("In the ") {
            return self.told(rest);
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

    /// `all 4 workers of n1`, and `n2; behind lay 3 requests.`
    fn waits(&self, at: &str, workers: &str, rest: &str) -> Checked {
        let node = workers.rsplit(' ').next().ok_or("nobody")?;
        let of_node = self.run.waits.iter().find(|(name, _)| name.to_string() == node);
        let (_, waits) = of_node.ok_or("it does not wait")?;
        let (on, behind) = rest.split_once("; behind lay ").ok_or("nothing behind")?;
        let count = if workers.starts_with("the one ") {
            1
        } else {
            workers.split(' ').nth(1).and_then(|it| it.parse().ok()).ok_or("no count")?
        };
        let queued = waits.queued_requests + waits.queued_calls + waits.queued_health_checks;
        let fits = waits.workers == count
            && waits.on.keys().all(|it| on.contains(&it.to_string()))
            && (queued == 0) == (behind == "nothing.")
            && shown(self.run.run_ended) == at;
        fits.then_some(()).ok_or("it waits for others")
    }

    /// `n1 -> n2 -> n1: to answer takes a worker...`
    fn circle(&self, rest: &str) -> Checked {
        let (circle, _) = rest.split_once(": ").ok_or("no circle")?;
        let way: Vec<_> = circle.split(" -> ").collect();
        let waits = |pair: &[&str]| {
            let mut waits = self.run.waits.iter();
            waits.any(|(node, waits)| {
                node.to_string() == pair[0] && waits.on.keys().any(|on| on.to_string() == pair[1])
            })
        };
        let closed = way.len() > 1 && way.first() == way.last();
        (closed && way.windows(2).all(waits)).then_some(()).ok_or("they do not wait so")
    }

    /// The last answer of nodes that wait: nothing that they were asked after it was answered.
    fn last_answer(&self, at: &str) -> Checked {
        let at = at.trim_end_matches('.');
        let stuck = |node: &NodeId| self.run.waits.get(node).is_some_and(node::Waits::is_stuck);
        let answers = self.run.history.operations.iter().filter(|it| it.is_answered());
        let last = answers.filter(|it| stuck(&it.node)).map(|it| it.completed).max();
        last.is_some_and(|last| shown(last) == at).then_some(()).ok_or("it was not the last")
    }

    /// Nodes that the balancer took out while their health checks waited.
    fn taken_out(&self, rest: &str) -> Checked {
        let told = rest.split(';').next().unwrap_or(rest).trim_end_matches(" out.");
        let told = told.trim_end_matches(" out");
        let mut names = told.split(", ").flat_map(|it| it.split(" and "));
        let is_out = |name: &str| {
            let mut health = self.events.iter().rev().filter_map(|it| match it.event {
                Event::Balance { node, healthy } if node.to_string() == name => {
                    (it.at <= self.run.run_ended).then_some(healthy)
                }
                _ => None,
            });
            health.next() == Some(false)
        };
        names.all(is_out).then_some(()).ok_or("it was not taken out")
    }

    fn stored(&self, at: &str, who: &str, told: &str) -> Checked {
        let stored = self.events.iter().any(|event| match &event.event {
            Event::Apply { node, change } => {
                shown(event.at) == at && node.to_string() == who && told == format!("`{change}`.")
            }
            _ => false,
        });
        stored.then_some(()).ok_or("it stored nothing like that")
    }

    /// When nodes came to hold what the write leaves.
    fn taken(&self) -> Result<Vec<(Time, NodeId)>, &'static str> {
        let write = self.subject.ok_or("of no write")?;
        let (key, state) = (write.operation.key(), write.leaves().ok_or("of no write")?);
        let taken = self.events.iter().filter_map(|event| match &event.event {
            Event::Apply { node, change } => (event.at >= write.invoked
                && Some(&change.key) == key
                && change.after.as_ref().map(|it| &it.value) == state)
                .then_some((event.at, *node)),
            _ => None,
        });
        Ok(taken.collect())
    }

    /// `Neither n1, which had said yes, nor any other node ever held it.`
    fn nobody_took(&self) -> Checked {
        self.taken()?.is_empty().then_some(()).ok_or("somebody held it")
    }

    /// `n2 handled it at 2.000s and did not take it.`
    fn not_taken(&self, sentence: &str) -> Checked {
        let (node, rest) = sentence.split_once(" handled it at ").ok_or("nobody")?;
        let at = rest.split(' ').next().ok_or("no moment")?;
        let handled = self.messages.iter().any(|it| {
            it.to.to_string() == node && it.handled().is_some_and(|handled| shown(handled) == at)
        });
        let taken = self.taken()?;
        let took = taken.iter().any(|(when, who)| who.to_string() == node && shown(*when) == at);
        (handled && !took).then_some(()).ok_or("it took it, or handled nothing")
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

    fn answered(&self, at: &str, who: &str, what: &str) -> Checked {
        let known = self.run.history.operations.iter().any(|it| {
            let yes = format!("{} that `{}` had taken effect.", it.client, it.operation);
            let told = format!("{}'s `{}`: ", it.client, it.operation);
            shown(it.completed) == at
                && it.node.to_string() == who
                && ((what == yes && it.is_ok()) || what.starts_with(&told))
        });
        known.then_some(()).ok_or("no such answer")
    }

    fn sent(&self, at: &str, who: &str, what: &str) -> Checked {
        let lost = what.contains(". It was lost, ");
        let handled = what.contains(" handled it at ");
        for event in self.events {
            let Event::Send { message, from, to, text, .. } = &event.event else { continue };
            if shown(event.at) != at || from.to_string() != who {
                continue;
            }
            let told =
                [format!("sent {to} the message `{text}`."), format!("asked {to}: `{text}`.")];
            if !told.iter().any(|told| what.starts_with(told.as_str())) {
                continue;
            }
            let end = self.events.iter().find(|it| match &it.event {
                Event::Deliver { message: other, .. } | Event::Drop { message: other, .. } => {
                    other == message
                }
                _ => false,
            });
            let fits = match end.map(|end| (&end.event, end.at)) {
                Some((Event::Deliver { .. }, at)) => {
                    handled && what.contains(&format!("handled it at {},", shown(at)))
                }
                Some((Event::Drop { .. }, _)) => lost,
                _ => !lost && !handled,
            };
            if fits {
                return Ok(());
            }
        }
        Err("no such message")
    }

    fn replaced(&self, at: &str, rest: &str) -> Checked {
        let known = self.events.iter().any(|event| match &event.event {
            Event::Apply { node, change } => {
                shown(event.at) == at
                    && rest.starts_with(&format!("`{change}` took its place on {node}"))
            }
            _ => false,
        });
        known.then_some(()).ok_or("no such change")
    }

    fn holders(&self, at: &str, rest: &str) -> Checked {
        let known = self.run.facts.iter().any(|it| shown(it.at) == at);
        (known && rest.contains(" of ")).then_some(()).ok_or("no such moment")
    }

    /// What a node held: as some change, boot or crash before left it.
    fn held(&self, at: &str, who: &str, what: &str) -> Checked {
        let (value, key) = what.trim_end_matches('.').rsplit_once(" under ").ok_or("no key")?;
        let mut replay = judge::replay::Replay::of(self.run).ok_or("no trace")?;
        let moment = self.events.iter().rev().find(|it| shown(it.at) == at).ok_or("no moment")?;
        replay.advance_to(moment.at);
        let mut nodes = replay.nodes().filter(|(node, _)| node.to_string() == who);
        let (_, state) = nodes.next().ok_or("no such node")?;
        let held = state.get(&key.into()).map(|entry| format!("`{}`", entry.value));
        let held = held.unwrap_or_else(|| "nothing".to_owned());
        (held == value).then_some(()).ok_or("it held something else")
    }

    /// `2.000s nobody had sent n2 a message that carries it.`
    fn none_sent(&self, rest: &str) -> Checked {
        let (until, rest) = rest.split_once(" nobody had sent ").ok_or("unknown")?;
        let to = rest.split(' ').next().ok_or("nobody")?;
        let write = self.subject.ok_or("of no write")?;
        let key = write.operation.key().ok_or("of no key")?;
        let state = write.leaves().ok_or("of no write")?;
        let sent = self.messages.iter().find(|it| {
            it.to.to_string() == to
                && it.sent >= write.invoked
                && it.class != MessageClass::Reply
                && it.brings(key, state)
        });
        // Moments are shown to the millisecond.
        let is_before =
            sent.is_some_and(|it| it.sent.to_string().as_str() != until && it.sent < moment(until));
        if is_before { Err("somebody had sent it") } else { Ok(()) }
    }

    /// `6.0 s that were left no node told n2 anything`, or handled so many messages.
    fn told(&self, rest: &str) -> Checked {
        let (_, rest) = rest.split_once(" that were left ").ok_or("unknown")?;
        if let Some(node) = rest.strip_prefix("no node told ") {
            let node = node.trim_end_matches(" anything.");
            return self.nodes().any(|it| it == node).then_some(()).ok_or("no such node");
        }
        let (node, rest) = rest.split_once(" handled ").ok_or("unknown")?;
        let count: usize = rest
            .split(' ')
            .next()
            .and_then(|it| it.replace(',', "").parse().ok())
            .ok_or("no count")?;
        let handled = self
            .messages
            .iter()
            .filter(|it| it.is_peer() && it.to.to_string() == node && it.handled().is_some());
        (handled.count() >= count).then_some(()).ok_or("it handled fewer")
    }

    fn nodes(&self) -> impl Iterator<Item = String> {
        self.run.replicas.iter().map(|it| it.node.to_string())
    }

    /// `1.0s to 2.0s: n1 cut off`, or so many messages lost.
    fn spell(&self, rest: &str) -> Checked {
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

    /// `20 reads and 3 writes at n1 got no answer: ...`
    fn unanswered(&self, sentence: &str) -> Checked {
        let (what, _) = sentence.split_once(" got no answer: ").ok_or("unknown")?;
        let (counts, node) = what.rsplit_once(" at ").ok_or("nowhere")?;
        for part in counts.split(" and ") {
            let (count, sort) = part.split_once(' ').ok_or("no count")?;
            let count: usize = count.replace(',', "").parse().map_err(|_| "no count")?;
            let silent = self.run.history.operations.iter().filter(|it| {
                !it.is_answered()
                    && it.node.to_string() == node
                    && it.operation.kind().is_write() == sort.starts_with("write")
            });
            if silent.count() < count {
                return Err("they were fewer");
            }
        }
        Ok(())
    }

    /// `write was 2.0 s, from 1.500s to 3.500s.`
    fn silence(&self, rest: &str) -> Checked {
        let (sort, rest) = rest.split_once(" was ").ok_or("unknown")?;
        let (_, span) = rest.split_once(", from ").ok_or("no time")?;
        let (from, to) = span.trim_end_matches('.').split_once(" to ").ok_or("no time")?;
        // Moments are shown to the millisecond.
        let after = moment(from) + std::time::Duration::from_millis(1);
        let meanwhile = self.run.operations().iter().any(|it| {
            it.is_answered()
                && it.operation.kind().is_write() == (sort == "write")
                && it.completed > after
                && it.completed + std::time::Duration::from_millis(1) < moment(to)
        });
        if meanwhile { Err("one was answered meanwhile") } else { Ok(()) }
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

#[test]
fn every_sentence_of_why_is_in_the_trace() {
    let cells = cells(3_000);
    let threads = std::thread::available_parallelism().unwrap();
    let look = |(scenario, system): &(&str, String)| {
        let run = run(scenario, system);
        let mut sentences = 0;
        let mut wrong = Vec::new();
        for (head, lines) in whys(&whole(&run)) {
            let steps = steps(&lines);
            let subject = subject(&run, &steps);
            for step in steps {
                sentences += 1;
                let unproved = unproved(&run, subject, step);
                wrong.extend(unproved.map(|it| format!("{scenario} on {system}, {head}: {it}")));
            }
        }
        (sentences, wrong)
    };
    let outcomes = sim::in_parallel(&cells, threads, look, |_, _| {});
    let (sentences, wrong): (Vec<usize>, Vec<Vec<String>>) = outcomes.into_iter().unzip();
    let wrong: Vec<_> = wrong.into_iter().flatten().collect();
    assert!(sentences.iter().sum::<usize>() > 1_000, "the stories say something");
    let first: Vec<_> = wrong.iter().take(12).collect();
    assert!(wrong.is_empty(), "{} of them: {first:#?}", wrong.len());
}

#[test]
fn a_sentence_that_the_trace_does_not_show_is_found_out() {
    let run = run("ghost-data", "async-leader");
    let write = &run.history.operations[0];
    let true_ones = [
        "At 2.001s n1 answered c0 that `put 999=GhostData` had taken effect.",
        "At 2.001s n1 sent n2 the message `replicate 999=GhostData v1`. It was lost, as its receiver was down.",
    ];
    for sentence in true_ones {
        assert_eq!(unproved(&run, Some(write), sentence), None);
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
        assert!(unproved(&run, Some(write), sentence).is_some(), "{sentence}");
    }
}
