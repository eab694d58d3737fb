//! Processes that are looked at: they tell everything, and their disks lose power.

use crate::common::{Cluster, PATIENCE, n, request};
use live::{
    Options, Server,
    control::{Command, Deed, Did, DiskTrouble, Handled, Told},
    lose_power, peek,
    wire::{
        Caller, FromClient, Hello, MAX_FRAME, ToClient, VERSION, connect, read_frame, write_frame,
    },
};
use node::{
    Answer, Config, Fact, Key, Node, NodeId, Operation, Wire, resident::boot, systems::raft::Raft,
};
use std::net::SocketAddr;
use tokio::{net::TcpStream, time::timeout};

/// With this seed a power loss leaves nothing that was not synced.
const KEEPS_NOTHING: u64 = 5;

const SECRET: &str = "hidden";

/// A conducted cluster of one, and somebody who conducts it and asks it.
struct Stage {
    conductor: TcpStream,
    client: TcpStream,
    /// What was told so far.
    told: Vec<Did>,
}

impl Stage {
    async fn of<N: Node<Message: Wire>>(server: &Server) -> Self {
        let address = server.address();
        let conductor = call::<N>(address, n(1), Caller::Conductor, SECRET).await.unwrap();
        let client = call::<N>(address, n(1), Caller::Client, SECRET).await.unwrap();
        Self { conductor, client, told: Vec::new() }
    }

    async fn hear(&mut self) -> Told {
        let told = timeout(PATIENCE, read_frame(&mut self.conductor, MAX_FRAME)).await;
        let told = told.unwrap().unwrap();
        if let Told::Did(did) = &told {
            self.told.push(did.clone());
        }
        told
    }

    /// Hears until it is told of an event that is so.
    async fn hear_of(&mut self, is_so: impl Fn(&Did) -> bool) -> Did {
        let heard = async {
            loop {
                if let Some(did) = self.told.iter().find(|did| is_so(did)) {
                    return did.clone();
                }
                self.hear().await;
            }
        };
        timeout(PATIENCE, heard).await.unwrap()
    }

    async fn command(&mut self, command: Command) {
        write_frame(&mut self.conductor, &command).await.unwrap();
    }

    async fn ask(&mut self, number: u64, operation: Operation) {
        let request = request(1, number, operation);
        write_frame(&mut self.client, &FromClient::Request { number, request }).await.unwrap();
    }

    async fn answer(&mut self) -> (u64, Answer) {
        let frame = timeout(PATIENCE, read_frame(&mut self.client, MAX_FRAME)).await;
        match frame.unwrap().unwrap() {
            ToClient::Reply { number, answer, .. } => (number, answer),
            ToClient::Healthy { .. } => unreachable!("nobody asked"),
        }
    }

    /// Hears until the node leads, and has applied what it began its term with.
    async fn leads(&mut self) {
        let announces = |did: &Did, is_so: fn(&Fact) -> bool| {
            did.deeds.iter().any(|deed| matches!(deed, Deed::Announce(fact) if is_so(fact)))
        };
        let is_leader = |fact: &Fact| matches!(fact, Fact::Leads { .. });
        let leads = self.hear_of(|did| announces(did, is_leader)).await.number;
        let has_applied = |fact: &Fact| matches!(fact, Fact::Applied { .. });
        self.hear_of(|did| did.number >= leads && announces(did, has_applied)).await;
    }
}

async fn call<N: Node>(
    address: SocketAddr,
    to: NodeId,
    caller: Caller,
    secret: &str,
) -> Result<TcpStream, String> {
    let (system, secret) = (N::INFO.name.to_owned(), Some(secret.to_owned()));
    let hello = Hello { version: VERSION, system, caller, to, secret };
    timeout(PATIENCE, connect(address, &hello)).await.unwrap().map_err(|why| why.to_string())
}

fn conducted(options: &mut Options) {
    options.secret = Some(SECRET.to_owned());
    options.conducted = true;
}

fn forgetful(options: &mut Options) {
    conducted(options);
    options.flaws = vec!["no-fsync".to_owned()];
}

#[tokio::test]
async fn every_event_is_told_with_what_it_caused() {
    let cluster = Cluster::<Raft>::start(1, conducted);
    let mut stage = Stage::of::<Raft>(cluster.server(n(1))).await;
    let Told::Booted { entries, on_disk: false, .. } = stage.hear().await else {
        panic!("the boot is told first");
    };
    assert_eq!(entries, []);
    stage.leads().await;
    stage.ask(41, Operation::put("k", "v")).await;
    let (number, answer) = stage.answer().await;
    assert!(matches!(answer, Answer::Written { .. }), "{answer}");
    let handed = stage.hear_of(|did| did.event == Handled::Handed(41)).await;
    let replied = stage.hear_of(|did| did.number == number).await;
    let between = |did: &&Did| (handed.number..replied.number).contains(&did.number);
    let deeds: Vec<&Deed> = stage.told.iter().filter(between).flat_map(|did| &did.deeds).collect();
    assert!(deeds.iter().any(|deed| matches!(deed, Deed::Sync { .. })), "{deeds:?}");
    assert!(matches!(replied.event, Handled::Synced(_)), "{replied:?}");
    assert!(replied.deeds.iter().any(|deed| matches!(deed, Deed::Reply { sent: true, .. })));
    let is_named = |deed: &Deed| matches!(deed, Deed::SetTimer { text, .. } if !text.is_empty());
    assert!(stage.told.iter().flat_map(|did| &did.deeds).any(is_named));
    let numbers: Vec<u64> = stage.told.iter().map(|did| did.number).collect();
    assert_eq!(numbers, (0..numbers.len() as u64).collect::<Vec<_>>());
    stage.command(Command::Status { number: 5 }).await;
    loop {
        if let Told::Status { number: 5, status } = stage.hear().await {
            assert_eq!(status.entries[0].0, Key::from("k"));
            break;
        }
    }
}

#[tokio::test]
async fn a_power_loss_takes_what_was_not_synced_and_nothing_else() {
    for (set, is_left) in [(conducted as fn(&mut Options), true), (forgetful, false)] {
        let mut cluster = Cluster::<Raft>::start(1, set);
        let mut stage = Stage::of::<Raft>(cluster.server(n(1))).await;
        stage.leads().await;
        stage.ask(1, Operation::put("k", "v")).await;
        stage.answer().await;
        let data = cluster.data(n(1));
        assert!(lose_power(&data, 0).is_err(), "the process is alive");
        cluster.kill(n(1));
        let config = Config { flaws: cluster.options(n(1)).flaws.into(), ..Config::new(n(1), 1) };
        let held = |data| peek(boot::<Raft>, data, &config).unwrap().unwrap().len();
        assert_eq!(held(&data), 1, "a process that dies loses nothing");
        let lost = lose_power(&data, KEEPS_NOTHING).unwrap();
        assert_eq!(held(&data), usize::from(is_left));
        assert_eq!(lost == 0, is_left, "{lost} bytes were lost");
        cluster.restart(n(1));
        let mut stage = Stage::of::<Raft>(cluster.server(n(1))).await;
        stage.leads().await;
        stage.ask(2, Operation::get("k")).await;
        let (_, answer) = stage.answer().await;
        assert_eq!(answer.found().flatten().is_some(), is_left, "{answer}");
    }
}

#[tokio::test]
async fn what_is_wrong_on_purpose_is_met_and_told() {
    let cluster = Cluster::<Raft>::start(1, conducted);
    let mut stage = Stage::of::<Raft>(cluster.server(n(1))).await;
    stage.leads().await;
    assert!(stage.told.iter().all(|did| did.met.disk_errors + did.met.full_disk == 0));
    // Syncs fail half of the time and are tried again, so that the answer comes all the same.
    let trouble = DiskTrouble { slow: 2.0, seed: 3, ..DiskTrouble::default() };
    stage.command(Command::Disk(trouble)).await;
    stage.ask(1, Operation::put("k", "v")).await;
    assert!(matches!(stage.answer().await.1, Answer::Written { .. }));
    stage.hear_of(|did| did.met.slow_disk > 0).await;
    stage.command(Command::Rot { number: 9, seed: 1 }).await;
    while !matches!(stage.hear().await, Told::Rotted { number: 9, bits: 1.. }) {}
    stage.command(Command::Disk(DiskTrouble { full: true, ..trouble })).await;
    stage.ask(2, Operation::put("k", "w")).await;
    stage.hear_of(|did| did.met.full_disk > 0).await;
}

#[tokio::test]
async fn nobody_conducts_who_may_not() {
    let cluster = Cluster::<Raft>::start(1, conducted);
    let address = cluster.server(n(1)).address();
    let refused = call::<Raft>(address, n(1), Caller::Conductor, "guessed").await.unwrap_err();
    assert!(refused.contains("the secret is not that of this cluster"), "{refused}");
    let alone = Cluster::<Raft>::start(1, |options| options.secret = Some(SECRET.to_owned()));
    let address = alone.server(n(1)).address();
    let refused = call::<Raft>(address, n(1), Caller::Conductor, SECRET).await.unwrap_err();
    assert!(refused.contains("was not started to be conducted"), "{refused}");
    call::<Raft>(address, n(1), Caller::Client, SECRET).await.unwrap();
}
