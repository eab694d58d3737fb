//! What becomes a beat, and that nothing is lost between two.

use super::{of, run};
use judge::{
    Run,
    property::wrong_answers,
    record::{Event, MessageClass},
};
use reports::beats::{Beats, Mark, Tally, Weight};

/// All that the beats count, together.
fn sum(beats: &Beats<'_>) -> Tally {
    let mut sum = Tally::default();
    for beat in &beats.all {
        sum.add(&beat.done);
        sum.add(&beat.folded);
    }
    sum
}

fn events(run: &Run, is: impl Fn(&Event) -> bool) -> u64 {
    run.trace.as_ref().unwrap().events.iter().filter(|event| is(&event.event)).count() as u64
}

#[test]
fn every_operation_and_every_change_is_in_one_beat() {
    for (scenario, system) in
        [("ghost-data", "async-leader"), ("chaos-five", "raft"), ("healthy", "quorum")]
    {
        let run = run(scenario, system);
        let beats = Beats::of(&run);
        let all = sum(&beats);
        assert_eq!(all.begun, run.history.operations.len() as u64, "{scenario}");
        let completed = events(&run, |event| matches!(event, Event::Complete { .. }));
        assert_eq!(all.answered + all.unanswered, completed, "{scenario}");
        let applied = events(&run, |event| matches!(event, Event::Apply { .. }));
        assert_eq!(all.changes, applied, "{scenario}");
        assert!(beats.all.windows(2).all(|two| two[0].at < two[1].at), "in order of time");
        assert!(beats.all.iter().all(|beat| !beat.words.is_empty()));
    }
}

#[test]
fn messages_of_upkeep_are_counted_and_make_no_beats() {
    let run = run("ghost-data", "raft");
    let beats = Beats::of(&run);
    let counted: u64 = sum(&beats).messages.values().sum();
    let sent = events(&run, |event| {
        let of_nodes = [MessageClass::Peer, MessageClass::Health];
        matches!(event, Event::Send { class, .. } if of_nodes.contains(class))
    });
    assert!(counted > 100 && counted <= sent, "{counted} of {sent}");
    assert!(beats.all.iter().all(|beat| !beat.sentence().contains("`heartbeat")));
    assert!((beats.all.len() as u64) < counted);
}

#[test]
fn wrong_answers_faults_and_steps_have_their_marks() {
    let run = run("ghost-data", "async-leader");
    let beats = Beats::of(&run);
    let marked = |mark: Mark| beats.all.iter().filter(move |beat| beat.marks.contains(&mark));
    for fault in &run.faults {
        assert!(marked(Mark::Fault).any(|beat| beat.at == fault.start), "{}", fault.label);
    }
    let wrong = wrong_answers(&run);
    assert!(!wrong.is_empty());
    for operation in wrong.keys() {
        let completed = run.history.operations[*operation].completed;
        assert!(marked(Mark::Wrong).any(|beat| beat.at == completed));
    }
    let why = beats.why.as_ref().unwrap();
    let mut told: Vec<usize> = beats.all.iter().flat_map(|beat| beat.steps.clone()).collect();
    told.sort_unstable();
    assert_eq!(told, (0..why.steps.len()).collect::<Vec<_>>(), "each step once");
    let sends = of(&beats, "n1 sends n2 and n3 `replicate");
    assert_eq!(beats.all[sends].steps, [1], "by its words, as its moment is that of others too");
    assert!(marked(Mark::Step).all(|beat| beat.weight == Weight::Key));
}

#[test]
fn a_run_that_holds_has_no_wrong_answers() {
    let run = run("ghost-data", "raft");
    let beats = Beats::of(&run);
    assert!(beats.all.iter().all(|beat| !beat.marks.contains(&Mark::Wrong)));
    assert_eq!(beats.why.as_ref().unwrap().head, "Why it held");
}

#[test]
fn of_many_wrong_answers_the_first_are_told_and_all_are_marked() {
    let told = |scenario: &str| {
        let run = run(scenario, "async-leader");
        let beats = Beats::of(&run);
        assert_eq!(sum(&beats).wrong, wrong_answers(&run).len() as u64);
        let marked = beats.all.iter().filter(|beat| beat.marks.contains(&Mark::Wrong));
        let key = marked.clone().filter(|beat| beat.weight == Weight::Key);
        (marked.count(), key.count())
    };
    let (marked, key) = told("slow-follower");
    assert!(marked > 200 && key < 100, "{key} of {marked}");
    let (marked, key) = told("ghost-data");
    assert!(marked > 0 && marked == key, "the control: of few, all are told");
}
