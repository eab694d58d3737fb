//! The fingerprint of a run.

use serde::{Serialize, Serializer};
use std::{fmt, hash::Hasher};
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
/// It is a [`Hasher`], so that whatever a node's messages consist of can be fed
/// by `Hash`; numbers are written little-endian and lengths as 64 bits, so that
/// digests agree across machines.
pub struct DigestWriter {
    state: Box<Xxh3>,
    buffer: Vec<u8>,
}

/// Bytes are handed on in blocks, since XXH3 is slow on morsels.
const BLOCK: usize = 4096;

impl Default for DigestWriter {
    fn default() -> Self {
        Self { state: Box::new(Xxh3::new()), buffer: Vec::with_capacity(2 * BLOCK) }
    }
}

impl DigestWriter {
    /// Marks the end of an event.
    pub fn end_event(&mut self) {
        if self.buffer.len() >= BLOCK {
            self.state.update(&self.buffer);
            self.buffer.clear();
        }
    }

    /// The digest of all that was written.
    pub fn digest(mut self) -> Digest {
        self.state.update(&self.buffer);
        Digest(self.state.digest128())
    }
}

impl Hasher for DigestWriter {
    fn write(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    fn write_u8(&mut self, number: u8) {
        self.buffer.push(number);
    }

    fn write_u16(&mut self, number: u16) {
        self.write(&number.to_le_bytes());
    }

    fn write_u32(&mut self, number: u32) {
        self.write(&number.to_le_bytes());
    }

    fn write_u64(&mut self, number: u64) {
        self.write(&number.to_le_bytes());
    }

    fn write_u128(&mut self, number: u128) {
        self.write(&number.to_le_bytes());
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn write_i8(&mut self, number: i8) {
        self.write(&number.to_le_bytes());
    }

    fn write_i16(&mut self, number: i16) {
        self.write(&number.to_le_bytes());
    }

    fn write_i32(&mut self, number: i32) {
        self.write(&number.to_le_bytes());
    }

    fn write_i64(&mut self, number: i64) {
        self.write(&number.to_le_bytes());
    }

    fn write_i128(&mut self, number: i128) {
        self.write(&number.to_le_bytes());
    }

    fn write_isize(&mut self, number: isize) {
        self.write_i64(number as i64);
    }

    /// Not used: a digest is read with [`DigestWriter::digest`].
    fn finish(&self) -> u64 {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hash::Hash;

    fn digest(parts: &[&str]) -> Digest {
        let mut writer = DigestWriter::default();
        for part in parts {
            part.hash(&mut writer);
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
        writer.write_u64(1);
        let expected = xxhash_rust::xxh3::xxh3_128(&[1, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(writer.digest(), Digest(expected));
    }
}
