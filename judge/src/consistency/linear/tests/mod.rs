//! The engines beside a naive twin, and by hand.

mod by_hand;
pub(crate) mod generate;
mod naive;
mod one_key;
mod scale;
mod twins;
