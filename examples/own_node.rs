//! A store of your own: every node takes writes and tells the others, and the last message
//! to arrive wins. `cargo run --example own_node` searches the seeds of a scenario file for
//! one that breaks it; `cargo test --example own_node` runs the test written as code below.

use node::*;

struct LastArrivalWins(MemoryStore);

/// What the nodes say to each other.
#[derive(Clone, Debug)]
struct Tell(Key, Versioned);

impl std::fmt::Display for Tell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "tell {}={}", self.0, self.1.value)
    }
}

/// What stands for a message in a run's digest.
impl Canonical for Tell {
    fn encode(&self, out: &mut Encoder) {
        (&self.0, &self.1).encode(out);
    }
}

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
        remedies: &[],
        deduplicates: false,
        has_leader: false,
        announces: Announces::Nothing,
        membership: false,
        deals_keys: false,
        min_nodes: 1,
    };

    fn boot(_config: &Config, _ctx: &mut Context<'_, Self>) -> Self {
        Self(MemoryStore::default())
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        let answer = match request.operation {
            Operation::Get { key } => Answer::Value(self.0.get(&key)),
            Operation::Put { key, value } => {
                let version = self.0.get(&key).map_or(Version(1), |held| held.version.next());
                let entry = Versioned { value, version };
                ctx.apply(self.0.put(key.clone(), entry.clone()));
                ctx.broadcast(Tell(key, entry));
                Answer::Written { version, previous: None }
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

type Simulation = sim::Simulation<LastArrivalWins>;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = include_str!("own_node.toml");
    let scenario = scenarios::Scenario::parse("own_node.toml", text, &[LastArrivalWins::INFO])?;
    for seed in 0.. {
        let run = Simulation::new(scenario.clone()).seed(seed).detail(sim::Detail::Full).run()?;
        if let Some(witness) = run.judgements.iter().find_map(|judged| judged.verdict.witness()) {
            println!("Seed {seed} breaks it: {}.", witness.summary);
            witness.facts.iter().for_each(|fact| println!("  {fact}"));
            break;
        }
        println!("Seed {seed} goes well.");
    }
    Ok(())
}

#[test]
fn two_writes_that_cross_on_the_wire_change_places() {
    let slow = scenarios::Latency::Constant(std::time::Duration::from_millis(10));
    let simulation = Simulation::of(2).with(|scenario| scenario.network.nodes.latency = slow);
    let body = async |cluster: sim::Cluster| {
        let (one, two) = (cluster.client_of("n1"), cluster.client_of("n2"));
        one.put("colour", "red").await.unwrap();
        two.put("colour", "blue").await.unwrap();
        cluster.sleep(std::time::Duration::from_secs(1)).await;
        (one.get("colour").await.unwrap(), two.get("colour").await.unwrap())
    };
    assert_eq!(simulation.run_with(body).unwrap().1, (Some("blue".into()), Some("red".into())));
}
