//! A store of one's own, put through a scenario file and through a test written as code.
//!
//! `cargo run --example own_node`
//!
//! The store is one that many people write first: every node takes writes and tells
//! the others, and the last message to arrive wins.

use node::{
    Answer, Config, Context, Key, MemoryStore, Node, NodeId, Operation, OperationKind, Refusal,
    Request, Role, Store, SystemInfo, Version, Versioned,
};
use scenarios::Scenario;
use sim::{Simulation, check::StalenessReport};
use std::fmt;

struct LastArrivalWins(MemoryStore);

#[derive(Clone, Debug, Hash)]
struct Tell(Key, Versioned);

#[derive(Clone, Debug, Hash)]
enum NoTimer {}

impl Node for LastArrivalWins {
    type Message = Tell;
    type Timer = NoTimer;

    const INFO: SystemInfo = SystemInfo {
        name: "last-arrival-wins",
        summary: "every node takes writes and tells the others; the last arrival wins",
        source: "this example",
        operations: &[OperationKind::Put, OperationKind::Get],
        flaws: &[],
        settings: &[],
        has_leader: false,
        min_nodes: 1,
    };

    fn boot(_config: &Config, _ctx: &mut Context<'_, Self>) -> Self {
        Self(MemoryStore::default())
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        let answer = match request.operation {
            Operation::Get { key } => Answer::Value(self.0.get(&key)),
            Operation::Put { key, value } => {
                let entry = Versioned { value, version: Version(request.id.sequence) };
                ctx.apply(self.0.put(key.clone(), entry.clone()));
                ctx.broadcast(Tell(key, entry));
                Answer::Written { version: Version(request.id.sequence), previous: None }
            }
            _ => Answer::Refused(Refusal::Unsupported),
        };
        ctx.reply(request.id, answer);
    }

    fn on_message(&mut self, _from: NodeId, Tell(key, entry): Tell, ctx: &mut Context<'_, Self>) {
        ctx.apply(self.0.put(key, entry));
    }

    fn on_timer(&mut self, timer: NoTimer, _ctx: &mut Context<'_, Self>) {
        match timer {}
    }

    fn role(&self) -> Role {
        Role::Peer
    }

    fn entries(&self) -> Vec<(Key, Versioned)> {
        self.0.entries()
    }
}

impl fmt::Display for Tell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tell {}={}", self.0, self.1.value)
    }
}

impl fmt::Display for NoTimer {
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // By a scenario file: sixty seeds, until one breaks the node.
    let text = include_str!("own_node.toml");
    let scenario = Scenario::parse("own_node.toml", text, &[LastArrivalWins::INFO])?;
    for seed in 0..60 {
        let run = Simulation::<LastArrivalWins>::new(scenario.clone()).seed(seed).run()?;
        let violated = run.judgements.iter().find_map(|judgement| judgement.verdict.witness());
        if let Some(witness) = violated {
            println!("seed {seed}: {}", witness.summary);
            break;
        }
    }

    // By code: two writes to one key at two nodes, at the same moment.
    let (run, ()) = Simulation::<LastArrivalWins>::of(2).run_with(|cluster| async move {
        let (one, two) = (cluster.client_of("n1"), cluster.client_of("n2"));
        let second = madsim::task::spawn(async move { two.put("k", "from n2").await });
        one.put("k", "from n1").await.expect("n1 is up");
        second.await.expect("the task ends").expect("n2 is up");
    })?;
    for replica in &run.replicas {
        println!("{} holds {:?}", replica.node, replica.entries);
    }
    let StalenessReport { reads, .. } = run.staleness;
    println!("{reads} reads, digest {}", run.digest);
    Ok(())
}
