//! The command as its users meet it: what it prints, what it writes, how it exits.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test as tests do")]

mod audit;
mod bad_input;
mod bench;
mod calibrate;
mod check;
mod compare;
mod experiment;
mod explore;
mod flaws;
mod folders;
mod hunt;
mod interrupt;
mod json_errors;
mod judge;
mod limits;
mod lists;
mod matrix;
mod new;
mod pinpoint;
mod plans;
mod play;
mod processes;
mod repeat;
mod report;
mod rounds;
mod run;
mod serve;
mod shards;
mod shrink;
mod site;
mod snapshots;
mod step;
mod streams;
mod support;
