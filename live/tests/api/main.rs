//! The APIs over loopback sockets, before a node that does what a test wants of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod alone;
mod connections;
mod discovery;
mod docs;
mod fake;
mod fastapi;
mod foreign;
mod grpc;
mod http;
mod plain;
mod proto;
mod sharded;
mod text;
mod tools;
