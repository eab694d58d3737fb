//! Nine nodes and ten clients fit a screen.

use super::{ask, run_of};
use serde_json::Value;

#[test]
fn many_lanes_fit_a_screen_and_can_be_had_apart() {
    let mut scenario = scenarios::find("healthy").unwrap();
    scenario.cluster.nodes = 9;
    let workload = scenario.workload.as_mut().unwrap();
    workload.pace =
        scenarios::Pace::Closed { clients: 10, think: std::time::Duration::from_millis(10) };
    let run = run_of(&scenario, "raft");
    let script = "const svg = document.getElementById('diagram');\n\
        const look = () => [svg.getBoundingClientRect().bottom, svg.querySelectorAll('.lane').length,\n\
            [...svg.querySelectorAll('.lane-name')].map(name => name.textContent.replace(/[\\u2068\\u2069]/g, ''))];\n\
        const before = look();\n\
        for (const box of document.querySelectorAll('.toggle'))\n\
            if (box.textContent.includes('clients apart')) box.querySelector('input').click();\n\
        Page.diagram.draw();\n\
        return [before, look()];";
    let Some(shown) = ask(&run, "", script) else { return };
    let bottom = |of: usize| shown[of][0].as_f64().unwrap();
    let names = |of: usize| -> Vec<&str> {
        shown[of][2].as_array().unwrap().iter().filter_map(Value::as_str).collect()
    };
    assert!(bottom(0) < 1000.0, "{}", bottom(0));
    // Every party has its line, be it a strip; every node its name.
    assert_eq!(shown[0][1], shown[1][1]);
    for node in &run.replicas {
        assert!(names(0).contains(&node.node.to_string().as_str()));
    }
    // The control: apart, each has its name and takes its room.
    assert!(names(0).len() + 5 < names(1).len(), "{:?} {:?}", names(0), names(1));
    assert!(bottom(1) > bottom(0) + 50.0, "{} {}", bottom(0), bottom(1));
}
