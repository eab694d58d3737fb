//! The fingerprint of a run.

use node::{Canonical, Encoder};
use serde::{Serialize, Serializer};
use std::fmt;
use xxhash_rust::xxh3::Xxh3;

/// A 128-bit fingerprint: XXH3 over every event of history and trace, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digest(pub u128);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Gathers the bytes of events and digests them.
///
/// It is fed in node's [canonical encoding](node::Canonical), so that digests agree across
/// machines and compilers.
pub struct DigestWriter {
    state: Box<Xxh3>,
    buffer: Encoder,
}

/// Bytes are handed on in blocks, since XXH3 is slow on morsels.
const BLOCK: usize = 4096;

impl Default for DigestWriter {
    fn default() -> Self {
        Self { state: Box::new(Xxh3::new()), buffer: Encoder::with_capacity(BLOCK + BLOCK / 4) }
    }
}

impl DigestWriter {
    /// Adds a value's canonical bytes.
    #[inline]
    pub fn add(&mut self, value: &(impl Canonical + ?Sized)) {
        value.encode(&mut self.buffer);
    }

    /// Adds bytes as they are, without their length.
    #[inline]
    pub fn raw(&mut self, bytes: &[u8]) {
        self.buffer.raw(bytes);
    }

    /// Marks the end of an event.
    #[inline]
    pub fn end_event(&mut self) {
        if self.buffer.bytes().len() >= BLOCK {
            self.hand_on();
        }
    }

    fn hand_on(&mut self) {
        self.state.update(self.buffer.bytes());
        self.buffer.clear();
    }

    /// The digest of all that was written.
    pub fn digest(mut self) -> Digest {
        self.state.update(self.buffer.bytes());
        Digest(self.state.digest128())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(parts: &[&str]) -> Digest {
        let mut writer = DigestWriter::default();
        for part in parts {
            writer.add(*part);
            writer.end_event();
        }
        writer.digest()
    }

    #[test]
    fn order_and_boundaries_count() {
        assert_eq!(digest(&["ab", "c"]), digest(&["ab", "c"]));
        assert_ne!(digest(&["ab", "c"]), digest(&["c", "ab"]));
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
    }

    #[test]
    fn the_digest_of_known_bytes_stays_what_it_is() {
        // XXH3-128 of the bytes 01 00 00 00 00 00 00 00, so that a change of
        // algorithm or byte order cannot pass unseen.
        let mut writer = DigestWriter::default();
        writer.add(&1_u64);
        let expected = xxhash_rust::xxh3::xxh3_128(&[1, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(writer.digest(), Digest(expected));
    }
}
