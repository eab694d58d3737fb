//! Each level on histories written by hand and on random ones.

mod asked;
mod case;
mod causal;
mod interleave;
mod metamorphic;
mod of_history;
mod random;
mod sequential;
mod sessions;
mod twins;
mod updates;
