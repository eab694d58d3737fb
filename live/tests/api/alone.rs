//! A node that is the whole cluster, as a process serves it: what clients hear of it is what they would hear.

use live::{
    Options, Server,
    ask::{Ask, View},
};
use node::{
    Node, NodeId, Role, Setting, Wire,
    systems::{self, Visitor},
};
use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, time::Duration};
use tempfile::TempDir;
use tokio::time::sleep;

/// A node on a free port, with a folder of its own.
pub(crate) struct Alone {
    pub(crate) at: SocketAddr,
    folder: TempDir,
    _server: Server,
}

impl Alone {
    /// Where it keeps its files.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("n1")
    }
}

/// Serves node `n1` of a system, once it leads or needs no leader.
pub(crate) async fn serve(system: &str) -> Alone {
    let folder = tempfile::tempdir().unwrap();
    let mut options = Options::new(NodeId::new(1), "127.0.0.1:0".parse().unwrap(), BTreeMap::new());
    options.data = Some(folder.path().join("n1"));
    if system == "sharded-groups" {
        options.settings.insert("groups".to_owned(), Setting::Count(1));
    }
    let server = systems::visit(system, Start(options)).unwrap();
    let asker = server.asker();
    let is_ready = |view: View| matches!(view.role, Role::Leader | Role::Peer);
    while !asker.look().await.is_ok_and(is_ready) {
        sleep(Duration::from_millis(20)).await;
    }
    Alone { at: server.address(), folder, _server: server }
}

struct Start(Options);

impl Visitor for Start {
    type Output = Server;

    fn visit<N: Node<Message: Wire>>(self) -> Server {
        Server::start::<N>(self.0).unwrap()
    }
}
