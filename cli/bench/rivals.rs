//! Other stores, started for the time in which they are measured.

use super::{Rival, place, place::Place, process::Process};
use crate::failure::Failure;
use live::load::{Etcd, Redis};
use std::{
    env,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

/// So long replicas may take to follow.
const TO_FOLLOW: Duration = Duration::from_secs(20);

impl Rival {
    /// All that there are.
    pub(super) const ALL: [Self; 2] = [Self::Etcd, Self::Redis];

    /// Its name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Etcd => "etcd",
            Self::Redis => "redis",
            Self::None => "none",
        }
    }

    /// How it is set up.
    pub(super) fn about(self, nodes: usize) -> String {
        match self {
            Self::Etcd => format!("{nodes} members, gRPC, as it is by default"),
            Self::Redis => format!("a leader and {} replicas, in memory", nodes - 1),
            Self::None => String::new(),
        }
    }

    /// The package that has it, for a system with packages.
    pub(super) const fn package(self) -> &'static str {
        match self {
            Self::Etcd => "etcd-server",
            Self::Redis | Self::None => "redis-server",
        }
    }

    /// Where its program is, if it is installed.
    pub(super) fn program(self) -> Option<PathBuf> {
        let name = match self {
            Self::Etcd => "etcd",
            Self::Redis => "redis-server",
            Self::None => return None,
        };
        let path = env::var_os("PATH").unwrap_or_default();
        env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
    }
}

/// Starts so many members of etcd that find each other.
pub(super) fn start_etcd(
    program: &Path,
    nodes: usize,
    place: &Place,
) -> Result<(Vec<Process>, Etcd), Failure> {
    let mut addresses = place::addresses(2 * nodes)?;
    let peers = addresses.split_off(nodes);
    let url = |address: &SocketAddr| format!("http://{address}");
    let cluster = peers.iter().enumerate().map(|(index, peer)| format!("m{index}={}", url(peer)));
    let cluster = cluster.collect::<Vec<_>>().join(",");
    let start = |(index, (client, peer)): (usize, (&SocketAddr, &SocketAddr))| {
        let name = format!("m{index}");
        let data = place.path(&name).display().to_string();
        let arguments = [
            ["--name", &name],
            ["--data-dir", &data],
            ["--listen-client-urls", &url(client)],
            ["--advertise-client-urls", &url(client)],
            ["--listen-peer-urls", &url(peer)],
            ["--initial-advertise-peer-urls", &url(peer)],
            ["--initial-cluster", &cluster],
            ["--initial-cluster-state", "new"],
            ["--log-level", "error"],
        ];
        let arguments: Vec<_> = arguments.concat().into_iter().map(str::to_owned).collect();
        Process::of(program, &arguments, place.path(&format!("{name}.log")))
    };
    let processes = addresses.iter().zip(&peers).enumerate().map(start);
    let processes = processes.collect::<Result<_, _>>()?;
    Ok((processes, Etcd { members: addresses }))
}

/// Starts a redis server and its replicas, and waits until they follow.
pub(super) fn start_redis(
    program: &Path,
    nodes: usize,
    place: &Place,
) -> Result<(Vec<Process>, Redis), Failure> {
    let addresses = place::addresses(nodes)?;
    let leader = addresses[0];
    let folder = place.folder().display().to_string();
    let mut processes = Vec::new();
    for (index, address) in addresses.iter().enumerate() {
        let port = address.port().to_string();
        let mut arguments = [
            ["--port", port.as_str()],
            ["--bind", "127.0.0.1"],
            ["--dir", folder.as_str()],
            ["--save", ""],
            ["--appendonly", "no"],
            ["--repl-diskless-sync-delay", "0"],
        ]
        .concat()
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>();
        if index > 0 {
            arguments.extend(["--replicaof".to_owned(), "127.0.0.1".to_owned()]);
            arguments.push(leader.port().to_string());
        }
        processes.push(Process::of(program, &arguments, place.path(&format!("redis{index}.log")))?);
    }
    let deadline = now() + TO_FOLLOW;
    while followers(leader) < nodes - 1 {
        if now() > deadline {
            let said = processes.last().map(Process::last_words).unwrap_or_default();
            return Err(Failure::harness(format!("the replicas of redis do not follow: {said}")));
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok((processes, Redis { leader }))
}

/// How many replicas have caught up.
fn followers(leader: SocketAddr) -> usize {
    let asked = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&leader, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        // By the second it hangs up, so that all is read.
        stream.write_all(b"INFO replication\r\nQUIT\r\n")?;
        let mut said = String::new();
        stream.take(1 << 16).read_to_string(&mut said)?;
        Ok(said)
    };
    asked().map_or(0, |said| said.matches("state=online").count())
}

#[allow(clippy::disallowed_methods, reason = "processes of others live in real time")]
fn now() -> Instant {
    Instant::now()
}
