//! What is shown, and what keys and time do to it.

use super::{args::SPEEDS, pace::Pace, stage::Stage};
use node::Time;
use reports::beats::Beats;
use std::time::Duration;

/// A key that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Pause,
    Forth,
    Back,
    Next,
    Previous,
    Faster,
    Slower,
    Home,
    End,
    Verdict,
    Help,
    Up,
    Down,
    Close,
    Quit,
    Interrupt,
}

/// What lies over the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    Nothing,
    Verdict,
    Help,
}

/// How it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// By the key for it.
    Quit,
    /// By Ctrl-C.
    Interrupted,
}

/// All that a frame depends on.
pub(super) struct State<'a> {
    pub(super) stage: Stage<'a>,
    pace: Pace,
    /// How long the beat has been shown, at speed 1.
    spent: Duration,
    pub(super) plays: bool,
    pub(super) speed: f64,
    pub(super) over: Over,
    /// How many lines of what lies over the run are above the screen.
    pub(super) scrolled: u16,
    pub(super) left: Option<Left>,
    /// Whether colours are used.
    pub(super) colours: bool,
}

/// What one key changes the speed by.
const FASTER: f64 = 1.5;

impl<'a> State<'a> {
    pub(super) fn new(beats: &'a Beats<'a>, speed: f64, from: Option<Time>, colours: bool) -> Self {
        let mut state = Self {
            stage: Stage::new(beats),
            pace: Pace::of(&beats.all),
            spent: Duration::ZERO,
            plays: true,
            speed,
            over: Over::Nothing,
            scrolled: 0,
            left: None,
            colours,
        };
        if let Some(from) = from {
            state.go(beats.all.partition_point(|beat| beat.at < from));
        }
        state
    }

    pub(super) fn beats(&self) -> &'a Beats<'a> {
        self.stage.beats
    }

    /// Which part of the whole is over, from 0 to 1: by what there is to see, not by simulated time.
    pub(super) fn over_by_now(&self) -> f64 {
        self.pace.over(self.stage.beat(), self.spent)
    }

    /// Where a beat is on the way from the first to the last, likewise.
    pub(super) fn place_of(&self, beat: usize) -> f64 {
        self.pace.over(beat, Duration::ZERO)
    }

    /// The first and the last beat of what the reason is about, if there is a reason.
    pub(super) fn window(&self) -> Option<(usize, usize)> {
        let (beats, [from, to]) = (self.beats(), self.beats().window);
        let first = beats.all.partition_point(|beat| beat.at < from);
        let after = beats.all.partition_point(|beat| beat.at <= to);
        (beats.why.is_some() && first < after).then(|| (first, after - 1))
    }

    fn last(&self) -> usize {
        self.beats().all.len().saturating_sub(1)
    }

    /// The moment that is shown: that of the beat, and then on to the next.
    pub(super) fn now(&self) -> Time {
        let all = &self.beats().all;
        let at = |beat: usize| all.get(beat).map(|beat| beat.at);
        let beat = self.stage.beat();
        let (Some(from), Some(to)) = (at(beat), at(beat + 1)) else {
            return self.beats().end();
        };
        let way = self.pace.way(beat, self.spent);
        from + to.since(from).mul_f64(way)
    }

    /// Goes to a beat and stays there from its beginning.
    fn go(&mut self, beat: usize) {
        self.stage.go(beat);
        self.spent = Duration::ZERO;
        if self.over == Over::Verdict {
            self.over = Over::Nothing;
        }
    }

    /// Time passes.
    pub(super) fn pass(&mut self, real: Duration) {
        if !self.plays || self.over == Over::Help {
            return;
        }
        self.spent += real.mul_f64(self.speed);
        let mut beat = self.stage.beat();
        while self.spent >= self.pace.shown(beat) {
            if beat >= self.last() {
                self.end();
                return;
            }
            self.spent -= self.pace.shown(beat);
            beat += 1;
        }
        self.stage.go(beat);
    }

    /// The run is over: the verdict is shown.
    fn end(&mut self) {
        self.go(self.last());
        self.plays = false;
        self.show(Over::Verdict);
    }

    fn show(&mut self, over: Over) {
        self.over = if self.over == over { Over::Nothing } else { over };
        self.scrolled = 0;
    }

    /// A key was pressed.
    pub(super) fn press(&mut self, key: Key) {
        let beat = self.stage.beat();
        match key {
            Key::Pause if self.over != Over::Nothing => self.over = Over::Nothing,
            Key::Pause if beat == self.last() && !self.plays => {
                self.go(0);
                self.plays = true;
            }
            Key::Pause => self.plays = !self.plays,
            Key::Forth if beat == self.last() => self.end(),
            Key::Forth => self.step(beat + 1),
            // From between two beats it goes to the one that was left.
            Key::Back if self.now() > self.beats().all.get(beat).map_or(Time::MAX, |it| it.at) => {
                self.step(beat);
            }
            Key::Back => self.step(beat.saturating_sub(1)),
            Key::Next => match self.marked(beat + 1..self.last() + 1).next() {
                Some(beat) => self.step(beat),
                None => self.end(),
            },
            Key::Previous => {
                let before = self.marked(0..beat).next_back();
                self.step(before.unwrap_or(0));
            }
            Key::Faster => self.speed = (self.speed * FASTER).min(SPEEDS[1]),
            Key::Slower => self.speed = (self.speed / FASTER).max(SPEEDS[0]),
            Key::Home => self.step(0),
            Key::End => self.end(),
            Key::Verdict => self.show(Over::Verdict),
            Key::Help => self.show(Over::Help),
            Key::Up => self.scrolled = self.scrolled.saturating_sub(1),
            Key::Down if self.over != Over::Nothing => {
                self.scrolled = self.scrolled.saturating_add(1);
            }
            Key::Down => {}
            Key::Close if self.over != Over::Nothing => self.over = Over::Nothing,
            Key::Close | Key::Quit => self.left = Some(Left::Quit),
            Key::Interrupt => self.left = Some(Left::Interrupted),
        }
    }

    /// Goes to a beat by hand; it then stands.
    fn step(&mut self, beat: usize) {
        self.go(beat);
        self.plays = false;
    }

    fn marked(
        &self,
        beats: std::ops::Range<usize>,
    ) -> impl DoubleEndedIterator<Item = usize> + use<'a> {
        let all = &self.beats().all;
        beats.filter(move |beat| all.get(*beat).is_some_and(|beat| !beat.marks.is_empty()))
    }

    /// After how long the next frame is wanted; `None`: nothing moves.
    pub(super) fn wait(&self) -> Option<Duration> {
        let moves = self.plays && self.over != Over::Help;
        moves.then_some(Duration::from_millis(50))
    }
}
