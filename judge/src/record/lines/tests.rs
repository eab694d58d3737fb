use super::{super::*, *};
use crate::{Run, Stage};
use node::{
    Answer, Carried, Change, ClientId, Contender, Fact, Key, LogEnd, Matter, NodeId, Note,
    Operation, Refusal, RequestId, Then, Time, Value, Version, Versioned, VoteGiven, Waits,
    WriteStamp,
    client::{Failure, Outcome},
    systems,
};
use proptest::prelude::*;
use scenarios::{Property, Scenario};
use std::{collections::BTreeMap, io, time::Duration};

/// Texts with everything in them that could break a line or a string.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), Just("\n\r\"\\\u{0}\u{2028}{}".to_owned()), "[a-z]{0,40}"]
}

fn node() -> impl Strategy<Value = NodeId> {
    (1..4_u32).prop_map(NodeId::new)
}

fn versioned() -> impl Strategy<Value = Versioned> {
    (text(), any::<u64>())
        .prop_map(|(value, version)| Versioned { value: value.into(), version: Version(version) })
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        (text(), text()).prop_map(|(key, value)| Operation::put(key, value)),
        text().prop_map(Operation::get),
        text().prop_map(Operation::delete),
        Just(Operation::ListKeys),
        (text(), prop::option::of(text()), text()).prop_map(|(key, expected, new)| {
            Operation::CompareAndSet {
                key: key.into(),
                expected: expected.map(Value::from),
                new: new.into(),
            }
        }),
    ]
}

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        (any::<u64>(), prop::option::of(prop::option::of(text()))).prop_map(
            |(version, previous)| Answer::Written {
                version: Version(version),
                previous: previous.map(|found| found.map(Value::from)),
            }
        ),
        prop::option::of(versioned()).prop_map(Answer::Value),
        prop::collection::vec(versioned(), 2..4).prop_map(Answer::Siblings),
        any::<bool>().prop_map(|existed| Answer::Deleted { existed }),
        prop::collection::vec(text().prop_map(Key::from), 0..4).prop_map(Answer::Keys),
        text().prop_map(|why| Answer::Refused(Refusal::Invalid(why.into()))),
        text().prop_map(|why| Answer::Refused(Refusal::Unavailable(why.into()))),
        prop::option::of(node()).prop_map(|leader| Answer::Refused(Refusal::NotLeader { leader })),
        Just(Answer::Unknown),
    ]
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let mismatch = prop::option::of(text())
        .prop_map(|actual| Failure::Mismatch { actual: actual.map(Value::from) });
    prop_oneof![
        answer().prop_map(Outcome::Ok),
        mismatch.prop_map(Outcome::Fail),
        Just(Outcome::Info(Failure::Timeout)),
        Just(Outcome::Fail(Failure::Unreachable)),
        Just(Outcome::Info(Failure::Broken)),
    ]
}

/// A beginning and an end.
fn moments() -> impl Strategy<Value = [u64; 2]> {
    any::<[u64; 2]>().prop_map(|[one, other]| [one.min(other), one.max(other)])
}

fn record() -> impl Strategy<Value = OperationRecord> {
    (any::<u32>(), operation(), moments(), outcome(), node(), any::<u32>()).prop_map(
        |(client, operation, [invoked, completed], outcome, node, attempts)| OperationRecord {
            client: ClientId::new(client),
            operation,
            invoked: Time::from_nanos(invoked),
            completed: Time::from_nanos(completed),
            outcome,
            node,
            attempts,
            begun_by_then: attempts / 2,
        },
    )
}

/// An event that needs no operation, fault or cause; those are tried by the run of the tests
/// of the simulator.
fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (any::<u64>(), node(), text(), text(), prop::option::of(any::<u64>())).prop_map(
            |(message, to, text, key, copy_of)| Event::Send {
                message: MessageId(message),
                class: MessageClass::Peer,
                from: Endpoint::Client(ClientId::new(3)),
                to: Endpoint::Node(to),
                carries: vec![
                    Carried::entry(&key.into(), Some(&text.as_str().into()))
                        .under(Version(message)),
                ],
                text,
                copy_of: copy_of.map(MessageId),
            }
        ),
        (node(), any::<u64>(), any::<u32>(), text()).prop_map(|(node, timer, after, text)| {
            Event::TimerArmed { node, timer, after: Duration::new(7, after % 1_000_000_000), text }
        }),
        (node(), text(), prop::option::of(versioned()), prop::option::of(versioned())).prop_map(
            |(node, key, before, after)| Event::Apply {
                node,
                change: Change { key: key.into(), version: Version(1), before, after },
            }
        ),
        (node(), prop::collection::vec((text().prop_map(Key::from), versioned()), 0..3)).prop_map(
            |(node, holds)| Event::Boot { node, entries: holds.len(), on_disk: true, holds }
        ),
        (node(), any::<u64>())
            .prop_map(|(node, term)| Event::Announce { node, fact: Fact::Leads { term } }),
        (node(), note()).prop_map(|(node, note)| Event::Note { node, note }),
        (node(), any::<u64>()).prop_map(|(node, lost_bytes)| Event::Died {
            node,
            timers: 1,
            syncs: 2,
            lost_bytes,
        }),
        Just(Event::Heal),
    ]
}

fn stamp() -> impl Strategy<Value = WriteStamp> {
    prop_oneof![
        any::<u64>().prop_map(|version| WriteStamp::Counter(Version(version))),
        (any::<u64>(), node())
            .prop_map(|(at, by)| WriteStamp::Clock { at: Time::from_nanos(at), by }),
        prop::collection::vec((text(), any::<u64>()), 0..3).prop_map(WriteStamp::Vector),
        Just(WriteStamp::Arrival),
    ]
}

fn contender() -> impl Strategy<Value = Contender> {
    let request =
        (any::<u32>(), any::<u32>(), any::<u64>()).prop_map(|(client, attempt, sequence)| {
            RequestId { client: ClientId::new(client), attempt, sequence }
        });
    (prop::option::of(text()), stamp(), prop::option::of(request)).prop_map(
        |(value, stamp, request)| Contender { value: value.map(Value::from), stamp, request },
    )
}

fn matter() -> impl Strategy<Value = Matter> {
    prop_oneof![
        (text(), any::<u64>()).prop_map(|(key, version)| Matter::Write {
            key: key.into(),
            version: Version(version)
        }),
        text().prop_map(|key| Matter::Read { key: key.into() }),
        any::<[u64; 2]>().prop_map(|[index, term]| Matter::Log { index, term }),
        any::<[u64; 2]>().prop_map(|[term, round]| Matter::Leadership { term, round }),
        Just(Matter::Recovery),
    ]
}

fn note() -> impl Strategy<Value = Note> {
    let nodes = || prop::collection::vec(node(), 0..3);
    prop_oneof![
        (text(), contender(), contender(), any::<bool>()).prop_map(
            |(key, stays, goes, newcomer_stays)| Note::Decided {
                key: key.into(),
                stays,
                goes,
                newcomer_stays
            }
        ),
        (text(), prop::collection::vec(contender(), 0..3))
            .prop_map(|(key, writes)| Note::Siblings { key: key.into(), writes }),
        (matter(), nodes(), any::<u32>()).prop_map(|(on, by, needed)| Note::Agreed {
            on,
            by,
            needed
        }),
        (matter(), nodes()).prop_map(|(on, missing)| Note::WentOnWithout {
            on,
            missing,
            then: Then::Refused
        }),
        (node(), any::<[u64; 4]>(), any::<bool>()).prop_map(
            |(candidate, [term, index, other, own], is_pre_vote)| Note::Weighed {
                term,
                candidate,
                is_pre_vote,
                candidate_log: LogEnd { index, term: other },
                own_log: LogEnd { index: own, term },
                vote: VoteGiven::LogBehind,
            }
        ),
        (text(), any::<u32>(), prop::collection::vec(any::<u32>(), 0..3), prop::option::of(node()))
            .prop_map(|(key, group, ring, to)| Note::Routed { key: key.into(), group, ring, to }),
    ]
}

fn verdict() -> impl Strategy<Value = Verdict> {
    let witness = (text(), prop::collection::vec(text(), 0..3), prop::option::of(any::<u64>()));
    prop_oneof![
        text().prop_map(Verdict::Holds),
        text().prop_map(Verdict::Unknown),
        text().prop_map(Verdict::NotApplicable),
        witness.prop_map(|(summary, facts, since)| Verdict::Violated(Witness {
            summary,
            facts,
            operations: vec![0],
            keys: vec!["k".into()],
            since: since.map(Time::from_nanos),
        })),
    ]
}

/// A run of the library's first scenario in which these things happened.
fn run(
    operations: Vec<OperationRecord>,
    events: Option<Vec<(u32, Event)>>,
    labels: Vec<String>,
    verdicts: Vec<Verdict>,
) -> Run {
    let scenario = scenarios::find("ghost-data").unwrap();
    let mut events = events;
    if let Some(events) = &mut events {
        events.sort_by_key(|(at, _)| *at);
    }
    // A batch serves several operations, of those that there are.
    let served = |at: u32| (0..operations.len()).filter(|it| at >> (it % 32) & 1 == 1).collect();
    let traced = |(at, event)| TraceEvent {
        operations: served(at),
        ..TraceEvent::new(Time::from_nanos(u64::from(at)), event)
    };
    let traced_events: Option<Vec<_>> =
        events.map(|events| events.into_iter().map(traced).collect());
    let fault = |label: String| FaultRecord {
        kind: FaultKind::PowerLoss,
        label,
        origin: FaultOrigin::Step(2),
        nodes: vec![NodeId::new(1)],
        start: Time::from_nanos(5),
        end: None,
        touched: 3,
    };
    let text = |run: &Run| {
        let mut bytes = Vec::new();
        write(run, &mut bytes).unwrap();
        bytes
    };
    let mut bare = {
        let header = Header {
            seedbed: "record".to_owned(),
            version: VERSION,
            system: "async-leader".to_owned(),
            seed: u64::MAX,
            stage: Stage::Processes,
            run_ended: 10,
            ended: u64::MAX,
            detail: traced_events.is_some(),
        };
        let on = Some("async-leader".to_owned());
        let plan = Scenario { seed: Some(u64::MAX), on, ..scenario.clone() };
        let toml = |scenario: &Scenario| serde_json::to_string(&scenario.to_toml()).unwrap();
        let (scenario, plan) = (toml(&scenario), toml(&plan));
        let header = serde_json::to_string(&header).unwrap();
        let lines = format!(
            "{header}\n{{\"scenario\":{scenario}}}\n{{\"plan\":{plan}}}\n\
             {{\"end\":{{\"lines\":3,\"digest\":\"{:032x}\"}}}}\n",
            u128::MAX
        );
        read(lines.as_bytes(), systems::all()).unwrap()
    };
    assert_eq!(text(&bare), text(&read(&text(&bare)[..], systems::all()).unwrap()));
    bare.history.operations = operations;
    bare.history.operations.sort_by_key(|record| record.invoked);
    bare.trace = traced_events.map(|events| Trace { events });
    bare.facts = labels
        .iter()
        .map(|label| FactRecord {
            at: Time::from_nanos(label.len() as u64),
            node: NodeId::new(2),
            fact: Fact::Applied { index: 1, term: 2 },
        })
        .collect();
    bare.faults = labels.iter().cloned().map(fault).collect();
    bare.defects = labels;
    bare.waits = BTreeMap::from([(NodeId::new(2), Waits::default())]);
    let judged = Property::ALL.into_iter().zip(verdicts);
    bare.judgements = judged
        .map(|(property, verdict)| Judgement { property, verdict, expected: Expected::Violated })
        .collect();
    bare
}

fn written(run: &Run) -> String {
    let mut bytes = Vec::new();
    write(run, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn mistake(text: &str) -> String {
    match read(text.as_bytes(), systems::all()) {
        Ok(_) => panic!("accepted"),
        Err(error) => error.to_string(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_read_is_what_was_written(
        operations in prop::collection::vec(record(), 1..6),
        events in prop::option::of(prop::collection::vec((any::<u32>(), event()), 0..6)),
        labels in prop::collection::vec(text(), 0..3),
        verdicts in prop::collection::vec(verdict(), 0..4),
    ) {
        let first = run(operations, events, labels, verdicts);
        let text = written(&first);
        let second = read(text.as_bytes(), systems::all()).unwrap();
        prop_assert_eq!(&first.history, &second.history);
        prop_assert_eq!(&first.trace, &second.trace);
        prop_assert_eq!(&first.faults, &second.faults);
        prop_assert_eq!(&first.facts, &second.facts);
        prop_assert_eq!(&first.waits, &second.waits);
        prop_assert_eq!(&first.judgements, &second.judgements);
        prop_assert_eq!(&first.defects, &second.defects);
        prop_assert_eq!(first.digest, second.digest);
        prop_assert_eq!(first.scenario.to_toml(), second.scenario.to_toml());
        prop_assert_eq!((first.seed, first.run_ended, first.ended), (second.seed, second.run_ended, second.ended));
        prop_assert_eq!(text, written(&second));
    }

    /// Wherever a record is cut, that is seen.
    #[test]
    fn a_record_that_was_cut_short_is_refused(share in 0.0..1.0_f64) {
        let text = written(&run(Vec::new(), Some(vec![(1, Event::Heal)]), Vec::new(), Vec::new()));
        let cut = (text.len() as f64 * share) as usize;
        prop_assert!(read(&text.as_bytes()[..cut], systems::all()).is_err());
    }
}

fn small() -> String {
    written(&run(Vec::new(), Some(vec![(1, Event::Heal)]), Vec::new(), Vec::new()))
}

#[test]
fn the_words_of_version_1_are_read() {
    let old = r#"{"valid":"all is well"}"#;
    assert_eq!(serde_json::from_str::<Verdict>(old).unwrap(), Verdict::Holds("all is well".into()));
    let new = serde_json::to_string(&Verdict::Violated(Witness::default())).unwrap();
    assert!(new.starts_with(r#"{"violated":"#), "{new}");
    let old = new.replace("violated", "invalid");
    assert_eq!(
        serde_json::from_str::<Verdict>(&old).unwrap(),
        Verdict::Violated(Witness::default())
    );
    assert!(serde_json::from_str::<Verdict>(&new.replace("violated", "wrong")).is_err());
    assert!(
        read(small().replace("\"version\":2", "\"version\":1").as_bytes(), systems::all()).is_ok()
    );
}

#[test]
fn mistakes_name_their_line() {
    let whole = small();
    assert!(mistake("").starts_with("line 1: this is no record of seedbed"));
    assert!(mistake("{}\n").starts_with("line 1: this is no record of seedbed"));
    assert!(mistake("{:process 0}\n").starts_with("line 1: this is no record of seedbed"));
    let newer = whole.replace("\"version\":2", "\"version\":3");
    assert_eq!(
        mistake(&newer),
        "line 1: the record has version 3, and this release reads up to version 2"
    );
    let system = whole.replace("\"async-leader\",\"seed\"", "\"nobody\",\"seed\"");
    assert_eq!(mistake(&system), "line 1: there is no system `nobody`");
    let endless = whole.replace("\"run_ended\":10", "\"run_ended\":18446744073709551615");
    assert!(mistake(&endless).starts_with("line 1: healing begins after the end, or later"));
    let seed = whole.replacen("\"seed\":18446744073709551615", "\"seed\":7", 1);
    assert!(mistake(&seed).contains("the plan is another than"), "{}", mistake(&seed));
    let event = whole.replace("\"event\":\"heal\"", "\"event\":\"hail\"");
    assert!(mistake(&event).starts_with("line 4: this is no line of a record: unknown variant"));
    let fault = whole.replace("\"event\":\"heal\"", "\"event\":{\"fault-start\":{\"fault\":0}}");
    assert_eq!(mistake(&fault), "line 4: there is no fault 0 before this line");
    let cause = whole.replace("\"cause\":null", "\"cause\":0");
    assert_eq!(mistake(&cause), "line 4: there is no event 0 before this one");
    let line: Vec<_> = whole.lines().collect();
    let without_end = line[..line.len() - 1].join("\n") + "\n";
    assert!(mistake(&without_end).contains("cut short"));
    let without_event = [&line[..3], &line[4..]].concat().join("\n") + "\n";
    assert!(mistake(&without_event).contains("lines stand before it"));
    assert!(mistake(&(whole.clone() + "{}\n")).contains("has ended before this line"));
}

/// A file without an end and without line breaks takes no more room than one line may have.
#[test]
fn an_endless_line_is_refused() {
    let endless = io::BufReader::new(io::repeat(b'x'));
    let error = read(endless, systems::all()).err().unwrap();
    assert!(matches!(error.mistake, Mistake::LongLine));
}
