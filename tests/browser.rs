//! The page of a run in a real browser: what it shows is what the run says, by mouse, by keyboard and by address.
//!
//! It takes a headless Chromium, called `chromium` or what `CHROMIUM` names; where there is none, the tests say so and
//! pass. A test asks the page by a script of its own, put in at its end, whose answer is read from the page as it stands
//! then.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test as tests do")]

#[path = "browser/crowd.rs"]
mod crowd;
#[path = "browser/figures.rs"]
mod figures;
#[path = "browser/inside.rs"]
mod inside;
#[path = "browser/order.rs"]
mod order;
#[path = "browser/steps.rs"]
mod steps;

use judge::{Run, replay::Replay};
use node::Time;
use reports::{
    StoryOptions,
    compare::{Comparison, Kind, Side},
    page,
};
use scenarios::{Action, Target};
use serde_json::Value;
use sim::{Detail, Gear};
use std::{
    env, fs,
    process::{Command, Stdio},
    time::Duration,
};

/// The program, if there is one.
fn browser() -> Option<String> {
    let name = env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
    let found = Command::new(&name).arg("--version").stdout(Stdio::null()).status();
    if found.is_ok_and(|status| status.success()) {
        return Some(name);
    }
    eprintln!("skipped: there is no `{name}`; set CHROMIUM, or install Debian's `chromium`");
    None
}

fn run(name: &str, system: &str) -> Run {
    run_of(&scenarios::find(name).unwrap(), system)
}

fn run_of(scenario: &scenarios::Scenario, system: &str) -> Run {
    sim::run(scenario, system, 0, Detail::Full, Gear::Advance).unwrap()
}

/// Opens the page of a run at an address and has it answer; `None`: there is no browser. `script` is the body of
/// an async function.
fn ask(run: &Run, address: &str, script: &str) -> Option<Value> {
    ask_page(&page(run, &StoryOptions::default()), address, script)
}

/// The same of any page.
fn ask_page(page: &str, address: &str, script: &str) -> Option<Value> {
    let browser = browser()?;
    let (_, nonce) = page.split_once("script-src 'nonce-").unwrap();
    let (nonce, _) = nonce.split_once('\'').unwrap();
    let asks = format!(
        "<script nonce=\"{nonce}\">(async () => {{\n\
         const pause = ms => new Promise(done => setTimeout(done, ms));\n\
         // So long, then a frame, if one comes, and what follows it.\n\
         const frame = () => Promise.race([new Promise(done => requestAnimationFrame(done)), pause(500)]);\n\
         const rest = async ms => {{ await pause(ms); await frame(); await pause(100); }};\n\
         const key = (name, more = {{}}) => document.getElementById('diagram').dispatchEvent(\n\
             new KeyboardEvent('keydown', {{ key: name, bubbles: true, cancelable: true, ...more }}));\n\
         const errors = [];\n\
         addEventListener('error', event => errors.push(event.message));\n\
         await rest(300);\n\
         // Until what is drawn last has been drawn, however busy the machine is.\n\
         for (let tries = 0; tries < 60 && !document.querySelector('table.stores tbody tr'); tries++) await pause(50);\n\
         let answer;\n\
         try {{ answer = await (async () => {{ {script} }})(); }} catch (error) {{ errors.push(String(error)); }}\n\
         const sheet = document.createElement('pre');\n\
         sheet.id = 'answer';\n\
         sheet.textContent = JSON.stringify({{ answer, errors }});\n\
         document.body.append(sheet);\n\
         }})();</script></body>"
    );
    let text = page.replace("</body>", &asks);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.html");
    fs::write(&file, text).unwrap();
    let out = Command::new(browser)
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--dump-dom"])
        // Frames are drawn while the page waits, as they are on a screen.
        .args(["--run-all-compositor-stages-before-draw", "--virtual-time-budget=40000"])
        .arg("--window-size=1400,1000")
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("file://{}{address}", file.display()))
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&out.stdout).into_owned();
    let (_, answer) = dom.split_once("<pre id=\"answer\">").expect("the page answers");
    let (answer, _) = answer.split_once("</pre>").unwrap();
    let answer = answer.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["errors"], serde_json::json!([]), "the page has no errors");
    Some(answer["answer"].clone())
}

/// What the table of the inspector says: for each key what each node holds, as texts.
const STORES: &str = "return [...document.querySelectorAll('table.stores tbody tr')].map(row => [\n\
    row.querySelector('th button').textContent,\n\
    ...[...row.querySelectorAll('td')].map(cell => (cell.querySelector('.value, .nothing, .off') || cell).textContent)]);";

/// The same by the run's own replay, as far as the page has rows for it.
fn held(run: &Run, at: Time, rows: &Value) -> Value {
    let mut replay = Replay::of(run).unwrap();
    replay.advance_to(at);
    let row = |row: &Value| {
        let key = row[0].as_str().unwrap();
        let cells = replay.nodes().map(|(_, state)| match state.is_up() {
            true => {
                let entry = state.get(&key.into());
                entry.map_or_else(|| "nothing".to_owned(), |entry| entry.value.to_string())
            }
            false => "down".to_owned(),
        });
        Value::from_iter(std::iter::once(key.to_owned()).chain(cells))
    };
    rows.as_array().unwrap().iter().map(row).collect()
}

#[test]
fn what_the_inspector_shows_is_what_nodes_held() {
    for (name, system) in [("ghost-data", "async-leader"), ("ghost-data", "raft")] {
        let run = run(name, system);
        let mut seen = Vec::new();
        for ms in [0, 1500, 2001, 2002, 2500, 3500, 7000] {
            let at = Time::from(Duration::from_millis(ms));
            let address = format!("#t={}", at.as_nanos());
            let Some(rows) = ask(&run, &address, &format!("await rest(300); {STORES}")) else {
                return;
            };
            assert!(!rows.as_array().unwrap().is_empty());
            assert_eq!(rows, held(&run, at, &rows), "{name} on {system} at {at}");
            seen.push(rows.to_string());
        }
        seen.dedup();
        assert!(seen.len() >= 3, "a page that never changes would not do: {seen:?}");
    }
}

#[test]
fn keys_and_buttons_move_the_cursor() {
    let run = run("ghost-data", "async-leader");
    let script = "const at = () => Page.view.time;\n\
        const seen = [];\n\
        key('ArrowRight'); seen.push(at());\n\
        key('ArrowRight'); seen.push(at());\n\
        key('ArrowLeft'); seen.push(at());\n\
        for (const button of document.querySelectorAll('button'))\n\
            if (button.textContent.includes('Next fault')) button.click();\n\
        seen.push(at());\n\
        return seen;";
    let Some(seen) = ask(&run, "#t=1500000000", script) else { return };
    let seen: Vec<u64> = seen.as_array().unwrap().iter().filter_map(Value::as_u64).collect();
    let events = &run.trace.as_ref().unwrap().events;
    // The next moment is one of the run's, and there is none between.
    let after =
        |at: u64| events.iter().map(|event| event.at.as_nanos()).find(|moment| *moment > at);
    assert_eq!(seen[0], after(1_500_000_000).unwrap());
    assert!(
        seen[1] > seen[0] && events.iter().any(|event| event.at.as_nanos() == seen[1]),
        "{seen:?}"
    );
    assert_eq!(seen[2], seen[0]);
    assert_eq!(seen[3], run.faults[0].end.unwrap().as_nanos(), "n2 boots");
}

#[test]
fn a_large_run_has_a_bounded_page_and_fetches_nothing() {
    let mut scenario = scenarios::find("stale-leader-reads").unwrap();
    let workload = scenario.workload.as_mut().unwrap();
    workload.pace = scenarios::Pace::Closed { clients: 30, think: Duration::ZERO };
    let run = run_of(&scenario, "raft");
    assert!(run.counters.sent > 45_000, "{}", run.counters.sent);
    let script = "for (const button of document.querySelectorAll('button'))\n\
            if (button.textContent.includes('Whole run')) button.click();\n\
        await rest(500);\n\
        return [document.querySelectorAll('*').length, performance.getEntriesByType('resource').length,\n\
            document.getElementById('diagram').textContent];";
    let Some(answer) = ask(&run, "", script) else { return };
    let elements = answer[0].as_u64().unwrap();
    assert!((500..6000).contains(&elements), "{elements}");
    assert_eq!(answer[1], 0, "nothing was fetched");
    assert!(answer[2].as_str().unwrap().contains("zoom in"), "it says that not all is drawn");
}

#[test]
fn the_page_of_a_hundred_thousand_events_is_below_five_megabytes() {
    let mut scenario = scenarios::find("healthy").unwrap();
    let workload = scenario.workload.as_mut().unwrap();
    workload.pace = scenarios::Pace::Closed { clients: 2, think: Duration::ZERO };
    let run = run_of(&scenario, "raft");
    let events = run.trace.as_ref().unwrap().events.len();
    let size = page(&run, &StoryOptions::default()).len();
    assert!(events > 100_000 && size < 5_000_000, "{events} events, {size} bytes");
}

#[test]
fn whatever_was_stored_shows_as_text() {
    let evil = "<script>window.evil = 1</script><img src=x onerror=\"window.evil=2\">\u{202e}\u{1f47b}\n'\"";
    let mut scenario = scenarios::find("ghost-data").unwrap();
    for step in &mut scenario.steps {
        if let Action::Put { value, to, .. } = &mut step.action {
            *value = evil.into();
            *to = Target::Leader;
        }
    }
    let run = run_of(&scenario, "async-leader");
    let script = "await rest(300);\n\
        return [window.evil === undefined, document.images.length, document.body.textContent.includes('<script>window')];";
    let Some(answer) = ask(&run, "#t=2500000000", script) else { return };
    assert_eq!(answer, serde_json::json!([true, 0, true]));
}

/// Two runs, as they are compared.
fn sides(one: Run, other: Run) -> [Side; 2] {
    [one, other].map(|run| Side { run, told: StoryOptions::default(), again: None })
}

#[test]
fn of_two_runs_the_inspector_shows_what_the_nodes_of_each_held() {
    let sides = sides(run("ghost-data", "async-leader"), run("ghost-data", "raft"));
    let page = Comparison::of(&sides).page();
    let mut differ = 0;
    for ms in [0, 1500, 2001, 2500, 3020, 3100, 4600, 7000] {
        let at = Time::from(Duration::from_millis(ms));
        let address = format!("#t={}", at.as_nanos());
        let Some(rows) = ask_page(&page, &address, &format!("await rest(300); {STORES}")) else {
            return;
        };
        let [one, other] = sides.each_ref().map(|side| held(&side.run, at, &rows));
        let both = one.as_array().unwrap().iter().zip(other.as_array().unwrap());
        let both: Value = both
            .map(|(one, other)| {
                let (one, other) = (one.as_array().unwrap(), other.as_array().unwrap());
                Value::from_iter(one.iter().chain(&other[1..]).cloned())
            })
            .collect();
        assert!(!rows.as_array().unwrap().is_empty());
        assert_eq!(rows, both, "at {at}");
        differ += usize::from(one != other);
    }
    assert!(differ >= 3, "a page that showed one run twice would not do: {differ}");
}

#[test]
fn a_key_leads_from_one_first_difference_to_the_next() {
    let sides = sides(run("ghost-data", "async-leader"), run("ghost-data", "raft"));
    let both = Comparison::of(&sides);
    let script = "await rest(300);\n\
        const first = Page.view.time, seen = [];\n\
        key('x'); seen.push(Page.view.time);\n\
        key('x'); seen.push(Page.view.time);\n\
        await rest(300);\n\
        return [first, seen, document.getElementById('said-by-control').textContent,\n\
            performance.getEntriesByType('resource').length, document.querySelectorAll('#diagram .difference').length];";
    let Some(answer) = ask_page(&both.page(), "", script) else { return };
    let moment = |kind: Kind| {
        let found = both.differences().find(|it| it.kind == kind).unwrap();
        found.at.map(Time::as_nanos).into_iter().max().unwrap()
    };
    // It opens at the answer; after the last the first comes again.
    assert_eq!(answer[0], moment(Kind::Answer));
    let moments = [moment(Kind::Lasting), moment(Kind::Answer)];
    assert_eq!(answer[1], serde_json::json!(moments));
    assert!(answer[2].as_str().unwrap().contains("get 999"), "{answer}");
    assert_eq!(answer[3], 0, "nothing was fetched");
    assert_eq!(answer[4], 2);
    // The control: a page of one run has no such key.
    let script = "const before = Page.view.time; key('x'); return Page.view.time === before;";
    assert_eq!(ask(&sides[0].run, "", script).unwrap(), true);
}
