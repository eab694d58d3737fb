//! A deterministic simulation testbed for replicated key-value stores.
//!
//! A store of your own needs this crate alone. [`prelude`] has what a node is written with and what tests
//! it; [`cli::main`] is the whole command over your systems and your scenarios beside the built-in ones:
//!
//! ```no_run
//! use seedbed::prelude::*;
//! # use node::systems::raft::Raft as MyStore;
//!
//! fn main() -> std::process::ExitCode {
//!     seedbed::cli::main::<(MyStore,)>()
//! }
//! ```
//!
//! `docs/own-store.md` tells how a store is written, `seedbed new my-store` writes one to begin with.

mod args;
mod audit;
mod bench;
mod calibrate;
mod check;
mod child;
mod choose;
mod command;
mod compare;
mod completions;
mod corpus;
mod experiment;
mod explore;
mod failure;
mod flaws;
mod glossary;
mod hunt;
mod interrupt;
mod judge;
mod kept;
mod limits;
mod list;
mod matrix;
mod new;
mod output;
mod pinpoint;
mod play;
pub mod prelude;
mod processes;
mod progress;
mod report;
mod run;
mod serve;
mod served;
mod shard;
mod show;
mod shrink;
mod site;
mod step;
mod trace;

/// The crates that this one is made of.
pub mod crates {
    pub use ::{hunt, judge, live, node, reports, scenarios, sim};
}

/// The command, for programs of others.
pub mod cli {
    pub use ::judge::text::name_program as commands_begin_with;

    pub use crate::{
        command::{Brought, Systems, main},
        served::Served,
    };
}
