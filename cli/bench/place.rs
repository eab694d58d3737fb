//! Where stores are put while they are measured: a folder, and ports.

use crate::failure::Failure;
use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU16, Ordering},
};
use tempfile::TempDir;

/// A folder for a store's files, which is gone with this.
pub(super) struct Place(TempDir);

impl Place {
    /// One within a folder.
    pub(super) fn within(folder: &Path) -> Result<Self, Failure> {
        let made = tempfile::Builder::new().prefix(".seedbed-bench-").tempdir_in(folder);
        made.map(Self).map_err(|error| {
            Failure::input(
                format!("no folder can be made in `{}`: {error}", folder.display()),
                "name a folder that is there and can be written by `--data`",
            )
        })
    }

    /// A path in it.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        self.0.path()
    }
}

/// Ports from here up are tried: below those that systems lend to whoever connects, so that none is taken by the
/// connections of a store that starts earlier.
const PORTS: (u16, u16) = (20_000, 10_000);

/// So many addresses of the loopback where nobody listens at present.
pub(super) fn addresses(count: usize) -> Result<Vec<SocketAddr>, Failure> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let (first, span) = PORTS;
    // Two benches that start together do not begin at the same port.
    let begin = (process::id() % 100) as u16 * 100;
    let tries = (0..span).map(|_| {
        let port = first + NEXT.fetch_add(1, Ordering::Relaxed).wrapping_add(begin) % span;
        SocketAddr::from((Ipv4Addr::LOCALHOST, port))
    });
    let free: Vec<_> = tries.filter(|at| TcpListener::bind(at).is_ok()).take(count).collect();
    if free.len() < count {
        return Err(Failure::harness("no port of the loopback from 20000 to 30000 is free"));
    }
    Ok(free)
}
