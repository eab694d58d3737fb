use super::*;
use crate::{Answer, Key, NodeId, Operation, Refusal, Version, Versioned};
use proptest::prelude::*;
use serde::Serializer;
use std::collections::BTreeMap;

fn bytes<T: Canonical + ?Sized>(value: &T) -> Vec<u8> {
    let mut out = Encoder::default();
    value.encode(&mut out);
    out.bytes().to_vec()
}

fn hex<T: Canonical + ?Sized>(value: &T) -> String {
    bytes(value).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[derive(Serialize)]
struct Pair {
    first: u16,
    second: Option<bool>,
}

#[derive(Serialize)]
enum Shape {
    Unit,
    Newtype(i32),
    Tuple(u8, u8),
    Struct { side: f64 },
}

/// The table of the module's page, row by row.
#[test]
fn the_encoding_is_the_documented_one() {
    assert_eq!(hex(&0x0102_u16), "0201");
    assert_eq!(hex(&-2_i64), "feffffffffffffff");
    assert_eq!(hex(&3_usize), "0300000000000000");
    assert_eq!(hex(&1_u128), "01000000000000000000000000000000");
    assert_eq!(hex(&true), "01");
    assert_eq!(hex(&1.0_f64), "000000000000f03f");
    assert_eq!(hex(&'ß'), "df000000");
    assert_eq!(hex("ß!"), "0300000000000000c39f21");
    assert_eq!(hex(&None::<u8>), "00");
    assert_eq!(hex(&Some(7_u8)), "0107");
    assert_eq!(hex(&Shape::Unit), "00000000");
    assert_eq!(hex(&Shape::Newtype(-1)), "01000000ffffffff");
    assert_eq!(hex(&Shape::Tuple(1, 2)), "020000000102");
    assert_eq!(hex(&Shape::Struct { side: 0.0 }), "030000000000000000000000");
    assert_eq!(hex(&Pair { first: 1, second: Some(false) }), "01000100");
    assert_eq!(hex(&(1_u8, 2_u8)), "0102");
    assert_eq!(hex(&[9_u8, 8][..]), "02000000000000000908");
    assert_eq!(hex(&BTreeMap::from([(1_u8, 2_u8)])), "01000000000000000102");
    assert_eq!(hex(&()), "");
}

#[test]
fn what_stores_say_has_known_bytes() {
    assert_eq!(hex(&NodeId::new(3)), "03000000");
    assert_eq!(hex(&Operation::ListKeys), "03000000");
    assert_eq!(hex(&Operation::put("k", "v")), "0000000001000000000000006b010000000000000076");
    let entry = Versioned { value: "v".into(), version: Version(5) };
    assert_eq!(hex(&Answer::Value(Some(entry))), "01000000010100000000000000760500000000000000");
    let refusal = Answer::Refused(Refusal::NotLeader { leader: Some(NodeId::new(2)) });
    assert_eq!(hex(&refusal), "06000000000000000102000000");
}

#[test]
fn a_count_that_is_known_late_is_written_as_one_known_early() {
    struct Late;
    impl Serialize for Late {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            use serde::ser::SerializeSeq;
            let mut parts = serializer.serialize_seq(None)?;
            parts.serialize_element(&1_u8)?;
            parts.serialize_element(&2_u8)?;
            parts.end()
        }
    }
    assert_eq!(bytes(&Late), bytes(&[1_u8, 2][..]));
}

#[test]
fn a_text_is_written_as_what_it_says() {
    let mut out = Encoder::default();
    out.text(&Key::from("ghost"));
    assert_eq!(out.bytes(), bytes("ghost"));
}

#[test]
#[should_panic(expected = "can be written down: out of words")]
fn a_type_that_gives_up_is_named() {
    struct Mute;
    impl Serialize for Mute {
        fn serialize<S: Serializer>(&self, _serializer: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("out of words"))
        }
    }
    bytes(&Mute);
}

proptest! {
    /// No value's bytes are the start of another's, so that what is written in a row can
    /// be told apart.
    #[test]
    fn boundaries_count(one in prop::collection::vec(".{0,3}", 0..4), other in prop::collection::vec(".{0,3}", 0..4)) {
        let (first, second) = (bytes(&one), bytes(&other));
        prop_assert_eq!(one == other, first == second);
        prop_assert!(one == other || !first.starts_with(&second));
    }
}
