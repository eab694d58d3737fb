//! One seed, many streams.

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// A source of named random streams.
///
/// Every stream is the ChaCha8 key of the seed under a nonce of its own, the hash
/// of the stream's name. So streams are independent, and a new one, for a link
/// or a node that was not there before, leaves all others as they were.
#[derive(Clone, Debug)]
pub struct Streams {
    base: Arc<ChaCha8Rng>,
}

/// A named stream.
pub type Stream = ChaCha8Rng;

impl Streams {
    /// The streams of a seed.
    pub fn new(seed: u64) -> Self {
        Self { base: Arc::new(ChaCha8Rng::seed_from_u64(seed)) }
    }

    /// The stream of this name, from its beginning.
    #[inline]
    pub fn named(&self, name: impl AsRef<[u8]>) -> Stream {
        let mut stream = ChaCha8Rng::clone(&self.base);
        stream.set_stream(xxh3_64(name.as_ref()));
        stream
    }
}

/// Draws a number from 0 (included) to 1 (excluded), the same on every platform.
pub fn draw_unit(rng: &mut dyn RngCore) -> f64 {
    const STEP: f64 = 1.0 / (1u64 << 53) as f64;
    (rng.next_u64() >> 11) as f64 * STEP
}

/// Draws a whole number below `bound`, the same on every platform.
///
/// A multiplication instead of a division; the bias is below `bound` / 2^64.
pub fn draw_below(bound: u64, rng: &mut dyn RngCore) -> u64 {
    ((u128::from(rng.next_u64()) * u128::from(bound)) >> 64) as u64
}

/// Draws a number of the exponential distribution with mean 1.
pub fn draw_exponential(rng: &mut dyn RngCore) -> f64 {
    -libm::log(1.0 - draw_unit(rng))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{prop_assert, prop_assert_eq, prop_assert_ne, proptest};
    use rand::RngCore;

    fn draws(mut stream: Stream) -> Vec<u64> {
        (0..8).map(|_| stream.next_u64()).collect()
    }

    proptest! {
        #[test]
        fn a_stream_depends_on_its_name_and_seed_alone(seed: u64, a in "[a-z/]{1,12}", b in "[a-z/]{1,12}") {
            let streams = Streams::new(seed);
            let alone = draws(streams.named(&a));
            let _ = draws(streams.named(&b));
            prop_assert_eq!(&alone, &draws(streams.named(&a)));
            prop_assert_eq!(a == b, alone == draws(streams.named(&b)));
            prop_assert_ne!(&alone, &draws(Streams::new(seed ^ 1).named(&a)));
        }

        #[test]
        fn draws_stay_in_range(seed: u64, bound in 1u64..) {
            let mut stream = Streams::new(seed).named("x");
            prop_assert!(draw_below(bound, &mut stream) < bound);
            prop_assert!((0.0..1.0).contains(&draw_unit(&mut stream)));
            prop_assert!(draw_exponential(&mut stream) >= 0.0);
        }
    }

    #[test]
    fn the_first_draws_of_a_seed_stay_what_they_are() {
        // A change here changes every digest ever recorded.
        let mut stream = Streams::new(7).named("workload");
        let first: Vec<u64> = (0..2).map(|_| stream.next_u64()).collect();
        assert_eq!(first, [614_077_142_718_460_603, 18_060_479_151_584_154_438]);
    }
}
