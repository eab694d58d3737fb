//! Whoever connects may say anything, or nothing, and others are served all the same.

use crate::common::{Cluster, PATIENCE, n, request, until, value};
use live::{
    Server,
    api::discovery::Settings,
    ask::Ask,
    client::Connection,
    wire::{Caller, FromClient, Hello, VERSION, connect, write_frame},
};
use node::{
    Node, NodeId, Operation,
    systems::{async_leader::AsyncLeader, quorum::Quorum},
};
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

fn hello(caller: Caller) -> Hello {
    let system = AsyncLeader::INFO.name.to_owned();
    Hello { version: VERSION, system, caller, to: n(1), secret: None }
}

/// Whether the other end closes the connection once this has been said.
async fn is_closed_upon(mut stream: TcpStream, said: &[u8]) -> bool {
    // It may be closed before all is said.
    let _ = stream.write_all(said).await;
    let mut heard = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut heard)).await.is_ok()
}

async fn answers(cluster: &Cluster<AsyncLeader>) -> bool {
    cluster.ask(Operation::put("k", "v")).await;
    value(&cluster.ask(Operation::get("k")).await).as_deref() == Some("v")
}

async fn client(address: SocketAddr) -> TcpStream {
    connect(address, &hello(Caller::Client)).await.unwrap()
}

#[tokio::test]
async fn garbage_closes_its_connection_and_no_other() {
    let cluster = Cluster::<AsyncLeader>::start(1, |_| {});
    let address = cluster.address(n(1));
    let bystander = cluster.connect(n(1)).await;
    let preludes: [&[u8]; 5] = [
        b"hello\r\n\r\n",
        b"SDBX\r\n\r\n",
        b"SDBD\xff\xff\xff\xff",
        b"SDBD\x05\x00\x00\x00\xff\xff\xff\xff\xff",
        &[0; 100],
    ];
    for said in preludes {
        let stream = TcpStream::connect(address).await.unwrap();
        assert!(is_closed_upon(stream, said).await, "{said:?}");
    }
    let frames: [&[u8]; 3] =
        [b"\xff\xff\xff\xff", b"\x02\x00\x00\x00\x09\x09", b"\x00\x00\x00\x00"];
    for said in frames {
        assert!(is_closed_upon(client(address).await, said).await, "{said:?}");
    }
    // A frame that is cut short by the end of the connection.
    let mut torn = client(address).await;
    torn.write_all(b"\x50\x00\x00\x00abc").await.unwrap();
    torn.shutdown().await.unwrap();
    assert!(is_closed_upon(torn, b"").await);
    // The control: who says nothing wrong stays connected.
    let asked = bystander.ask(request(1, 1, Operation::put("k", "v")));
    timeout(PATIENCE, asked).await.unwrap().unwrap();
    assert!(answers(&cluster).await);
}

#[tokio::test]
async fn who_is_wrong_here_is_told_why() {
    let cluster = Cluster::<AsyncLeader>::start(2, |_| {});
    let address = cluster.address(n(1));
    let right = hello(Caller::Client);
    let wrong = [
        (Hello { version: VERSION + 1, ..right.clone() }, "version 1 of the protocol, yours is 2"),
        (Hello { system: "raft".to_owned(), ..right.clone() }, "of async-leader, not of \"raft\""),
        (Hello { to: n(2), ..right.clone() }, "this is n1, not n2"),
        (hello(Caller::Peer(n(3))), "n3 is no node of this cluster"),
        (hello(Caller::Peer(n(1))), "n1 is this very node"),
        (hello(Caller::Conductor), "was not started to be conducted"),
    ];
    for (hello, why) in wrong {
        let refused = connect(address, &hello).await.unwrap_err().to_string();
        assert!(refused.contains(why), "{refused}");
    }
    connect(address, &right).await.unwrap();
}

#[tokio::test]
async fn one_that_never_reads_is_hung_up_on() {
    let cluster = Cluster::<AsyncLeader>::start(1, |_| {});
    cluster.ask(Operation::put("big", "v".repeat(100_000))).await;
    let ask = |sequence| FromClient::Request {
        number: 0,
        request: request(1, sequence, Operation::get("big")),
    };
    let mut deaf = client(cluster.address(n(1))).await;
    let hung_up = async {
        let mut sequence = 0;
        while write_frame(&mut deaf, &ask(sequence)).await.is_ok() {
            sequence += 1;
        }
        sequence
    };
    assert!(timeout(PATIENCE, hung_up).await.unwrap() > 100);
    // The control: as many answers are no trouble to one that reads.
    let reader = cluster.connect(n(1)).await;
    for sequence in 0..1500 {
        let asked = reader.ask(request(2, sequence, Operation::get("big")));
        assert!(timeout(PATIENCE, asked).await.unwrap().is_ok());
    }
}

#[tokio::test]
async fn two_thousand_that_say_nothing_keep_nobody_out() {
    let cluster = Cluster::<AsyncLeader>::start(1, |_| {});
    let mut idle = Vec::new();
    for _ in 0..2000 {
        idle.push(TcpStream::connect(cluster.address(n(1))).await.unwrap());
    }
    let connections = || {
        let metrics = cluster.server(n(1)).asker().metrics();
        let found = metrics.iter().find(|metric| metric.name == "seedbed_connections").unwrap();
        found.samples[0].1 as u64
    };
    until("all are there", async || connections() >= 2000).await;
    assert!(answers(&cluster).await);
    drop(idle);
    until("all have gone", async || connections() < 10).await;
}

#[tokio::test]
async fn what_cannot_be_started_says_why() {
    let cluster = Cluster::<AsyncLeader>::start(1, |_| {});
    let refused = |server: Result<Server, live::ServeError>| match server {
        Ok(_) => panic!("it started"),
        Err(error) => {
            assert!(error.is_of_input());
            error.to_string()
        }
    };
    let mut options = cluster.options(n(1));
    let why = refused(Server::start::<AsyncLeader>(options.clone()));
    assert!(why.contains("cannot listen on 127.0.0.1"), "{why}");
    options.listen.set_port(0);
    let why = refused(Server::start::<AsyncLeader>(options.clone()));
    assert!(why.contains("in use by another process"), "{why}");
    options.peers.insert(n(2), options.listen);
    options.peers.insert(n(3), options.listen);
    drop(cluster);
    let mut other = Cluster::<AsyncLeader>::start(1, |_| {});
    options.data = Some(other.data(n(1)));
    other.kill(n(1));
    let why = refused(Server::start::<Quorum>(options.clone()));
    assert!(why.contains("that of n1 of async-leader, not of n1 of quorum"), "{why}");
    options.flaws = vec!["no-such".to_owned()];
    let why = refused(Server::start::<Quorum>(options.clone()));
    assert!(why.contains("no flaw `no-such`"), "{why}");
    options.flaws.clear();
    options.listen = "0.0.0.0:0".parse().unwrap();
    let why = refused(Server::start::<Quorum>(options.clone()));
    assert!(why.contains("--expose"), "{why}");
    let away = Settings { address: "10.0.0.255:7946".parse().unwrap(), ..Settings::default() };
    options.listen = "127.0.0.1:0".parse().unwrap();
    options.discovery = Some(away);
    let why = refused(Server::start::<Quorum>(options.clone()));
    assert!(why.contains("leaves this machine"), "{why}");
    options.discovery = None;
    options.listen = "127.0.0.1:0".parse().unwrap();
    options.peers.remove(&NodeId::new(2));
    let why = refused(Server::start::<Quorum>(options));
    assert!(why.contains("n2 is missing"), "{why}");
}

#[tokio::test]
async fn many_requests_are_under_way_on_one_connection() {
    let cluster = Cluster::<AsyncLeader>::start(1, |_| {});
    let connection: &Connection = &cluster.connect(n(1)).await;
    let mut asked = Vec::new();
    for client in 0..200 {
        let put = Operation::put(format!("k{client}"), "v");
        asked.push(connection.ask(request(client, 1, put)));
    }
    // The last is asked first.
    for ask in asked.into_iter().rev() {
        timeout(PATIENCE, ask).await.unwrap().unwrap();
    }
    connection.check_health(node::HealthCheckId(1)).await.unwrap();
}
