//! Frames, keys and time, of real runs and without a terminal.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test as tests do")]

mod beats;
mod frames;
mod keys;

use super::{draw, state::State};
use crate::choose::Chosen;
use judge::Run;
use ratatui_core::{backend::TestBackend, buffer::Buffer, terminal::Terminal};
use reports::beats::{Beats, Mark};
use sim::Detail;

/// A run of the library.
fn run(scenario: &str, system: &str) -> Run {
    let found = scenarios::find(scenario).unwrap();
    let system = crate::choose::system_named(system).unwrap();
    Chosen::new(scenario.to_owned(), found, system, 0).run(Detail::Full).ok().unwrap()
}

/// A state that does not move by itself, at a beat.
fn at<'a>(beats: &'a Beats<'a>, beat: usize) -> State<'a> {
    let mut state = State::new(beats, 1.0, Some(beats.all[beat].at), true);
    state.plays = false;
    assert_eq!(state.stage.beat(), beat);
    state
}

/// The first beat that speaks of this.
fn of(beats: &Beats<'_>, words: &str) -> usize {
    let found = beats.all.iter().position(|beat| beat.sentence().contains(words));
    found.unwrap_or_else(|| panic!("no beat speaks of {words}"))
}

/// The first beat with this mark.
fn marked(beats: &Beats<'_>, mark: Mark) -> Option<usize> {
    beats.all.iter().position(|beat| beat.marks.contains(&mark))
}

/// What a state looks like on a screen of this size.
fn screen(state: &State<'_>, width: u16, height: u16) -> TestBackend {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw::draw(frame, state)).unwrap();
    terminal.backend().clone()
}

fn buffer(state: &State<'_>) -> Buffer {
    screen(state, 100, 30).buffer().clone()
}
