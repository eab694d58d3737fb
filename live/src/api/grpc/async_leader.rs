//! The service of the ghost-data report.

use super::{MAX_MESSAGE, status, unexpected};
use crate::{api::outcome::carry_out, ask::Ask};
use node::{Answer, Operation};
use proto::{
    GetRequest, GetResponse, PutRequest, PutResponse,
    kv_store_server::{KvStore, KvStoreServer},
};
use tonic::{Request, Response, Status};

#[allow(missing_docs, unreachable_pub, clippy::all, reason = "it is generated")]
mod proto {
    include!("../../../proto/async_leader.rs");
}

/// Whose it is.
pub(super) const SYSTEM: &str = "async-leader";
/// The paths of its methods.
pub(super) const METHODS: &[&str] = &["/kvstore.KVStore/Put", "/kvstore.KVStore/Get"];

/// The service of a node.
pub(super) fn service<A: Ask>(ask: A) -> KvStoreServer<Service<A>> {
    KvStoreServer::new(Service(ask)).max_decoding_message_size(MAX_MESSAGE)
}

/// What carries the methods out.
pub(super) struct Service<A>(A);

#[tonic::async_trait]
impl<A: Ask> KvStore for Service<A> {
    async fn put(&self, asked: Request<PutRequest>) -> Result<Response<PutResponse>, Status> {
        let PutRequest { key, value } = asked.into_inner();
        match carry_out(&self.0, Operation::put(key, value)).await {
            Ok(Answer::Written { .. }) => Ok(Response::new(PutResponse { success: true })),
            Ok(other) => Err(unexpected(&other)),
            Err(trouble) => Err(status(&trouble)),
        }
    }

    /// An absent key and an empty value look alike, as the document has it.
    async fn get(&self, asked: Request<GetRequest>) -> Result<Response<GetResponse>, Status> {
        let answer = carry_out(&self.0, Operation::get(asked.into_inner().key)).await;
        let answer = answer.map_err(|trouble| status(&trouble))?;
        let found = answer.found().ok_or_else(|| unexpected(&answer))?;
        let value = found.map_or_else(String::new, |found| found.value.to_string());
        Ok(Response::new(GetResponse { value }))
    }
}
