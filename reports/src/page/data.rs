//! A run as the page's scripts read it. Times are whole nanoseconds; a text that occurs often stands once, in
//! `texts`, and is named by its place there.

mod pair;

pub(super) use pair::Pair;

use super::{
    chain::Chain,
    figures::Figures,
    inside::Inside,
    lanes::Lanes,
    order::{Order, orders},
    rows::{Kept, Operation, Passage, operations, passages},
    states::{Change, states},
    texts::Texts,
};
use crate::{
    StoryOptions,
    story::{self, Defended, Reason, Sentence, Telling},
    titled,
};
use judge::{Run, Stage, property::wrong_answers};
use node::{Key, Time};
use serde::Serialize;
use std::collections::BTreeMap;

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
    stage: Stage,
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
    orders: Vec<Order>,
    figures: Figures,
    inside: Inside,
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

/// How many of each there was no room for.
#[derive(Default, Serialize)]
pub(super) struct LeftOut {
    pub(super) ops: usize,
    pub(super) messages: usize,
    pub(super) changes: usize,
    pub(super) said: usize,
    pub(super) inside: usize,
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
        let wrong = wrong_answers(run);
        let kept = Kept { run, window, chain: &chain, lanes: &lanes, wrong: &wrong };
        let (ops, places) = operations(&kept, &mut texts, &mut left_out);
        let passages = passages(&kept, messages, &mut texts, &mut left_out);
        let (changes, said, leads) = states(run, window, &lanes, &mut texts, &mut left_out);
        Self {
            schema: SCHEMA,
            title: titled::title(run),
            watch: titled::watch(run),
            scenario: run.scenario.name.clone(),
            system: run.system.name,
            about: run.system.summary,
            seed: run.seed.to_string(),
            stage: run.stage,
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
            orders: orders(run, &chain, &places, &mut texts),
            figures: Figures::of(run, &wrong),
            inside: Inside::of(run, window, &lanes, &mut texts, &mut left_out),
            left_out,
            lanes: lanes.names,
            texts: texts.all,
        }
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

fn step(told: &Sentence) -> Step {
    Step { text: told.text.clone(), at: told.at.map(Time::as_nanos) }
}

/// Why a fault broke nothing.
fn held(run: &Run, defended: &Defended<'_>) -> Why {
    let fault = &run.faults[defended.fault];
    Why {
        head: "Why it held",
        property: fault.label.clone(),
        found: format!("At {}: {}.", fault.start, fault.label),
        short: None,
        steps: defended.steps.iter().map(step).collect(),
        mends: None,
    }
}

fn why(reason: &Reason<'_>) -> Why {
    Why {
        head: "Why",
        property: reason.property.name().to_owned(),
        found: reason.found.clone(),
        short: reason.short.clone(),
        steps: reason.steps.iter().map(step).collect(),
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
