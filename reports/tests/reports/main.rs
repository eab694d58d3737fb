//! Reports of hand-made runs: pinned texts, sound pictures, whole folders.

mod charts;
mod experiment;
mod folder;
mod story;
mod support;
mod tables;
