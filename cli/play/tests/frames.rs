//! What is on the screen.

use super::{at, buffer, marked, of, run, screen};
use crate::play::state::Key;
use ratatui_core::style::Color;
use reports::beats::{Beats, Mark};
use std::time::Duration;

#[test]
fn ghost_data_as_the_follower_crashes() {
    let run = run("ghost-data", "async-leader");
    let beats = Beats::of(&run);
    insta::assert_snapshot!(screen(&at(&beats, marked(&beats, Mark::Fault).unwrap()), 100, 30));
}

#[test]
fn ghost_data_as_the_write_is_lost() {
    let run = run("ghost-data", "async-leader");
    let beats = Beats::of(&run);
    insta::assert_snapshot!(screen(&at(&beats, of(&beats, "LOST on its way")), 100, 30));
}

#[test]
fn ghost_data_as_the_ghost_is_read() {
    let run = run("ghost-data", "async-leader");
    let beats = Beats::of(&run);
    insta::assert_snapshot!(screen(&at(&beats, marked(&beats, Mark::Wrong).unwrap()), 100, 30));
}

#[test]
fn ghost_data_on_raft_as_a_new_leader_answers() {
    let run = run("ghost-data", "raft");
    let beats = Beats::of(&run);
    insta::assert_snapshot!(screen(&at(&beats, of(&beats, "has 2 agree on the log")), 100, 30));
    assert_eq!(marked(&beats, Mark::Wrong), None);
}

#[test]
fn the_verdict_lies_over_the_run() {
    let run = run("ghost-data", "async-leader");
    let beats = Beats::of(&run);
    let mut state = at(&beats, 0);
    state.press(Key::Verdict);
    insta::assert_snapshot!(screen(&state, 100, 30));
}

#[test]
fn a_terminal_that_is_too_small_says_what_is_needed_and_a_larger_one_helps() {
    let run = run("ghost-data", "async-leader");
    let beats = Beats::of(&run);
    let state = at(&beats, 1);
    insta::assert_snapshot!(screen(&state, 59, 16));
    for (width, height) in [(59, 16), (60, 15)] {
        assert!(screen(&state, width, height).to_string().contains("at least 60x16"));
    }
    assert!(screen(&state, 60, 16).to_string().contains("FAULT: n2 crashed"));
}

#[test]
fn no_size_and_no_beat_is_too_much() {
    for (scenario, system) in [("ghost-data", "async-leader"), ("chaos-five", "raft")] {
        let run = run(scenario, system);
        let beats = Beats::of(&run);
        for beat in (0..beats.all.len()).step_by(1 + beats.all.len() / 20) {
            let mut state = at(&beats, beat);
            for (width, height) in
                [(1, 1), (3, 40), (200, 2), (60, 16), (61, 19), (80, 24), (97, 27), (250, 80)]
            {
                for key in [Key::Help, Key::Down, Key::Help, Key::Verdict, Key::Verdict] {
                    state.press(key);
                    screen(&state, width, height);
                }
            }
        }
    }
}

#[test]
fn without_colours_nothing_is_lost_but_colours() {
    let run = run("ghost-data", "async-leader");
    let beats = Beats::of(&run);
    let mut state = at(&beats, marked(&beats, Mark::Wrong).unwrap());
    let coloured = buffer(&state);
    state.colours = false;
    let plain = buffer(&state);
    assert!(plain.content().iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    assert!(coloured.content().iter().any(|cell| cell.fg == Color::Red), "the control");
    let parts = |buffer: &ratatui_core::buffer::Buffer| {
        let cells = buffer.content().iter();
        cells.map(|cell| (cell.symbol().to_owned(), cell.modifier)).collect::<Vec<_>>()
    };
    assert_eq!(parts(&plain), parts(&coloured));
}

#[test]
fn messages_move_between_two_beats() {
    let run = run("ghost-data", "async-leader");
    let beats = Beats::of(&run);
    let mut state = at(&beats, of(&beats, "c0 asks n1: `put"));
    let before = buffer(&state);
    state.pass(Duration::from_secs(1));
    assert_eq!(buffer(&state), before, "it stands");
    state.plays = true;
    let beat = state.stage.beat();
    let mut frames = vec![before];
    while state.stage.beat() == beat {
        frames.push(buffer(&state));
        state.pass(Duration::from_millis(50));
    }
    frames.dedup();
    assert!(frames.len() > 5, "only {} frames differ", frames.len());
}

#[test]
fn forth_and_back_gives_the_same_frame() {
    let run = run("chaos-five", "raft");
    let beats = Beats::of(&run);
    let last = beats.all.len() - 1;
    let mut walked = at(&beats, 0);
    let mut frames = Vec::new();
    for beat in 0..=last {
        assert_eq!(walked.stage.beat(), beat);
        if beat % 97 == 0 {
            frames.push((beat, buffer(&walked)));
        }
        if beat < last {
            walked.press(Key::Forth);
        }
    }
    for (beat, frame) in frames.iter().rev() {
        while walked.stage.beat() > *beat {
            walked.press(Key::Back);
        }
        assert_eq!(buffer(&walked), *frame, "beat {beat}, from behind");
    }
    assert!(frames.windows(2).all(|two| two[0].1 != two[1].1), "the control");
}
