//! A run as the page's scripts read it. Times are whole nanoseconds; a text that occurs often stands once, in
//! `texts`, and is named by its place there.

use super::{
    chain::{self, Chain},
    room,
};
use crate::{
    StoryOptions,
    story::{self, Defended, Reason, Telling},
    text, titled,
};
use judge::{
    Run,
    property::{Wrong, wrong_answers},
    record::{DropReason, Endpoint, Event, MessageClass},
    replay::{Fate, Message, Moved, Replay, Role},
};
use node::{ClientId, Fact, Key, NodeId, Time, Versioned};
use scenarios::Fit;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The mark of the data's form; a script reads no other.
const SCHEMA: &str = "seedbed-page-1";

/// More sessions than this share one lane.
const MOST_CLIENTS: usize = 8;

/// The lane of those sessions.
const OTHERS: &str = "others";

/// The lane of the sessions that look who answers in the end.
const PROBES: &str = "probes";

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

/// What becomes of what a node holds.
#[derive(Serialize)]
#[serde(untagged)]
enum Change {
    /// At, node, 0, what it holds as it boots, whether its disk is in use.
    Boots(u64, usize, u8, Vec<(usize, usize, u64)>, u8),
    /// At, node, 1.
    Gone(u64, usize, u8),
    /// At, node, 2, key, value, version.
    Holds(u64, usize, u8, usize, usize, u64),
    /// At, node, 3, key.
    Removes(u64, usize, u8, usize),
}

/// How many of each there was no room for.
#[derive(Default, Serialize)]
struct LeftOut {
    ops: usize,
    messages: usize,
    changes: usize,
    said: usize,
}

/// Texts, each once.
#[derive(Default)]
struct Texts {
    all: Vec<String>,
    places: BTreeMap<String, usize>,
}

impl Texts {
    fn place(&mut self, text: &str) -> usize {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        self.all.push(text.to_owned());
        self.places.insert(text.to_owned(), self.all.len() - 1);
        self.all.len() - 1
    }
}

/// Which lane a party has: nodes, sessions, the others, the load balancer.
struct Lanes {
    names: Vec<String>,
    nodes: BTreeMap<NodeId, usize>,
    clients: BTreeMap<ClientId, usize>,
    others: Option<usize>,
    probers: BTreeSet<ClientId>,
    probes: Option<usize>,
    balancer: Option<usize>,
}

impl Lanes {
    fn of(run: &Run, chain: &Chain, messages: &[Message<'_>]) -> Self {
        let mut names: Vec<String> = Vec::new();
        let mut lane = |name: String| {
            names.push(name);
            names.len() - 1
        };
        let nodes = run.replicas.iter().map(|replica| replica.node);
        let nodes = nodes.map(|node| (node, lane(node.to_string()))).collect();
        let all: BTreeSet<ClientId> = run.operations().iter().map(|it| it.client).collect();
        let probers: BTreeSet<ClientId> =
            run.history.operations.iter().map(|it| it.client).collect();
        let probers: BTreeSet<ClientId> = probers.difference(&all).copied().collect();
        // Where there are too many, those that matter come first.
        let matters = |client: &&ClientId| {
            let operations =
                chain.operations.iter().filter_map(|it| run.history.operations.get(*it));
            operations.into_iter().any(|it| it.client == **client) || !run.is_workload(**client)
        };
        let mut shown: BTreeSet<ClientId> =
            all.iter().filter(matters).take(MOST_CLIENTS).copied().collect();
        for client in &all {
            if shown.len() < MOST_CLIENTS {
                shown.insert(*client);
            }
        }
        let clients = shown.iter().map(|client| (*client, lane(client.to_string()))).collect();
        let others = (shown.len() < all.len()).then(|| lane(OTHERS.to_owned()));
        let probes = (!probers.is_empty()).then(|| lane(PROBES.to_owned()));
        let asks =
            messages.iter().any(|it| it.from == Endpoint::Balancer || it.to == Endpoint::Balancer);
        let balancer = asks.then(|| lane(Endpoint::Balancer.to_string()));
        Self { names, nodes, clients, others, probers, probes, balancer }
    }

    fn node(&self, node: NodeId) -> usize {
        self.nodes.get(&node).copied().unwrap_or_default()
    }

    fn client(&self, client: ClientId) -> usize {
        let shared = if self.probers.contains(&client) { self.probes } else { self.others };
        self.clients.get(&client).copied().or(shared).unwrap_or_default()
    }

    fn party(&self, party: Endpoint) -> usize {
        match party {
            Endpoint::Node(node) => self.node(node),
            Endpoint::Client(client) => self.client(client),
            Endpoint::Balancer => self.balancer.unwrap_or_default(),
        }
    }
}

impl Data {
    pub(super) fn of(run: &Run, told: &StoryOptions, story: String) -> Self {
        let telling = Telling::new(run);
        let reasons = story::reasons(&telling, told);
        let messages = &telling.messages;
        let defended = if reasons.is_empty() { story::defended(&telling) } else { Vec::new() };
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

/// What nodes held, said and led.
type States = (Vec<Change>, Vec<(u64, usize, usize)>, Vec<(usize, i64, u64, u64)>);

fn states(
    run: &Run,
    window: [u64; 2],
    lanes: &Lanes,
    texts: &mut Texts,
    left_out: &mut LeftOut,
) -> States {
    let (Some(mut replay), Some(trace)) = (Replay::of(run), &run.trace) else {
        return States::default();
    };
    let entry = |texts: &mut Texts, (key, entry): (&Key, &Versioned)| {
        (texts.place(key.as_str()), texts.place(entry.value.as_str()), entry.version.0)
    };
    let (mut changes, mut said) = (Vec::new(), Vec::new());
    let mut reigns = Reigns::default();
    let budget = room::MOST;
    while let Some(step) = replay.step() {
        let at = step.at.as_nanos();
        let event = &trace.events[step.id.0 as usize].event;
        match (&step.moved, event) {
            (Moved::Up(node), Event::Boot { on_disk, .. }) => {
                let state = replay.node(*node).expect("a node that boots is known");
                let holds = state.entries().map(|it| entry(texts, it)).collect();
                changes.push(Change::Boots(at, lanes.node(*node), 0, holds, u8::from(*on_disk)));
            }
            (Moved::Down(nodes), _) => {
                changes.extend(nodes.iter().map(|node| Change::Gone(at, lanes.node(*node), 1)));
            }
            (Moved::Changed(node, change), _) if changes.len() < budget => {
                let lane = lanes.node(*node);
                let key = texts.place(change.key.as_str());
                changes.push(match &change.after {
                    Some(after) => {
                        let value = texts.place(after.value.as_str());
                        Change::Holds(at, lane, 2, key, value, after.version.0)
                    }
                    None => Change::Removes(at, lane, 3, key),
                });
            }
            (Moved::Changed(..), _) => left_out.changes += 1,
            _ => {}
        }
        let words = match event {
            Event::Announce { fact: Fact::Appended { .. } | Fact::Applied { .. }, .. } => None,
            Event::Announce { node, fact } => Some((node, fact.to_string())),
            Event::Note { node, note } => Some((node, note.to_string())),
            _ => None,
        };
        if let Some((node, words)) = words {
            said.push((at, lanes.node(*node), words));
        }
        let is_of_reigns = matches!(event, Event::Announce { .. })
            || matches!(step.moved, Moved::Up(_) | Moved::Down(_));
        if is_of_reigns {
            reigns.look(at, &replay, lanes);
        }
    }
    let kept = room::kept(run, window, &said, |it| Time::from_nanos(it.0), |_| false);
    left_out.said = kept.iter().filter(|kept| !**kept).count();
    let said = said.into_iter().zip(kept).filter(|(_, kept)| *kept);
    let said = said.map(|((at, lane, words), _)| (at, lane, texts.place(&words))).collect();
    (changes, said, reigns.finish(run, lanes))
}

/// Who led when.
#[derive(Default)]
struct Reigns {
    open: BTreeMap<usize, (i64, u64)>,
    over: Vec<(usize, i64, u64, u64)>,
}

impl Reigns {
    fn look(&mut self, at: u64, replay: &Replay<'_>, lanes: &Lanes) {
        for (node, state) in replay.nodes() {
            let lane = lanes.node(node);
            let leads = state.is_up() && state.role == Some(Role::Leader);
            let term = state.term.map_or(-1, |term| term as i64);
            match self.open.get(&lane) {
                Some((former, _)) if leads && *former == term => {}
                None if !leads => {}
                _ => {
                    if let Some((term, since)) = self.open.remove(&lane) {
                        self.over.push((lane, term, since, at));
                    }
                    if leads {
                        self.open.insert(lane, (term, at));
                    }
                }
            }
        }
    }

    fn finish(mut self, run: &Run, lanes: &Lanes) -> Vec<(usize, i64, u64, u64)> {
        let end = run.ended.as_nanos();
        for (lane, (term, since)) in std::mem::take(&mut self.open) {
            self.over.push((lane, term, since, end));
        }
        // Where nobody has said that it leads, it is whom the configuration names.
        let mut leaders = run.replicas.iter().filter(|replica| replica.leads);
        if let (true, Some(leader), None) = (self.over.is_empty(), leaders.next(), leaders.next()) {
            self.over.push((lanes.node(leader.node), -1, 0, end));
        }
        self.over.sort_unstable_by_key(|reign| (reign.2, reign.0));
        self.over
    }
}
