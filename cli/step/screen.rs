//! What the one who chooses sees.

use crate::output;
use hunt::by_hand::{ByHand, Choice};
use judge::{
    record::Event,
    replay::{Replay, Role},
    text::{count, quote},
};
use node::{Key, Time, systems::Announces};
use reports::{Events, shorten};
use scenarios::Step;
use std::fmt::Write as _;

/// What asks for the next choice.
pub(super) const PROMPT: &str = "> ";

/// More messages than this are counted.
const MOST_WAITING: usize = 30;

/// As many keys are shown, the last that changed.
const MOST_KEYS: usize = 5;

/// More lines than this of what happened are counted.
const MOST_LINES: usize = 40;

/// A moment to the microsecond, which choices are apart at least.
fn exact(at: Time) -> String {
    format!("{:.6}s", at.as_secs_f64())
}

/// Emphasis on a terminal.
fn heavy(text: &str) -> String {
    if output::stdout_has_colour() { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
}

/// What is about to be gone through.
pub(super) fn opening(hand: &ByHand) -> String {
    let run = hand.run();
    format!(
        "{}\n{} on {}, seed {}. You are the network: what is sent waits for you. `help` tells every choice.\n",
        heavy(&run.scenario.title),
        run.scenario.name,
        run.system.name,
        run.seed
    )
}

/// What a choice settles at once, without anything that happens.
pub(super) fn settled(hand: &ByHand, choice: &Choice) -> Option<String> {
    match choice {
        Choice::Lose(id) => {
            let waiting = hand.waiting();
            let lost = waiting.iter().find(|it| it.id == *id)?;
            Some(format!("  lost: {} -> {} {}", lost.from, lost.to, shorten(lost.text)))
        }
        Choice::Skip => {
            let step = hand.next_step()?;
            Some(format!("  left out: at {} {}", Time::ZERO + step.at, deed(step)))
        }
        _ => None,
    }
}

/// What a step does, in words that steer nothing.
fn deed(step: &Step) -> String {
    shorten(&step.action.to_string())
}

/// The steps of the scenario that were left out, as they had nothing left to do.
pub(super) fn idle(steps: &[Step]) -> String {
    let line = |step: &Step| {
        format!(
            "  left out, as it has nothing left to do: at {} {}\n",
            Time::ZERO + step.at,
            deed(step)
        )
    };
    steps.iter().map(line).collect()
}

/// What the last choice brought about, a line each.
pub(super) fn happened(hand: &ByHand) -> Vec<String> {
    let events = Events::of(hand.run());
    let told = hand.happened().iter().filter_map(|event| {
        let words = events.words(event)?;
        Some(format!("  {:>12}  {words}", exact(event.at)))
    });
    told.collect()
}

pub(super) fn after(lines: &[String]) -> String {
    let mut text = String::new();
    let left_out = lines.len().saturating_sub(MOST_LINES);
    if left_out > 0 {
        let _ = writeln!(text, "  ... {} before these", count(left_out as u64, "event", "events"));
    }
    for line in &lines[left_out..] {
        let _ = writeln!(text, "{line}");
    }
    text
}

/// The present moment: what nodes hold, what waits, and what happens next by itself.
pub(super) fn moment(hand: &ByHand) -> String {
    let mut text = format!("\n{}\n", heavy(&format!("At {}", exact(hand.now()))));
    stores(hand, &mut text);
    waiting(hand, &mut text);
    next(hand, &mut text);
    text
}

fn stores(hand: &ByHand, text: &mut String) {
    let Some(mut replay) = Replay::of(hand.run()) else { return };
    replay.advance_to(hand.now());
    let keys = last_changed(hand);
    for (node, state) in replay.nodes() {
        let how = match (state.is_up(), state.role, state.term) {
            (false, ..) => "down".to_owned(),
            (_, Some(Role::Leader), Some(term)) => format!("leads, term {term}"),
            (_, Some(Role::Leader), None) => "leads".to_owned(),
            (_, Some(Role::Candidate), Some(term)) => format!("stands, term {term}"),
            (_, _, Some(term)) => format!("up, term {term}"),
            _ => "up".to_owned(),
        };
        let held = keys.iter().filter_map(|key| {
            let entry = state.get(key)?;
            Some(format!("{} = {}", quote(key.as_str()), quote(entry.value.as_str())))
        });
        let held: Vec<_> = held.collect();
        let more = state.entries().len().saturating_sub(held.len());
        let held = match (held.is_empty(), more) {
            (true, 0) => "holds nothing".to_owned(),
            (true, more) => count(more as u64, "other key", "other keys"),
            (false, 0) => held.join(", "),
            (false, more) => format!("{}, and {more} more", held.join(", ")),
        };
        // What a replicated log holds shows only once it is applied.
        let has_log = hand.run().system.announces == Announces::ItsLog;
        let held = match (state.is_up(), has_log) {
            (true, _) => held,
            (false, false) => format!("its disk: {held}"),
            (false, true) => String::new(),
        };
        let line = format!("  {:<4} {how:<16} {held}", node.to_string());
        let _ = writeln!(text, "{}", line.trim_end());
    }
}

/// The keys that changed last, in their order.
fn last_changed(hand: &ByHand) -> Vec<Key> {
    let mut keys: Vec<Key> = Vec::new();
    let events = hand.run().trace.iter().flat_map(|trace| &trace.events);
    let past: Vec<_> = events.take_while(|event| event.at <= hand.now()).collect();
    for event in past.into_iter().rev() {
        if let Event::Apply { change, .. } = &event.event
            && !keys.contains(&change.key)
        {
            keys.push(change.key.clone());
            if keys.len() == MOST_KEYS {
                break;
            }
        }
    }
    keys.sort();
    keys
}

fn waiting(hand: &ByHand, text: &mut String) {
    let waiting = hand.waiting();
    if waiting.is_empty() {
        let _ = writeln!(text, "Nothing waits.");
        return;
    }
    let _ = writeln!(text, "Waiting:");
    for (place, message) in waiting.iter().enumerate().take(MOST_WAITING) {
        let ends = format!("{} -> {}", message.from, message.to);
        let behind = if message.is_behind { " (behind an earlier one)" } else { "" };
        let number = place + 1;
        let _ = writeln!(text, "  {number:>2}  {ends:<10} {}{behind}", shorten(message.text));
    }
    if waiting.len() > MOST_WAITING {
        let _ = writeln!(text, "  and {} more", waiting.len() - MOST_WAITING);
    }
}

fn next(hand: &ByHand, text: &mut String) {
    let events = Events::of(hand.run());
    match hand.next() {
        Some(event) => {
            let words = events.words(event);
            let what = words.unwrap_or_else(|| "something that only machines follow".to_owned());
            let _ = writeln!(text, "By itself next, at {}: {what}.", exact(event.at));
        }
        None => {
            let _ =
                writeln!(text, "By itself nothing happens before the run ends at {}.", hand.ends());
        }
    }
    if let Some(step) = hand.next_step() {
        let at = Time::ZERO + step.at;
        let _ = writeln!(text, "The scenario's next step, at {at}: {}.", deed(step));
    }
}
