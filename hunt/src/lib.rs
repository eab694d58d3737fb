//! From "it broke once" to a file that shows it for ever.
//!
//! What flows in: a scenario, or a system of which everything is drawn. What flows out: runs that
//! break, grouped by what they show, the cheapest of each as a plan, and what was covered on the way.
//!
//! [`draw`] makes a scenario of a seed, [`look`] has the run and says what came of it, [`hunt`] does
//! so with seed after seed and keeps [`Failures`] and [`Coverage`], and [`Corpus`] puts failures into
//! a folder that stays whole whatever happens. [`explore`] looks at every order of events of a small
//! scope instead of at some. [`shrink`] makes a plan that fails as small as it can be. [`pinpoint`]
//! has a run that failed go on otherwise from many moments, and says when it was lost. [`by_hand`] lets
//! somebody choose what happens.
//! [`FlawHunts`] measures how soon hunts catch a planted flaw.

pub mod by_hand;
mod corpus;
mod coverage;
mod draw;
pub mod explore;
mod failures;
mod flaws;
mod look;
pub mod pinpoint;
mod rounds;
mod shape;
mod shrink;

pub use corpus::{Corpus, CorpusError, Entry};
pub use coverage::{Coverage, Marks};
pub use draw::{Drawn, Knob, draw};
pub use failures::{Failure, Failures, Group};
pub use flaws::{Anyway, Catch, FlawHunted, FlawHunts};
pub use look::{Looked, Outcome, What, look};
pub use rounds::{Hunt, Hunted, Source, Stopped, hunt};
pub use shrink::{Progress, Shrink, ShrinkError, Shrunk, shrink, steps_of};
