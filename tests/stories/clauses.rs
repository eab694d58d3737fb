//! The one clause that names the kind of a chain, of every cell of the matrix, held against the events
//! of its run.
//!
//! Each kind says something that the trace must show; this looks for that by itself, in the
//! events as they stand, and shares with what named the kind only the operations and the node it is about.

use super::{cells, support::run};
use judge::{
    Run,
    cause::{Cause, Kind, causes},
    record::{Endpoint, Event, FactRecord, FaultKind, MessageClass, OperationRecord, TraceEvent},
    replay::{Fate, Message, messages},
};
use node::{Fact, Key, NodeId, Note, Time, Value, client::Outcome};
use scenarios::Property;
use std::collections::BTreeSet;

struct Look<'a> {
    run: &'a Run,
    events: &'a [TraceEvent],
    messages: Vec<Message<'a>>,
}

/// A change of one node under one key.
type Change<'a> = (Time, Option<&'a Value>, &'a TraceEvent);

impl<'a> Look<'a> {
    fn of(run: &'a Run) -> Self {
        let trace = run.trace.as_ref().unwrap();
        Self { run, events: &trace.events, messages: messages(trace) }
    }

    fn record(&self, place: Option<usize>) -> &'a OperationRecord {
        &self.run.history.operations[place.expect("it is about an operation")]
    }

    fn changes(&self, key: &Key, on: NodeId) -> Vec<Change<'a>> {
        let changes = self.events.iter().filter_map(|event| match &event.event {
            Event::Apply { node, change } if *node == on && change.key == *key => {
                Some((event.at, change.after.as_ref().map(|it| &it.value), event))
            }
            _ => None,
        });
        changes.collect()
    }

    fn nodes(&self) -> impl Iterator<Item = NodeId> {
        self.run.replicas.iter().map(|it| it.node)
    }

    fn notes(&self) -> impl Iterator<Item = (&'a TraceEvent, NodeId, &'a Note)> {
        self.events.iter().filter_map(|event| match &event.event {
            Event::Note { node, note } => Some((event, *node, note)),
            _ => None,
        })
    }

    fn facts(&self) -> impl Iterator<Item = &'a FactRecord> {
        self.run.facts.iter()
    }

    fn died(&self, on: NodeId) -> impl Iterator<Item = (Time, u64)> {
        self.events.iter().filter_map(move |event| match &event.event {
            Event::Died { node, lost_bytes, .. } if *node == on => Some((event.at, *lost_bytes)),
            _ => None,
        })
    }

    /// When a node first held what a write leaves, after the write was begun.
    fn took(&self, write: &OperationRecord, on: NodeId) -> Option<Time> {
        let (key, state) = (write.operation.key()?, write.leaves()?);
        let mut changes = self.changes(key, on).into_iter();
        changes.find(|(at, left, _)| *at >= write.invoked && *left == state).map(|(at, ..)| at)
    }

    /// The messages to a node that bring what a write leaves.
    fn carriers(&self, write: &OperationRecord, to: NodeId) -> Vec<&Message<'a>> {
        let (key, state) = (write.operation.key().unwrap(), write.leaves().unwrap());
        let brings = |it: &&Message<'_>| {
            it.to == Endpoint::Node(to)
                && it.class != MessageClass::Reply
                && it.sent >= write.invoked
                && it.brings(key, state)
        };
        self.messages.iter().filter(brings).collect()
    }

    /// The writes that leave this under a key and were begun until a moment.
    fn writers(&self, key: &Key, state: Option<&Value>, until: Time) -> Vec<&'a OperationRecord> {
        let records = self.run.history.operations.iter();
        let writes = records.filter(|it| {
            it.may_have_written()
                && it.operation.key() == Some(key)
                && it.leaves() == Some(state)
                && it.invoked <= until
        });
        writes.collect()
    }

    /// What took the place of a write on a node, each time.
    fn successors(&self, write: &OperationRecord, on: NodeId) -> Vec<Change<'a>> {
        let (key, state) = (write.operation.key().unwrap(), write.leaves().unwrap());
        let changes = self.changes(key, on);
        let pairs = changes.windows(2).filter(|pair| pair[0].1 == state && pair[1].1 != state);
        pairs.map(|pair| pair[1]).collect()
    }
}

fn before(one: &OperationRecord, other: &OperationRecord) -> bool {
    one.is_ok() && one.completed < other.invoked
}

fn at_once(one: &OperationRecord, other: &OperationRecord) -> bool {
    !before(one, other) && !before(other, one)
}

/// Whether the events show what the clause of a kind says.
fn shows(look: &Look<'_>, cause: &Cause<'_>, kind: Kind) -> bool {
    let run = look.run;
    let write = || look.record(cause.write);
    let shown = || look.record(cause.shown_by);
    let node = || cause.node.expect("it is about a node");
    let key = || write().operation.key().unwrap();
    let state = || write().leaves().unwrap();
    // What an answer shows, it shows when it is given; what replicas show, at the end.
    let until = cause.shown_by.map_or(run.ended, |place| run.history.operations[place].completed);
    match kind {
        Kind::MessageLost => {
            let carriers = look.carriers(write(), node());
            let lost =
                |it: &&Message<'_>| matches!(it.fate, Fate::Dropped { .. }) && it.sent <= until;
            carriers.iter().any(lost) && look.took(write(), node()).is_none_or(|at| at > until)
        }
        Kind::NotYetThere => {
            let known = run
                .history
                .operations
                .iter()
                .filter(|it| it.operation.key() == Some(key()) && it.found() == Some(state()));
            let known = known.map(|it| it.completed);
            let known = known.chain(write().is_ok().then_some(write().completed)).min().unwrap();
            look.took(write(), node()).is_none_or(|at| at > known)
        }
        Kind::NeverSent => look.carriers(write(), node()).is_empty(),
        Kind::AcknowledgedAlone => {
            let holders: Vec<_> =
                look.nodes().filter_map(|it| Some((it, look.took(write(), it)?))).collect();
            let [(alone, at)] = holders[..] else { return false };
            at <= write().completed && look.died(alone).any(|(died, _)| died >= at)
        }
        Kind::MemoryLost => look.nodes().any(|it| {
            look.took(write(), it).is_some_and(|at| look.died(it).any(|(died, _)| died >= at))
        }),
        Kind::PlatterLost => look
            .events
            .iter()
            .any(|it| matches!(it.event, Event::Died { lost_bytes, .. } if lost_bytes > 0)),
        Kind::Overtaken => {
            let older = |(at, left, _): &Change<'_>| {
                let writers = look.writers(key(), *left, *at);
                writers.iter().any(|it| before(it, write()))
            };
            look.nodes().any(|it| look.successors(write(), it).iter().any(older))
        }
        Kind::ArrivalOrder | Kind::StampDecided => {
            let mut rivals = run.history.operations.iter().filter(|it| {
                it.may_have_written() && it.operation.key() == Some(key()) && *it != write()
            });
            rivals.any(|it| at_once(it, write()))
                && (kind == Kind::ArrivalOrder
                    || look.notes().any(|(_, _, note)| match note {
                        Note::Decided { key: of, goes, .. } => {
                            of == key() && goes.value.as_ref() == state()
                        }
                        _ => false,
                    }))
        }
        Kind::ClockDecided => {
            let skewed = run.plan().to_toml().contains("clock");
            skewed
                && look.notes().any(|(_, _, note)| match note {
                    Note::Decided { key: of, goes, stays, .. } => {
                        let writers = look.writers(of, stays.value.as_ref(), until);
                        of == key()
                            && goes.value.as_ref() == state()
                            && writers.iter().any(|it| before(it, write()))
                    }
                    _ => false,
                })
        }
        Kind::DeleteForgotten => {
            let forgot = look.notes().any(
                |(_, _, note)| matches!(note, Note::ForgotDelete { key: of, .. } if of == key()),
            );
            let told = look.carriers(write(), node());
            let told = told.iter().any(|it| it.handled().is_some_and(|at| at <= until));
            state().is_none() && (forgot || !told)
        }
        Kind::StaleLeader => {
            let led = look.facts().filter(|it| it.node == node() && it.at <= until);
            let led = led.filter_map(|it| match it.fact {
                Fact::Leads { term } => Some(term),
                _ => None,
            });
            let term = led.max().unwrap();
            let mut later = look.facts().filter(|it| it.node != node() && it.at <= until);
            later.any(|it| matches!(it.fact, Fact::Leads { term: other } if other > term))
                && look.took(write(), node()).is_none_or(|at| at > until)
        }
        Kind::AnswersCrossed => {
            let crossed = look.notes().any(|(_, _, note)| matches!(note, Note::Crossed { .. }));
            let found = shown().found().flatten();
            let elsewhere = run.history.operations.iter().any(|it| {
                it.operation.key() != shown().operation.key() && it.leaves() == Some(found)
            });
            crossed || (found.is_some() && elsewhere)
        }
        Kind::Forged => {
            look.notes().any(|(_, _, note)| matches!(note, Note::ReadAs { writes: 2.., .. }))
        }
        Kind::RoutingDisagreed => {
            let groups = look.notes().filter_map(|(_, _, note)| match note {
                Note::Routed { key: of, group, .. } | Note::Owns { key: of, group, .. } => {
                    (of == key()).then_some(*group)
                }
                _ => None,
            });
            groups.collect::<BTreeSet<_>>().len() > 1
        }
        Kind::AppliedTwice => look.nodes().any(|it| {
            look.successors(write(), it).iter().any(|(at, left, _)| {
                let times = look.changes(key(), it);
                times.iter().filter(|it| it.1 == *left && it.0 <= *at).count() > 1
            })
        }),
        Kind::HandOverDropped => {
            let over = look
                .facts()
                .any(|it| matches!(it.fact, Fact::InstalledSnapshot { .. } | Fact::Dropped { .. }));
            over || look.notes().any(|(_, _, note)| matches!(note, Note::TookOver { .. }))
        }
        Kind::NeverStored => {
            write().is_ok() && look.nodes().all(|it| look.took(write(), it).is_none())
        }
        Kind::NoOverlap => {
            let told = look.messages.iter().filter(|it| {
                it.class == MessageClass::Peer
                    && it.to == Endpoint::Node(shown().node)
                    && it.sent >= shown().invoked
                    && it.handled().is_some_and(|at| at <= shown().completed)
                    && it.tells(key()).is_some()
                    && look.events[it.event.0 as usize].serves(cause.shown_by.unwrap())
            });
            let told: Vec<_> = told.collect();
            !told.is_empty() && told.iter().all(|it| it.tells(key()) != Some(state()))
        }
        Kind::BothSucceeded => {
            let other = shown();
            at_once(write(), other) && write().is_ok() && other.is_ok()
        }
        Kind::CountedApart => {
            let versions = look.events.iter().filter_map(|it| match &it.event {
                Event::Apply { node, change } if change.key == *key() => {
                    let entry = change.after.as_ref()?;
                    (Some(&entry.value) == state()).then_some((node, entry.version))
                }
                _ => None,
            });
            let versions: BTreeSet<_> = versions.collect();
            let apart = |one: &(&NodeId, node::Version)| {
                versions.iter().any(|other| one.0 != other.0 && one.1 != other.1)
            };
            versions.iter().any(apart)
        }
        Kind::WaitsForEver => run.waits.values().any(node::Waits::is_stuck),
        Kind::LeaderGone => {
            let down = run.faults.iter().find(|it| it.nodes.contains(&node())).unwrap();
            let mut writes = run.history.operations.iter().filter(|it| {
                it.is_ok() && it.operation.kind().is_write() && it.completed <= down.start
            });
            writes.all(|it| it.node == node()) && !shown().is_answered()
        }
        Kind::AskedTheGone | Kind::CutFromOthers => {
            let asked = look.events.iter().filter_map(|it| match it.event {
                Event::Attempt { operation, to, .. } if Some(operation) == cause.shown_by => {
                    Some(to)
                }
                _ => None,
            });
            let for_it = |it: &&Message<'_>| {
                look.events[it.event.0 as usize].serves(cause.shown_by.unwrap())
            };
            let mut requests = look.messages.iter().filter(for_it);
            let had_it = requests.any(|it| {
                it.to == Endpoint::Node(node())
                    && it.class == MessageClass::Request
                    && it.handled().is_some_and(|at| at <= until)
            });
            let mut peers =
                look.messages.iter().filter(for_it).filter(|it| it.class == MessageClass::Peer);
            if kind == Kind::AskedTheGone {
                asked.collect::<BTreeSet<_>>() == BTreeSet::from([node()]) && !had_it
            } else {
                had_it && peers.all(|it| it.handled().is_none_or(|at| at > until))
            }
        }
        Kind::NoLeader | Kind::RefusedByRule => {
            let (Outcome::Fail(failure) | Outcome::Info(failure)) = &shown().outcome else {
                return false;
            };
            failure.to_string().contains("leader")
        }
        Kind::VotedTwice | Kind::VoteForgotten => {
            let votes: Vec<_> = look
                .facts()
                .filter(|it| it.node == node())
                .filter_map(|it| match it.fact {
                    Fact::Votes { term, candidate } => Some((it.at, term, candidate)),
                    _ => None,
                })
                .collect();
            votes.iter().any(|(first, term, candidate)| {
                votes.iter().any(|(second, other, rival)| {
                    let died = look.died(node()).any(|(at, _)| *first <= at && at <= *second);
                    term == other
                        && first < second
                        && candidate != rival
                        && died == (kind == Kind::VoteForgotten)
                })
            })
        }
        Kind::AppliedEarly | Kind::DecidedOldTerm => {
            // One place of the log, applied with two contents.
            let applied: Vec<_> = look
                .facts()
                .filter_map(|it| match it.fact {
                    Fact::Applied { index, term } => Some((index, term)),
                    _ => None,
                })
                .collect();
            applied
                .iter()
                .any(|(index, term)| applied.iter().any(|(other, of)| index == other && term != of))
        }
        Kind::SelfPromoted => {
            let leads = |it: &FactRecord| matches!(it.fact, Fact::Leads { .. });
            look.facts().any(leads) && !look.facts().any(|it| matches!(it.fact, Fact::Votes { .. }))
        }
    }
}

/// The kinds that are named for a run's violations, and those of them that its events do not show.
pub(crate) fn look(run: &Run) -> (Vec<(Property, Kind)>, Vec<String>) {
    let look = Look::of(run);
    let mut named = Vec::new();
    let mut wrong = Vec::new();
    for cause in causes(run) {
        let Some(kind) = cause.kind else { continue };
        named.push((cause.property, kind));
        if !shows(&look, &cause, kind) {
            wrong.push(format!("{:?}: {kind:?}", cause.property));
        }
    }
    (named, wrong)
}

#[test]
fn every_kind_that_is_named_is_in_the_trace() {
    let kinds: BTreeSet<Kind> =
        cells::told().iter().flat_map(|cell| cell.kinds.iter().map(|it| it.1)).collect();
    assert!(kinds.len() > 20, "most kinds come: {kinds:?}");
    let wrong = cells::told().iter().flat_map(|cell| cell.of(&cell.unshown));
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{} of them: {wrong:#?}", wrong.len());
}

/// The control: told of a chain that it is of another kind, this finds that out.
#[test]
fn a_kind_that_the_trace_does_not_show_is_found_out() {
    let run = run("ghost-data", "async-leader");
    let look = Look::of(&run);
    let causes = causes(&run);
    let cause = causes.iter().find(|it| it.property == Property::Convergence).unwrap();
    assert_eq!(cause.kind, Some(Kind::MessageLost));
    assert!(shows(&look, cause, Kind::MessageLost));
    let others = [
        Kind::NeverSent,
        Kind::AcknowledgedAlone,
        Kind::PlatterLost,
        Kind::Overtaken,
        Kind::ArrivalOrder,
        Kind::ClockDecided,
        Kind::StampDecided,
        Kind::DeleteForgotten,
        Kind::Forged,
        Kind::RoutingDisagreed,
        Kind::AppliedTwice,
        Kind::HandOverDropped,
        Kind::NeverStored,
        Kind::CountedApart,
        Kind::WaitsForEver,
        Kind::VotedTwice,
        Kind::VoteForgotten,
        Kind::AppliedEarly,
        Kind::SelfPromoted,
    ];
    for kind in others {
        assert!(!shows(&look, cause, kind), "{kind:?}");
    }
    assert!(run.faults.iter().any(|it| it.kind == FaultKind::Crash), "it is that crash's doing");
}
