//! What a process can be of: a system whose messages can be written down.

use crate::{choose::Chosen, failure::Failure, output};
use live::{Options, ServeError, cluster::Cluster};
use node::{
    Node, SystemInfo, Wire,
    systems::{self, RegisterError, Visitor},
};
use sim::{Detail, Run};
use std::{
    collections::BTreeMap,
    env,
    marker::PhantomData,
    path::Path,
    sync::{PoisonError, RwLock},
};

/// A system of which processes are made, too, as one of those that a program brings: what
/// its nodes say to each other is `Serialize` and `DeserializeOwned`.
///
/// ```no_run
/// use seedbed::cli::Served;
/// # use node::systems::raft::Raft as MyStore;
///
/// fn main() -> std::process::ExitCode {
///     seedbed::cli::main::<(Served<MyStore>,)>()
/// }
/// ```
pub struct Served<N>(PhantomData<N>);

impl<N: Node<Message: Wire>> Served<N> {
    /// Adds the system to those that there are, and to those that processes are made of.
    pub(crate) fn register() -> Result<(), RegisterError> {
        systems::register::<N>()?;
        let mut registered = REGISTERED.write().unwrap_or_else(PoisonError::into_inner);
        registered.insert(N::INFO.name, OnWire::of::<N>());
        Ok(())
    }
}

/// A run that was had, or what ended it.
type Had = Result<Run, sim::Error>;

/// What is done with processes of a system, whatever its type.
#[derive(Clone, Copy)]
pub(crate) struct OnWire {
    /// Is one of its nodes, until told to end.
    pub(crate) serve: fn(Options) -> Result<(), ServeError>,
    /// Has a run on processes, which write into a folder.
    pub(crate) run: fn(&Chosen, Detail, &Path) -> Result<Had, Failure>,
}

/// The systems that a program brought.
static REGISTERED: RwLock<BTreeMap<&str, OnWire>> = RwLock::new(BTreeMap::new());

impl OnWire {
    /// A system whose messages can be written down.
    pub(crate) fn of_system(system: &SystemInfo) -> Result<Self, Failure> {
        Self::named(system.name).ok_or_else(|| {
            let name = system.name;
            Failure::input(
                format!("no process can be of `{name}`: this program does not know its messages in bytes"),
                "derive serde's `Serialize` and `Deserialize` for what it sends, and begin by `main::<(Served<..>,)>`: \
                 docs/own-store.md tells how",
            )
        })
    }

    fn named(name: &str) -> Option<Self> {
        struct OfName;
        impl Visitor for OfName {
            type Output = OnWire;
            fn visit<N: Node<Message: Wire>>(self) -> OnWire {
                OnWire::of::<N>()
            }
        }
        systems::visit(name, OfName).or_else(|| {
            REGISTERED.read().unwrap_or_else(PoisonError::into_inner).get(name).copied()
        })
    }

    fn of<N: Node<Message: Wire>>() -> Self {
        Self { serve: serve::<N>, run: run::<N> }
    }
}

fn serve<N: Node<Message: Wire>>(options: Options) -> Result<(), ServeError> {
    let id = options.id;
    live::serve::<N>(options, |listens| {
        // Somebody who has gone needs no telling, and the node is for others.
        let _ = output::print(&format!("{id} of {} listens on {listens}\n", N::INFO.name));
    })
}

fn run<N: Node<Message: Wire>>(
    chosen: &Chosen,
    detail: Detail,
    folder: &Path,
) -> Result<Had, Failure> {
    let Chosen { scenario, seed, .. } = chosen;
    let cluster = env::current_exe()
        .and_then(|program| Cluster::new::<N>(&program, folder, scenario.cluster.nodes))
        .map_err(|why| Failure::harness(format!("no processes could be started: {why}")))?;
    Ok(sim::run_outside(scenario.clone(), N::INFO.name, *seed, detail, Box::new(cluster)))
}
