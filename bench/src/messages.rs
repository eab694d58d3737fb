//! Delivered messages a second: Seedbed beside its peers and beside the limit.

use crate::{
    bare, madsim_tcp,
    measure::{measure, median},
    reach::Figure,
    steady::{self, Size},
    tables::print,
    turmoil_tcp,
};

/// One who delivers messages.
struct Competitor {
    name: &'static str,
    /// How many times as fast Seedbed is to be, with 10 clients and with 100.
    target: Option<[f64; 2]>,
    /// Whether it is in the table of what is to be reached.
    is_asked: bool,
    /// How many messages to ask for, about, so that a turn takes half a second or so.
    messages: u64,
    /// Delivers about that many messages with so many clients or connections; the
    /// answer is how many they were.
    deliver: fn(usize, u64) -> u64,
}

const COMPETITORS: [Competitor; 8] = [
    Competitor {
        name: "seedbed, history, digest and checkers on",
        is_asked: false,
        target: None,
        messages: 600_000,
        deliver: |clients, messages| steady::run(size(clients, messages)).counters.delivered,
    },
    Competitor {
        name: "the same, judged by nobody",
        is_asked: false,
        target: None,
        messages: 600_000,
        deliver: |clients, messages| steady::run_unjudged(size(clients, messages)),
    },
    Competitor {
        name: "madsim's TCP ping-pong, by default",
        is_asked: true,
        target: Some([3.0, 3.0]),
        messages: 200_000,
        deliver: madsim_tcp::by_default,
    },
    Competitor {
        name: "madsim's TCP ping-pong, at its best",
        is_asked: false,
        target: Some([3.0, 3.0]),
        messages: 200_000,
        deliver: madsim_tcp::at_best,
    },
    Competitor {
        name: "turmoil's TCP ping-pong, by default",
        is_asked: true,
        target: Some([25.0, 8.0]),
        messages: 40_000,
        deliver: turmoil_tcp::by_default,
    },
    Competitor {
        name: "turmoil's TCP ping-pong, latencies of 3 to 20 ms",
        is_asked: false,
        target: Some([25.0, 8.0]),
        messages: 40_000,
        deliver: turmoil_tcp::spread,
    },
    Competitor {
        name: "turmoil's TCP ping-pong, all in step",
        is_asked: false,
        target: Some([25.0, 8.0]),
        messages: 40_000,
        deliver: turmoil_tcp::in_step,
    },
    Competitor {
        name: "a bare loop, same state machines",
        is_asked: true,
        target: Some([0.7, 0.7]),
        messages: 600_000,
        deliver: |clients, messages| bare::run(size(clients, messages)),
    },
];

/// Measures everyone with 10 and with 100 clients or connections.
pub(crate) fn report(quick: bool) -> Vec<Figure> {
    let (rounds, share) = if quick { (3, 5) } else { (7, 1) };
    let mut rows = Vec::new();
    let mut figures = Vec::new();
    for (column, clients) in [10, 100].into_iter().enumerate() {
        let mut speeds = COMPETITORS.map(|_| Vec::new());
        for _ in 0..rounds {
            for (competitor, speeds) in COMPETITORS.iter().zip(&mut speeds) {
                let deliver = || (competitor.deliver)(clients, competitor.messages / share);
                let (delivered, cpu_s) = measure(deliver);
                speeds.push(delivered as f64 / cpu_s);
            }
        }
        let speeds = speeds.map(median);
        for (competitor, speed) in COMPETITORS.iter().zip(speeds) {
            let ratio = speeds[0] / speed;
            let target = competitor.target.map(|targets| targets[column]);
            // Those that are not as they come stand in the table for what they are at their best.
            if let Some(target) = target.filter(|_| competitor.is_asked) {
                let name = format!("steady run, {clients} clients, beside {}", competitor.name);
                figures.push(Figure::ratio(name, ratio, target));
            }
            let met = target.map(|target| if ratio >= target { "yes" } else { "no" });
            rows.push(vec![
                competitor.name.to_owned(),
                clients.to_string(),
                format!("{:.3}", speed / 1e6),
                target.map_or_else(String::new, |_| format!("{ratio:.2}")),
                target.map_or_else(String::new, |target| target.to_string()),
                met.unwrap_or_default().to_owned(),
            ]);
        }
    }
    print(
        "Messages delivered on one core: async-leader, 3 nodes; half puts, half gets, 1000 keys",
        &["", "clients", "M messages/s", "seedbed is x times", "target", "met"],
        rows,
    );
    figures
}

/// The steady run that delivers about this many messages: a get is two, a put is four.
fn size(clients: usize, messages: u64) -> Size {
    Size { nodes: 3, clients, operations: messages / 3 }
}
