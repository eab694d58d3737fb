//! The bytes that a run's digest is made of.
//!
//! `std` does not promise what `derive(Hash)` feeds, so a digest made of it could change
//! with the compiler. This encoding is ours, and stays what it is:
//!
//! | what | bytes |
//! |---|---|
//! | an integer | its own width, little-endian; `usize` as 64 bits |
//! | `bool` | one byte, 0 or 1 |
//! | a float | its bits, as an integer |
//! | `char` | its code point, 32 bits |
//! | text, bytes | the length as 64 bits, then the bytes; text in UTF-8 |
//! | `None`, `Some(x)` | one byte 0; one byte 1, then `x` |
//! | a variant | its index in order of declaration, 32 bits, then its fields |
//! | a struct, a tuple | its fields in order, and nothing else |
//! | a sequence, a map | the number of its items as 64 bits, then the items |
//!
//! So two values of one type that differ have different bytes, and no value's bytes are
//! the start of another's: what is written one after the other can be told apart.

mod serializer;
pub(crate) mod shared;

use serde::Serialize;
use std::{fmt, fmt::Write as _};

/// What can be written in the canonical encoding.
///
/// Whatever is `Serialize` can. A type that is not may say by hand what stands for it, such
/// as its text; values that differ in what they do must differ there too:
///
/// ```
/// use node::{Canonical, Encoder};
///
/// struct Knock(u8);
///
/// impl Canonical for Knock {
///     fn encode(&self, out: &mut Encoder) {
///         out.text(&format_args!("knock {}", self.0));
///     }
/// }
///
/// let mut out = Encoder::default();
/// Knock(3).encode(&mut out);
/// assert_eq!(out.bytes(), b"\x07\0\0\0\0\0\0\0knock 3");
/// ```
pub trait Canonical {
    /// Appends the value's bytes.
    fn encode(&self, out: &mut Encoder);
}

impl<T: Serialize + ?Sized> Canonical for T {
    /// # Panics
    ///
    /// Panics if the type's `Serialize` gives up; what nodes say must not.
    fn encode(&self, out: &mut Encoder) {
        if let Err(error) = self.serialize(out) {
            panic!("what goes into a digest can be written down: {error}");
        }
    }
}

/// Gathers bytes of the canonical encoding.
#[derive(Clone, Debug, Default)]
pub struct Encoder {
    bytes: Vec<u8>,
}

impl Encoder {
    /// An encoder with room for so many bytes; it takes more if it must.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes) }
    }

    /// What was written since it was last cleared.
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Forgets what was written and keeps the room.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Writes bytes as they are, without their length.
    #[inline]
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Writes the text of something, as text is written.
    pub fn text(&mut self, text: &(impl fmt::Display + ?Sized)) {
        let start = self.begin_count();
        write!(Raw(self), "{text}").expect("room in memory is all that it takes");
        let length = self.bytes.len() - start - COUNT_BYTES;
        self.end_count(start, length as u64);
    }

    /// Leaves room for a count that is known later; the answer is where.
    fn begin_count(&mut self) -> usize {
        self.raw(&[0; COUNT_BYTES]);
        self.bytes.len() - COUNT_BYTES
    }

    fn end_count(&mut self, start: usize, count: u64) {
        self.bytes[start..start + COUNT_BYTES].copy_from_slice(&count.to_le_bytes());
    }
}

/// How many bytes a count takes.
const COUNT_BYTES: usize = size_of::<u64>();

/// Takes text without its length.
struct Raw<'a>(&'a mut Encoder);

impl fmt::Write for Raw<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.raw(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests;
