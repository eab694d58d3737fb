//! Finding members by UDP broadcast, as the sharded groups do it.
//!
//! Each node sends `ANNOUNCE|nodeID|host|port|groupID|isLeader` as it starts and every 5 s, by default to
//! 127.255.255.255:7946, where all processes of one machine hear it; who is silent for 30 s is dropped, by a
//! sweep every 10 s. What flows in: datagrams. What flows out: [`Found`], who appeared and who disappeared.
//!
//! What is no announcement is passed over. Nobody proves who they are: whoever can send to the address can
//! appear under any name, so announcements that come from elsewhere must not be trusted with more than this
//! system trusts them with.

mod announce;
mod discovered;
mod members;

pub use announce::{Announce, NotAnAnnounce};
pub use discovered::Discovered;
pub use members::{Found, Members};

use socket2::{Domain, Protocol, Socket, Type};
use std::{
    io,
    net::{Ipv4Addr, SocketAddrV4},
    time::Duration,
};
use tokio::{
    net::UdpSocket,
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval},
};

/// The longest datagram that is read, in bytes; no announcement is longer.
const MAX_DATAGRAM: usize = 512;

/// Where and when members announce themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where announcements go, and where they are heard: a broadcast address and its port.
    pub address: SocketAddrV4,
    /// How often a node announces itself, more than 0.
    pub announce: Duration,
    /// How long a member may be silent.
    pub silence: Duration,
    /// How often those who were silent for longer are dropped, more than 0.
    pub sweep: Duration,
}

impl Default for Settings {
    /// What the document has, on the loopback device.
    fn default() -> Self {
        Self {
            address: SocketAddrV4::new(Ipv4Addr::new(127, 255, 255, 255), 7946),
            announce: Duration::from_secs(5),
            silence: Duration::from_secs(30),
            sweep: Duration::from_secs(10),
        }
    }
}

/// The sockets of one node's discovery.
#[derive(Debug)]
pub struct Discovery {
    settings: Settings,
    hears: UdpSocket,
    sends: UdpSocket,
}

impl Discovery {
    /// Opens the sockets: one that hears, which others on this machine may have open too, and one that sends.
    ///
    /// # Errors
    ///
    /// Those of the sockets, with the address.
    ///
    /// # Panics
    ///
    /// Panics outside a runtime of tokio.
    pub fn open(settings: Settings) -> io::Result<Self> {
        let named = |why: io::Error| {
            let place = settings.address;
            io::Error::new(why.kind(), format!("discovery cannot listen on {place}: {why}"))
        };
        let hears = socket(settings.address, true).map_err(named)?;
        let sends = socket(SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0), false).map_err(named)?;
        Ok(Self { settings, hears, sends })
    }

    /// Announces whom `own` gives, and says who else is there, until nobody listens to `found` any more.
    /// Who is found before there is room in `found` waits for it; announcements come again.
    pub async fn run(self, own: impl Fn() -> Announce, found: mpsc::Sender<Found>) {
        let Settings { announce, silence, sweep, address } = self.settings;
        let mut members = Members::new(silence);
        let mut announce = interval(announce);
        let mut sweep = interval(sweep);
        announce.set_missed_tick_behavior(MissedTickBehavior::Delay);
        sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut datagram = [0; MAX_DATAGRAM + 1];
        loop {
            let news = tokio::select! {
                biased;
                () = found.closed() => return,
                _ = announce.tick() => {
                    // One that is lost is made up for by the next.
                    let _ = self.sends.send_to(own().to_string().as_bytes(), address).await;
                    Vec::new()
                }
                _ = sweep.tick() => members.sweep(Instant::now().into_std()),
                read = self.hears.recv_from(&mut datagram) => {
                    let heard = read.ok().and_then(|(length, _)| Announce::read(&datagram[..length]).ok());
                    let heard = heard.filter(|it| it.id != own().id);
                    heard.and_then(|it| members.hear(it, Instant::now().into_std())).into_iter().collect()
                }
            };
            for it in news {
                if found.send(it).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// A socket that may broadcast; `shared`: several processes may bind it and each hears everything.
fn socket(at: SocketAddrV4, shared: bool) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_broadcast(true)?;
    if shared {
        socket.set_reuse_address(true)?;
        #[cfg(unix)]
        socket.set_reuse_port(true)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&at.into())?;
    UdpSocket::from_std(socket.into())
}
