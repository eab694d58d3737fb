//! What keys and time do.

use super::{at, marked, run};
use crate::play::state::{Key, Left, Over, State};
use node::Time;
use reports::beats::{Beats, Mark};
use std::time::Duration;

#[test]
fn each_key_does_what_the_help_says() {
    let run = run("ghost-data", "async-leader");
    let beats = Beats::of(&run);
    let last = beats.all.len() - 1;
    let fault = marked(&beats, Mark::Fault).unwrap();
    let mut state = State::new(&beats, 1.0, None, true);
    assert!(state.plays);
    state.press(Key::Pause);
    assert!(!state.plays);
    state.press(Key::Pause);
    assert!(state.plays);
    state.press(Key::Forth);
    assert_eq!((state.stage.beat(), state.plays), (1, false), "who steps, pauses");
    state.press(Key::Back);
    assert_eq!(state.stage.beat(), 0);
    state.press(Key::Back);
    assert_eq!(state.stage.beat(), 0, "there is nothing before");
    state.press(Key::Next);
    assert_eq!(state.stage.beat(), fault);
    state.press(Key::Next);
    let second = state.stage.beat();
    assert!(second > fault && !beats.all[second].marks.is_empty());
    state.press(Key::Previous);
    assert_eq!(state.stage.beat(), fault);
    state.press(Key::Previous);
    assert_eq!(state.stage.beat(), 0);
    state.press(Key::Faster);
    assert!(state.speed > 1.0);
    state.press(Key::Slower);
    state.press(Key::Slower);
    assert!(state.speed < 1.0);
    for _ in 0..50 {
        state.press(Key::Slower);
    }
    assert!(state.speed > 0.0);
    state.press(Key::End);
    assert_eq!((state.stage.beat(), state.over), (last, Over::Verdict));
    state.press(Key::Home);
    assert_eq!((state.stage.beat(), state.over), (0, Over::Nothing));
    for (key, over) in [(Key::Verdict, Over::Verdict), (Key::Help, Over::Help)] {
        state.press(key);
        assert_eq!(state.over, over);
        state.press(Key::Down);
        state.press(Key::Down);
        state.press(Key::Up);
        assert_eq!(state.scrolled, 1);
        state.press(key);
        assert_eq!(state.over, Over::Nothing);
    }
    state.press(Key::Help);
    state.press(Key::Close);
    assert_eq!((state.over, state.left), (Over::Nothing, None));
    for (key, left) in
        [(Key::Close, Left::Quit), (Key::Quit, Left::Quit), (Key::Interrupt, Left::Interrupted)]
    {
        state.press(key);
        assert_eq!(state.left, Some(left));
    }
}

#[test]
fn a_pause_at_the_end_begins_again() {
    let run = run("ghost-data", "async-leader");
    let beats = Beats::of(&run);
    let mut state = at(&beats, beats.all.len() - 1);
    state.press(Key::Forth);
    assert_eq!(state.over, Over::Verdict, "after the last beat comes the verdict");
    state.press(Key::Pause);
    assert_eq!((state.over, state.plays), (Over::Nothing, false));
    state.press(Key::Pause);
    assert_eq!((state.stage.beat(), state.plays), (0, true));
}

#[test]
fn time_leads_to_the_verdict_and_no_further() {
    let run = run("ghost-data", "async-leader");
    let beats = Beats::of(&run);
    let mut state = State::new(&beats, 1.0, None, true);
    let mut seen = vec![state.now()];
    // Were it endless, this would be too.
    while state.wait().is_some() {
        state.pass(Duration::from_millis(50));
        seen.push(state.now());
    }
    assert!(seen.is_sorted(), "the clock never goes back");
    assert_eq!((state.stage.beat(), state.over), (beats.all.len() - 1, Over::Verdict));
    let over = Duration::from_millis(50) * u32::try_from(seen.len()).unwrap();
    assert!(over > Duration::from_secs(15) && over < Duration::from_secs(120), "{over:?}");
}

#[test]
fn faster_is_faster_and_nothing_moves_under_the_help() {
    let run = run("chaos-five", "raft");
    let beats = Beats::of(&run);
    let after = |speed: f64, key: Option<Key>| {
        let mut state = State::new(&beats, speed, None, true);
        key.into_iter().for_each(|key| state.press(key));
        (0..200).for_each(|_| state.pass(Duration::from_millis(50)));
        state.stage.beat()
    };
    let (slow, normal, fast) = (after(0.5, None), after(1.0, None), after(4.0, None));
    assert!(0 < slow && slow < normal && normal < fast, "{slow} {normal} {fast}");
    assert_eq!(after(1.0, Some(Key::Help)), 0);
}

#[test]
fn a_run_without_faults_has_no_marks_of_faults() {
    for (scenario, has) in [("healthy", false), ("ghost-data", true)] {
        let run = run(scenario, "async-leader");
        let beats = Beats::of(&run);
        let marks = [Mark::Fault, Mark::Over].map(|mark| marked(&beats, mark).is_some());
        assert_eq!(marks, [has; 2], "{scenario}");
    }
}

#[test]
fn it_begins_at_the_moment_that_is_named() {
    let run = run("ghost-data", "async-leader");
    let beats = Beats::of(&run);
    let from = Time::from(Duration::from_millis(2_500));
    let state = State::new(&beats, 1.0, Some(from), true);
    assert!(beats.all[state.stage.beat()].at >= from);
    assert!(beats.all[state.stage.beat() - 1].at < from);
}
