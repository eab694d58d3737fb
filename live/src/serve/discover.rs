//! A node that announces itself, and hears who else is there.

use crate::{
    api::discovery::{Announce, Discovered, Discovery, Found},
    ask::Ask,
    asker::Asker,
};
use node::Role;
use std::{
    net::SocketAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::mpsc,
    time::{MissedTickBehavior, interval},
};

/// How many news wait to be noted.
const NEWS: usize = 64;

/// How often a node is asked whether it leads.
const LOOK: Duration = Duration::from_secs(1);

/// Announces the node where it listens, and keeps `discovered` up to date, with the node itself in it. It never
/// ends by itself.
pub(super) async fn discover(
    discovery: Discovery,
    asker: Asker,
    listens: SocketAddr,
    discovered: Discovered,
) {
    let own = Mutex::new(as_it_is(&asker, listens).await);
    let now = || own.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let look = async {
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            let announce = as_it_is(&asker, listens).await;
            discovered.note(Found::Appeared(announce.clone()));
            *own.lock().unwrap_or_else(PoisonError::into_inner) = announce;
        }
    };
    let (found, mut news) = mpsc::channel(NEWS);
    let note = async {
        while let Some(found) = news.recv().await {
            discovered.note(found);
        }
    };
    tokio::join!(discovery.run(now, found), note, look);
}

/// The node as it announces itself; one that does not say how it is leads nobody.
async fn as_it_is(asker: &Asker, listens: SocketAddr) -> Announce {
    let view = asker.look().await.ok();
    Announce {
        id: asker.about().id.to_string(),
        host: listens.ip(),
        port: listens.port(),
        group: view.as_ref().map_or(0, |view| view.group),
        is_leader: view.is_some_and(|view| view.role == Role::Leader),
    }
}
