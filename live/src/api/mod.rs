//! What speaks to clients: one port serves every protocol of a system.
//!
//! | protocol | systems | module |
//! |---|---|---|
//! | plain HTTP: `/kv/{key}`, `/keys`, `/healthz`, `/metrics` | all | `plain` |
//! | the FastAPI outline's HTTP | `sync-leader` | `fastapi` |
//! | gRPC | `peer-to-peer`, `async-leader`, `durable-eventual` | `grpc` |
//! | the sharded groups' HTTP, and `REPLICATE\|key\|value\|version` in plain text | `sharded-groups` | `sharded` |
//!
//! What flows in: a connection, of which the first bytes tell the protocol. What flows out: operations for
//! the node, by [`Ask`], and its answers in the words of the protocol. HTTP/1.1 and HTTP/2 without TLS both
//! serve every path. Where a path of a document is one of the plain ones too, the document's holds.
//!
//! None of the documents' protocols authenticates anybody: whoever can connect can write. Where a cluster has a
//! secret, every HTTP request says it, as `Authorization: Bearer ..`, and plain text is not taken.

mod body;
mod fastapi;
mod grpc;
mod guard;
mod metrics;
mod outcome;
mod patient;
mod plain;
mod rewound;
mod say;
mod sharded;
mod sniff;

pub mod discovery;

use crate::ask::Ask;
use axum::Router;
use hyper::server::conn::{http1, http2};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use patient::Patient;
use rewound::Rewound;
use sniff::Protocol;
use std::{
    future::{Future, pending},
    pin::pin,
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};

/// How long a caller may take to say which protocol it speaks.
const FIRST_BYTES: Duration = Duration::from_secs(10);
/// How long a caller may take for the head of a request, the idle time before it included.
const HEAD: Duration = Duration::from_secs(60);
/// How long a caller may take nothing of an answer.
const READER: Duration = Duration::from_secs(60);
/// By how much a request may take longer than its body and its answer may.
const SLACK: Duration = Duration::from_secs(5);
/// How often the other side of an HTTP/2 connection is asked whether it is there, and how long it has to
/// say so.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// How many requests of one HTTP/2 connection are served at a time.
const MAX_STREAMS: u32 = 256;
/// The longest head of a request, in bytes.
const MAX_HEAD: usize = 32 << 10;

/// The APIs of one node. To clone it is cheap.
#[derive(Clone, Debug)]
pub struct Api<A> {
    ask: A,
    routes: Router,
}

impl<A: Ask> Api<A> {
    /// The APIs of the node that `ask` reaches, as its system has them.
    pub fn new(ask: A) -> Self {
        let name = ask.about().system.name;
        let routes = match name {
            fastapi::SYSTEM => fastapi::routes(ask.clone()),
            sharded::SYSTEM => sharded::routes(ask.clone()),
            _ => plain::routes(ask.clone()).merge(plain::keys_route(ask.clone())),
        };
        // Every wait within has a limit of its own but gRPC's for the rest of a message.
        let longest = body::TIME + ask.about().timeout + SLACK;
        let routes = grpc::add(routes, &ask);
        Self { routes: guard::guard(routes, longest, ask.secret()), ask }
    }

    /// Serves a connection until it ends. `first` are bytes that have come already and are still in the
    /// stream, as after a peek; there may be none.
    ///
    /// Whatever goes wrong ends the connection and nothing else.
    pub async fn serve<S>(self, stream: S, first: &[u8])
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        self.serve_until(stream, first, pending()).await;
    }

    /// Serves a connection as [`Api::serve`] does, and ends it once `stop` is done: what is under way is
    /// answered, and nothing new is taken. A message in plain text that is not whole by then is lost.
    pub async fn serve_until<S>(
        self,
        mut stream: S,
        first: &[u8],
        stop: impl Future<Output = ()> + Send,
    ) where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let mut stop = pin!(stop);
        // A text protocol has no room for a secret.
        let is_open = self.ask.secret().is_none();
        let has_text = is_open && self.ask.about().system.name == sharded::SYSTEM;
        let sniffed = tokio::select! {
            biased;
            () = &mut stop => return,
            sniffed = timeout(FIRST_BYTES, sniff::sniff(&mut stream, first, has_text)) => sniffed,
        };
        let Ok(Ok((protocol, read))) = sniffed else {
            return;
        };
        let stream = Patient::new(Rewound::new(read, stream), READER);
        if protocol == Protocol::Text {
            return tokio::select! {
                biased;
                () = &mut stop => {}
                () = sharded::text::serve(stream, &self.ask) => {}
            };
        }
        let service = TowerToHyperService::new(self.routes);
        let stream = TokioIo::new(stream);
        // How a connection ends is of interest to its other side alone.
        macro_rules! until_stopped {
            ($connection:expr) => {{
                let mut connection = pin!($connection);
                tokio::select! {
                    biased;
                    _ended = connection.as_mut() => return,
                    () = &mut stop => connection.as_mut().graceful_shutdown(),
                }
                let _ended = connection.await;
            }};
        }
        if protocol == Protocol::Http2 {
            let mut builder = http2::Builder::new(TokioExecutor::new());
            builder
                .timer(TokioTimer::new())
                .keep_alive_interval(KEEP_ALIVE)
                .keep_alive_timeout(KEEP_ALIVE)
                .max_concurrent_streams(MAX_STREAMS)
                .max_header_list_size(u32::try_from(MAX_HEAD).expect("a few KiB"));
            until_stopped!(builder.serve_connection(stream, service));
        } else {
            let mut builder = http1::Builder::new();
            builder.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(MAX_HEAD);
            until_stopped!(builder.serve_connection(stream, service));
        }
    }
}

/// Serves one connection until it ends: [`Api::serve`] for a host that keeps no [`Api`].
pub async fn serve_connection<A, S>(stream: S, first: &[u8], ask: A)
where
    A: Ask,
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    Api::new(ask).serve(stream, first).await;
}
