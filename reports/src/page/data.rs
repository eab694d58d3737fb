//! A run as the page's scripts read it. Times are whole nanoseconds; a text that occurs often stands once, in
//! `texts`, and is named by its place there.

mod pair;

pub(super) use pair::Pair;

use super::{
    chain::{self, Chain},
    lanes::Lanes,
    room,
    states::{Change, states},
    texts::Texts,
};
use crate::{
    StoryOptions,
    story::{self, Defended, Reason, Telling},
    text, titled,
};
use judge::{
    Run,
    property::{Wrong, wrong_answers},
    record::{DropReason, Event, MessageClass},
    replay::{Fate, Message},
};
use node::{Key, Time};
use scenarios::Fit;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The mark of the data's form; a script reads no other.
const SCHEMA: &str = "seedbed-page-1";

#[derive(Serialize)]
pub(super) struct Data {
    schema: &'static str,
    pub(super) title: String,
    watch: String,
    scenario: String,
    system: &'static str,
    about: &'static str,
    /// As text: it may be more than a script's numbers hold.
    seed: String,
    digest: String,
    command: String,
    flaws: Vec<String>,
    settings: Vec<String>,
    #[serde(rename = "asExpected")]
    as_expected: bool,
    #[serde(rename = "expectsNothing")]
    expects_nothing: bool,
    defects: Vec<String>,
    story: String,
    /// The last moment of all.
    end: u64,
    /// When the replicas were read; what comes after are probes.
    read: u64,
    healed: Option<u64>,
    window: [u64; 2],
    lanes: Vec<String>,
    nodes: usize,
    verdicts: Vec<Told>,
    reasons: Vec<Why>,
    faults: Vec<Struck>,
    ops: Vec<Operation>,
    messages: Vec<Passage>,
    changes: Vec<Change>,
    said: Vec<(u64, usize, usize)>,
    leads: Vec<(usize, i64, u64, u64)>,
    left_out: LeftOut,
    texts: Vec<String>,
}

#[derive(Serialize)]
struct Told {
    property: &'static str,
    meaning: &'static str,
    verdict: &'static str,
    expected: judge::record::Expected,
    sentence: String,
    facts: Vec<String>,
    operations: Vec<usize>,
    keys: Vec<String>,
}

#[derive(Serialize)]
struct Why {
    head: &'static str,
    property: String,
    found: String,
    short: Option<String>,
    steps: Vec<Step>,
    mends: Option<String>,
}

#[derive(Serialize)]
struct Step {
    text: String,
    at: Option<u64>,
}

#[derive(Serialize)]
struct Struck {
    kind: &'static str,
    label: String,
    nodes: Vec<usize>,
    start: u64,
    end: Option<u64>,
    touched: u64,
}

/// Client, words, key, invoked, completed, outcome, answer, node, attempts, what is wrong with the
/// answer, whether it is a probe, whether it is of the chain.
type Operation = (usize, usize, i64, u64, u64, u8, usize, usize, u32, i8, u8, u8);

/// From, to, class, text, sent, ended, fate, whether it is a copy, its fault, whether it is of the chain.
type Passage = (usize, usize, u8, usize, u64, i64, u8, u8, i64, u8);

/// How many of each there was no room for.
#[derive(Default, Serialize)]
pub(super) struct LeftOut {
    ops: usize,
    messages: usize,
    pub(super) changes: usize,
    pub(super) said: usize,
}

impl Data {
    pub(super) fn of(telling: &Telling<'_>, told: &StoryOptions, story: String) -> Self {
        let run = telling.run;
        let reasons = story::reasons(telling, told);
        let messages = &telling.messages;
        let defended = if reasons.is_empty() { story::defended(telling) } else { Vec::new() };
        let chain = Chain::of(run, reasons.first(), defended.first(), messages);
        let window = chain.window(run);
        let lanes = Lanes::of(run, &chain, messages);
        let set = run.scenario.for_system(&run.system);
        let mut texts = Texts::default();
        let mut left_out = LeftOut::default();
        let (ops, places) = operations(run, window, &chain, &lanes, &mut texts, &mut left_out);
        let passages = passages(run, window, &chain, &lanes, messages, &mut texts, &mut left_out);
        let (changes, said, leads) = states(run, window, &lanes, &mut texts, &mut left_out);
        Self {
            schema: SCHEMA,
            title: titled::title(run),
            watch: watch(run),
            scenario: run.scenario.name.clone(),
            system: run.system.name,
            about: run.system.summary,
            seed: run.seed.to_string(),
            digest: run.digest.to_string(),
            command: story::command(run, told),
            flaws: set.all_flaws(),
            settings: set.settings_in_words(),
            as_expected: run.as_expected(),
            expects_nothing: run.expects_nothing(),
            defects: run.defects.clone(),
            story,
            end: end(run).as_nanos(),
            read: run.ended.as_nanos(),
            healed: run.scenario.phases.heal.then(|| run.run_ended.as_nanos()),
            window,
            nodes: run.replicas.len(),
            verdicts: verdicts(run, &places),
            reasons: match reasons.is_empty() {
                true => defended.iter().map(|it| held(run, it)).collect(),
                false => reasons.iter().map(why).collect(),
            },
            faults: faults(run, &lanes),
            ops,
            messages: passages,
            changes,
            said,
            leads,
            left_out,
            lanes: lanes.names,
            texts: texts.all,
        }
    }
}

/// What to watch for; of a run that shows something else, it says so, as its story does.
fn watch(run: &Run) -> String {
    let heading = titled::heading(run);
    let words = heading.watch.split_whitespace().collect::<Vec<_>>().join(" ");
    match heading.fit {
        Fit::Shown => words,
        _ if words.is_empty() => words,
        _ => format!("Elsewhere: {words}"),
    }
}

/// When the last operation was over.
fn end(run: &Run) -> Time {
    run.history.operations.iter().map(|it| it.completed).fold(run.ended, Time::max)
}

fn verdicts(run: &Run, places: &BTreeMap<usize, usize>) -> Vec<Told> {
    let told = run.judgements.iter().map(|judgement| {
        let witness = judgement.verdict.witness();
        let operations = witness.into_iter().flat_map(|it| &it.operations);
        Told {
            property: judgement.property.name(),
            meaning: judgement.property.summary(),
            verdict: judgement.verdict.word(),
            expected: judgement.expected,
            sentence: judgement.verdict.sentence().to_owned(),
            facts: witness.map(|it| it.facts.clone()).unwrap_or_default(),
            operations: operations.filter_map(|it| places.get(it).copied()).collect(),
            keys: witness.into_iter().flat_map(|it| &it.keys).map(Key::to_string).collect(),
        }
    });
    told.collect()
}

fn step(text: &str) -> Step {
    Step { text: text.to_owned(), at: chain::moment(text).map(Time::as_nanos) }
}

/// Why a fault broke nothing.
fn held(run: &Run, defended: &Defended<'_>) -> Why {
    let fault = &run.faults[defended.fault];
    Why {
        head: "Why it held",
        property: fault.label.clone(),
        found: format!("At {}: {}.", fault.start, fault.label),
        short: None,
        steps: defended.steps.iter().map(|text| step(text)).collect(),
        mends: None,
    }
}

fn why(reason: &Reason<'_>) -> Why {
    Why {
        head: "Why",
        property: reason.property.name().to_owned(),
        found: reason.found.clone(),
        short: reason.short.clone(),
        steps: reason.steps.iter().map(|text| step(text)).collect(),
        mends: reason.mend.clone(),
    }
}

fn faults(run: &Run, lanes: &Lanes) -> Vec<Struck> {
    let struck = run.faults.iter().map(|fault| Struck {
        kind: fault.kind.name(),
        label: fault.label.clone(),
        nodes: fault.nodes.iter().map(|node| lanes.node(*node)).collect(),
        start: fault.start.as_nanos(),
        end: fault.end.map(Time::as_nanos),
        touched: fault.touched,
    });
    struck.collect()
}

/// The operations, and the place of each of those of the history that is among them.
fn operations(
    run: &Run,
    window: [u64; 2],
    chain: &Chain,
    lanes: &Lanes,
    texts: &mut Texts,
    left_out: &mut LeftOut,
) -> (Vec<Operation>, BTreeMap<usize, usize>) {
    let wrong = wrong_answers(run);
    let all: Vec<usize> = (0..run.history.operations.len()).collect();
    let record = |position: &usize| &run.history.operations[*position];
    let must_stay =
        |position: &usize| chain.operations.contains(position) || wrong.contains_key(position);
    let kept = room::kept(run, window, &all, |it| record(it).invoked, must_stay);
    left_out.ops = kept.iter().filter(|kept| !**kept).count();
    let probes: BTreeSet<usize> = run.probes.iter().map(|probe| probe.operation).collect();
    let (mut rows, mut places) = (Vec::new(), BTreeMap::new());
    for position in all.into_iter().filter(|position| kept[*position]) {
        let record = record(&position);
        places.insert(position, rows.len());
        let words = texts.place(&record.operation.to_string());
        let key = record.operation.key().map_or(-1, |key| texts.place(key.as_str()) as i64);
        let outcome = match record.outcome_word() {
            "ok" => 0,
            "fail" => 1,
            _ => 2,
        };
        let answer = texts.place(&text::answer(record));
        let what =
            wrong.get(&position).and_then(|what| Wrong::ALL.iter().position(|it| it == what));
        rows.push((
            lanes.client(record.client),
            words,
            key,
            record.invoked.as_nanos(),
            record.completed.as_nanos(),
            outcome,
            answer,
            lanes.node(record.node),
            record.attempts,
            what.map_or(-1, |what| what as i8),
            u8::from(probes.contains(&position)),
            u8::from(chain.operations.contains(&position)),
        ));
    }
    (rows, places)
}

fn passages(
    run: &Run,
    window: [u64; 2],
    chain: &Chain,
    lanes: &Lanes,
    messages: &[Message<'_>],
    texts: &mut Texts,
    left_out: &mut LeftOut,
) -> Vec<Passage> {
    let is_lost = |it: &Message<'_>| matches!(it.fate, Fate::Dropped { .. });
    let of_chain = |it: &Message<'_>| chain.messages.contains(&it.id);
    let kept = room::kept(run, window, messages, |it| it.sent, of_chain);
    left_out.messages = kept.iter().filter(|kept| !**kept).count();
    let copies = copies(run);
    let rows = messages.iter().zip(kept).filter(|(_, kept)| *kept).map(|(message, _)| {
        let (ended, fate, fault) = match message.fate {
            Fate::Handled { at, .. } => (at.as_nanos() as i64, 0, None),
            Fate::Dropped { at, reason, fault } => {
                let fate = match reason {
                    DropReason::Loss => 1,
                    DropReason::Partition => 2,
                    DropReason::NodeDown => 3,
                    DropReason::Crash => 4,
                };
                (at.as_nanos() as i64, fate, fault)
            }
            _ => (-1, 5, None),
        };
        debug_assert_eq!(is_lost(message), (1..=4).contains(&fate));
        let class = match message.class {
            MessageClass::Peer => 0,
            MessageClass::Request => 1,
            MessageClass::Reply => 2,
            MessageClass::Health => 3,
        };
        (
            lanes.party(message.from),
            lanes.party(message.to),
            class,
            texts.place(message.text),
            message.sent.as_nanos(),
            ended,
            fate,
            u8::from(copies.contains(&message.id)),
            fault.map_or(-1, |fault| fault as i64),
            u8::from(of_chain(message)),
        )
    });
    rows.collect()
}

/// The messages that the network made of others.
fn copies(run: &Run) -> BTreeSet<judge::record::MessageId> {
    let events = run.trace.iter().flat_map(|trace| &trace.events);
    let copies = events.filter_map(|event| match event.event {
        Event::Send { message, copy_of: Some(_), .. } => Some(message),
        _ => None,
    });
    copies.collect()
}
