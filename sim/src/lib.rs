//! Deterministic simulation: a scenario and a seed in, a judged [`Run`] out.

pub mod check;
pub mod run;

pub use run::Run;
