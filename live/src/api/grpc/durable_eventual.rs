//! The service of the durable store.

use super::{MAX_MESSAGE, status, unexpected};
use crate::{
    api::outcome::{carry_out, look},
    ask::Ask,
};
use node::{Answer, Operation};
use proto::{
    BackupStatus, Empty, Key, KeyList, KeyValue, OldValue, PingResponse, Value,
    key_value_store_server::{KeyValueStore, KeyValueStoreServer},
};
use tonic::{Request, Response, Status};

#[allow(missing_docs, unreachable_pub, clippy::all, reason = "it is generated")]
mod proto {
    include!("../../../proto/durable_eventual.rs");
}

/// Whose it is.
pub(super) const SYSTEM: &str = "durable-eventual";
/// The paths of its methods.
pub(super) const METHODS: &[&str] = &[
    "/kvstore.KeyValueStore/Put",
    "/kvstore.KeyValueStore/Get",
    "/kvstore.KeyValueStore/Delete",
    "/kvstore.KeyValueStore/ListKeys",
    "/kvstore.KeyValueStore/Backup",
    "/kvstore.KeyValueStore/Ping",
];

/// The service of a node.
pub(super) fn service<A: Ask>(ask: A) -> KeyValueStoreServer<Service<A>> {
    KeyValueStoreServer::new(Service(ask)).max_decoding_message_size(MAX_MESSAGE)
}

/// What carries the methods out.
pub(super) struct Service<A>(A);

#[tonic::async_trait]
impl<A: Ask> KeyValueStore for Service<A> {
    async fn put(&self, asked: Request<KeyValue>) -> Result<Response<OldValue>, Status> {
        let KeyValue { key, value } = asked.into_inner();
        match carry_out(&self.0, Operation::put(key, value)).await {
            Ok(Answer::Written { previous, .. }) => {
                let old_value = previous.flatten().map(|value| value.to_string());
                Ok(Response::new(OldValue { old_value: old_value.unwrap_or_default() }))
            }
            Ok(other) => Err(unexpected(&other)),
            Err(trouble) => Err(status(&trouble)),
        }
    }

    async fn get(&self, asked: Request<Key>) -> Result<Response<Value>, Status> {
        let answer = carry_out(&self.0, Operation::get(asked.into_inner().key)).await;
        let answer = answer.map_err(|trouble| status(&trouble))?;
        match answer.found() {
            Some(Some(found)) => Ok(Response::new(Value { value: found.value.to_string() })),
            Some(None) => Err(Status::not_found("the key is absent")),
            None => Err(unexpected(&answer)),
        }
    }

    /// To delete what is absent is no error: it is gone.
    async fn delete(&self, asked: Request<Key>) -> Result<Response<Empty>, Status> {
        match carry_out(&self.0, Operation::delete(asked.into_inner().key)).await {
            Ok(Answer::Deleted { .. }) => Ok(Response::new(Empty {})),
            Ok(other) => Err(unexpected(&other)),
            Err(trouble) => Err(status(&trouble)),
        }
    }

    async fn list_keys(&self, _asked: Request<Empty>) -> Result<Response<KeyList>, Status> {
        match carry_out(&self.0, Operation::ListKeys).await {
            Ok(Answer::Keys(keys)) => {
                let keys = keys.iter().map(ToString::to_string).collect();
                Ok(Response::new(KeyList { keys }))
            }
            Ok(other) => Err(unexpected(&other)),
            Err(trouble) => Err(status(&trouble)),
        }
    }

    /// What the host says to it: a node knows of no files.
    async fn backup(&self, _asked: Request<Empty>) -> Result<Response<BackupStatus>, Status> {
        let (success, message) = match self.0.back_up().await {
            Ok(place) => (true, place),
            Err(why) => (false, why),
        };
        Ok(Response::new(BackupStatus { success, message }))
    }

    /// Asks the node, so that one which hangs does not seem to be there.
    async fn ping(&self, _asked: Request<Empty>) -> Result<Response<PingResponse>, Status> {
        match look(&self.0).await {
            Ok(_) => Ok(Response::new(PingResponse { message: "pong".to_owned() })),
            Err(why) => Err(Status::unavailable(why)),
        }
    }
}
