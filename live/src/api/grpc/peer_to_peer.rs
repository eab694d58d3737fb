//! The service of the gRPC peers.

use super::{MAX_MESSAGE, status, unexpected};
use crate::{
    api::outcome::{Trouble, ailment, carry_out, look},
    ask::Ask,
};
use node::{
    Answer, Operation,
    systems::{Settings, peer_to_peer::Message},
};
use proto::{
    DeleteRequest, DeleteResponse, GetRequest, GetResponse, HealthCheckRequest,
    HealthCheckResponse, PutRequest, PutResponse, ReplicateRequest, ReplicateResponse,
    kv_store_server::{KvStore, KvStoreServer},
};
use tonic::{Request, Response, Status};

#[allow(missing_docs, unreachable_pub, clippy::all, reason = "it is generated")]
mod proto {
    include!("../../../proto/peer_to_peer.rs");
}

/// Whose it is.
pub(super) const SYSTEM: &str = "peer-to-peer";
/// The paths of its methods.
pub(super) const METHODS: &[&str] = &[
    "/kvstore.KVStore/Get",
    "/kvstore.KVStore/Put",
    "/kvstore.KVStore/Delete",
    "/kvstore.KVStore/Replicate",
    "/kvstore.KVStore/HealthCheck",
];

/// The service of a node.
pub(super) fn service<A: Ask>(ask: A) -> KvStoreServer<Service<A>> {
    KvStoreServer::new(Service(ask)).max_decoding_message_size(MAX_MESSAGE)
}

/// What carries the methods out.
pub(super) struct Service<A>(A);

#[tonic::async_trait]
impl<A: Ask> KvStore for Service<A> {
    async fn get(&self, asked: Request<GetRequest>) -> Result<Response<GetResponse>, Status> {
        let answer = carry_out(&self.0, Operation::get(asked.into_inner().key)).await;
        let answer = answer.map_err(|trouble| status(&trouble))?;
        let found = answer.found().ok_or_else(|| unexpected(&answer))?;
        let value = found.map_or_else(String::new, |found| found.value.to_string());
        Ok(Response::new(GetResponse { value, found: found.is_some() }))
    }

    async fn put(&self, asked: Request<PutRequest>) -> Result<Response<PutResponse>, Status> {
        let PutRequest { key, value } = asked.into_inner();
        match carry_out(&self.0, Operation::put(key, value)).await {
            Ok(Answer::Written { .. }) => Ok(Response::new(PutResponse { success: true })),
            Ok(other) => Err(unexpected(&other)),
            Err(trouble) => Err(status(&trouble)),
        }
    }

    async fn delete(
        &self,
        asked: Request<DeleteRequest>,
    ) -> Result<Response<DeleteResponse>, Status> {
        match carry_out(&self.0, Operation::delete(asked.into_inner().key)).await {
            Ok(Answer::Deleted { existed }) => {
                Ok(Response::new(DeleteResponse { success: existed }))
            }
            Ok(other) => Err(unexpected(&other)),
            Err(trouble) => Err(status(&trouble)),
        }
    }

    /// Hands the change to the node as if a peer had sent it. Nothing waits for the node to apply it.
    async fn replicate(
        &self,
        asked: Request<ReplicateRequest>,
    ) -> Result<Response<ReplicateResponse>, Status> {
        let ReplicateRequest { key, value, operation } = asked.into_inner();
        let change = match operation.as_str() {
            "PUT" => Operation::put(key, value),
            "DELETE" => Operation::delete(key),
            _ => return Err(Status::invalid_argument("`operation` is `PUT` or `DELETE`")),
        };
        let about = self.0.about();
        if Settings::new(about.system, &about.settings).word("resolve") != "none" {
            return Err(Status::failed_precondition(
                "the last writer wins here, and this message does not say when it wrote",
            ));
        }
        let checked = crate::api::outcome::check(about, &change);
        checked.map_err(|trouble: Trouble| status(&trouble))?;
        let message = Message::replicate(change).expect("it is a put or a delete");
        let message = postcard::to_stdvec(&message).expect("what nodes say can be written down");
        match self.0.hand(message).await {
            Ok(()) => Ok(Response::new(ReplicateResponse { success: true })),
            Err(why) => Err(Status::unimplemented(why.to_string())),
        }
    }

    async fn health_check(
        &self,
        _asked: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        let ailment = match look(&self.0).await {
            Ok(view) => ailment(&view).map(Into::into),
            Err(why) => Some(why),
        };
        let (healthy, status) = (ailment.is_none(), ailment.unwrap_or("healthy".into()));
        Ok(Response::new(HealthCheckResponse { healthy, status: status.into_owned() }))
    }
}
