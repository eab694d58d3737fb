//! The nodes and clients from top to bottom, and the messages that move from one to another.

use super::{
    State,
    pen::{Pen, Tone, cut},
    status,
};
use crate::play::stage::{Stage, ended};
use judge::{
    record::{DropReason, Endpoint},
    replay::{Fate, Message, Role},
    text::{count, one_line},
};
use node::{NodeId, Time};
use ratatui_core::layout::Rect;
use reports::beats::is_upkeep;
use scenarios::FaultKind;

/// Rows from one lane to the next, at most.
const MOST_APART: u16 = 3;
/// A message has at least so many columns.
const NARROWEST: u16 = 13;
/// There are columns for so many messages, where there is room for them.
const FEWEST: usize = 3;

/// Somebody who sends and gets messages.
struct Lane {
    who: Endpoint,
    words: String,
    tone: Tone,
}

/// How many rows there is something to show in.
pub(super) fn most(state: &State<'_>) -> u16 {
    let lanes = nodes(state).len() + clients(state).len();
    u16::try_from(lanes).unwrap_or(u16::MAX).saturating_mul(MOST_APART)
}

pub(super) fn draw(pen: &mut Pen<'_>, room: Rect, state: &State<'_>) {
    let mut lanes = nodes(state);
    let clients = clients(state);
    let free = usize::from(room.height).saturating_sub(lanes.len());
    let is_all = clients.len() <= free;
    let left_out = if is_all { 0 } else { clients.len() - free.saturating_sub(1) };
    lanes.extend(chosen(clients, free.saturating_sub(usize::from(!is_all))));
    let height = room.height - u16::from(!is_all);
    let gaps = u16::try_from(lanes.len()).unwrap_or(u16::MAX).saturating_sub(1).max(1);
    let apart = (height.saturating_sub(1) / gaps).clamp(1, MOST_APART);
    let label = (room.width * 3 / 10).clamp(20, 36);
    let way = Rect { x: room.x + label, width: room.width - label, ..room };
    let rows = (room.y..room.y + height).step_by(usize::from(apart));
    let placed: Vec<(Lane, u16)> = lanes.into_iter().zip(rows).collect();
    for (lane, y) in &placed {
        let name = lane.who.to_string();
        let taken = pen.text(room.x, *y, label - 1, &name, Tone::Heading) + 1;
        let taken = taken.max(4);
        pen.text(room.x + taken, *y, label.saturating_sub(taken + 1), &lane.words, lane.tone);
        pen.text(way.x, *y, way.width, &"┈".repeat(usize::from(way.width)), Tone::Faint);
    }
    if left_out > 0 {
        let words = format!("and {}", count(left_out as u64, "more client", "more clients"));
        pen.text(room.x, room.bottom() - 1, room.width, &words, Tone::Faint);
    }
    messages(pen, way, &placed, state);
}

fn nodes(state: &State<'_>) -> Vec<Lane> {
    let run = state.beats().run();
    let at = state.stage.span().0;
    let is_paused = |node: NodeId| {
        let mut active = run.faults.iter().filter(|fault| status::is_active(fault, at));
        active.any(|fault| fault.kind == FaultKind::Pause && fault.nodes.contains(&node))
    };
    let lanes = run.replicas.iter().map(|replica| {
        let node = replica.node;
        let (words, tone) = match standing(&state.stage, node) {
            None => ("DOWN".to_owned(), Tone::Fault),
            Some(words) if is_paused(node) => (format!("PAUSED {words}"), Tone::Fault),
            Some(words) => (format!("up {words}"), Tone::Plain),
        };
        Lane { who: Endpoint::Node(node), words, tone }
    });
    lanes.collect()
}

/// The part that a node plays, if it has said; `None`: it is down.
fn standing(stage: &Stage<'_>, node: NodeId) -> Option<String> {
    let Some(state) = stage.replay().and_then(|replay| replay.node(node)) else {
        return Some(String::new());
    };
    let role = state.role.map(|role| match role {
        Role::Leader => "LEADER",
        Role::Candidate => "candidate",
        Role::Follower => "follower",
    });
    let role = role.or((stage.leader() == Some(node)).then_some("LEADER"));
    let term = state.term.map(|term| format!("term {term}"));
    let words = role.map(str::to_owned).into_iter().chain(term).collect::<Vec<_>>();
    state.is_up().then(|| words.join(" "))
}

/// The sessions, with what each waits for, and the load balancer, if there is one.
fn clients(state: &State<'_>) -> Vec<Lane> {
    let now = state.stage.operations(state.now());
    let lanes = state.stage.sessions().iter().map(|client| {
        let record = now.iter().rev().find(|record| record.client == *client);
        let words = record.map(|record| record.operation.to_string()).unwrap_or_default();
        Lane { who: Endpoint::Client(*client), words, tone: Tone::Plain }
    });
    let balancer = Lane { who: Endpoint::Balancer, words: String::new(), tone: Tone::Plain };
    lanes.chain(state.stage.has_balancer().then_some(balancer)).collect()
}

/// Of too many, those that wait for something come first.
fn chosen(clients: Vec<Lane>, most: usize) -> Vec<Lane> {
    let (busy, idle): (Vec<_>, Vec<_>) =
        clients.into_iter().partition(|lane| !lane.words.is_empty());
    let mut shown: Vec<Lane> = busy.into_iter().chain(idle).take(most).collect();
    shown.sort_by_key(|lane| lane.who);
    shown
}

fn messages(pen: &mut Pen<'_>, room: Rect, lanes: &[(Lane, u16)], state: &State<'_>) {
    let lane = |who: Endpoint| lanes.iter().find(|(lane, _)| lane.who == who).map(|(_, y)| *y);
    let all = state.stage.messages();
    let ends = |it: &Message<'_>| Some((lane(it.from)?, lane(it.to)?)).filter(|(a, b)| a != b);
    let mut shown: Vec<_> = all.iter().filter_map(|it| Some((*it, ends(it)?))).collect();
    let most = usize::from(room.width / NARROWEST).max(1);
    let now = state.now();
    let under_way = shown.iter().filter(|(it, _)| it.sent <= now).count();
    // Where there are too many, those that only keep the cluster going are left out first.
    shown.sort_by_key(|(it, _)| is_upkeep(it));
    shown.truncate(most);
    shown.sort_by_key(|(it, _)| it.event);
    let columns = shown.len().max(FEWEST.min(most));
    let each = room.width / u16::try_from(columns).unwrap_or(u16::MAX).max(1);
    let shown_now = shown.iter().filter(|(it, _)| it.sent <= now).count();
    let left_out = (under_way - shown_now) as u64;
    let mut is_taken = vec![false; columns];
    for (message, (from, to)) in shown {
        // Each has its own column, so that it stays there while others come and go.
        let own = (message.id.0 % columns as u64) as usize;
        let free = (0..columns).map(|more| (own + more) % columns).find(|slot| !is_taken[*slot]);
        let slot = free.unwrap_or(own);
        is_taken[slot] = true;
        if message.sent <= now {
            let x = room.x + 1 + each * slot as u16;
            passage(pen, x, each.saturating_sub(4), message, (from, to), now);
        }
    }
    if left_out > 0 {
        let line = Rect { y: room.bottom() - 1, height: 1, ..room };
        let words = count(left_out, "more message", "more messages");
        pen.right(line, &format!(" and {words}"), Tone::Faint);
    }
}

/// One message on its way from a lane to another, at a moment.
fn passage(
    pen: &mut Pen<'_>,
    x: u16,
    width: u16,
    message: &Message<'_>,
    (from, to): (u16, u16),
    now: Time,
) {
    let (start, end) = (i32::from(from), i32::from(to));
    let down = (end - start).signum();
    let is_far = (end - start).abs() > 1;
    let lost = match message.fate {
        Fate::Dropped { reason, .. } => Some(reason),
        Fate::Handled { .. } | Fate::UnderWay => None,
    };
    // What the network loses gets half way, and what finds nobody gets there.
    let target = match lost {
        Some(DropReason::Loss | DropReason::Partition) if is_far => start + (end - start) / 2,
        _ => end,
    };
    let way = way(message, now);
    let is_over = way >= 1.0;
    let on = (f64::from(target - start) * way).round() as i32;
    // It is never hidden in the lane that it leaves.
    let head = if on == 0 && is_far { start + down } else { start + on };
    let row = |y: i32| u16::try_from(y).unwrap_or_default();
    pen.text(x, from, 1, if down > 0 { "┬" } else { "┴" }, Tone::Message);
    let mut y = start + down;
    while y != head && (head - y).signum() == down {
        pen.text(x, row(y), 1, "│", Tone::Message);
        y += down;
    }
    let beside = if is_over && is_far { row(head - down) } else { row(head) };
    match lost.filter(|_| is_over) {
        Some(reason) => {
            pen.text(x, row(head), width + 3, &format!("✗ {} ", reason.name()), Tone::Wrong);
            if is_far {
                said(pen, x, beside, width, message.text);
            }
        }
        None => {
            let sign = match (is_over, down > 0) {
                (true, _) => "●",
                (false, true) => "▼",
                (false, false) => "▲",
            };
            pen.text(x, row(head), 1, sign, Tone::Heading);
            said(pen, x, beside, width, message.text);
        }
    }
}

/// What a message says, beside it, with a blank on either side.
fn said(pen: &mut Pen<'_>, x: u16, y: u16, width: u16, text: &str) {
    let text = format!(" {} ", cut(&one_line(text), width));
    pen.text(x + 1, y, width + 2, &text, Tone::Plain);
}

/// How far a message is on its way, from 0 to 1.
fn way(message: &Message<'_>, now: Time) -> f64 {
    let Some(end) = ended(message) else { return 0.5 };
    let whole = end.since(message.sent).as_secs_f64();
    let passed = now.since(message.sent).as_secs_f64();
    if now >= end { 1.0 } else { (passed / whole).min(0.95) }
}
