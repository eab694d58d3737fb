//! A node of a real system that is the whole cluster: what clients hear of it is what they would hear.

use crate::fake::Served;
use live::{
    api::serve_connection,
    ask::{About, Ask, NoAnswer, NotTaken, View},
};
use node::{
    Answer, ClientId, Config, Effect, Effects, Host, Node, NodeId, Operation, Request, RequestId,
    Time, TimerId, Version, Wire, systems,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

/// Serves node `n1` of a system.
pub(crate) fn serve(system: &str) -> Served {
    struct Serve(&'static systems::SystemInfo);
    impl systems::Visitor for Serve {
        type Output = Served;
        fn visit<N: Node<Message: Wire>>(self) -> Served {
            serve_node(Alone::<N>::boot(self.0))
        }
    }
    systems::visit(system, Serve(systems::find(system).unwrap())).unwrap()
}

fn serve_node<N: Node<Message: Wire>>(node: Alone<N>) -> Served {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let at = listener.local_addr().unwrap();
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    let task = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve_connection(stream, b"", node.clone()));
        }
    });
    Served { at, task }
}

struct Alone<N: Node> {
    about: Arc<About>,
    state: Arc<Mutex<State<N>>>,
}

impl<N: Node> Clone for Alone<N> {
    fn clone(&self) -> Self {
        Self { about: self.about.clone(), state: self.state.clone() }
    }
}

struct State<N: Node> {
    host: Host<N>,
    timers: BTreeMap<(Time, TimerId), N::Timer>,
    asked: u64,
}

impl<N: Node<Message: Wire>> Alone<N> {
    fn boot(system: &'static systems::SystemInfo) -> Self {
        let id = NodeId::new(1);
        let about = About {
            system,
            id,
            members: vec![(id, "127.0.0.1:7001".parse().unwrap())],
            flaws: Vec::new(),
            settings: BTreeMap::new(),
            timeout: Duration::from_secs(5),
        };
        let mut config = Config::new(id, 1);
        if system.name == "sharded-groups" {
            let one = node::Setting::Count(1);
            let settings = BTreeMap::from([("groups".to_owned(), one)]);
            config.settings = Arc::new(settings);
        }
        let about = About { settings: (*config.settings).clone(), ..about };
        let host = Host::boot(config);
        let mut state = State { host, timers: BTreeMap::new(), asked: 0 };
        let effects = state.host.take_effects();
        assert_eq!(state.perform(effects), None);
        // Time enough to be elected.
        let elected = Time::from(Duration::from_secs(5));
        while state.host.now < elected && state.next_timer().is_some() {}
        Self { about: Arc::new(about), state: Arc::new(Mutex::new(state)) }
    }
}

impl<N: Node> State<N> {
    /// Does what an event causes: the answer to the one request that is under way, if there is one.
    fn perform(&mut self, effects: Effects<N>) -> Option<Answer> {
        let mut answered = None;
        for effect in effects {
            match effect {
                Effect::Reply { answer, .. } => answered = Some(answer),
                Effect::SetTimer { id, after, timer } => {
                    self.timers.insert((self.host.now + after, id), timer);
                }
                Effect::CancelTimer { id } => self.timers.retain(|&(_, other), _| other != id),
                Effect::Sync { id, .. } => {
                    let effects = self.host.synced(id);
                    answered = self.perform(effects).or(answered);
                }
                _ => {}
            }
        }
        answered
    }

    /// Lets the next timer run out, at once: what came of it; `None` if there is no timer.
    fn next_timer(&mut self) -> Option<Option<Answer>> {
        let ((due, _), timer) = self.timers.pop_first()?;
        self.host.now = due;
        let effects = self.host.timer(timer);
        Some(self.perform(effects))
    }

    /// Carries an operation out: time passes as fast as timers let it.
    fn carry_out(&mut self, operation: Operation) -> Option<Answer> {
        self.asked += 1;
        let id = RequestId { client: ClientId::new(1), attempt: 0, sequence: self.asked };
        let effects = self.host.request(Request { id, operation });
        let mut answered = self.perform(effects);
        for _ in 0..100 {
            if answered.is_some() {
                break;
            }
            answered = self.next_timer()?;
        }
        answered
    }
}

impl<N: Node<Message: Wire>> Ask for Alone<N> {
    async fn ask(&self, operation: Operation) -> Result<Answer, NoAnswer> {
        self.state.lock().unwrap().carry_out(operation).ok_or(NoAnswer::TooLate)
    }

    async fn look(&self) -> Result<View, NoAnswer> {
        let state = self.state.lock().unwrap();
        let node = state.host.node();
        let entries = node.entries();
        let versions = entries.iter().map(|(_, entry)| entry.version);
        Ok(View {
            role: node.role(),
            group: node.group(),
            serves: node.serves(),
            waits: node.waits(),
            entries: entries.len() as u64,
            version: versions.max().unwrap_or(Version(0)),
        })
    }

    fn about(&self) -> &About {
        &self.about
    }

    async fn hand(&self, message: Vec<u8>) -> Result<(), NotTaken> {
        let message = postcard::from_bytes(&message).map_err(|_| NotTaken("no message"))?;
        let mut state = self.state.lock().unwrap();
        let effects = state.host.message(self.about.id, message);
        state.perform(effects);
        Ok(())
    }
}
