use crate::support::{Recorder, busy, causes, ghost, n, odd, us, waits};
use judge::{Run, record::Event};
use reports::{StoryOptions, story};

fn told(width: usize, colour: bool) -> String {
    let folder = Some("out/ghost-data-async-leader-1".to_owned());
    story(&ghost::run(), &StoryOptions { width, colour, folder, ..StoryOptions::default() })
}

#[test]
fn ghost_data() {
    insta::assert_snapshot!(told(100, false));
}

#[test]
fn ghost_data_in_colour() {
    insta::assert_snapshot!(told(100, true).replace('\x1b', "ESC"));
}

#[test]
fn busy() {
    insta::assert_snapshot!(story(&busy::run(), &StoryOptions::default()));
}

#[test]
fn nothing_happened() {
    insta::assert_snapshot!(story(&odd::idle(), &StoryOptions::default()));
}

#[test]
fn a_second_session_of_the_script_is_no_workload() {
    let mut run = ghost::run();
    run.history.operations[1].client = node::ClientId::new(1);
    let text = story(&run, &StoryOptions::default());
    assert!(text.contains("c1 -> n1  get 999"), "{text}");
    assert!(!text.contains("THE WORKLOAD"), "{text}");
}

#[test]
fn without_a_trace_there_is_still_a_verdict() {
    let text = story(&odd::without_trace(), &StoryOptions::default());
    assert!(text.contains("VIOLATED"));
    assert!(text.contains("n2 holds nothing under 999"));
    assert!(!text.contains("LOST"));
}

#[test]
fn colour_changes_nothing_but_colour() {
    let coloured = told(100, true);
    let mut plain = String::new();
    let mut pieces = coloured.split("\x1b[");
    plain += pieces.next().unwrap();
    for piece in pieces {
        plain += piece.split_once('m').unwrap().1;
    }
    assert_eq!(plain, told(100, false));
}

#[test]
fn lines_keep_to_the_width() {
    for width in [60, 80, 120] {
        for run in [ghost::run(), busy::run(), odd::thirty_nodes()] {
            let text = story(&run, &StoryOptions { width, ..StoryOptions::default() });
            for line in text.lines() {
                assert!(line.chars().count() <= width, "{width}: {line}");
                assert_eq!(line, line.trim_end());
            }
        }
    }
}

#[test]
fn a_large_cluster_is_summed_up() {
    let text = story(&odd::thirty_nodes(), &StoryOptions::default());
    assert!(
        text.contains("    GhostData v1: n1, n3, n4, n5 and 24 more\n    -: n2 and n30\n"),
        "{text}"
    );
}

/// The circle behind a balancer. Health checks wait at n1 and n2, and at n3 too if nobody
/// passes them; n3 otherwise passes, and n1 has passed once before.
fn circle_behind_a_balancer(nobody_passes: bool) -> Run {
    let mut run = waits::circle();
    let mut trace = Recorder::default();
    let mut balance = |at_ms: u64, number, healthy| {
        trace.at(us(at_ms * 1_000), Event::Balance { node: n(number), healthy });
    };
    balance(500, 1, false);
    balance(700, 1, true);
    for number in 1..=if nobody_passes { 3 } else { 2 } {
        balance(2_500, number, false);
        run.waits.get_mut(&n(number)).expect("it waits").queued_health_checks = 3;
    }
    // What comes after the steps is no part of the deadlock.
    balance(5_500, 1, true);
    run.trace = Some(trace.trace());
    run
}

/// The circle, and a balancer that takes n1 out and in by turns, `times` times in all.
fn flapping(times: u64) -> Run {
    let mut trace = Recorder::default();
    for time in 0..times {
        let change = Event::Balance { node: n(1), healthy: time % 2 == 1 };
        trace.at(us(1_000_000 + time * 10_000), change);
    }
    Run { trace: Some(trace.trace()), ..waits::circle() }
}

#[test]
fn the_balancer_takes_nodes_out_and_in_together() {
    let told = story(&circle_behind_a_balancer(true), &StoryOptions::default());
    assert!(told.contains("0.500s  balancer  takes n1 out: health check failed\n"), "{told}");
    assert!(told.contains("0.700s  balancer  takes n1 in again\n"), "{told}");
    assert!(told.contains("2.500s  balancer  takes n1, n2 and n3 out: health check failed\n"));
}

#[test]
fn a_balancer_that_flaps_is_cut_short() {
    let everything = StoryOptions { verbose: true, ..StoryOptions::default() };
    let told = |times| story(&flapping(times), &everything);
    let lines = |text: &str| text.matches("balancer  takes n1").count();
    assert_eq!(lines(&story(&flapping(8), &StoryOptions::default())), 4, "on a page");
    assert_eq!(lines(&told(8)), 8);
    assert!(!told(8).contains(" more changes by the balancer"));
    assert_eq!(lines(&told(21)), 8);
    assert!(told(21).contains("and 13 more changes by the balancer, see `seedbed trace`\n"));
}

#[test]
fn why_the_balancer_finds_no_node_in_a_deadlock() {
    let fails = "A health check waits for a worker like everything else, and so it fails: the";
    let told = |run| why(&run).split_whitespace().collect::<Vec<_>>().join(" ");
    let nobody = told(circle_behind_a_balancer(true));
    let dealt = "with no node left, it dealt to all of them as before.";
    let all = format!("{fails} balancer took n1, n2 and n3 out; {dealt}");
    assert!(nobody.contains(&all), "{nobody}");
    let some = told(circle_behind_a_balancer(false));
    assert!(some.contains(&format!("{fails} balancer took n1 and n2 out.")), "{some}");
    assert!(!told(flapping(3)).contains("health check waits"));
}

/// What a story says of the replicas.
fn replicas(run: &Run) -> String {
    let text = story(run, &StoryOptions::default());
    let start = text.find("THE REPLICAS").expect("replicas are shown");
    let end = text.find("THE SAME RUN").expect("a story ends with how to have it again");
    text[start..end].to_owned()
}

#[test]
fn replicas_are_compared_within_their_groups() {
    insta::assert_snapshot!(replicas(&odd::two_groups()));
    insta::assert_snapshot!(replicas(&odd::two_groups_that_differ()));
}

#[test]
fn why_tells_only_of_the_group_that_differs() {
    let told = why(&odd::two_groups_that_differ());
    assert!(told.contains("n2 does not show what"), "{told}");
    assert!(!told.contains("n6"), "{told}");
}

/// What a story says of why.
fn why(run: &Run) -> String {
    let text = story(run, &StoryOptions::default());
    let start = text.find("WHY ").expect("something is violated");
    let end = text.find("THE REPLICAS").expect("replicas are shown");
    text[start..end].to_owned()
}

#[test]
fn why_a_slow_link_makes_a_read_stale() {
    insta::assert_snapshot!(why(&causes::slow_link()));
}

#[test]
fn why_a_read_that_was_left_to_another_node_is_stale() {
    insta::assert_snapshot!(why(&causes::forwarded()));
}

#[test]
fn why_a_pause_makes_a_read_stale() {
    insta::assert_snapshot!(why(&causes::paused()));
}

#[test]
fn why_a_write_dies_with_the_leader() {
    insta::assert_snapshot!(why(&causes::leader_crash()));
}

#[test]
fn why_an_old_value_takes_the_place_of_a_new_one() {
    insta::assert_snapshot!(why(&causes::overtaken()));
}

#[test]
fn why_a_node_forgets() {
    insta::assert_snapshot!(why(&causes::amnesia()));
}

#[test]
fn what_a_disk_gave_back_was_not_lost_in_a_crash() {
    let words = |run: &Run| why(run).split_whitespace().collect::<Vec<_>>().join(" ");
    let blames_the_crash = |run: &Run| words(run).contains("the process ended");
    let mut run = causes::amnesia();
    assert!(blames_the_crash(&run));
    let events = &mut run.trace.as_mut().unwrap().events;
    let held = events.iter().rev().find_map(|event| match &event.event {
        Event::Apply { change, .. } if change.key.as_str() == "k" => change.after.clone(),
        _ => None,
    });
    for event in events {
        if let Event::Boot { entries, holds, .. } = &mut event.event
            && event.at > node::Time::ZERO
        {
            *entries = 1;
            *holds = vec![("k".into(), held.clone().unwrap())];
        }
    }
    assert!(!blames_the_crash(&run));
}

#[test]
fn why_nobody_answers_in_a_deadlock() {
    insta::assert_snapshot!(why(&waits::circle()));
}

#[test]
fn why_nobody_answers_behind_a_wait_without_a_deadline() {
    insta::assert_snapshot!(why(&waits::hang()));
}

#[test]
fn waits_of_nodes_that_go_on_to_answer_explain_nothing() {
    let told = why(&waits::hands_full());
    assert!(told.contains("1 write at n1 got no answer: timeout."), "{told}");
    assert!(!told.contains("deadlock") && !told.contains("waited"), "{told}");
}
