//! What the reader of scenarios accepts, a run survives, however small or large its numbers are.

use proptest::{prelude::*, sample::select};
use scenarios::Scenario;
use sim::{Detail, Gear};

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "-1",
    "1e-30",
    "1e-6",
    "5e-324",
    "0.5",
    "0.999999999",
    "1.0000001",
    "2",
    "100",
    "6000",
    "1e6",
    "999999.9999999999",
    "-999999.9999999999",
    "1e300",
    "nan",
    "inf",
    "-inf",
    "1000000000000",
    "9223372036854775807",
];

const TIMES: &[&str] =
    &["0s", "1ns", "1us", "3ms", "50ms", "1s", "365days", "364days 23h 59m 59s 999999999ns"];

const SIGNED: &[&str] = &["0s", "1ns", "-1ns", "365days", "-365days"];

fn number() -> impl Strategy<Value = &'static str> {
    select(NUMBERS)
}

fn time() -> impl Strategy<Value = String> {
    select(TIMES).prop_map(|time| format!("\"{time}\""))
}

fn latency() -> impl Strategy<Value = String> {
    prop_oneof![
        time(),
        (time(), time()).prop_map(|(a, b)| format!("{{ uniform = {{ min = {a}, max = {b} }} }}")),
        time().prop_map(|mean| format!("{{ exponential = {{ mean = {mean} }} }}")),
        (time(), time())
            .prop_map(|(a, b)| format!("{{ lognormal = {{ median = {a}, p99 = {b} }} }}")),
        (time(), time()).prop_map(|(a, b)| format!("{{ quantiles = {{ p0 = {a}, p100 = {b} }} }}")),
    ]
}

/// A line that some section may have, with a number from the edges.
fn line() -> impl Strategy<Value = (&'static str, String)> {
    let of = |section: &'static str, field: &'static str| {
        move |value: String| (section, format!("{field} = {value}"))
    };
    let text = |number: &str| number.to_owned();
    prop_oneof![
        time().prop_map(of("[cluster]", "service_time")),
        latency().prop_map(of("[cluster]", "service_time")),
        latency().prop_map(of("[cluster]", "wake_up")),
        latency().prop_map(of("[cluster.service]", "timer")),
        select(&["1", "2"][..]).prop_map(text).prop_map(of("[cluster]", "cores")),
        latency().prop_map(of("[workload]", "client_time")),
        time().prop_map(of("[cluster]", "boot")),
        number().prop_map(text).prop_map(of("[cluster.clocks.n2]", "drift_ppm")),
        select(SIGNED).prop_map(|by| ("[cluster.clocks.n1]", format!("offset = \"{by}\""))),
        latency().prop_map(of("[disk]", "sync")),
        latency().prop_map(of("[disk]", "read")),
        number().prop_map(text).prop_map(of("[disk]", "bytes_per_second")),
        latency().prop_map(of("[network.nodes]", "latency")),
        number().prop_map(text).prop_map(of("[network.nodes]", "loss")),
        number().prop_map(text).prop_map(of("[network.nodes]", "duplicate")),
        number().prop_map(text).prop_map(of("[network.nodes]", "bytes_per_second")),
        latency().prop_map(of("[network.clients]", "latency")),
        number().prop_map(text).prop_map(of("[network.clients]", "bytes_per_second")),
        time().prop_map(of("[workload]", "timeout")),
        time().prop_map(of("[workload]", "backoff")),
        select(&["1", "2", "100"][..]).prop_map(text).prop_map(of("[workload]", "attempts")),
        number().prop_map(|exponent| (
            "[workload]",
            format!("keys = {{ count = 3, choice = {{ zipfian = {{ exponent = {exponent} }} }} }}")
        )),
        (number(), number())
            .prop_map(|(put, get)| ("[workload]", format!("mix = {{ put = {put}, get = {get} }}"))),
        number().prop_map(text).prop_map(of("[workload]", "rate")),
        time().prop_map(of("[workload]", "think")),
        time().prop_map(of("[phases]", "settle")),
        time().prop_map(of("[properties]", "max_staleness")),
    ]
}

fn fault() -> impl Strategy<Value = String> {
    let kinds = select(&scenarios::FaultKind::ALL[..]);
    (kinds, number(), time(), time()).prop_map(|(kind, per_minute, least, most)| {
        let kind = kind.name();
        format!(
            "[[nemesis.fault]]\nkind = \"{kind}\"\nper_minute = {per_minute}\n\
             lasts = [{least}, {most}]\n"
        )
    })
}

fn step() -> impl Strategy<Value = String> {
    let action = (time(), time(), number(), select(SIGNED), 0..10).prop_map(
        |(one, other, number, signed, which)| match which {
            0 => format!("{{ crash = \"n2\", lasts = {one} }}"),
            1 => format!("{{ rolling-restart = {{ down = {one}, gap = {other} }} }}"),
            2 => format!("{{ slow-node = {{ node = \"n1\", factor = {number}, lasts = {one} }} }}"),
            3 => format!("{{ clock-jump = {{ node = \"n1\", by = \"{signed}\" }} }}"),
            4 => format!("{{ delay-spike = {{ delay = {one}, lasts = {other} }} }}"),
            5 => format!("{{ reorder = {{ spread = {one}, lasts = {other}, links = \"all\" }} }}"),
            6 => format!("{{ loss = {{ share = {number}, lasts = {one} }} }}"),
            7 => {
                format!("{{ slow-disk = {{ node = \"all\", factor = {number}, lasts = {one} }} }}")
            }
            8 => format!("{{ pause = \"n2\", lasts = {one} }}"),
            _ => format!(
                "{{ flapping-link = {{ from = \"n1\", to = \"n2\", period = {one}, \
                 lasts = {other} }} }}"
            ),
        },
    );
    (select(&["0s", "1ms", "20ms"][..]), action)
        .prop_map(|(at, action)| format!("[[step]]\nat = \"{at}\"\ndo = {action}\n"))
}

/// A scenario of fifty milliseconds with these lines in it; each field stands once.
fn scenario(lines: &[(&str, String)], faults: &[String], steps: &[String]) -> String {
    let mut sections = vec![
        ("[cluster]", vec!["nodes = 3".to_owned()]),
        ("[workload]", vec!["clients = 2".to_owned(), "operations = 60".to_owned()]),
        ("[phases]", vec!["run = \"50ms\"".to_owned()]),
    ];
    for (section, line) in lines {
        let field = |line: &str| line.split(' ').next().map(str::to_owned);
        let place = match sections.iter().position(|(name, _)| name == section) {
            Some(place) => place,
            None => {
                sections.push((*section, Vec::new()));
                sections.len() - 1
            }
        };
        if sections[place].1.iter().all(|other| field(other) != field(line)) {
            sections[place].1.push(line.clone());
        }
    }
    let mut text = "name = \"numbers\"\ntitle = \"Numbers\"\n".to_owned();
    for (section, lines) in sections {
        text.push_str(&format!("{section}\n{}\n", lines.join("\n")));
    }
    if !faults.is_empty() {
        text.push_str(&format!("[nemesis]\n{}", faults.concat()));
    }
    text.push_str(&steps.concat());
    text + "[expect.raft]\n[expect.durable-eventual]\n[expect.async-leader]\n"
}

fn survives(text: &str) -> bool {
    let Ok(scenario) = Scenario::parse("numbers.toml", text, node::systems::all()) else {
        return false;
    };
    // A settling time of a year is a year of heartbeats: what is at stake is the sum, not the year.
    let mut scenario = scenario;
    scenario.phases.settle = scenario.phases.settle.min(std::time::Duration::from_millis(50));
    for system in ["raft", "durable-eventual", "async-leader"] {
        let run = sim::run(&scenario, system, 1, Detail::Digest, Gear::Advance);
        assert!(run.is_ok(), "{}\n{text}", run.unwrap_err());
    }
    true
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 150,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_accepted_does_not_panic(
        lines in prop::collection::vec(line(), 0..4),
        faults in prop::collection::vec(fault(), 0..2),
        steps in prop::collection::vec(step(), 0..3),
    ) {
        survives(&scenario(&lines, &faults, &steps));
    }
}

#[test]
fn the_edges_that_once_broke_a_run() {
    let fault =
        |per_minute| format!("[[nemesis.fault]]\nkind = \"crash\"\nper_minute = {per_minute}\n");
    assert!(!survives(&scenario(&[], &[fault("1e-30")], &[])), "refused by the reader");
    assert!(survives(&scenario(&[], &[fault("1e-6")], &[])));
    let drift = ("[cluster.clocks.n2]", "drift_ppm = -999999.9999999999".to_owned());
    assert!(survives(&scenario(&[drift], &[], &[])));
    let year = "{ lognormal = { median = \"1ns\", p99 = \"365days\" } }";
    let latency = ("[network.nodes]", format!("latency = {year}"));
    assert!(survives(&scenario(&[latency], &[], &[])));
}
