//! Charts that cannot mislead: each rule, with the same run without its cause as a control.

use crate::{
    matrices::{finding, judged, small},
    support::{busy, ghost, n, odd, us},
};
use judge::{
    Run,
    property::{StalenessReport, Wrong, count_lost_writes, wrong_answers},
    record::{
        Expected, FaultKind, FaultOrigin, FaultRecord, History, Judgement, OperationRecord, Verdict,
    },
};
use node::{
    Answer, ClientId, Operation, Version,
    client::{Failure, Outcome},
};
use reports::{
    Chart, Charts, StoryOptions, csv,
    matrix::{Leaves, Standing},
    story,
};
use scenarios::Property;
use sim::{Detail, Gear};
use std::time::Duration;

const MS: u64 = 1_000;
const SECOND: u64 = 1_000 * MS;

/// A run of the library.
fn real(scenario: &str, system: &str) -> Run {
    let scenario = scenarios::find(scenario).expect("the library has it");
    sim::run(&scenario, system, 0, Detail::Full, Gear::Advance).expect("it runs on it")
}

fn put(at: u64, took: u64, is_answered: bool) -> OperationRecord {
    let answer = Answer::Written { version: Version(1), previous: None };
    OperationRecord {
        client: ClientId::new(1),
        operation: Operation::put("k", format!("at-{at}")),
        invoked: us(at),
        completed: us(at + took),
        outcome: if is_answered { Outcome::Ok(answer) } else { Outcome::Fail(Failure::Timeout) },
        node: n(1),
        attempts: 1,
        begun_by_then: 0,
    }
}

/// Five seconds in which a put is begun each 10 ms, and nothing else happens.
fn steady(took: impl Fn(u64) -> u64) -> Run {
    let at = |tick: u64| tick * 10 * MS;
    of((0..500).map(|tick| put(at(tick), took(at(tick)), true)).collect())
}

fn of(mut operations: Vec<OperationRecord>) -> Run {
    operations.sort_by_key(|record| record.invoked);
    let mut run = odd::idle();
    run.staleness = StalenessReport::default();
    run.history = History { operations };
    run
}

fn crash(from: u64, to: u64) -> FaultRecord {
    FaultRecord {
        kind: FaultKind::Crash,
        label: "n1 crashed".to_owned(),
        origin: FaultOrigin::Step(0),
        nodes: vec![n(1)],
        start: us(from),
        end: Some(us(to)),
        touched: 1,
    }
}

/// A steady run without what was begun from 2.0 s to 2.5 s; instead, so many puts wait through a crash.
fn interrupted(waiting: u64, is_answered: bool) -> Run {
    let mut run = steady(|_| MS);
    run.history.operations.retain(|it| !(us(2 * SECOND)..us(2_500 * MS)).contains(&it.invoked));
    run.history
        .operations
        .extend((0..waiting).map(|client| put(1_999 * MS + client, 555 * MS, is_answered)));
    run.history.operations.sort_by_key(|record| record.invoked);
    run.faults = vec![crash(2 * SECOND, 3 * SECOND)];
    run
}

#[test]
fn what_is_wrong_is_drawn_as_often_as_it_was_judged() {
    let count = |run: &Run, what| wrong_answers(run).values().filter(|it| **it == what).count();
    // Stale reads, in a colour and a shape of their own.
    let run = real("ghost-data", "async-leader");
    let stale = run.staleness.stale.len();
    assert!(stale > 0);
    assert_eq!(count(&run, Wrong::Stale), stale);
    let svg = Chart::Latency.svg(&run).unwrap();
    assert!(svg.contains(&format!("stale: {stale}")) && svg.contains("F0E442"));
    assert!(Chart::Latency.finding(&run).contains("stale read"));
    // Lost writes, all of them.
    let run = real("acknowledged-then-lost", "sync-leader");
    let lost = count_lost_writes(&run);
    assert!(lost > 5, "{lost}");
    assert_eq!(count(&run, Wrong::Lost) as u64, lost);
    let svg = Chart::Rate.svg(&run).unwrap();
    assert!(svg.contains(">\nlost: ") && svg.contains("wrong answers among them"));
    // Answers that cannot be.
    let run = real("answers-mixed-up", "durable-eventual");
    assert!(count(&run, Wrong::Impossible) > 0);
    assert!(Chart::Rate.svg(&run).unwrap().contains("impossible (nobody wrote it): "));
    // And none at all where nothing is.
    let run = real("put-get", "durable-eventual");
    assert!(wrong_answers(&run).is_empty());
    for chart in [Chart::Latency, Chart::Rate] {
        let svg = chart.svg(&run).unwrap();
        assert!(!svg.contains("stale") && !svg.contains("wrong") && !svg.contains("F0E442"));
    }
}

#[test]
fn a_run_is_called_by_what_it_showed_and_not_by_what_was_expected() {
    let head = |run: &Run| {
        let told = story(run, &StoryOptions::default());
        told.lines().next().expect("a story has a title").to_owned()
    };
    let mut run = real("ghost-data", "sync-leader");
    assert!(head(&run).starts_with("A write gets no answer in time"), "{}", head(&run));
    let shown = head(&real("ghost-data", "async-leader"));
    assert_eq!(shown, "A follower that was down misses a write for ever");
    assert_eq!(head(&real("ghost-data", "quorum")), format!("Withstood: {shown}"));
    // The control: what was expected changes nothing, and what was not judged is not withstood.
    for judgement in &mut run.judgements {
        judgement.expected = Expected::Violated;
    }
    assert!(head(&run).starts_with("A write gets no answer in time"), "{}", head(&run));
    for judgement in &mut run.judgements {
        judgement.verdict = Verdict::Unknown("not looked at".to_owned());
    }
    assert_eq!(head(&run), format!("About: {shown}"));
}

#[test]
fn an_answer_that_was_right_is_not_marked_for_one_that_was_wrong() {
    // Of three reads the second found the deleted value; what the others found was so.
    let run = real("delete-comes-back", "peer-to-peer");
    let stale: Vec<usize> = run.staleness.stale.iter().map(|read| read.operation).collect();
    assert_eq!(stale.len(), 1);
    assert_eq!(wrong_answers(&run).into_keys().collect::<Vec<_>>(), stale);
    // Where nothing else is wrong, a violated level is still seen.
    let run = real("diverged-for-ever", "peer-to-peer");
    assert_eq!(wrong_answers(&run).into_values().collect::<Vec<_>>(), [Wrong::Disordered]);
}

#[test]
fn a_median_that_is_drawn_is_in_the_title() {
    // The few answers of the last window took forty times as long.
    let run = real("every-write-twice", "sharded-groups");
    let title = Chart::Quantiles.finding(&run);
    assert!(!title.contains("stays"), "{title}");
    // A level is claimed where nothing is missing in between.
    let run = real("healthy", "async-leader");
    assert!(Chart::Quantiles.finding(&run).starts_with("The median stays between 1.1 ms and"));
    let run = real("lost-replication", "sync-leader");
    let title = Chart::Quantiles.finding(&run);
    assert!(!title.contains("stays"), "{title}");
}

#[test]
fn no_chart_fails_where_more_was_answered_than_asked() {
    // What the probes were answered, and what was asked as the run was over, is not counted twice.
    let mut run = real("ghost-data", "async-leader");
    run.run_ended = node::Time::ZERO;
    run.availability.begun = 0;
    for probes in [Vec::new(), run.probes.clone()] {
        run.probes = probes;
        for chart in Chart::ALL {
            assert!(!chart.finding(&run).is_empty());
            assert!(chart.svg(&run).is_ok());
        }
    }
    run.history.operations.clear();
    run.probes.clear();
    for chart in Chart::ALL {
        assert!(!chart.finding(&run).is_empty());
    }
}

#[test]
fn without_a_violation_nothing_is_called_lost() {
    let mut run = real("acknowledged-then-lost", "sync-leader");
    assert!(wrong_answers(&run).values().any(|it| *it == Wrong::Lost));
    let verdict = Verdict::Unknown("not looked at".to_owned());
    let judgement = |it: &Judgement| match it.property {
        Property::Durability => Judgement { verdict: verdict.clone(), ..it.clone() },
        _ => it.clone(),
    };
    run.judgements = run.judgements.iter().map(judgement).collect();
    assert!(wrong_answers(&run).values().all(|it| *it != Wrong::Lost));
}

#[test]
fn a_peak_stands_where_it_was_answered_and_rests_on_three_answers() {
    let peak = Chart::Quantiles.finding(&interrupted(8, true));
    assert_eq!(
        peak,
        "8 answers given between 2.5 s and 3.0 s took about 555 ms; the median of the run is 1.0 ms \
         (n1 crashed)"
    );
    // Two are no peak.
    let two = Chart::Quantiles.finding(&interrupted(2, true));
    assert!(two.starts_with("The median of each window is about 1.0 ms"), "{two}");
    // The table says the same.
    let table = csv::latency(&interrupted(8, true));
    let slowest = |window| {
        let row = table.lines().find(|line| line.starts_with(&format!("all,{window},"))).unwrap();
        row.rsplit(',').next().unwrap().to_owned()
    };
    assert_eq!([slowest(3), slowest(5)], ["1.000000", "555.000000"]);
}

#[test]
fn a_slow_draw_in_a_split_is_not_blamed_on_it() {
    // One answer of 7.9 ms, and the scatter of a healthy network around it.
    let scatter = |at: u64| MS + (at / (10 * MS) * 7_919) % (2 * MS);
    let draw = |at: u64| if at == 2_200 * MS { 7_900 } else { scatter(at) };
    let mut run = steady(draw);
    run.faults = vec![crash(2 * SECOND, 3 * SECOND)];
    let finding = Chart::Quantiles.finding(&run);
    assert!(!finding.contains("n1 crashed") && !finding.contains("7.9 ms"), "{finding}");
    // But if all are as slow while it lasts, that is said.
    let slow = |at: u64| if (2 * SECOND..3 * SECOND).contains(&at) { 7_900 } else { scatter(at) };
    let mut run = steady(slow);
    run.faults = vec![crash(2 * SECOND, 3 * SECOND)];
    let finding = Chart::Quantiles.finding(&run);
    assert!(finding.contains("7.9 ms") && finding.contains("(n1 crashed)"), "{finding}");
}

#[test]
fn level_is_said_of_what_is_level() {
    // As scattered as can be from window to window: 31 to 61 ms.
    let uneven = steady(|at| if (at / (500 * MS)).is_multiple_of(2) { 31 * MS } else { 61 * MS });
    let finding = Chart::Quantiles.finding(&uneven);
    assert!(finding.starts_with("Medians of the windows from 31 ms to 61 ms"), "{finding}");
    let even = steady(|at| if (at / (500 * MS)).is_multiple_of(2) { 50 * MS } else { 61 * MS });
    let finding = Chart::Quantiles.finding(&even);
    assert!(finding.starts_with("The median stays between 50 ms and 61 ms"), "{finding}");
}

#[test]
fn a_step_needs_windows_on_both_sides() {
    let slow = |from: u64| move |at: u64| if at >= from { 2 * MS } else { MS };
    let step = |from: u64| {
        let mut run = steady(slow(from));
        run.faults = vec![crash(from, 5 * SECOND)];
        Chart::Quantiles.finding(&run)
    };
    assert_eq!(
        step(2 * SECOND),
        "2.0 ms at the median or more in each window of \"n1 crashed\", 1.0 ms to 1.0 ms in those \
         without a fault"
    );
    assert!(!step(4 * SECOND).contains("n1 crashed"), "two windows are too few");
}

#[test]
fn every_outage_is_named_and_a_pause_is_none() {
    let title = Chart::Rate.finding(&interrupted(8, true));
    let expected = "No write answered from 2.00 to 2.50 s; all 458 operations were answered";
    assert_eq!(title, expected);
    let twice = |length: u64, waiting: u64| {
        let mut run = steady(|_| MS);
        for from in [SECOND, 3 * SECOND] {
            let hole = us(from)..us(from + length);
            run.history.operations.retain(|it| !hole.contains(&it.invoked));
            let refused = (0..waiting).map(|index| put(from + index * 10 * MS, 500, false));
            run.history.operations.extend(refused);
        }
        run.history.operations.sort_by_key(|record| record.invoked);
        run
    };
    let title = Chart::Rate.finding(&twice(300 * MS, 20));
    let expected = "No write answered from 1.00 to 1.30 s and 3.00 to 3.30 s";
    assert!(title.starts_with(expected), "{title}");
    let svg = Chart::Rate.svg(&twice(300 * MS, 20)).unwrap();
    assert!(svg.contains("no write: 2 times, 602 ms"));
    // Where there are too many for a title they are counted there, and each is marked all the same.
    let mut many = steady(|_| MS);
    let every = |at: u64| at % (500 * MS) < 200 * MS;
    many.history.operations.retain(|it| !every(it.invoked.as_nanos() / 1_000));
    let refused = (0..500).map(|tick| tick * 10 * MS).filter(|at| every(*at));
    many.history.operations.extend(refused.map(|at| put(at, 500, false)));
    many.history.operations.sort_by_key(|record| record.invoked);
    let title = Chart::Rate.finding(&many);
    assert!(title.starts_with("Outages (marked): no write 10 times for 2.0 s; "), "{title}");
    assert!(Chart::Rate.svg(&many).unwrap().contains("no write: 10 times, 2.0 s"));
    // Too short, or with nobody to be answered.
    for run in [twice(80 * MS, 8), twice(300 * MS, 2)] {
        let title = Chart::Rate.finding(&run);
        assert!(!title.contains("No "), "{title}");
    }
}

#[test]
fn reads_and_writes_have_outages_of_their_own() {
    // Gets between the puts that go on all the while.
    let get = |at: u64| OperationRecord {
        operation: Operation::get("k"),
        outcome: Outcome::Ok(Answer::Value(None)),
        ..put(at, MS, true)
    };
    let mut run = interrupted(8, false);
    run.history.operations.extend((0..500).map(|tick| get(tick * 10 * MS + 5 * MS)));
    run.history.operations.sort_by_key(|record| record.invoked);
    let title = Chart::Rate.finding(&run);
    assert!(title.starts_with("No write answered from 2.00 to 2.50 s;"), "{title}");
}

#[test]
fn the_peak_of_a_lost_leader_comes_after_the_crash() {
    let run = real("leader-crash", "raft");
    let crash = run.faults.iter().find(|fault| fault.label.contains("crashed")).unwrap().start;
    let slow = run.operations().iter().filter(|record| {
        record.is_answered() && record.completed.since(record.invoked) > Duration::from_millis(300)
    });
    assert!(slow.clone().count() >= 3);
    assert!(slow.clone().all(|record| record.invoked <= crash || record.completed > crash));
    let title = Chart::Quantiles.finding(&run);
    let given = title.split(" given between ").nth(1).and_then(|rest| rest.split(" s").next());
    let start: f64 = given.unwrap().parse().unwrap();
    assert!(start + 1e-9 >= crash.as_secs_f64(), "{title}");
    assert!(Chart::Rate.finding(&run).starts_with("No "), "{}", Chart::Rate.finding(&run));
}

#[test]
fn keys_differ_in_chart_and_story_alike() {
    let run = real("split-brain", "peer-to-peer");
    let told = story(&run, &StoryOptions::default());
    let number = told.split("They do not agree on ").nth(1).unwrap();
    let number: u64 = number.split(' ').next().unwrap().parse().unwrap();
    let title = Chart::Replication.finding(&run);
    assert!(
        title.starts_with(&format!("At the end {number} keys differ between nodes")),
        "{title}"
    );
    // And where they agree, both say so.
    let run = real("split-brain", "raft");
    assert!(story(&run, &StoryOptions::default()).contains("All replicas that are up agree"));
    assert!(!Chart::Replication.finding(&run).contains("differ"));
}

#[test]
fn charts_that_say_nothing_are_left_out() {
    let shown = |run: &Run| Charts::of(run).shown();
    assert_eq!(shown(&busy::run()), Chart::ALL);
    assert_eq!(shown(&odd::idle()), []);
    assert_eq!(shown(&ghost::run()), [Chart::Latency, Chart::Replication]);
    assert_eq!(shown(&odd::without_trace()), [Chart::Latency]);
    // Nothing was ever replicated, and there are answers enough for the rest.
    assert_eq!(shown(&steady(|_| MS)), [Chart::Latency, Chart::Quantiles, Chart::Rate]);
}

#[test]
fn a_node_has_its_colour_whoever_lags() {
    let stroke = |run: &Run, node: &str| -> String {
        // The line of the legend stands right before its label.
        let svg = Chart::Replication.svg(run).unwrap();
        let at = svg.find(&format!("\n{node}: \u{2264}")).unwrap();
        let line = svg[..at].rfind("stroke=\"#").unwrap() + 9;
        svg[line..line + 6].to_owned()
    };
    // n2 lags most in the first, and n3 in the second.
    let one = ghost::run();
    let mut other = ghost::run();
    if let Some(trace) = &mut other.trace {
        trace.events.retain(|event| event.at < us(2 * SECOND) + Duration::from_micros(700));
    }
    for node in ["n2", "n3"] {
        assert_eq!(stroke(&one, node), stroke(&other, node), "{node}");
    }
    assert_ne!(stroke(&one, "n2"), stroke(&one, "n3"));
}

#[test]
fn a_matrix_tells_refusals_losses_flaws_and_what_does_not_apply_apart() {
    const REFUSED: &str = "F4C982";
    let with = |property: &'static str, standing: Standing, flaws: &[&str]| {
        let mut matrix = small();
        matrix.properties = vec![property];
        let expected = match standing {
            Standing::Violated => Expected::Violated,
            Standing::Holds => Expected::Holds,
            _ => Expected::Unstated,
        };
        let mut cell = judged(vec![finding(property, expected, standing)], Leaves::Majority);
        cell.flaws = flaws.iter().map(ToString::to_string).collect();
        for row in &mut matrix.rows {
            row.cells = vec![Some(cell.clone()), None];
        }
        matrix.svg().unwrap()
    };
    let refused = with("availability", Standing::Violated, &[]);
    let lost = with("durability", Standing::Violated, &[]);
    assert!(refused.contains(REFUSED) && refused.contains("not answered, which"));
    assert!(!lost.contains(REFUSED) && !lost.contains("not answered, which"));
    let inapplicable = with("durability", Standing::NotApplicable, &[]);
    let holds = with("durability", Standing::Holds, &[]);
    assert!(inapplicable.contains("does not apply") && !holds.contains("does not apply"));
    let pale = |svg: &str| svg.matches("C4E2F4").count();
    assert_eq!(pale(&holds) - pale(&inapplicable), 2, "a cell each");
    let flawed = with("durability", Standing::Holds, &["ack-before-replicate"]);
    assert!(flawed.contains("a flaw is switched on") && !holds.contains("a flaw is switched on"));
}
