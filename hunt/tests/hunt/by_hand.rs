//! Runs by hand: what is chosen happens, what is not waits, and the plan does the same by itself.

use hunt::by_hand::{Begin, ByHand, Choice, ChoiceError};
use judge::{
    Run,
    record::{DropReason, Event, MessageId, TraceEvent, Verdict},
};
use node::{NodeId, Time, systems};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use scenarios::{Action, Order, Property, Scenario, Target};
use sim::{Detail, Gear};
use std::{collections::BTreeMap, time::Duration};

fn begun(scenario: &Scenario, system: &str, begin: Begin) -> ByHand {
    ByHand::begin(scenario, systems::find(system).unwrap(), 0, begin).unwrap()
}

/// A cluster in which nothing happens for three seconds.
fn quiet() -> Scenario {
    let mut scenario = Scenario::bare("quiet", 3);
    scenario.phases.run = Duration::from_secs(3);
    scenario
}

fn put(value: &str) -> Choice {
    let (key, value) = ("k".into(), value.into());
    Choice::Do(Action::Put { key, value, to: Target::Node(NodeId::new(1)) })
}

fn until_something_waits(hand: &mut ByHand) {
    while hand.waiting().is_empty() {
        hand.choose(Choice::Next).unwrap();
    }
}

fn had(plan: &Scenario, hand: &ByHand) -> Run {
    let (system, seed) = (hand.run().system.name, hand.run().seed);
    sim::run(plan, system, seed, Detail::Full, Gear::Advance).unwrap()
}

fn is_violated(run: &Run, property: Property) -> bool {
    matches!(run.judgement(property).unwrap().verdict, Verdict::Violated { .. })
}

/// What happened up to a moment, but for what a choice has been there from the moment at which its message left: a
/// loss, a copy, and the fault that either is.
fn deeds(run: &Run, until: Time) -> Vec<String> {
    let mut numbers: BTreeMap<MessageId, MessageId> = BTreeMap::new();
    let mut deeds = Vec::new();
    let events = run.trace.as_ref().unwrap().events.iter();
    for event in events.take_while(|event| event.at <= until) {
        let (at, mut event) = (event.at, event.event.clone());
        match &mut event {
            Event::FaultStart { .. } | Event::FaultEnd { .. } => continue,
            Event::Drop { reason: DropReason::Loss, .. } => continue,
            Event::Send { message, copy_of: Some(original), .. } => {
                let number = MessageId(1_000_000 + numbers[original].0);
                numbers.insert(*message, number);
                continue;
            }
            Event::Send { message, copy_of: None, .. } => {
                let number =
                    MessageId(numbers.values().filter(|it| it.0 < 1_000_000).count() as u64);
                numbers.insert(*message, number);
                *message = number;
            }
            Event::Deliver { message, .. } => *message = numbers[message],
            // The fault by its place, which a choice shifts.
            Event::Drop { message, fault, .. } => (*message, *fault) = (numbers[message], None),
            _ => {}
        }
        deeds.push(TraceEvent::new(at, event).to_string());
    }
    deeds
}

#[test]
fn a_message_that_is_lost_by_hand_is_missed_and_one_that_arrives_is_not() {
    for lost in [true, false] {
        let mut hand = begun(&quiet(), "async-leader", Begin::default());
        hand.choose(put("v")).unwrap();
        until_something_waits(&mut hand);
        let ids: Vec<_> = hand.waiting().iter().map(|it| it.id).collect();
        assert_eq!(ids.len(), 2, "a push to each follower");
        hand.choose(Choice::Wait(Duration::from_millis(500))).unwrap();
        assert_eq!(hand.waiting().len(), 2, "nothing arrives by itself");
        hand.choose(if lost { Choice::Lose(ids[0]) } else { Choice::Arrive(ids[0]) }).unwrap();
        hand.choose(Choice::Arrive(ids[1])).unwrap();
        assert!(hand.waiting().is_empty());
        let plan = hand.finish().unwrap().plan;
        let run = had(&plan, &hand);
        assert_eq!(is_violated(&run, Property::Convergence), lost);
        assert_eq!(deeds(hand.run(), hand.now()), deeds(&run, hand.now()));
        let again = Scenario::parse("plan.toml", &plan.to_toml(), systems::all()).unwrap();
        assert_eq!(had(&again, &hand).digest, run.digest, "the file says all of it");
    }
}

#[test]
fn what_is_taken_back_has_not_happened() {
    let mut hand = begun(&quiet(), "sync-leader", Begin::default());
    hand.choose(put("v")).unwrap();
    until_something_waits(&mut hand);
    let (now, choices) = (hand.now(), hand.choices());
    let waiting: Vec<_> = hand.waiting().iter().map(|it| it.id).collect();
    let before = deeds(hand.run(), now);
    hand.choose(Choice::All(None)).unwrap();
    assert!(hand.now() > now);
    assert!(hand.undo().unwrap());
    assert_eq!((hand.now(), hand.choices()), (now, choices));
    assert_eq!(hand.waiting().iter().map(|it| it.id).collect::<Vec<_>>(), waiting);
    assert_eq!(deeds(hand.run(), now), before);
    while hand.undo().unwrap() {}
    assert_eq!(hand.choices(), 0);
    assert!(hand.waiting().is_empty() && !hand.undo().unwrap());
}

#[test]
fn a_link_that_keeps_order_is_kept_in_order() {
    for (order, overtakes) in [(Order::Fifo, false), (Order::Free, true)] {
        let mut scenario = quiet();
        scenario.network.nodes.order = order;
        let mut hand = begun(&scenario, "async-leader", Begin::default());
        for value in ["v1", "v2"] {
            hand.choose(put(value)).unwrap();
            hand.choose(Choice::Wait(Duration::from_millis(50))).unwrap();
        }
        let to_n2 = |hand: &ByHand| -> Vec<MessageId> {
            let to = |it: &hunt::by_hand::Waiting<'_>| it.to.node() == Some(NodeId::new(2));
            hand.waiting().into_iter().filter(|it| to(it)).map(|it| it.id).collect()
        };
        let [first, second] = to_n2(&hand)[..] else { panic!("two pushes to n2") };
        let chosen = hand.choose(Choice::Arrive(second));
        match overtakes {
            true => chosen.unwrap(),
            false => {
                assert!(matches!(chosen, Err(ChoiceError::Behind { .. })), "{chosen:?}");
                assert_eq!(to_n2(&hand), [first, second], "nothing has changed");
                // What is lost is in nobody's way.
                hand.choose(Choice::Lose(first)).unwrap();
                hand.choose(Choice::Arrive(second)).unwrap();
            }
        }
    }
}

#[test]
fn a_choice_that_is_none_changes_nothing() {
    let mut hand = begun(&quiet(), "async-leader", Begin::default());
    let n2 = Target::Node(NodeId::new(2));
    hand.choose(Choice::Do(Action::Crash(n2))).unwrap();
    let now = hand.now();
    let again = hand.choose(Choice::Do(Action::Crash(n2)));
    assert!(matches!(again, Err(ChoiceError::DoesNothing(_))), "{again:?}");
    let none = hand.choose(Choice::Lose(MessageId(999)));
    assert!(matches!(none, Err(ChoiceError::NotWaiting)), "{none:?}");
    assert!(matches!(hand.choose(Choice::Skip), Err(ChoiceError::NoStep)));
    let late = hand.choose(Choice::Wait(Duration::from_secs(9)));
    assert!(matches!(late, Err(ChoiceError::Over(_))), "{late:?}");
    assert_eq!((hand.now(), hand.choices()), (now, 1));
}

#[test]
fn a_step_that_has_nothing_left_to_do_is_left_out_and_named() {
    let scenario = scenarios::find("ghost-data").unwrap();
    let mut hand = begun(&scenario, "async-leader", Begin::default());
    let skipped = hand.next_step().unwrap().action.clone();
    assert_eq!(skipped, Action::Crash(Target::Node(NodeId::new(2))));
    hand.choose(Choice::Skip).unwrap();
    let finished = hand.finish().unwrap();
    let left_out: Vec<_> = finished.left_out.iter().map(|step| step.action.clone()).collect();
    assert_eq!(left_out, [Action::Restart(Target::Node(NodeId::new(2)))]);
    assert!(had(&finished.plan, &hand).defects.is_empty());
    // What was chosen and had nothing to do is left out in the same way, with what would mend it.
    let mut idle = begun(&quiet(), "async-leader", Begin::default());
    idle.choose(Choice::Do(Action::Isolate(Target::Node(NodeId::new(2))))).unwrap();
    idle.choose(Choice::Do(Action::HealNetwork)).unwrap();
    let isolated = idle.finish().unwrap();
    assert!(had(&isolated.plan, &idle).defects.is_empty());
    assert_eq!(isolated.left_out.len(), 1, "{:?}", isolated.left_out);
    // The control: where it has something to do it stays.
    let untouched = begun(&scenario, "async-leader", Begin::default()).finish().unwrap();
    assert!(untouched.left_out.is_empty());
    assert_eq!(untouched.plan.steps, scenario.steps);
}

#[test]
fn a_step_of_the_scenario_gives_way_to_the_choice_that_came_before_it() {
    let scenario = scenarios::find("ghost-data").unwrap();
    let n2 = Target::Node(NodeId::new(2));
    let mut hand = begun(&scenario, "async-leader", Begin::default());
    hand.choose(Choice::Wait(Duration::from_millis(500))).unwrap();
    hand.choose(Choice::Do(Action::Restart(n2))).unwrap();
    let chosen = hand.plan().steps.iter().find(|it| it.action == Action::Restart(n2)).cloned();
    let finished = hand.finish().unwrap();
    assert!(finished.plan.steps.contains(&chosen.unwrap()), "{:?}", finished.plan.steps);
    let [left_out] = &finished.left_out[..] else { panic!("{:?}", finished.left_out) };
    assert_eq!((left_out.at, &left_out.action), (Duration::from_secs(3), &Action::Restart(n2)));
}

/// Whatever is chosen, on whatever system, happens: the plan's own run does the same up to the last choice.
#[test]
fn the_plan_does_by_itself_what_was_done_by_hand() {
    let scenario = scenarios::find("ghost-data").unwrap();
    for (place, system) in systems::all().iter().enumerate() {
        for clients in [false, true] {
            let mut random = ChaCha8Rng::seed_from_u64(place as u64);
            let mut hand = begun(&scenario, system.name, Begin { at: None, clients });
            let mut lost = 0;
            for turn in 0..30 {
                let waiting: Vec<_> =
                    hand.waiting().iter().filter(|it| !it.is_behind).map(|it| it.id).collect();
                let any =
                    (!waiting.is_empty()).then(|| waiting[random.gen_range(0..waiting.len())]);
                let choice = match (random.gen_range(0..8), any) {
                    (0, _) => put(&format!("v{turn}")),
                    (1, Some(id)) => Choice::Lose(id),
                    (2, Some(id)) => Choice::Double(id),
                    (3, _) => Choice::Wait(Duration::from_millis(random.gen_range(1..60))),
                    (4, _) => Choice::Go(Duration::from_millis(random.gen_range(1..60))),
                    (5 | 6, Some(id)) => Choice::Arrive(id),
                    _ => Choice::Next,
                };
                let before = deeds(hand.run(), hand.now());
                lost += u32::from(matches!(choice, Choice::Lose(_)));
                match hand.choose(choice.clone()) {
                    Err(ChoiceError::Over(_)) => break,
                    chosen => chosen.unwrap(),
                }
                let after = deeds(hand.run(), hand.now());
                let of = format!("{}, clients {clients}, turn {turn}: {choice:?}", system.name);
                assert_eq!(after[..before.len()], before, "what has happened stays: {of}");
            }
            let run = had(&hand.finish().unwrap().plan, &hand);
            assert_eq!(deeds(hand.run(), hand.now()), deeds(&run, hand.now()), "{}", system.name);
            // The control: without what was chosen it is another run.
            if lost > 0 {
                let plain = had(&scenario, &hand);
                assert_ne!(deeds(hand.run(), hand.now()), deeds(&plain, hand.now()));
            }
        }
    }
}
