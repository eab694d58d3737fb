//! How wrong answers look, and how many there are.

use super::canvas::{Canvas, Failure, INK, Point, Shape};
use crate::text;
use judge::{Run, property::Wrong};
use plotters::{
    backend::DrawingBackend,
    style::{RGBColor, WHITE},
};
use std::collections::BTreeMap;

/// How answers look that are wrong in one way: a colour and a shape of their own, with a dark edge.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    pub(super) colour: RGBColor,
    pub(super) shape: Shape,
    name: &'static str,
    /// For a title.
    words: [&'static str; 2],
}

/// How much larger than its point an edge is.
const EDGE: f64 = 5.0;

/// How each looks. Beside blue, orange and black, and each other, these are told apart by
/// every kind of colour vision (after Okabe and Ito).
pub(super) const fn look(wrong: Wrong) -> Look {
    match wrong {
        Wrong::Impossible => Look {
            colour: RGBColor(0x00, 0x9e, 0x73),
            shape: Shape::Star,
            name: "impossible (nobody wrote it)",
            words: ["impossible answer", "impossible answers"],
        },
        Wrong::Lost => Look {
            colour: RGBColor(0xb0, 0x20, 0x80),
            shape: Shape::Ring,
            name: "lost",
            words: ["lost write", "lost writes"],
        },
        Wrong::Stale => Look {
            colour: RGBColor(0xf0, 0xe4, 0x42),
            shape: Shape::Down,
            name: "stale",
            words: ["stale read", "stale reads"],
        },
        Wrong::Disordered => Look {
            colour: WHITE,
            shape: Shape::Plus,
            name: "out of order",
            words: ["answer out of order", "answers out of order"],
        },
    }
}

impl Look {
    /// Draws an answer.
    pub(super) fn draw<B: DrawingBackend>(
        self,
        canvas: &Canvas<'_, B>,
        at: Point,
        size: f64,
    ) -> Result<(), Failure> {
        canvas.marker(self.shape, at, size + EDGE, INK)?;
        canvas.marker(self.shape, at, size, self.colour)
    }

    /// What the legend says of so many.
    pub(super) fn entry(self, count: u64) -> String {
        format!("{}: {}", self.name, text::number(count))
    }
}

/// How many answers to a run's own operations are wrong, by what is wrong with them, in the order
/// of [`Wrong::ALL`].
pub(super) fn counts(run: &Run, wrong: &BTreeMap<usize, Wrong>) -> [u64; 4] {
    let own = run.operations().len();
    Wrong::ALL.map(|what| wrong.range(..own).filter(|(_, it)| **it == what).count() as u64)
}

/// `3 lost writes and 12 stale reads`; `None`: nothing is wrong.
pub(super) fn in_words(counts: [u64; 4]) -> Option<String> {
    let present = Wrong::ALL.into_iter().zip(counts).filter(|(_, count)| *count > 0);
    let parts: Vec<_> = present
        .map(|(wrong, count)| {
            let [one, many] = look(wrong).words;
            text::count(count, one, many)
        })
        .collect();
    (!parts.is_empty()).then(|| text::list(&parts))
}
