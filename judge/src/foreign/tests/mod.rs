//! Histories are read as they are meant, and what is none is refused with its line.

use super::{Asked, Fail, Format, History, Limits, Mistake, Model, NilRead, read};
use crate::consistency::{Action, Swap};
use node::{Key, Value};

mod meant;
mod mistaken;
mod record;
mod round_trip;

fn of(text: &str) -> History {
    asked(text, &Asked::default())
}

#[track_caller]
fn asked(text: &str, asked: &Asked) -> History {
    read(text.as_bytes(), asked, Limits::default()).unwrap_or_else(|mistake| panic!("{mistake}"))
}

#[track_caller]
fn refused(text: impl AsRef<[u8]>) -> Mistake {
    read(text.as_ref(), &Asked::default(), Limits::default()).expect_err("a mistake")
}
