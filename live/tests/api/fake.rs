//! A node that is a map, and does what a test wants of it.

use live::{
    api::{discovery::Announce, serve_connection},
    ask::{About, Ask, Metric, MetricKind, NoAnswer, NotTaken, View},
};
use node::{Answer, Key, NodeId, Operation, Refusal, Role, Version, Versioned, Waits, systems};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{net::TcpListener, sync::Semaphore, task::JoinHandle};

/// The node.
#[derive(Clone)]
pub(crate) struct Fake {
    about: Arc<About>,
    state: Arc<Mutex<State>>,
}

/// What it holds and how it behaves.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) store: BTreeMap<Key, Versioned>,
    pub(crate) writes: u64,
    /// What it says to every operation in place of doing it.
    pub(crate) says: Option<Result<Answer, NoAnswer>>,
    /// Whether it says nothing at all.
    pub(crate) is_silent: bool,
    /// What it waits for before it answers, once it has taken note of what it is asked.
    pub(crate) gate: Option<Arc<Semaphore>>,
    /// Whether it answers reads with something else than what it holds.
    pub(crate) lies: bool,
    pub(crate) follows: bool,
    pub(crate) is_damaged: bool,
    pub(crate) waits: Waits,
    pub(crate) asked: Vec<Operation>,
    /// The messages that it was handed; `None`: it takes none.
    pub(crate) handed: Option<Vec<Vec<u8>>>,
    pub(crate) discovered: Option<Vec<Announce>>,
}

impl Fake {
    pub(crate) fn of(system: &str) -> Self {
        Self::changed(system, |_| {})
    }

    /// One of which something is otherwise.
    pub(crate) fn changed(system: &str, change: impl FnOnce(&mut About)) -> Self {
        let mut about = About {
            system: systems::find(system).unwrap(),
            id: NodeId::new(1),
            members: (1..4).map(|n| (NodeId::new(n), at(n))).collect(),
            flaws: Vec::new(),
            settings: BTreeMap::new(),
            timeout: Duration::from_secs(5),
        };
        change(&mut about);
        Self { about: Arc::new(about), state: Arc::default() }
    }

    /// Changes how it behaves, or looks at it.
    pub(crate) fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap())
    }

    /// Has it say this to every operation.
    pub(crate) fn says(&self, answer: Result<Answer, NoAnswer>) {
        self.with(|state| state.says = Some(answer));
    }

    pub(crate) fn refuses(&self, refusal: Refusal) {
        self.says(Ok(Answer::Refused(refusal)));
    }

    pub(crate) fn holds(&self, key: &str) -> Option<String> {
        self.with(|state| state.store.get(&key.into()).map(|held| held.value.to_string()))
    }

    /// Serves it on a port of its own.
    pub(crate) async fn serve(&self) -> Served {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let fake = self.clone();
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let fake = fake.clone();
                tokio::spawn(async move {
                    let mut first = [0; 4];
                    let peeked = stream.peek(&mut first).await.unwrap_or(0);
                    serve_connection(stream, &first[..peeked], fake).await;
                });
            }
        });
        Served { at, task }
    }
}

/// A fake that is served, until this is dropped.
pub(crate) struct Served {
    pub(crate) at: SocketAddr,
    pub(crate) task: JoinHandle<()>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn at(number: u32) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 7000 + u16::try_from(number).unwrap()))
}

impl State {
    fn answer(&mut self, operation: Operation) -> Answer {
        let mut write = |store: &mut BTreeMap<_, _>, key, value| {
            self.writes += 1;
            let version = Version(self.writes);
            let before: Option<Versioned> = store.insert(key, Versioned { value, version });
            let previous = Some(before.map(|before| before.value));
            Answer::Written { version, previous }
        };
        match operation {
            Operation::Put { key, value } => write(&mut self.store, key, value),
            Operation::Get { key } => {
                let mut found = self.store.get(&key).cloned();
                if self.lies {
                    found.iter_mut().for_each(|found| found.value = "something else".into());
                }
                Answer::Value(found)
            }
            Operation::Delete { key } => {
                Answer::Deleted { existed: self.store.remove(&key).is_some() }
            }
            Operation::ListKeys => Answer::Keys(self.store.keys().cloned().collect()),
            Operation::CompareAndSet { key, expected, new } => {
                let actual = self.store.get(&key).map(|held| held.value.clone());
                if actual == expected {
                    write(&mut self.store, key, new)
                } else {
                    Answer::Mismatch { actual }
                }
            }
        }
    }
}

impl Ask for Fake {
    async fn ask(&self, operation: Operation) -> Result<Answer, NoAnswer> {
        if self.with(|state| state.is_silent) {
            std::future::pending::<()>().await;
        }
        let gate = self.with(|state| {
            state.asked.push(operation.clone());
            state.gate.clone()
        });
        if let Some(gate) = gate {
            let _open = gate.acquire().await.unwrap();
        }
        self.with(|state| state.says.clone().unwrap_or_else(|| Ok(state.answer(operation))))
    }

    async fn look(&self) -> Result<View, NoAnswer> {
        if self.with(|state| state.is_silent) {
            return Err(NoAnswer::TooLate);
        }
        Ok(self.with(|state| View {
            role: if state.follows { Role::Follower } else { Role::Leader },
            group: 0,
            serves: !state.is_damaged,
            waits: state.waits.clone(),
            entries: state.store.len() as u64,
            version: Version(state.writes),
        }))
    }

    fn about(&self) -> &About {
        &self.about
    }

    fn metrics(&self) -> Vec<Metric> {
        vec![Metric {
            name: "seedbed_frames_total",
            help: "Frames that were sent.",
            kind: MetricKind::Counter,
            samples: vec![(vec![("to", "n2".to_owned())], 7.0)],
        }]
    }

    async fn hand(&self, message: Vec<u8>) -> Result<(), NotTaken> {
        self.with(|state| match &mut state.handed {
            Some(handed) => {
                handed.push(message);
                Ok(())
            }
            None => Err(NotTaken("not here")),
        })
    }

    async fn back_up(&self) -> Result<String, String> {
        match self.with(|state| state.is_damaged) {
            true => Err("there is nothing to copy".to_owned()),
            false => Ok("copied".to_owned()),
        }
    }

    fn discovered(&self) -> Option<Vec<Announce>> {
        self.with(|state| state.discovered.clone())
    }
}
