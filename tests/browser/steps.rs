//! The steps of a reason lead to the very moments of what they tell.

use super::{ask, run};
use judge::cause::causes;
use serde_json::json;

#[test]
fn a_step_leads_to_its_event_to_the_nanosecond() {
    let run = run("ghost-data", "async-leader");
    let script = "const times = [];\n\
        for (const button of document.querySelectorAll('#why .moment')) { button.click(); times.push(Page.view.time); }\n\
        return times;";
    let Some(times) = ask(&run, "#t=0", script) else { return };
    let causes = causes(&run);
    let told: Vec<u64> =
        causes[0].steps.iter().filter_map(|step| Some(step.at(&run)?.as_nanos())).collect();
    assert_eq!(times, json!(told));
    // The control: what the words say, in whole milliseconds, is no moment of the run.
    let events = &run.trace.as_ref().unwrap().events;
    let happens = |at: u64| events.iter().any(|event| event.at.as_nanos() == at);
    assert!(told.len() == 2 && told.iter().all(|at| happens(*at)));
    assert!(told.iter().all(|at| !happens((at + 500_000) / 1_000_000 * 1_000_000)));
}
