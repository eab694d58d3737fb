//! Operations and messages, a row each.

use super::{chain::Chain, data::LeftOut, lanes::Lanes, room, texts::Texts};
use crate::text;
use judge::{
    Run,
    property::Wrong,
    record::{DropReason, Event, MessageClass},
    replay::{Fate, Message},
};
use std::collections::{BTreeMap, BTreeSet};

/// Client, words, key, invoked, completed, outcome, answer, node, attempts, what is wrong with the
/// answer, whether it is a probe, whether it is of the chain.
pub(super) type Operation = (usize, usize, i64, u64, u64, u8, usize, usize, u32, i8, u8, u8);

/// From, to, class, text, sent, ended, fate, whether it is a copy, its fault, whether it is of the chain.
pub(super) type Passage = (usize, usize, u8, usize, u64, i64, u8, u8, i64, u8);

/// What decides what is kept, and how it is told.
pub(super) struct Kept<'a> {
    pub(super) run: &'a Run,
    pub(super) window: [u64; 2],
    pub(super) chain: &'a Chain,
    pub(super) lanes: &'a Lanes,
    pub(super) wrong: &'a BTreeMap<usize, Wrong>,
}

/// The operations, and the place of each of those of the history that is among them.
pub(super) fn operations(
    kept: &Kept<'_>,
    texts: &mut Texts,
    left_out: &mut LeftOut,
) -> (Vec<Operation>, BTreeMap<usize, usize>) {
    let Kept { run, window, chain, lanes, wrong } = *kept;
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

pub(super) fn passages(
    kept: &Kept<'_>,
    messages: &[Message<'_>],
    texts: &mut Texts,
    left_out: &mut LeftOut,
) -> Vec<Passage> {
    let Kept { run, window, chain, lanes, .. } = *kept;
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
        assert_eq!(is_lost(message), (1..=4).contains(&fate));
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
