//! A node as a server, as its command starts it.

use crate::support::SEEDBED;
use seedbed::crates::{
    live::{
        allow_connections,
        wire::{Caller, Hello, PREAMBLE, VERSION},
    },
    node::NodeId,
};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

/// So many connections say who they are, and nothing more.
const IDLE: usize = 10_000;

/// What a client says as it connects.
fn hello() -> Vec<u8> {
    let hello = Hello {
        version: VERSION,
        system: "raft".to_owned(),
        caller: Caller::Client,
        to: NodeId::new(1),
        secret: None,
    };
    let frame = postcard::to_stdvec(&hello).unwrap();
    [&PREAMBLE[..], &(frame.len() as u32).to_le_bytes(), &frame].concat()
}

/// A process that serves; killed when this is dropped.
struct Served {
    process: Child,
    address: SocketAddr,
}

impl Served {
    fn start(arguments: &str) -> Self {
        let mut process = Command::new(SEEDBED)
            .arg("serve")
            .args(arguments.split(' '))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.rsplit(' ').next().unwrap().trim().parse().unwrap();
        Self { process, address }
    }

    /// What it answers to a request in HTTP.
    fn http(&self, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let length = body.len();
        let said = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(said.as_bytes()).unwrap();
        let mut heard = String::new();
        stream.read_to_string(&mut heard).unwrap();
        heard
    }

    /// How many connections it has, besides the one that asks.
    fn connections(&self) -> u64 {
        let metrics = self.http("GET", "/metrics", "");
        let line = metrics.lines().find(|line| line.starts_with("seedbed_connections")).unwrap();
        line.rsplit(' ').next().unwrap().parse::<u64>().unwrap() - 1
    }

    /// Waits until it has so many.
    fn has(&self, number: u64) {
        let is_so = (0..400).any(|_| {
            sleep(Duration::from_millis(25));
            self.connections() == number
        });
        assert!(is_so, "{} connections instead of {number}", self.connections());
    }

    /// The memory that it has in use, in KiB.
    fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn ten_thousand_that_say_nothing_keep_nobody_out_and_leave_nothing_behind() {
    let allowed = allow_connections();
    if allowed.is_some_and(|allowed| allowed < IDLE as u64 + 1000) {
        println!("skipped: this machine allows a process {allowed:?} open files");
        return;
    }
    let served = Served::start("--system raft --id n1 --listen 127.0.0.1:0");
    let written = (0..100).any(|_| {
        sleep(Duration::from_millis(50));
        served.http("PUT", "/kv/k", "v").contains("\"version\"")
    });
    assert!(written, "a cluster of one elects itself");
    let before = served.memory();
    let idle = |_| {
        let mut stream = TcpStream::connect(served.address).unwrap();
        stream.write_all(&hello()).unwrap();
        stream
    };
    let wave = || {
        let idle: Vec<_> = (0..IDLE).map(idle).collect();
        served.has(IDLE as u64);
        assert!(served.http("GET", "/kv/k", "").contains("\"v\""), "others are served");
        let memory = served.memory();
        drop(idle);
        served.has(0);
        memory
    };
    let [first, second] = [wave(), wave()];
    // The control: there was something to grow by.
    assert!(first > before + IDLE as u64, "{before} KiB, then {first} KiB: nobody came");
    let growth = second.saturating_sub(first);
    assert!(growth < (first - before) / 4, "{before} KiB, then {first}, {second} KiB");
}

/// How many of [`WAITING`] that come find room to wait where nobody lets them in; the rest is not tried after the
/// first that finds none.
fn waiting(at: SocketAddr) -> usize {
    let mut wait = Vec::new();
    let come = || TcpStream::connect_timeout(&at, Duration::from_millis(500)).ok();
    wait.extend((0..WAITING).map_while(|_| come()));
    wait.len()
}

/// More than a listener of std has room for.
const WAITING: usize = 1000;

#[test]
fn many_may_wait_while_a_node_stands_still() {
    let allowed = fs::read_to_string("/proc/sys/net/core/somaxconn").unwrap_or_default();
    if !allowed.trim().parse().is_ok_and(|allowed: usize| allowed >= WAITING) {
        println!("skipped: this machine lets `{}` wait at a port", allowed.trim());
        return;
    }
    let served = Served::start("--system raft --id n1 --listen 127.0.0.1:0");
    let pid = served.process.id().to_string();
    assert!(Command::new("kill").args(["-STOP", &pid]).status().unwrap().success());
    assert_eq!(waiting(served.address), WAITING);
    // The control: where nothing is said of it, there is not so much room.
    let usual = TcpListener::bind("127.0.0.1:0").unwrap();
    assert!(waiting(usual.local_addr().unwrap()) < WAITING);
}
