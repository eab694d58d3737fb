//! Reports of hand-made runs: pinned texts, sound pictures, whole folders.

mod charts;
mod compare;
mod experiment;
mod folder;
mod matrices;
mod matrix;
mod misled;
mod page;
mod story;
mod support;
mod tables;
