//! Delivered messages a second: Seedbed beside its peers and beside the limit.

use crate::{
    bare, madsim_tcp,
    measure::{measure, median},
    steady::{self, Size},
    tables::print,
    turmoil_tcp,
};

/// One who delivers messages.
struct Competitor {
    name: &'static str,
    /// How many times as fast Seedbed is to be.
    target: Option<f64>,
    /// How many messages to ask for, about, so that a turn takes half a second or so.
    messages: u64,
    /// Delivers about that many messages with so many clients or connections; the
    /// answer is how many they were.
    deliver: fn(usize, u64) -> u64,
}

const COMPETITORS: [Competitor; 7] = [
    Competitor {
        name: "seedbed, history, digest and checkers on",
        target: None,
        messages: 600_000,
        deliver: |clients, messages| steady::run(size(clients, messages)).counters.delivered,
    },
    Competitor {
        name: "(a) madsim TCP ping-pong, by default",
        target: Some(4.0),
        messages: 200_000,
        deliver: madsim_tcp::by_default,
    },
    Competitor {
        name: "(a) madsim TCP ping-pong, at its best",
        target: Some(4.0),
        messages: 200_000,
        deliver: madsim_tcp::at_best,
    },
    Competitor {
        name: "(b) turmoil TCP ping-pong, by default",
        target: Some(25.0),
        messages: 40_000,
        deliver: turmoil_tcp::by_default,
    },
    Competitor {
        name: "(b) turmoil TCP ping-pong, latencies of 3 to 20 ms",
        target: Some(25.0),
        messages: 40_000,
        deliver: turmoil_tcp::spread,
    },
    Competitor {
        name: "(b) turmoil TCP ping-pong, all in step",
        target: Some(25.0),
        messages: 40_000,
        deliver: turmoil_tcp::in_step,
    },
    Competitor {
        name: "(c) bare heap loop, same state machines",
        target: Some(0.5),
        messages: 600_000,
        deliver: |clients, messages| bare::run(size(clients, messages)),
    },
];

/// Measures everyone with 10 and with 100 clients or connections.
pub(crate) fn report(quick: bool) {
    let (rounds, share) = if quick { (3, 5) } else { (7, 1) };
    let mut rows = Vec::new();
    for clients in [10, 100] {
        let mut speeds = COMPETITORS.map(|_| Vec::new());
        for _ in 0..rounds {
            for (competitor, speeds) in COMPETITORS.iter().zip(&mut speeds) {
                let deliver = || (competitor.deliver)(clients, competitor.messages / share);
                let (delivered, cost) = measure(deliver);
                speeds.push(delivered as f64 / cost.cpu_s);
            }
        }
        let speeds = speeds.map(median);
        for (competitor, speed) in COMPETITORS.iter().zip(speeds) {
            let ratio = speeds[0] / speed;
            let target = competitor.target;
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
}

/// The steady run that delivers about this many messages: a get is two, a put is four.
fn size(clients: usize, messages: u64) -> Size {
    Size { nodes: 3, clients, operations: messages / 3 }
}
