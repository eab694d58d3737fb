//! Replicated key-value stores as pure state machines.
//!
//! What flows in: a [`Config`], client [`Request`]s, messages, timers and
//! finished disk syncs, one event at a time. What flows out: [`Effect`]s, the
//! sends, replies, timers and state changes that the event caused. There is no
//! socket, no clock, no thread and no randomness in here: a host (the simulator,
//! or a server on real sockets) owns those and lends them through a [`Context`].
//!
//! [`systems`] holds the store designs and their registry, [`client`] the
//! routing and retry policies of the other half, [`store`] the storage engines,
//! [`replication`] the parts that several designs share, [`ring`] the hash ring that
//! deals keys to groups.
//!
//! ```
//! use node::{systems::async_leader::AsyncLeader, Config, Host, NodeId, Operation, Request};
//!
//! let mut leader = Host::<AsyncLeader>::boot(Config::new(NodeId::new(1), 3));
//! let effects = leader.request(Request::example(Operation::put("999", "GhostData")));
//! assert_eq!(effects[0].to_string(), "apply 999=GhostData v1");
//! ```

mod canonical;
mod config;
mod context;
mod disk;
mod fact;
#[cfg(test)]
mod golden;
mod host;
mod id;
mod machine;
mod membership;
mod note;
mod operation;
mod origin;
mod perform;
mod remedy;
mod said;
mod time;
mod waits;
mod wire;
mod work;

pub mod client;
pub mod outside;
pub mod replication;
pub mod resident;
pub mod ring;
pub mod store;
pub mod systems;

pub use canonical::{Canonical, Encoder};
pub use config::{Config, Setting};
pub use context::{Context, Effect, HealthCheckId, Outbox, SyncId, TimerId};
pub use disk::{Disk, DiskError, Medium, MemoryMedium};
pub use fact::{Damaged, Dropped, Fact, StepDown};
pub use host::{Effects, Host};
pub use id::{Anonymous, ClientId, NodeId, RequestId};
pub use machine::{Carried, NoTimer, Node, Request, Role, Tells};
pub use membership::{MembershipChange, Uptake};
pub use note::{Contender, LogEnd, Matter, Note, Then, VoteGiven, WriteStamp};
pub use operation::{Answer, Key, Operation, OperationKind, Refusal, Value, Version, Versioned};
pub use origin::Origin;
pub use perform::Perform;
pub use remedy::Remedy;
pub use said::Said;
pub use store::{BPlusStore, Change, DurableStore, MemoryStore, Store, StoreError};
pub use systems::{Announces, FlawInfo, SettingInfo, SystemInfo};
pub use time::Time;
pub use waits::Waits;
pub use wire::Wire;
pub use work::Work;
