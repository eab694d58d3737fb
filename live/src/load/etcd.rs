//! Clients of etcd, through its gRPC service, one request under way at a time.

use super::{Client, Target};
use bytes::{BufMut, Bytes, BytesMut};
use h2::client::SendRequest;
use http::{Method, Request, header::CONTENT_TYPE};
use node::Operation;
use prost::Message;
use std::{net::SocketAddr, time::Duration};
use tokio::{net::TcpStream, time::timeout};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// An etcd cluster: every client is connected to the member that leads, which spares the others handing its
/// requests on.
#[derive(Clone, Debug)]
pub struct Etcd {
    /// Where the members listen to clients.
    pub members: Vec<SocketAddr>,
}

/// A client of etcd, with a connection of its own.
pub struct EtcdClient {
    address: SocketAddr,
    /// `None` after an answer that did not come.
    calls: Option<SendRequest<Bytes>>,
}

#[derive(Clone, PartialEq, Message)]
struct Put {
    #[prost(bytes = "vec", tag = "1")]
    key: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    value: Vec<u8>,
}

/// A read, or a removal, of one key: both have it first.
#[derive(Clone, PartialEq, Message)]
struct OfKey {
    #[prost(bytes = "vec", tag = "1")]
    key: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
struct Nothing {}

#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(message, tag = "1")]
    header: Option<Header>,
    #[prost(uint64, tag = "4")]
    leader: u64,
}

#[derive(Clone, PartialEq, Message)]
struct Header {
    #[prost(uint64, tag = "2")]
    member: u64,
}

impl Target for Etcd {
    type Client = EtcdClient;

    async fn connect(&self, _: usize) -> Result<EtcdClient, String> {
        for address in &self.members {
            let mut client = EtcdClient { address: *address, calls: None };
            let status = client.call("/etcdserverpb.Maintenance/Status", &Nothing {}).await?;
            let status = Status::decode(status).map_err(|error| error.to_string())?;
            let member = status.header.map_or(0, |header| header.member);
            if status.leader != 0 && status.leader == member {
                return Ok(client);
            }
        }
        Err("no member says that it leads".to_owned())
    }
}

impl Client for EtcdClient {
    async fn carry_out(&mut self, operation: &Operation) -> Result<(), String> {
        let key = |key: &node::Key| key.as_str().as_bytes().to_vec();
        let answer = match operation {
            Operation::Put { key: of, value } => {
                let value = value.as_str().as_bytes().to_vec();
                self.call("/etcdserverpb.KV/Put", &Put { key: key(of), value }).await
            }
            Operation::Get { key: of } => {
                self.call("/etcdserverpb.KV/Range", &OfKey { key: key(of) }).await
            }
            Operation::Delete { key: of } => {
                self.call("/etcdserverpb.KV/DeleteRange", &OfKey { key: key(of) }).await
            }
            Operation::ListKeys | Operation::CompareAndSet { .. } => {
                return Err("no such operation here".to_owned());
            }
        };
        answer.map(drop)
    }
}

impl EtcdClient {
    /// Calls a method, and gives its answer.
    async fn call(&mut self, method: &str, message: &impl Message) -> Result<Bytes, String> {
        let called = timeout(PATIENCE, self.call_slowly(method, message)).await;
        let called = called.unwrap_or_else(|_| Err(Broken("timed out".to_owned())));
        called.unwrap_or_else(|Broken(why)| {
            self.calls = None;
            Err(why)
        })
    }

    async fn call_slowly(
        &mut self,
        method: &str,
        message: &impl Message,
    ) -> Result<Result<Bytes, String>, Broken> {
        let calls = match self.calls.take() {
            Some(calls) => calls,
            None => self.connect().await?,
        };
        let mut calls = calls.ready().await?;
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("http://{}{method}", self.address))
            .header(CONTENT_TYPE, "application/grpc")
            .header("te", "trailers")
            .body(())
            .map_err(|error| Broken(error.to_string()))?;
        let (response, mut body) = calls.send_request(request, false)?;
        self.calls = Some(calls);
        body.send_data(framed(message), true)?;
        let response = response.await?;
        let has_failed = status_of(response.headers());
        let mut body = response.into_body();
        let mut answer = BytesMut::new();
        while let Some(part) = body.data().await {
            let part = part?;
            body.flow_control().release_capacity(part.len())?;
            answer.put(part);
        }
        let trailers = body.trailers().await?.unwrap_or_default();
        if let Some(why) = has_failed.or_else(|| status_of(&trailers)) {
            return Ok(Err(why));
        }
        // Compression was not offered; a length precedes the answer.
        if answer.len() < 5 {
            return Err(Broken("an answer without content".to_owned()));
        }
        Ok(Ok(answer.split_off(5).freeze()))
    }

    async fn connect(&self) -> Result<SendRequest<Bytes>, Broken> {
        let cannot = |error: std::io::Error| Broken(error.kind().to_string());
        let stream = TcpStream::connect(self.address).await.map_err(cannot)?;
        stream.set_nodelay(true).map_err(cannot)?;
        let (calls, connection) = h2::client::handshake(stream).await?;
        tokio::spawn(async move {
            // Whoever calls hears of it.
            let _ = connection.await;
        });
        Ok(calls)
    }
}

/// The connection is of no use any more, and why.
struct Broken(String);

impl From<h2::Error> for Broken {
    fn from(error: h2::Error) -> Self {
        Self(error.to_string())
    }
}

/// A message with what gRPC puts before it: that it is not compressed, and its length.
fn framed(message: &impl Message) -> Bytes {
    let length = message.encoded_len();
    let mut bytes = BytesMut::with_capacity(5 + length);
    bytes.put_u8(0);
    bytes.put_u32(u32::try_from(length).expect("a message is shorter than 4 GiB"));
    message.encode(&mut bytes).expect("there is room for it");
    bytes.freeze()
}

/// What headers or trailers say went wrong.
fn status_of(headers: &http::HeaderMap) -> Option<String> {
    let code = headers.get("grpc-status").filter(|code| *code != "0")?;
    let text = |value: &http::HeaderValue| value.to_str().unwrap_or("?").to_owned();
    let why = headers.get("grpc-message").map_or_else(|| text(code), text);
    Some(why)
}
