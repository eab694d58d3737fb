//! A client of the own protocol.

use crate::wire::{
    Caller, ConnectError, Frame, FromClient, Hello, MAX_FRAME, ToClient, VERSION, connect,
    read_frame,
};
use node::{Answer, HealthCheckId, NodeId, Request, RequestId};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    io::{AsyncWriteExt, BufReader},
    net::tcp::{OwnedReadHalf, OwnedWriteHalf},
    sync::{Mutex as AsyncMutex, oneshot},
    task::JoinHandle,
};

/// A connection to a node, on which many requests may be under way at once. It ends when this is dropped.
#[derive(Debug)]
pub struct Connection {
    write: AsyncMutex<OwnedWriteHalf>,
    waiting: Arc<Mutex<Waiting>>,
    reads: JoinHandle<()>,
}

/// Who waits for what; nobody any more once the connection has ended.
#[derive(Debug, Default)]
struct Waiting {
    has_ended: bool,
    answers: BTreeMap<RequestId, oneshot::Sender<Answer>>,
    checks: BTreeMap<HealthCheckId, oneshot::Sender<()>>,
}

/// The connection has ended; what was asked may have been done or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the connection has ended before the answer came")]
pub struct HasEnded;

impl Connection {
    /// Connects to a node.
    ///
    /// # Errors
    ///
    /// [`ConnectError`], if nobody is there or they refuse. There is no deadline.
    pub async fn open(
        address: SocketAddr,
        system: &str,
        to: NodeId,
        secret: Option<&str>,
    ) -> Result<Self, ConnectError> {
        let hello = Hello {
            version: VERSION,
            system: system.to_owned(),
            caller: Caller::Client,
            to,
            secret: secret.map(str::to_owned),
        };
        let (read, write) = connect(address, &hello).await?.into_split();
        let waiting = Arc::new(Mutex::new(Waiting::default()));
        let reads = tokio::spawn(read_all(read, waiting.clone()));
        Ok(Self { write: AsyncMutex::new(write), waiting, reads })
    }

    /// Asks for an operation, and waits for the answer however long that takes. Of two requests of one name
    /// that are under way at once, the first is never answered.
    ///
    /// # Errors
    ///
    /// [`HasEnded`].
    pub async fn ask(&self, request: Request) -> Result<Answer, HasEnded> {
        let (answered, answer) = oneshot::channel();
        let id = request.id;
        self.expect(|waiting| waiting.answers.insert(id, answered))?;
        let _asked = Asked { id, waiting: &self.waiting };
        self.say(&FromClient::Request { number: 0, request }).await?;
        answer.await.map_err(|_| HasEnded)
    }

    /// Asks whether the node is well, and waits until it says so.
    ///
    /// # Errors
    ///
    /// [`HasEnded`].
    pub async fn check_health(&self, check: HealthCheckId) -> Result<(), HasEnded> {
        let (passed, pass) = oneshot::channel();
        self.expect(|waiting| waiting.checks.insert(check, passed))?;
        self.say(&FromClient::HealthCheck { number: 0, check }).await?;
        pass.await.map_err(|_| HasEnded)
    }

    /// Whether the connection has ended.
    pub fn has_ended(&self) -> bool {
        lock(&self.waiting).has_ended
    }

    fn expect<T>(&self, expect: impl FnOnce(&mut Waiting) -> T) -> Result<(), HasEnded> {
        let mut waiting = lock(&self.waiting);
        if waiting.has_ended {
            return Err(HasEnded);
        }
        expect(&mut waiting);
        Ok(())
    }

    async fn say(&self, what: &FromClient) -> Result<(), HasEnded> {
        let Frame(bytes) = Frame::of(what).map_err(|_| HasEnded)?;
        let mut write = self.write.lock().await;
        let writing = Writing { waiting: &self.waiting };
        write.write_all(&bytes).await.map_err(|_| HasEnded)?;
        std::mem::forget(writing);
        Ok(())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.reads.abort();
    }
}

/// A frame that is being written. If whoever asked gives it up in the middle, or it cannot be written, nothing that is
/// written behind it would be understood: the connection has ended.
struct Writing<'a> {
    waiting: &'a Mutex<Waiting>,
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        *lock(self.waiting) = Waiting { has_ended: true, ..Waiting::default() };
    }
}

/// A request that is under way; it is forgotten when nobody waits for it any more.
struct Asked<'a> {
    id: RequestId,
    waiting: &'a Mutex<Waiting>,
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        let mut waiting = lock(self.waiting);
        // One of the same name that was asked later is another's.
        if waiting.answers.get(&self.id).is_some_and(oneshot::Sender::is_closed) {
            waiting.answers.remove(&self.id);
        }
    }
}

async fn read_all(read: OwnedReadHalf, waiting: Arc<Mutex<Waiting>>) {
    let mut read = BufReader::new(read);
    while let Ok(frame) = read_frame::<ToClient>(&mut read, MAX_FRAME).await {
        let mut waiting = lock(&waiting);
        // Who asked may wait no longer.
        match frame {
            ToClient::Reply { request, answer, .. } => {
                waiting.answers.remove(&request).map(|who| who.send(answer));
            }
            ToClient::Healthy { check, .. } => {
                waiting.checks.remove(&check).map(|who| who.send(()));
            }
        }
    }
    *lock(&waiting) = Waiting { has_ended: true, ..Waiting::default() };
}

fn lock(waiting: &Mutex<Waiting>) -> std::sync::MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}
