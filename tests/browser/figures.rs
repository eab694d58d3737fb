//! The charts on the shared axis say what the run's own figures say.

use super::{ask, run};
use node::Time;
use serde_json::json;
use std::time::Duration;

/// What stands below each picture.
const READ: &str = "await rest(300);\n\
    return ['latency', 'rate', 'differ', 'lag'].map(id => {\n\
        const words = document.getElementById(id + '-reading').textContent.replace(/[\\u2068\\u2069]/g, '');\n\
        return words.slice(words.indexOf(': ') + 2); });";

#[test]
fn what_a_chart_says_at_a_moment_is_what_ended_in_its_window() {
    let run = run("stale-leader-reads", "raft");
    let second = |from: f64| Time::from(Duration::from_secs_f64(from));
    for from in [3.0, 6.0] {
        let address = format!("#t={}", second(from + 0.4).as_nanos());
        let Some(shown) = ask(&run, &address, READ) else { return };
        let (begin, end) = (second(from), second(from + 0.5));
        let ended = run.operations().iter().filter(|it| (begin..end).contains(&it.completed));
        let mut took: Vec<Duration> = ended.map(|it| it.completed.since(it.invoked)).collect();
        took.sort_unstable();
        let rate = took.len() * 2;
        assert_eq!(
            shown[1],
            format!("from {from:.1} s to {:.1} s: {rate} answered, a second.", from + 0.5)
        );
        let p50 = reports::nearest_rank(&took, 50).unwrap().as_secs_f64() * 1e3;
        let told = shown[0].as_str().unwrap();
        let (_, told) = told.split_once("p50 ").unwrap();
        let told: f64 = told.split_once(" ms").unwrap().0.parse().unwrap();
        assert!((told - p50).abs() < p50 / 100.0, "{told} {p50}");
    }
}

#[test]
fn replicas_that_part_show_in_both_charts_and_a_click_goes_there() {
    let run = run("ghost-data", "async-leader");
    let Some(before) = ask(&run, "#t=1500000000", READ) else { return };
    assert_eq!(before[2], "none in the 14.8 ms around it.");
    assert_eq!(before[3], "no node is behind in the 14.8 ms around it.");
    let after = ask(&run, "#t=5000000000", READ).unwrap();
    assert_eq!(after[2], "at most 1 key in the 14.8 ms around it.");
    assert!(after[3].as_str().unwrap().starts_with("at most n2 3.0"), "{after}");
    let script = "const picture = document.getElementById('lag'), box = picture.getBoundingClientRect();\n\
        const spot = { clientX: box.left + Page.axis.x(5000000000), clientY: box.top + 40, bubbles: true, pointerId: 1 };\n\
        for (const name of ['pointerdown', 'pointerup']) picture.dispatchEvent(new PointerEvent(name, spot));\n\
        return Math.abs(Page.view.time - 5000000000) < 30000000;";
    let clicked = ask(&run, "#t=1500000000&v=0:8000000000", script).unwrap();
    assert_eq!(clicked, json!(true), "the cursor is where the click was");
}
