//! Nodes as processes: clusters of real connections and files.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;
mod conducted;
mod serving;
