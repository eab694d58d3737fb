//! The canonical encoding as a serde `Serializer`.

use super::{COUNT_BYTES, Encoder};
use serde::{Serialize, Serializer, ser};
use std::fmt;

/// Why a type would not be written. The encoding itself never fails.
#[derive(Debug)]
pub struct GaveUp(String);

impl fmt::Display for GaveUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for GaveUp {}

impl ser::Error for GaveUp {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// The parts of a value that has some, as they come.
pub struct Parts<'a> {
    out: &'a mut Encoder,
    /// Where the number of the parts goes, if it goes anywhere and is not there yet.
    count_at: Option<usize>,
    count: u64,
}

impl<'a> Parts<'a> {
    /// Parts whose number the type fixes.
    #[inline]
    fn fixed(out: &'a mut Encoder) -> Self {
        Self { out, count_at: None, count: 0 }
    }

    /// Parts of which a value has as many as it likes.
    #[inline]
    fn counted(out: &'a mut Encoder, count: Option<usize>) -> Self {
        let count_at = match count {
            Some(count) => {
                out.raw(&(count as u64).to_le_bytes());
                None
            }
            None => Some(out.begin_count()),
        };
        Self { out, count_at, count: 0 }
    }

    fn add<T: Serialize + ?Sized>(&mut self, part: &T) -> Result<(), GaveUp> {
        self.count += 1;
        part.serialize(&mut *self.out)
    }

    #[inline]
    fn finish(self) {
        if let Some(at) = self.count_at {
            self.out.end_count(at, self.count);
        }
    }
}

macro_rules! little_endian {
    ($($method:ident($type:ty)),* $(,)?) => {
        $(#[inline]
        fn $method(self, number: $type) -> Result<(), GaveUp> {
            self.raw(&number.to_le_bytes());
            Ok(())
        })*
    };
}

impl<'a> Serializer for &'a mut Encoder {
    type Ok = ();
    type Error = GaveUp;
    type SerializeSeq = Parts<'a>;
    type SerializeTuple = Parts<'a>;
    type SerializeTupleStruct = Parts<'a>;
    type SerializeTupleVariant = Parts<'a>;
    type SerializeMap = Parts<'a>;
    type SerializeStruct = Parts<'a>;
    type SerializeStructVariant = Parts<'a>;

    little_endian! {
        serialize_i8(i8), serialize_i16(i16), serialize_i32(i32), serialize_i64(i64),
        serialize_i128(i128), serialize_u8(u8), serialize_u16(u16), serialize_u32(u32),
        serialize_u64(u64), serialize_u128(u128),
    }

    #[inline]
    fn serialize_bool(self, value: bool) -> Result<(), GaveUp> {
        self.serialize_u8(value.into())
    }

    fn serialize_f32(self, value: f32) -> Result<(), GaveUp> {
        self.serialize_u32(value.to_bits())
    }

    fn serialize_f64(self, value: f64) -> Result<(), GaveUp> {
        self.serialize_u64(value.to_bits())
    }

    fn serialize_char(self, value: char) -> Result<(), GaveUp> {
        self.serialize_u32(value.into())
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<(), GaveUp> {
        self.serialize_bytes(value.as_bytes())
    }

    #[inline]
    fn serialize_bytes(self, value: &[u8]) -> Result<(), GaveUp> {
        let length: [u8; COUNT_BYTES] = (value.len() as u64).to_le_bytes();
        self.raw(&length);
        self.raw(value);
        Ok(())
    }

    #[inline]
    fn serialize_none(self) -> Result<(), GaveUp> {
        self.serialize_u8(0)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), GaveUp> {
        self.raw(&[1]);
        value.serialize(self)
    }

    #[inline]
    fn serialize_unit(self) -> Result<(), GaveUp> {
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), GaveUp> {
        Ok(())
    }

    #[inline]
    fn serialize_unit_variant(
        self,
        _name: &'static str,
        index: u32,
        _variant: &'static str,
    ) -> Result<(), GaveUp> {
        self.serialize_u32(index)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), GaveUp> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        index: u32,
        _variant: &'static str,
        value: &T,
    ) -> Result<(), GaveUp> {
        self.raw(&index.to_le_bytes());
        value.serialize(self)
    }

    #[inline]
    fn serialize_seq(self, count: Option<usize>) -> Result<Parts<'a>, GaveUp> {
        Ok(Parts::counted(self, count))
    }

    #[inline]
    fn serialize_tuple(self, _count: usize) -> Result<Parts<'a>, GaveUp> {
        Ok(Parts::fixed(self))
    }

    #[inline]
    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _count: usize,
    ) -> Result<Parts<'a>, GaveUp> {
        Ok(Parts::fixed(self))
    }

    #[inline]
    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        index: u32,
        _variant: &'static str,
        _count: usize,
    ) -> Result<Parts<'a>, GaveUp> {
        self.raw(&index.to_le_bytes());
        Ok(Parts::fixed(self))
    }

    fn serialize_map(self, count: Option<usize>) -> Result<Parts<'a>, GaveUp> {
        Ok(Parts::counted(self, count))
    }

    #[inline]
    fn serialize_struct(self, _name: &'static str, _count: usize) -> Result<Parts<'a>, GaveUp> {
        Ok(Parts::fixed(self))
    }

    #[inline]
    fn serialize_struct_variant(
        self,
        _name: &'static str,
        index: u32,
        _variant: &'static str,
        _count: usize,
    ) -> Result<Parts<'a>, GaveUp> {
        self.raw(&index.to_le_bytes());
        Ok(Parts::fixed(self))
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<(), GaveUp> {
        self.text(value);
        Ok(())
    }

    /// Names of nodes and the like are numbers here.
    fn is_human_readable(&self) -> bool {
        false
    }
}

macro_rules! in_order {
    ($($trait:ident::$method:ident),* $(,)?) => {
        $(impl ser::$trait for Parts<'_> {
            type Ok = ();
            type Error = GaveUp;

            fn $method<T: Serialize + ?Sized>(&mut self, part: &T) -> Result<(), GaveUp> {
                self.add(part)
            }

            #[inline]
            fn end(self) -> Result<(), GaveUp> {
                self.finish();
                Ok(())
            }
        })*
    };
}

in_order! {
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field,
}

macro_rules! named {
    ($($trait:ident),* $(,)?) => {
        $(impl ser::$trait for Parts<'_> {
            type Ok = ();
            type Error = GaveUp;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                _name: &'static str,
                part: &T,
            ) -> Result<(), GaveUp> {
                self.add(part)
            }

            #[inline]
            fn end(self) -> Result<(), GaveUp> {
                self.finish();
                Ok(())
            }
        })*
    };
}

named!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Parts<'_> {
    type Ok = ();
    type Error = GaveUp;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), GaveUp> {
        self.add(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), GaveUp> {
        // The pair was counted with its key.
        value.serialize(&mut *self.out)
    }

    fn end(self) -> Result<(), GaveUp> {
        self.finish();
        Ok(())
    }
}
