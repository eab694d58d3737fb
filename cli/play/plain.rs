//! The same run told as plain lines, with no waiting and nothing that steers a terminal.

use super::{
    draw::{pen, stores},
    stage::Stage,
};
use node::Time;
use reports::beats::{Beat, Beats, Tally, Weight};
use std::fmt::Write as _;

/// What only goes on is told in at most so many lines.
const SPANS: u64 = 40;

/// So many keys of the stores are shown, and so many characters of each entry.
const FEW: usize = 3;
const WIDEST: u16 = 24;

/// The whole run, from a moment on.
pub(super) fn text(beats: &Beats<'_>, from: Option<Time>, width: usize) -> String {
    let mut told = Told { beats, text: String::new(), routine: None, shown: None };
    let run = beats.run();
    // Writing to a string cannot fail.
    let _ = writeln!(told.text, "{}", beats.title());
    let (scenario, system) = (&run.scenario.name, run.system.name);
    let _ = writeln!(told.text, "{scenario} on {system}, seed {}\n", run.seed);
    let watch = beats.watch();
    if !watch.is_empty() {
        let _ = writeln!(told.text, "{}\n", textwrap::fill(&watch, width));
    }
    let mut stage = Stage::new(beats);
    let first = beats.all.partition_point(|beat| from.is_some_and(|from| beat.at < from));
    for (place, beat) in beats.all.iter().enumerate().skip(first) {
        stage.go(place);
        told.beat(beat, &stage);
    }
    told.end_routine();
    told.text.push_str(&beats.verdict(width));
    told.text
}

struct Told<'a> {
    beats: &'a Beats<'a>,
    text: String,
    /// From when to when the workload only went on, and what it did.
    routine: Option<(Time, Time, Tally)>,
    /// The stores as they were shown last.
    shown: Option<Vec<Vec<String>>>,
}

impl Told<'_> {
    fn beat(&mut self, beat: &Beat, stage: &Stage<'_>) {
        if beat.weight == Weight::Routine {
            return self.routine(beat);
        }
        self.end_routine();
        let folded = beat.folded.to_string();
        if !folded.is_empty() {
            let _ = writeln!(self.text, "{:>9}  meanwhile: {folded}", "");
        }
        let sign = if beat.weight == Weight::Key { '*' } else { ' ' };
        let _ = writeln!(self.text, "{:>9} {sign}{}", beat.at.to_string(), beat.words);
        for more in &beat.more {
            let _ = writeln!(self.text, "{:>9}  {more}", "");
        }
        for step in &beat.steps {
            if let Some(why) = &self.beats.why {
                let (number, text) = (step + 1, &why.steps[*step]);
                let _ = writeln!(self.text, "{:>9}  > {}, step {number}: {text}", "", why.head);
            }
        }
        if beat.weight == Weight::Key || beat.done.changes > 0 {
            self.stores(stage);
        }
    }

    /// The workload goes on: it shares a line with what is near.
    fn routine(&mut self, beat: &Beat) {
        let span = (self.beats.end().as_nanos() / SPANS).max(1);
        let is_of = |at: Time| at.as_nanos() / span == beat.at.as_nanos() / span;
        if self.routine.as_ref().is_some_and(|(from, ..)| !is_of(*from)) {
            self.end_routine();
        }
        let (_, to, tally) =
            self.routine.get_or_insert_with(|| (beat.at, beat.at, Tally::default()));
        *to = beat.at;
        tally.add(&beat.folded);
        tally.add(&beat.done);
    }

    fn end_routine(&mut self) {
        let Some((from, to, tally)) = self.routine.take() else { return };
        let _ = match tally.to_string() {
            told if told.is_empty() => Ok(()),
            told if from == to => writeln!(self.text, "{:>9}  {told}", from.to_string()),
            told => writeln!(self.text, "{:>9}  to {to}: {told}", from.to_string()),
        };
    }

    /// The stores, if they are not as they were shown last.
    fn stores(&mut self, stage: &Stage<'_>) {
        let mut now = stores::table(stage, FEW);
        for cell in now.iter_mut().flatten() {
            *cell = pen::cut(cell, WIDEST);
        }
        if now.len() < 2 || self.shown.as_ref() == Some(&now) {
            return;
        }
        let width = |place: usize| {
            let cells = now.iter().filter_map(|row| row.get(place));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..now[0].len()).map(width).collect();
        for row in &now {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
            let cells = cells.collect::<Vec<_>>().join("  ");
            let _ = writeln!(self.text, "{:>9}  | {}", "", cells.trim_end());
        }
        self.shown = Some(now);
    }
}
