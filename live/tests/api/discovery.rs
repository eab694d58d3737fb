//! Members that find each other by broadcast.

use live::api::discovery::{Announce, Discovery, Found, Settings};
use std::{net::UdpSocket, time::Duration};
use tokio::sync::mpsc;

fn member(name: &str, port: u16) -> Announce {
    format!("ANNOUNCE|{name}|127.0.0.1|{port}|0|true").parse().unwrap()
}

/// Settings on a port that is free now, much faster than the document's.
fn settings() -> Settings {
    let free = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut settings = Settings::default();
    settings.address.set_port(free);
    settings.announce = Duration::from_millis(20);
    settings.silence = Duration::from_millis(200);
    settings.sweep = Duration::from_millis(50);
    settings
}

struct Running {
    found: mpsc::Receiver<Found>,
    task: tokio::task::JoinHandle<()>,
}

fn run(settings: Settings, own: Announce) -> Running {
    let (send, found) = mpsc::channel(16);
    let discovery = Discovery::open(settings).unwrap();
    let task = tokio::spawn(discovery.run(move || own.clone(), send));
    Running { found, task }
}

impl Running {
    /// The next news; what does not come in a long time fails the test.
    async fn next(&mut self) -> Found {
        let news = tokio::time::timeout(Duration::from_secs(20), self.found.recv()).await;
        news.expect("nothing was found").unwrap()
    }
}

/// Whether a broadcast on the loopback device comes back, which not every machine allows.
fn can_broadcast() -> bool {
    let can = || -> std::io::Result<()> {
        let hears = UdpSocket::bind("127.255.255.255:0")?;
        hears.set_read_timeout(Some(Duration::from_secs(2)))?;
        let sends = UdpSocket::bind("127.0.0.1:0")?;
        sends.set_broadcast(true)?;
        sends.send_to(b"x", hears.local_addr()?)?;
        hears.recv(&mut [0]).map(|_| ())
    };
    can()
        .inspect_err(|why| eprintln!("skipped: no broadcast on the loopback device: {why}"))
        .is_ok()
}

#[tokio::test]
async fn members_appear_and_disappear() {
    if !can_broadcast() {
        return;
    }
    let settings = settings();
    let mut a = run(settings, member("a", 1));
    let mut b = run(settings, member("b", 2));
    assert_eq!(a.next().await, Found::Appeared(member("b", 2)));
    assert_eq!(b.next().await, Found::Appeared(member("a", 1)), "both hear every datagram");
    b.task.abort();
    assert_eq!(a.next().await, Found::Disappeared(member("b", 2)));
    let _again = run(settings, member("b", 3));
    assert_eq!(a.next().await, Found::Appeared(member("b", 3)));
    drop(a.found);
    a.task.await.unwrap();
}

#[tokio::test]
async fn what_is_no_announcement_is_passed_over() {
    if !can_broadcast() {
        return;
    }
    let settings = settings();
    let mut a = run(settings, member("a", 1));
    let sends = UdpSocket::bind("127.0.0.1:0").unwrap();
    sends.set_broadcast(true).unwrap();
    let own = member("a", 9).to_string();
    let long = [b'A'; 4000];
    for datagram in [&b""[..], b"\xff\x00", b"ANNOUNCE|x", own.as_bytes(), &long] {
        sends.send_to(datagram, settings.address).unwrap();
    }
    sends.send_to(b"ANNOUNCE|c|127.0.0.1|3|0|true\n", settings.address).unwrap();
    assert_eq!(
        a.next().await,
        Found::Appeared(member("c", 3)),
        "the first news is of the good one"
    );
    a.task.abort();
}

#[tokio::test]
async fn an_address_that_cannot_be_had_is_named() {
    let mut settings = settings();
    settings.address.set_ip([203, 0, 113, 1].into());
    let why = Discovery::open(settings).unwrap_err().to_string();
    assert!(why.starts_with("discovery cannot listen on 203.0.113.1:"), "{why}");
}
