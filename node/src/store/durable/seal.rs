//! A checksum over each record, so that a damaged one is not returned.

use super::handle::Trouble;
use crate::Key;
use xxhash_rust::xxh3::Xxh3;

/// Puts a checksum over key and record before the record.
pub(super) fn seal(key: &Key, record: &[u8]) -> Vec<u8> {
    let mut sealed = checksum(key, record).to_be_bytes().to_vec();
    sealed.extend_from_slice(record);
    sealed
}

/// Takes the checksum off again, if it is right.
///
/// # Errors
///
/// Trouble if it is not.
pub(super) fn unseal<'a>(key: &Key, sealed: &'a [u8]) -> Result<&'a [u8], Trouble> {
    sealed
        .split_first_chunk()
        .filter(|(sum, record)| u64::from_be_bytes(**sum) == checksum(key, record))
        .map(|(_, record)| record)
        .ok_or_else(|| Trouble::Error(format!("the record of key `{key}` fails its checksum")))
}

fn checksum(key: &Key, record: &[u8]) -> u64 {
    let key = key.as_str().as_bytes();
    let mut hasher = Xxh3::new();
    hasher.update(&(key.len() as u64).to_be_bytes());
    hasher.update(key);
    hasher.update(record);
    hasher.digest()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_holds_for_its_key_and_record_only() {
        let key = Key::from("a");
        let sealed = seal(&key, b"record");
        assert!(unseal(&key, &sealed).is_ok_and(|record| record == b"record"));
        assert!(unseal(&"b".into(), &sealed).is_err());
        for i in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[i] ^= 1;
            assert!(unseal(&key, &damaged).is_err(), "byte {i}");
            assert!(unseal(&key, &sealed[..i]).is_err(), "cut at {i}");
        }
    }
}
